"""Keywords that a layer's base takes do not make a call one of today's."""

from __future__ import annotations

import pytest

from kerasmig import upgrade_source

_OLD = """from keras.layers import Input, {layer}
from keras.models import Model
x = Input((3, 4))
model = Model(input=x, output={layer}({arguments})(x))
"""
_NEW = """import keras
model = keras.Sequential([keras.Input((3, 4)), keras.layers.{layer}({arguments})])
"""


@pytest.mark.parametrize("layer", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize(
    "arguments", ["8, return_sequences=True", "8, name='it'", "8, unroll=True", "8, stateful=False"]
)
def test_old_recurrent_layer_keeps_its_gates(layer: str, arguments: str) -> None:
    code = upgrade_source(_OLD.format(layer=layer, arguments=arguments)).code
    assert "recurrent_initializer=" in code
    assert ("recurrent_activation=hard_sigmoid" in code) == (layer != "SimpleRNN")


@pytest.mark.parametrize("layer", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("arguments", ["8, name='it'", "8, trainable=False", "8, stateful=False"])
def test_todays_layer_stays(layer: str, arguments: str) -> None:
    source = _NEW.format(layer=layer, arguments=arguments)
    assert upgrade_source(source).code == source


@pytest.mark.parametrize(
    "source",
    [
        "from keras.layers import *\nx = LSTM(10)\ny = Convolution2D(3, 3, 3)\n",
        "from keras.layers import *\nfrom keras.layers.recurrent import *\nx = LSTM(10)\n",
    ],
)
def test_star_imports_tell_the_era_too(source: str) -> None:
    assert "recurrent_activation=hard_sigmoid" in upgrade_source(source).code


def test_star_import_of_todays_keras_stays() -> None:
    source = "from keras.layers import *\nx = LSTM(10)\ny = Conv2D(3, (3, 3))\n"
    assert upgrade_source(source).code == source
