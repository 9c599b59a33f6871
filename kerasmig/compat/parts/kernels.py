"""Kernels that Theano's true convolution was trained with."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np


def convert_kernel(kernel):
    """Turn a kernel round along its spatial axes, which all come first in Keras 3."""
    return np.flip(kernel, axis=tuple(range(kernel.ndim - 2))).copy()


def convert_all_kernels_in_model(model):
    """Turn the kernels of all convolutions of a model round, from Theano's use to TensorFlow's."""
    convolutions = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose")
    for layer in model.layers:
        if any(base.__name__ in convolutions for base in type(layer).__mro__):
            kernel, *others = layer.get_weights()
            layer.set_weights([convert_kernel(kernel), *others])
