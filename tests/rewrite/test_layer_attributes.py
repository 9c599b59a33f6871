"""Attributes and configurations of layers and models, by their names in Keras 1."""

from __future__ import annotations

import pytest

from kerasmig.finding import Applicability
from tests.rewrite.helpers import check_manual, check_noop, check_rewrite, find, upgrade

HEAD = """\
from keras.models import Model, Sequential, load_model
from keras.layers import Convolution2D, Dense, Dropout
from nets import build
model = Sequential([Dense(3, input_dim=4, bias=False), Dropout(0.5)])
net = build()
"""


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        ("model.layers[0]", "nb_filter"),
        ("model.layers[-1]", "p"),
        ("model.get_layer('a')", "output_dim"),
        ("net.layers[2]", "W"),
        ("net.get_layer('a')", "running_std"),
        ("net.layers[2]", "output_shape"),
        ("net", "input_layers"),
        ("layer_dict['a']", "output_dim"),
        ("wrapped.layer", "output_dim"),
        ("model", "flattened_layers"),
    ],
)
def test_attributes_are_asked_of_the_compat_module(thing: str, name: str) -> None:
    code = upgrade(f"{HEAD}x = {thing}.{name}\n").new
    assert f"x = keras1_attribute({thing}, '{name}')\n" in code


@pytest.mark.parametrize(
    "loop",
    [
        "for layer in net.layers:\n    f({})\n",
        "for i, part in enumerate(net.layers[:3]):\n    f({})\n",
        "x = [{} for q in net.layers]\n",
        "def g(layer):\n    return {}\n",
    ],
)
def test_layers_of_loops_and_parameters(loop: str) -> None:
    name = next(
        n
        for n in ("part", "q", "layer")
        if f" {n} in" in loop or f", {n} in" in loop or f"({n})" in loop
    )
    code = upgrade(HEAD + loop.format(f"{name}.init")).new
    assert loop.format(f"keras1_attribute({name}, 'init')") in code


def test_questions_by_name() -> None:
    code = upgrade(
        HEAD + "for layer in net.layers:\n    if hasattr(layer, 'W_regularizer'):\n"
        "        print(getattr(layer, 'W', None))\n"
        "for name in ['nb_filter', 'nb_row']:\n    print(getattr(model.layers[0], name))\n"
        "print(getattr(options, name))\n"
    ).new
    assert "print(keras1_attribute(model.layers[0], name))" in code
    assert "print(getattr(options, name))" in code
    assert "if has_keras1_attribute(layer, 'W_regularizer'):" in code
    assert "print(keras1_attribute(layer, 'W', None))" in code


def test_a_sequential_had_no_history() -> None:
    asked = "print(model.history if hasattr(model, 'history') else None)\n"
    assert "if has_keras1_attribute(model, 'history') else" in upgrade(HEAD + asked).new
    functional = asked.replace("model", "whole")
    code = upgrade(f"{HEAD}whole = Model(input=a, output=b)\n{functional}").new
    assert functional in code


def test_assigned_attributes_are_reported() -> None:
    check_manual(HEAD + "model.layers[0].W_regularizer = None\n", "KM606", "`kernel_regularizer`")
    check_manual(HEAD + "net.layers[0].border_mode = 'same'\n", "KM606", "`padding`")


def test_names_of_inputs_and_outputs_are_assumed() -> None:
    result = upgrade(HEAD + "print(net.output_names)\n")
    find(result, "KM606", "give these layers a `name`", Applicability.ASSUMED)


@pytest.mark.parametrize(
    "other",
    [
        "args = parser.parse_args()\nprint(args.output_dim, args.nb_filter)\n",
        "class A(object):\n    nb_filter = 3\n    def f(self):\n        return self.nb_filter\n"
        "print(A.nb_filter, A().nb_filter)\n",
        "import settings\nprint(settings.input_shape, settings.nb_filter)\n",
        "print(model.input_shape, model.output_shape)\n",
    ],
)
def test_other_objects_keep_their_attributes(other: str) -> None:
    assert other in upgrade(HEAD + other).new


def test_code_of_today_is_left_alone() -> None:
    check_noop("""
        from keras.layers import Dense
        layer = Dense(3, kernel_initializer='uniform')
        print(layer.input_dim, layer.get_config()['units'])
        """)


def test_configurations_that_are_read() -> None:
    code = upgrade(
        HEAD + "a = model.get_config()[0]['config']\nc = net.get_config()\nfor part in c:\n"
        "    print(part)\nn = model.layers[0].get_config()['output_dim']\n"
        "d = Sequential.from_config(model.get_config())\n"
    ).new
    assert "a = keras1_config(model)[0]['config']" in code
    assert "c = keras1_config(net)\n" in code
    assert "n = keras1_config(model.layers[0])['output_dim']" in code
    assert "d = Sequential.from_config(model.get_config())" in code


@pytest.mark.parametrize(
    ("use", "read"),
    [
        ("kept = dict((l.name, l.get_config()) for l in net.layers)\n", True),
        ("def f(layer):\n    return layer.get_config()\n", True),
        ("self.config = model.get_config()\n", True),
        ("c = net.get_config()\nd = Model.from_config(c)\n", False),
        ("c = net.get_config()\nc['name'] = 'b'\nd = Model.from_config(c)\n", True),
        ("text = json.dumps(net.get_config())\n", False),
        ("d = Dense(**model.layers[0].get_config())\n", False),
    ],
)
def test_configurations_that_are_kept_may_be_read(use: str, read: bool) -> None:
    assert ("keras1_config(" in upgrade(HEAD + use).new) is read


