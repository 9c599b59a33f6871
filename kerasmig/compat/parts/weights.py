"""``weights=`` of Keras 1's layers."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import functools

import keras
import numpy as np


def with_weights(layer, weights):
    """The layer, which gets these weights of a Keras 1 layer as soon as it is built."""
    build = layer.build

    @functools.wraps(build)
    def build_and_load(*args, **kwargs):
        build(*args, **kwargs)
        arrays = [np.asarray(array) for array in weights]
        if len(arrays) in (9, 12) and len(layer.weights) == 3:
            arrays = _join_gates(arrays)
        layer.set_weights([_layout(layer, array) for array in arrays])

    if weights is not None:
        layer.build = build_and_load
    return layer


def _join_gates(arrays):
    """Kernel, recurrent kernel and bias of a GRU or LSTM, from one of each per gate."""
    gates = [arrays[i : i + 3] for i in range(0, len(arrays), 3)]
    if len(gates) == 4:  # stored as input, cell, forget, output
        gates = [gates[0], gates[2], gates[1], gates[3]]
    return [np.concatenate([gate[i] for gate in gates], axis=-1) for i in range(3)]


def _layout(layer, array):
    """A convolution kernel of Keras 1 in the order (rows, columns, channels, filters)."""
    if array.ndim == 4 and isinstance(layer, keras.layers.Conv1D):
        return array[:, 0]  # Keras 1 kept an axis of length one in 1-D kernels
    if array.ndim >= 4 and getattr(layer, "data_format", None) == "channels_first":
        array = np.transpose(array, (*range(2, array.ndim), 1, 0))
    if array.ndim == 4 and isinstance(layer, keras.layers.Conv2DTranspose):
        array = np.swapaxes(array, 2, 3)
    return array
