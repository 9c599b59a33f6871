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
