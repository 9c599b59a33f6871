"""``K.function`` and the learning phase."""

from tests.rewrite.helpers import check_assumed, check_manual, check_rewrite, upgrade

HEAD = "from keras import backend as K\n"
NEW = "from keras1_compat import BackendFunction"


def test_outputs_of_layers() -> None:
    check_assumed(
        HEAD + "f = K.function([model.layers[0].input], [model.layers[3].output])\n",
        NEW + ", keras1_attribute\nf = BackendFunction("
        "[keras1_attribute(model.layers[0], 'input')], [model.layers[3].output])\n",
        "KM503",
        "computed from the inputs by layers",
    )


def test_the_learning_phase_is_an_input() -> None:
    check_rewrite(
        HEAD + "f = K.function([x, K.learning_phase()], [y])\nprint(f([image, 0])[0])\n",
        NEW + ", LEARNING_PHASE\nf = BackendFunction([x, LEARNING_PHASE], [y])\n"
        "print(f([image, 0])[0])\n",
    )


def test_inputs_in_a_variable_and_keywords() -> None:
    check_rewrite(
        HEAD + "inputs = net.inputs + [K.learning_phase()]\n"
        "f = K.function(outputs=net.outputs, inputs=inputs, updates=[])\n",
        "from keras1_compat import LEARNING_PHASE, BackendFunction\ninputs = net.inputs + [LEARNING_PHASE]\n"
        "f = BackendFunction(outputs=net.outputs, inputs=inputs)\n",
    )


def test_a_gradient_among_the_outputs_is_reported() -> None:
    source = (
        HEAD + "grads = K.gradients(loss, image)[0]\ngrads /= norm\n"
        "f = K.function([image, K.learning_phase()], [loss, grads])\n"
    )
    check_manual(source, "KM503", "one of the outputs is a gradient")
    check_manual(source, "KM503", "Keras 3 has no learning phase")
    assert "BackendFunction" not in upgrade(source).new


def test_a_gradient_in_a_list_that_grows_is_reported() -> None:
    source = (
        HEAD + "outputs = [loss]\noutputs += K.gradients(loss, image)\n"
        "f = K.function([image], outputs)\n"
    )
    check_manual(source, "KM503", "one of the outputs is a gradient")


def test_updates_are_reported() -> None:
    check_manual(
        HEAD + "f = K.function([x], [y], updates=[(v, v + 1)])\n", "KM503", "`updates` have no"
    )


def test_the_learning_phase_elsewhere_is_reported() -> None:
    check_manual(HEAD + "phase = K.learning_phase()\n", "KM503", "no learning phase")
    check_manual(HEAD + "feed = [x, K.learning_phase()]\n", "KM503", "no learning phase")


def test_own_functions_are_left_alone() -> None:
    source = "import backend as K\nf = K.function([x, K.learning_phase()], [y])\n"
    assert upgrade(source).findings == ()


def test_variables_that_a_lambda_layer_makes_are_values() -> None:
    check_rewrite(
        """
        from keras import backend as K
        from keras.layers import Lambda
        a = Lambda(lambda t: t * K.variable(w), output_shape=lambda s: s)
        def scale(t):
            v = K.variable(w)
            return t * v
        b = Lambda(scale)
        c = K.variable(w)
        """,
        """
        from keras.layers import Lambda
        from keras.backend import floatx
        from keras import ops, Variable
        a = Lambda(lambda t: t * ops.convert_to_tensor(w, dtype=floatx()), output_shape=lambda s: s)
        def scale(t):
            v = ops.convert_to_tensor(w, dtype=floatx())
            return t * v
        b = Lambda(scale)
        c = Variable(w, dtype=floatx())
        """,
    )
