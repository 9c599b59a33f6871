"""Calls of methods: what the receiver is decides whether they are Keras'."""

from __future__ import annotations

import ast
import warnings
from typing import Any

import pytest

from kerasmig.catalog.methods import METHODS
from kerasmig.catalog.vocabulary import To
from kerasmig.compat import compat_source
from tests.rewrite.helpers import (
    automatic,
    check_assumed,
    check_manual,
    check_noop,
    check_rewrite,
    upgrade,
)

HEAD = """
from keras.models import Sequential
from keras.layers import Dense
model = Sequential()
model.add(Dense(10, input_dim=3))
"""


def test_nb_epoch_of_anything() -> None:
    result = check_rewrite(
        "import keras\nnet.fit(X, y, nb_epoch=3)\n", "import keras\nnet.fit(X, y, epochs=3)\n"
    )
    assert automatic(result)


def test_ten_epochs_were_the_default() -> None:
    check_rewrite(
        HEAD + "model.fit(X, y, show_accuracy=False)\nmodel.fit(X, y)\n",
        HEAD + "model.fit(X, y, epochs=10)\nmodel.fit(X, y, epochs=10)\n".replace("show", ""),
    )


def test_fit_in_later_keras_trains_one_epoch() -> None:
    check_noop("""
        from keras.models import Sequential
        from keras.layers import Dense
        model = Sequential()
        model.add(Dense(3, kernel_initializer='zeros'))
        model.fit(X, y)
        """)


def test_layout_is_kept() -> None:
    check_rewrite(
        HEAD + """
model.fit(X, y, batch_size=5, nb_epoch=2, show_accuracy=False,
          verbose=1)
""",
        HEAD + """
model.fit(X, y, batch_size=5, epochs=2,
          verbose=1)
""",
    )


def test_other_libraries_keep_their_fit() -> None:
    check_noop("""
        from keras.utils import to_categorical
        from sklearn.svm import SVC
        border_mode = 1
        model = SVC()
        model.fit(X, y)
        model.predict(X)
        """)


def test_own_class_keeps_its_methods() -> None:
    check_noop("""
        import keras
        class Trainer(object):
            def fit_generator(self, data, samples_per_epoch): pass
        Trainer().fit_generator(data, 3)
        trainer = Trainer()
        trainer.fit_generator(data, samples_per_epoch=3)
        """)


def test_a_name_alone_is_an_assumption() -> None:
    check_assumed(
        "from keras.layers import Dense\ndef run(my_model):\n    my_model.fit(X, y)\nDense(output_dim=1)\n",
        "from keras.layers import Dense\ndef run(my_model):\n    my_model.fit(X, y, epochs=10)\nDense(units=1)\n",
        "KM401",
        "`my_model` is taken for a Keras model",
    )


def test_argument_of_a_function_is_followed() -> None:
    result = check_rewrite(
        HEAD
        + "def run(thing):\n    thing.fit(X, y, 32)\nrun(model)\nmodel.fit(X, y, nb_epoch=1)\n",
        HEAD
        + "def run(thing):\n    thing.fit(X, y, 32, epochs=10)\nrun(model)\nmodel.fit(X, y, epochs=1)\n",
    )
    assert automatic(result)


def test_model_made_by_a_method() -> None:
    check_rewrite(
        """
        from keras.models import Model
        class Net(object):
            def __init__(self):
                self.net = self.make()
            def make(self):
                return Model(input=a, output=b)
            def run(self):
                self.net.fit(X, y)
        """,
        """
        from keras.models import Model
        class Net(object):
            def __init__(self):
                self.net = self.make()
            def make(self):
                return Model(inputs=a, outputs=b)
            def run(self):
                self.net.fit(X, y, epochs=10)
        """,
    )


def test_predict_is_quiet_in_loops_only() -> None:
    check_rewrite(
        HEAD + "model.fit(X, y, nb_epoch=1)\nmodel.predict(X)\nfor x in X:\n    model.predict(x)\n",
        HEAD
        + "model.fit(X, y, epochs=1)\nmodel.predict(X)\nfor x in X:\n    model.predict(x, verbose=0)\n",
    )


def test_class_weight_by_name_is_reported() -> None:
    check_manual(HEAD + "model.fit(X, y, nb_epoch=1, class_weight='auto')\n", "KM401", "dictionary")


KERAS1_HEAD = HEAD.replace("(10,", "(10, init='zero',")
TODAY_HEAD = HEAD.replace("(10,", "(10, kernel_initializer='zero',").replace(
    "import Dense\n", "import Dense\nfrom keras1_compat import training_arguments\n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fit(X, y, **options)", "fit(X, y, **training_arguments({'nb_epoch': 10, **options}))"),
        ("fit(X, y, 32, 5, **options)", "fit(X, y, 32, 5, **training_arguments(options))"),
        ("fit(X, nb_epoch=1, **options)", "fit(X, epochs=1, **training_arguments(options))"),
        (
            "fit(\n    X,  # images\n    **dict(nb_epoch=3)\n)",
            "fit(\n    X,  # images\n    **training_arguments({'nb_epoch': 10, **dict(nb_epoch=3)})\n)",
        ),
        ("evaluate(X, y, **options)", "evaluate(X, y, **training_arguments(options))"),
    ],
)
def test_unpacked_keywords_get_their_names_at_run_time(before: str, after: str) -> None:
    result = check_rewrite(f"{KERAS1_HEAD}model.{before}\n", f"{TODAY_HEAD}model.{after}\n")
    assert automatic(result) and result.compat == ("training_arguments",)


