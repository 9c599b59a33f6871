"""``predict_classes`` and ``reset_states``."""

from tests.rewrite.helpers import check_rewrite

HEAD = "from keras.models import Sequential\nfrom keras.layers import Dense, Activation\n"
MODEL = HEAD + "model = Sequential()\nmodel.add(Dense({}))\nmodel.add(Activation('softmax'))\n"


def test_several_classes() -> None:
    check_rewrite(
        MODEL.format(10) + "right = model.predict_classes(X, verbose=0) == y\n",
        MODEL.format(10) + "right = model.predict(X, verbose=0).argmax(axis=-1) == y\n",
    )


def test_one_output() -> None:
    check_rewrite(
        MODEL.format(1) + "right = model.predict_classes(X) == y\n",
        MODEL.format(1) + "right = (model.predict(X) > 0.5).astype('int32') == y\n",
    )


def test_unknown_width() -> None:
    compat = MODEL.replace(
        "Activation\n", "Activation\nfrom keras1_compat import predict_classes\n", 1
    )
    check_rewrite(
        MODEL.format("width") + "c = model.predict_classes(X, 32)\n",
        compat.format("width") + "c = predict_classes(model, X, 32)\n",
    )


def test_functional_model_in_a_function() -> None:
    source = (
        "from keras.models import Model\nfrom keras.layers import Dense, Input\n"
        "def build():\n    a = Input((3,))\n    x = Dense(4)(a)\n    return Model(inputs=a, outputs=x)\n"
    )
    check_rewrite(
        source + "net = build()\nprint(net.predict_proba(X), net.predict_classes(X))\n",
        source + "net = build()\nprint(net.predict(X), net.predict(X).argmax(axis=-1))\n",
    )


def test_probabilities_of_scikit_learn() -> None:
    source = "import keras\nfrom sklearn.svm import SVC\nforest = SVC()\nforest.predict_proba(X)\n"
    check_rewrite(source, source)


def test_states() -> None:
    compat = HEAD + "from keras1_compat import reset_states\n"
    model = "model = Sequential()\nmodel.add(Dense(3))\n"
    check_rewrite(
        HEAD + model + "model.reset_states()\nmodel.layers[0].reset_states()\n",
        compat + model + "reset_states(model)\nmodel.layers[0].reset_state()\n",
    )
