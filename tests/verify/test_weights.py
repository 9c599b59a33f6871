"""Layouts of weights, old to new. That outputs agree is tested with both libraries elsewhere."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from kerasmig.verify.descriptions import LayerFacts
from kerasmig.verify.models.weights import WeightMismatch, carry_over


def layer(kind: str, names: str, shapes: list[tuple[int, ...]], **more: Any) -> LayerFacts:
    weights = [
        {"name": name, "shape": list(shape)}
        for name, shape in zip(names.split(), shapes, strict=True)
    ]
    return cast(LayerFacts, {"class": kind, "weights": weights, "config": {}, **more})


def test_theano_kernel_is_transposed_not_flipped() -> None:
    kernel = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    old = layer("Convolution2D", "c_W c_b", [(2, 3, 4, 5), (2,)], config={"dim_ordering": "th"})
    new = layer("Conv2D", "kernel bias", [(4, 5, 3, 2), (2,)])
    result, bias = carry_over(old, [kernel, np.zeros(2)], new)
    assert result[1, 2, 0, 1] == kernel[1, 0, 1, 2]
    assert bias.shape == (2,)


def test_lstm_gates_are_ordered_by_name() -> None:
    names = [f"lstm_1_{part}_{gate}_1:0" for gate in "icfo" for part in "WUb"]
    shapes = [(1, 1), (1, 1), (1,)] * 4
    arrays = [np.full(shape, n // 3 + 1.0) for n, shape in enumerate(shapes)]
    old = layer("LSTM", " ".join(names), shapes)
    new = layer("LSTM", "kernel recurrent_kernel bias", [(1, 4), (1, 4), (4,)])
    kernel, _, bias = carry_over(old, arrays, new)
    assert kernel[0].tolist() == bias.tolist() == [1.0, 3.0, 2.0, 4.0]  # i, f, c, o


def test_weights_that_do_not_fit_are_refused_with_both_shapes() -> None:
    old = layer("Dense", "d_W", [(3, 4)])
    new = layer("Dense", "kernel", [(5, 4)])
    with pytest.raises(WeightMismatch, match=r"\(3, 4\).*\(5, 4\)"):
        carry_over(old, [np.zeros((3, 4))], new)