def test_unpacked_keywords_that_are_the_same_today_stay() -> None:
    call = "model.predict(X, **options)\n"
    check_rewrite(
        KERAS1_HEAD + call, HEAD.replace("(10,", "(10, kernel_initializer='zero',") + call
    )


@pytest.mark.parametrize(
    "call",
    [
        "model.fit(*data)",
        "model.fit(*data, **options)",
        "model.fit(X, **first, **second)",
        "model.fit(X, y, show_accuracy=True, **options)",
        "model.fit_generator(g, 10, **options)",
    ],
)
def test_other_unpacked_arguments_are_reported(call: str) -> None:
    code = "KM402" if "generator" in call else "KM401"
    check_manual(f"{KERAS1_HEAD}{call}\n", code, "unpacked with *")


def test_the_function_for_unpacked_keywords_does_what_the_catalog_says() -> None:
    space: dict[str, Any] = {"warnings": warnings}
    definition = next(
        node
        for node in ast.parse(compat_source(["training_arguments"])).body
        if isinstance(node, ast.FunctionDef) and node.name == "training_arguments"
    )
    exec(compile(ast.Module([definition], []), "part", "exec"), space)
    rows = [row for row in METHODS if row.unpacked == "training_arguments"]
    assert rows
    for row in rows:
        for old, fate in row.args.items():
            if isinstance(fate, To):
                assert space["training_arguments"]({old: 3}) == {fate.name: 3}
            else:
                value = "auto" if old == "class_weight" else True
                with pytest.warns(UserWarning):
                    assert space["training_arguments"]({old: value}) == {}
    assert space["training_arguments"]({"nb_epoch": 10, "epochs": 2}) == {"epochs": 2}
    assert space["training_arguments"]({"x": 1, "show_accuracy": False}) == {"x": 1}


def test_shapes_of_layers_and_models() -> None:
    check_rewrite(
        HEAD
        + "model.fit(X, y, nb_epoch=1)\nprint(model.output_shape, model.layers[0].output_shape)\n",
        HEAD
        + "model.fit(X, y, epochs=1)\nprint(model.output_shape, model.layers[0].output.shape)\n",
    )


def test_tensors_of_a_sequential() -> None:
    check_rewrite(
        HEAD + "model.fit(X, y, nb_epoch=1)\nprint(model.output, model.layers[-1].output)\n",
        HEAD + "model.fit(X, y, epochs=1)\nprint(model.outputs[0], model.layers[-1].output)\n",
    )


def test_weights_of_a_known_layer() -> None:
    check_rewrite(
        """
        from keras.layers import Dense
        layer = Dense(output_dim=3)
        print(layer.W, layer.b)
        """,
        """
        from keras.layers import Dense
        layer = Dense(units=3)
        print(layer.kernel, layer.bias)
        """,
    )


def test_assigned_weights_of_some_layer_are_reported() -> None:
    check_manual(HEAD + "model.layers[0].W = w\n", "KM304", "other names now")


def test_outputs_by_node_are_reported() -> None:
    check_manual(HEAD + "print(model.layers[0].get_output_at(0))\n", "KM304", "keep the tensor")


def test_suppressed_on_its_line() -> None:
    text = HEAD + "model.fit(X, y, nb_epoch=1)  # kerasmig: ignore[KM401]\n"
    result = check_rewrite(text, text)
    assert result.tally.suppressed == 1


def test_targets_as_a_list_of_numbers() -> None:
    check_rewrite(
        HEAD + "n = 3\nmodel.fit(X, [1] * n + [0] * n, nb_epoch=1)\n",
        HEAD.replace("Dense\n", "Dense\nimport numpy as np\n", 1)
        + "n = 3\nmodel.fit(X, np.array([1] * n + [0] * n), epochs=1)\n",
    )


def test_names_of_weight_files() -> None:
    check_rewrite(
        HEAD.replace("10, input_dim=3", "10") + "model.save_weights('net.h5', True)\n",
        HEAD.replace("10, input_dim=3", "10") + "model.save_weights('net.weights.h5', True)\n",
    )


def test_shape_of_a_tensor() -> None:
    check_rewrite(
        "from keras.layers import Input, Dense\ndef f(x):\n    return x._keras_shape[1]\n"
        "f(Dense(3)(Input((4,))))\n",
        "from keras.layers import Input, Dense\ndef f(x):\n    return x.shape[1]\n"
        "f(Dense(3)(Input((4,))))\n",
    )


def test_computed_names_of_weight_files() -> None:
    mark = "left = [merge]\n"
    result = upgrade(
        HEAD.replace("import Dense", "import Dense, merge")
        + mark
        + "model.save_weights(name())\nmodel.load_weights(name())\n"
    )
    assert "model.save_weights(weights_path(name()))" in result.new
    assert "model.load_weights(saved_weights_path(name()))" in result.new