@pytest.mark.parametrize("call", ["get_layer(index=1)", "get_layer(None, 1)"])
def test_layers_by_number_are_counted_with_the_input(call: str) -> None:
    arguments = call.removeprefix("get_layer(")
    code = upgrade(f"{HEAD}x = model.{call}\n").new
    assert f"x = keras1_get_layer(model, {arguments}\n" in code


def test_layers_by_name_stay() -> None:
    functional = "from keras.layers import Input\ni = Input((3,))\nm = Model(i, i, name='m')\n"
    code = upgrade(HEAD + functional + "x = model.get_layer('a')\ny = m.get_layer(index=1)\n").new
    assert "x = model.get_layer('a')\ny = m.get_layer(index=1)\n" in code


@pytest.mark.parametrize(
    ("call", "today"),
    [
        (
            "Conv2DTranspose(4, 3, 3, border_mode='same')",
            "Conv2DTranspose(4, (3, 3), padding='same')",
        ),
        (
            "Conv2DTranspose(4, (2, 2), subsample=(2, 2))",
            "Conv2DTranspose(4, (2, 2), strides=(2, 2))",
        ),
        ("Conv2D(4, (3, 3), border_mode='same')", "Conv2D(4, (3, 3), padding='same')"),
        ("Conv2D(4, 3, 3, padding='same')", "Conv2D(4, (3, 3), padding='same')"),
        ("Conv2D(4, 3, 3, strides=(2, 2))", "Conv2D(4, (3, 3), strides=(2, 2))"),
        ("MaxPool2D((2, 2), border_mode='same')", "MaxPooling2D((2, 2), padding='same')"),
        ("AvgPool2D((2, 2), border_mode='same')", "AveragePooling2D((2, 2), padding='same')"),
    ],
)
def test_half_way_spellings(call: str, today: str) -> None:
    source = "from keras.layers import {}, Dense\nDense(3, bias=False)\nx = {}\n"
    code = upgrade(source.format(call.partition("(")[0], call), data_format="channels_last").new
    assert f"x = {today}\n" in code


def test_half_way_spelling_of_a_layer_that_came_later() -> None:
    check_manual(
        "from keras.layers import DepthwiseConv2D\nx = DepthwiseConv2D(3, border_mode='same')\n",
        "KM606",
        "today `padding`",
    )


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ("print([w.name for w in model.layers[0].weights])\n", "`kernel`"),
        ("for w in model.trainable_weights:\n    print(w.name)\n", "`kernel`"),
        ("print(net.layers[1].weights[0].name)\n", "`kernel`"),
        ("cell = LSTM(3)\nprint(len(model.weights))\n", "array for each gate"),
        ("cell = LSTM(3)\nw = net.layers[1].trainable_weights[2]\n", "array for each gate"),
        ("cell = LSTM(3)\nw = [K.eval(w) for w in model.weights]\n", "array for each gate"),
        ("cell = LSTM(3)\nfor w in model.trainable_weights:\n    f(w)\n", "array for each gate"),
    ],
)
def test_lists_of_variables_that_changed(use: str, words: str) -> None:
    check_manual("from keras.layers import LSTM\n" + HEAD + use, "KM606", words)


@pytest.mark.parametrize(
    "use", ["print(len(model.weights))\n", "w = model.trainable_weights\n", "f(model.weights[0])\n"]
)
def test_lists_of_variables_that_are_the_same(use: str) -> None:
    assert not any(f.code == "KM606" for f in upgrade(HEAD + use).findings)


@pytest.mark.parametrize(
    "line",
    [
        "print(vars(model.layers[0])['W'])",
        "for l in model.layers:\n    l.__dict__['trainable'] = False",
        "first = Dense(output_dim=3)\nnames = sorted(first.__dict__)",
    ],
)
def test_the_dictionary_of_a_layer_is_reported(line: str) -> None:
    source = "from keras.layers import Dense\nfrom keras.models import Model\n"
    source += "model = Model(input=a, output=b)\n" + line + "\n"
    check_manual(source, "KM606", "dictionary of a layer")


@pytest.mark.parametrize("line", ["vars(args)", "self.__dict__.update(x)", "vars()"])
def test_other_dictionaries_stay(line: str) -> None:
    source = "from keras.models import Model\nmodel = Model(input=a, output=b)\n" + line + "\n"
    assert not [f for f in upgrade(source).findings if "dictionary" in f.message]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("net.layers[0].input", "keras1_attribute(net.layers[0], 'input')"),
        ("net.layers[i].input", "keras1_attribute(net.layers[i], 'input')"),
        ("net.get_layer('my_input').input", "keras1_attribute(net.get_layer('my_input'), 'input')"),
        ("[l.input for l in net.layers]", "[keras1_attribute(l, 'input') for l in net.layers]"),
        ("net.layers[3].input", "net.layers[3].input"),
        ("net.get_layer('conv').input", "net.get_layer('conv').input"),
        ("args.input", "args.input"),
    ],
)
def test_the_input_of_what_a_model_begins_with(old: str, new: str) -> None:
    needs = "from keras1_compat import keras1_attribute\n" if old != new else ""
    head = "from keras.layers import Dense\n"
    check_rewrite(
        f"{head}net = load(Dense(output_dim=1))\nx = {old}\n",
        f"{head}{needs}net = load(Dense(units=1))\nx = {new}\n",
    )
