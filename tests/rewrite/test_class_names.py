"""Classes of layers that are compared as text."""

from __future__ import annotations

from typing import Any

import pytest

from kerasmig.compat.parts.class_names import keras1_class_name
from kerasmig.finding import Applicability
from tests.rewrite.helpers import automatic, check_manual, check_noop, check_rewrite, find

HEAD = "from keras.models import Model\nmodel = Model(input=a, output=b)\n"
NEW = "from keras.models import Model\n{}model = Model(inputs=a, outputs=b)\n"
COMPAT = "from keras1_compat import keras1_class_name\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "[l for l in model.layers if l.__class__.__name__ == 'Convolution2D']",
            "[l for l in model.layers if keras1_class_name(l) == 'Convolution2D']",
        ),
        (
            "for l in model.layers:\n    kinds[type(l).__name__](l)",
            "for l in model.layers:\n    kinds[keras1_class_name(l)](l)",
        ),
        (
            "def f(k):\n    return 'Convolution2D' in k.__class__.__name__",
            "def f(k):\n    return 'Convolution2D' in keras1_class_name(k)",
        ),
        (
            "name = type(model.layers[0]).__name__.lower()\nname == 'convolution2d'",
            "name = keras1_class_name(model.layers[0]).lower()\nname == 'convolution2d'",
        ),
    ],
)
def test_the_name_of_keras_1_is_asked_for(old: str, new: str) -> None:
    result = check_rewrite(f"{HEAD}{old}\n", f"{NEW.format(COMPAT)}{new}\n")
    assert automatic(result)
    assert result.compat == ("keras1_class_name",)


@pytest.mark.parametrize(
    "line",
    [
        "print('layer', model.layers[0].__class__.__name__)",
        "class A(object):\n    def name(self): return self.__class__.__name__ + 'Convolution2D'",
        "type(3).__name__ == 'Convolution2D'",
        "[thing.__class__.__name__ == 'Dense' for thing in things]",
    ],
)
def test_other_names_stay(line: str) -> None:
    check_rewrite(f"{HEAD}{line}\n", f"{NEW.format('')}{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "'Convolution2D' in str(type(model.layers[0]))",
        "[l for l in model.layers if 'core.Dense' in repr(l.__class__)]",
        "def f(k):\n    return str(k.__class__).split('.')[-1] == \"Convolution2D'>\"",
    ],
)
def test_the_text_of_a_class_is_reported(line: str) -> None:
    check_manual(f"{HEAD}{line}\n", "KM311", "the text of a class")


@pytest.mark.parametrize("line", ["print(str(type(model)))", "str(type(3)) == 'Dense'"])
def test_the_text_of_other_classes_stays(line: str) -> None:
    check_rewrite(f"{HEAD}{line}\n", f"{NEW.format('')}{line}\n")


def test_code_of_today_stays() -> None:
    check_noop(
        "from keras.layers import Conv2D\nx = Conv2D(3, kernel_size=(3, 3))\n"
        "[l.__class__.__name__ == 'Convolution2D' for l in m.layers]\n"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("layer.name.startswith('convolution')", "layer.name.startswith('conv')"),
        (
            "layer.name.startswith('batchnormalization_')",
            "layer.name.startswith('batch_normalization')",
        ),
        ("'maxpooling' in layer.name", "'max_pooling' in layer.name"),
        ("'maxpooling2d' not in layer.name.lower()", "'max_pooling2d' not in layer.name.lower()"),
        (
            "name = layer.name\nname.find('leakyrelu')",
            "name = layer.name\nname.find('leaky_re_lu')",
        ),
    ],
)
def test_parts_of_automatic_names(old: str, new: str) -> None:
    result = check_rewrite(f"{HEAD}{old}\n", f"{NEW.format('')}{new}\n")
    find(result, "KM305", "as Keras 3 names layers", Applicability.ASSUMED)


@pytest.mark.parametrize(
    "line",
    [
        "layer.name.startswith('conv')",
        "'dense' in layer.name",
        "'block_convolution' in layer.name",
        "path.startswith('convolution')",
    ],
)
def test_parts_that_do_as_they_are(line: str) -> None:
    check_rewrite(f"{HEAD}{line}\n", f"{NEW.format('')}{line}\n")


def test_a_part_that_other_layers_of_the_file_have_today() -> None:
    check_manual(
        "from keras.layers import ConvLSTM2D\nx = ConvLSTM2D(nb_filter=3, nb_row=3, nb_col=3)(x)\n"
        "layer.name.startswith('convolution')\n",
        "KM305",
        "so are those of ConvLSTM2D",
    )


def test_dictionaries_by_name() -> None:
    check_rewrite(
        HEAD + "at = {l.name: l for l in model.layers}\nat['maxpooling2d_2']\n"
        "to = {}\nfor l in model.layers: to[l.name] = l\nto['convolution2d_1']\n",
        NEW.format("") + "at = {l.name: l for l in model.layers}\nat['max_pooling2d_1']\n"
        "to = {}\nfor l in model.layers: to[l.name] = l\nto['conv2d']\n",
    )


class Conv2D:
    dilation_rate = (1, 1)


class Conv1D:
    dilation_rate: Any = 2


def test_what_keras_1_called_it() -> None:
    name: Any = keras1_class_name
    assert name(Conv2D()) == "Convolution2D"
    assert name(Conv1D()) == "AtrousConvolution1D"
    assert name("text") == "str"