def test_computed_names_in_later_keras() -> None:
    check_noop("""
        from keras.models import Sequential
        model = Sequential()
        model.fit(x, y, epochs=3)
        model.save_weights(name)
        model.load_weights(name)
        """)


def test_the_mode_of_sample_weights_is_kept_by_the_adapter() -> None:
    check_rewrite(
        "from keras.models import Model\nmode = choose()\nm = Model(input=a, output=b)\n"
        "m.compile('sgd', 'mse', sample_weight_mode=mode)\n",
        "from keras.models import Model\nfrom keras1_compat import compile_model\nmode = choose()\n"
        "m = Model(inputs=a, outputs=b)\ncompile_model(m, 'sgd', 'mse', sample_weight_mode=mode)\n",
    )


def test_a_progress_bar_on_self_is_not_forced() -> None:
    body = "class Log(object):\n    def begin(self):\n        self.bar = Progbar(target=3{})\n"
    body += "        self.bar.update(1, values=[]{})\n"
    check_rewrite(
        "from keras.utils.generic_utils import Progbar\n" + body.format("", ", force=True"),
        "from keras.utils import Progbar\n" + body.format(", width=30", ""),
    )


def test_ends_of_a_model_from_elsewhere() -> None:
    body = "def f(model, layer):\n    width = {}[-1]\n    return {}, layer.output\n"
    old = body.format("model.output._keras_shape", "model.input")
    new = body.format("output_of(model).shape", "input_of(model)")
    head = "from keras.layers import {}\nfoo = {}\n"
    check_rewrite(
        head.format("Convolution1D", "Convolution1D(3, 3, init='uniform', border_mode='same')")
        + old,
        head.format(
            "Conv1D\nfrom keras1_compat import input_of, output_of",
            "Conv1D(3, 3, kernel_initializer='uniform', padding='same')",
        )
        + new,
    )


def test_ends_of_a_model_that_may_have_been_replaced() -> None:
    head = """
        from keras.models import Model
        from keras.layers import Convolution2D, Lambda

        class Agent(object):
            def __init__(self, model, duel):
                if duel:
                    model = Model(input={}, output=Lambda(duel)(model.layers[-2].output))
                self.model = model

            def compile(self):
                return {}
        """
    new = upgrade(head.format("model.input", "self.model.output")).new
    assert "inputs=input_of(model)" in new and "return output_of(self.model)" in new


def test_ends_of_a_loaded_model() -> None:
    check_rewrite(
        "from keras.models import load_model, Model\nnet = load_model('net.keras')\n"
        "part = Model(input=net.input, output=net.layers[-2].output)\n",
        "from keras.models import load_model, Model\nfrom keras1_compat import input_of\n"
        "net = load_model('net.keras')\n"
        "part = Model(inputs=input_of(net), outputs=net.layers[-2].output)\n",
    )


def test_a_loaded_model_may_be_a_sequential() -> None:
    check_rewrite(
        "from keras.models import model_from_json\nm = model_from_json(text)\n"
        "c = m.predict_classes(x)\n",
        "from keras.models import model_from_json\nfrom keras1_compat import predict_classes\n"
        "m = model_from_json(text)\nc = predict_classes(m, x)\n",
    )


def test_a_method_that_becomes_a_function_ends_no_line_in_a_space() -> None:
    head = "from keras.models import model_from_json{}\nm = model_from_json(text)\n"
    check_rewrite(
        head.format("") + "c = m.predict_classes(\n    x,\n)\n",
        head.format("\nfrom keras1_compat import predict_classes")
        + "c = predict_classes(m,\n    x,\n)\n",
    )


def test_ends_of_what_is_no_model_stay() -> None:
    check_noop(
        "from keras.layers import Conv2D\nConv2D(3, (3, 3), padding='same')\n"
        "def f(model):\n    return model.output\n"
    )


def test_a_method_under_a_name_of_its_own_is_told() -> None:
    head = "from keras.models import Sequential\nm = Sequential()\n"
    check_manual(f"{head}fit = m.fit\nfit(x, y, nb_epoch=2)\n", "KM401", "`nb_epoch` is gone")
    check_manual(f"{head}go = m.fit_generator\ngo(g, 32, 2)\n", "KM401", "`fit_generator` is gone")
    check_noop(f"{head}fit = m.fit\nfit(x, y, epochs=2)\n")


def test_weights_are_read_from_the_model_that_a_callback_saved_under_a_computed_name() -> None:
    result = upgrade("""
        from keras.callbacks import ModelCheckpoint
        def train(model, X, where):
            model.fit(X, nb_epoch=3, callbacks=[ModelCheckpoint(where)])
        def test(net, X, where):
            net.load_weights(where)
            net.load_weights('vgg16_weights.h5')
        """)
    assert "ModelCheckpoint(model_path(where))" in result.new
    assert "load_keras1_weights(net, where)" in result.new
    assert "load_keras1_weights(net, 'vgg16_weights.h5')" in result.new
