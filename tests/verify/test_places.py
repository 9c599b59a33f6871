"""Places that make models are found by what names stand for, and told apart."""

from __future__ import annotations

import ast

import pytest

from kerasmig.verify.caller.places import find_places


def names(text: str) -> list[str]:
    return [name for name, _ in find_places(ast.parse(text)).named()]


@pytest.mark.parametrize(
    "text",
    [
        "from keras.models import Sequential\nm = Sequential()",
        "from keras.models import Sequential as S\nm = S()",
        "import keras\nm = keras.models.Sequential()",
        "import keras.models as KM\nm = KM.Model(1, 2)",
        "from keras.layers import *\nfrom keras.models import *\nm = Model(input=a, output=b)",
        "from ..models import Model\nm = Model(a, b)",
        "from keras.applications.vgg16 import VGG16\nm = VGG16()",
        "from keras.engine.training import Model\nm = Model(a, b)",
    ],
)
def test_spellings(text: str) -> None:
    assert names(text) == ["m"]


@pytest.mark.parametrize(
    "text",
    [
        "from django.db.models import Model2\nm = Model2()",
        "class Model: pass\nm = Model()",
        "from torch.nn import Sequential\nm = Sequential()",
        "m = Model()",
    ],
)
def test_others_are_left_alone(text: str) -> None:
    assert names(text) == []


def test_names_tell_places_apart() -> None:
    text = (
        "from keras.models import Model, Sequential\n"
        "def one():\n    return Model(a, b)\n"
        "def two():\n    inner = Sequential()\n    return Model(a, b)\n"
        "class Net:\n    def build(self):\n        self.model = Sequential()\n"
        "m = Sequential()\nm = Sequential()\n"
    )
    assert names(text) == ["one", "two.inner", "two", "Net.build", "m", "m#2"]


def test_derived_classes_are_places() -> None:
    text = (
        "from keras.models import Model\n"
        "class Net(Model):\n    def __init__(self):\n        super().__init__(a, b)\n"
        "n = Net()\n"
    )
    assert "n" in names(text)


def test_builders_can_be_called_from_outside() -> None:
    text = (
        "from keras.models import Sequential\n"
        "def outer():\n    def inner():\n        return Sequential()\n    return inner()\n"
        "def build(n):\n    return Sequential()\n"
    )
    assert [scope.qualname for scope in find_places(ast.parse(text)).builders()] == ["build"]
