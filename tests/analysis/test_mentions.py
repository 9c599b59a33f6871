"""Which modules are followed at all: those that use a layer with a data format."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from kerasmig.analysis.dataformat.shapes import mentions_spatial


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from keras.layers import Convolution2D\nConvolution2D(3, 3, 3)", True),
        ("from keras.layers import Convolution2D as conv\nconv(3, 3, 3)", True),
        ("from keras.layers import Convolution2D as conv", False),
        ("from keras import layers\nlayers.Convolution2D(3, 3, 3)", True),
        ("from keras.layers import *\nkinds = [Convolution2D]", True),
        ("from keras.layers import Dense\nDense(3)", False),
        ("class Convolution2D: pass\nConvolution2D(3, 3, 3)", False),
        (
            """
            from keras.layers import *
            class Convolution2D: pass
            Convolution2D(3, 3, 3)
            """,
            True,
        ),
        (
            """
            try:
                from keras.layers import UpSampling2D
            except ImportError:
                class UpSampling2D: pass
            UpSampling2D()
            """,
            True,
        ),
        ("Conv2D = make()", False),
        ("Conv2D = make()\nConv2D(3)", True),
    ],
)
def test_a_layer_with_a_data_format_is_used(code: str, expected: bool) -> None:
    assert mentions_spatial(ast.parse(dedent(code))) is expected
