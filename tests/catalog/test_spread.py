"""One old argument that becomes two, by keyword and by position, with something inside it."""

from __future__ import annotations

import pytest

from kerasmig import upgrade_source

_HEAD = (
    "from keras.layers import GRU, SeparableConvolution2D\n"
    "from keras.regularizers import WeightRegularizer\n"
)


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (
            "SeparableConvolution2D(4, 3, 3, 'uniform')",
            "SeparableConv2D(4, (3, 3), depthwise_initializer='uniform', "
            "pointwise_initializer='uniform')",
        ),
        (
            "SeparableConvolution2D(4, 3, 3, init=mine, bias=False)",
            "SeparableConv2D(4, (3, 3), depthwise_initializer=get_initializer(mine), "
            "pointwise_initializer=get_initializer(mine), use_bias=False)",
        ),
        (
            "GRU(4, W_regularizer=WeightRegularizer(l2=0.1), consume_less='mem')",
            "GRU(4, kernel_regularizer=L1L2(l2=0.1), recurrent_activation=hard_sigmoid, "
            "kernel_initializer=Keras1Kernel('glorot_uniform', '3 gates'), "
            "recurrent_initializer=Keras1Kernel('glorot_uniform', '3 gates'), reset_after=False, "
            "recurrent_regularizer=L1L2(l2=0.1))",
        ),
    ],
)
def test_value_is_given_to_both(call: str, wanted: str) -> None:
    assert wanted in upgrade_source(f"{_HEAD}x = {call}\n").code


def test_a_call_by_position_is_reported() -> None:
    source = f"{_HEAD}x = SeparableConvolution2D(4, 3, 3, make(1))\n"
    result = upgrade_source(source)
    assert "SeparableConvolution2D(4, 3, 3, make(1))" in result.code
    assert any("depthwise_initializer and pointwise" in f.message for f in result.findings)
