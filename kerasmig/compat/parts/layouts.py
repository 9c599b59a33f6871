"""The arrays of a layer in Keras 1 and in Keras 3: what stands where.

The one place that knows it: the loader of old files, the converter and the verification use it.
Layouts were read from the sources of Keras 1.2.2 and are held by tests that compare outputs.
"""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np

# Classes of both libraries by what their arrays look like; all others have the same in both.
ARRAY_LAYOUTS = {
    "Convolution1D": "conv1d",
    "AtrousConvolution1D": "conv1d",
    "AtrousConv1D": "conv1d",
    "Conv1D": "conv1d",
    "Convolution2D": "conv",
    "AtrousConvolution2D": "conv",
    "AtrousConv2D": "conv",
    "Conv2D": "conv",
    "Convolution3D": "conv",
    "Conv3D": "conv",
    "SeparableConvolution2D": "separable",
    "SeparableConv2D": "separable",
    "Deconvolution2D": "transposed",
    "Deconv2D": "transposed",
    "Conv2DTranspose": "transposed",
    "LSTM": "lstm",
    "GRU": "gru",
    "ConvLSTM2D": "convlstm",
}
# The order in which Keras 1 lists the gates, and that in which it and Keras 3 join them.
GATE_ORDERS = {
    "lstm": ("icfo", "ifco"),
    "convlstm": ("icfo", "ifco"),
    "gru": ("zrh", "zrh"),
}


def array_layout(names):
    """The layout of a class, by its own name and those of its bases; "" if nothing changed."""
    for name in names:
        if name in ARRAY_LAYOUTS:
            return ARRAY_LAYOUTS[name]
    return ""


def turn_kernel_over(kernel, axes):
    """A kernel of Theano's convolution, which went over its kernels from the other end."""
    return np.flip(kernel, axis=tuple(axes))


def kernel_from_keras1(layout, kernel, ordering="tf", flip=False):
    """A convolution kernel of Keras 1 as Keras 3 has it: (rows, columns, channels, filters).

    Args:
        ordering: ``"th"`` for kernels that begin with the filters, ``"tf"`` for those that end so.
        flip: it was trained on Theano.
    """
    if kernel.ndim < 3:
        return kernel
    if layout == "conv1d":
        kernel = kernel[:, 0] if kernel.ndim == 4 else kernel
    elif ordering == "th":
        kernel = np.transpose(kernel, (*range(2, kernel.ndim), 1, 0))
    if layout == "transposed":
        kernel = np.swapaxes(kernel, -1, -2)
    if flip and layout != "separable":
        kernel = turn_kernel_over(kernel, range(kernel.ndim - 2))
    return kernel


def kernel_to_keras1(layout, kernel, ordering="tf"):
    """A convolution kernel of Keras 3 as Keras 1 had it."""
    if kernel.ndim < 3:
        return kernel
    if layout == "conv1d":
        return kernel[:, None]
    if layout == "transposed":
        kernel = np.swapaxes(kernel, -1, -2)
    if ordering == "th":
        last = kernel.ndim - 1
        kernel = np.transpose(kernel, (last, last - 1, *range(last - 1)))
    return kernel


def arrays_from_keras1(layout, arrays, ordering="tf", flip=False):
    """The arrays of a layer of Keras 1 as Keras 3 has them.

    Args:
        layout: what `array_layout` says of its class.
        arrays: in the order in which Keras 1 listed them.
    """
    arrays = [np.asarray(array) for array in arrays]
    if layout not in GATE_ORDERS:
        if layout == "conv1d" and _is_first_conv1d(arrays):
            arrays[0] = np.transpose(arrays[0], (2, 3, 1, 0))
        return [
            kernel_from_keras1(layout, array, ordering, flip) if layout else array
            for array in arrays
        ]
    if layout == "convlstm":
        arrays = [kernel_from_keras1("conv", array, ordering, flip) for array in arrays]
    listed, joined = GATE_ORDERS[layout]
    if len(arrays) != 3 * len(listed):
        return arrays  # consume_less='gpu' kept the gates together already
    return [
        np.concatenate([arrays[3 * listed.index(gate) + i] for gate in joined], axis=-1)
        for i in range(3)
    ]


def arrays_to_keras1(layout, arrays, ordering="tf", together=False):
    """The arrays of a layer of Keras 3 as Keras 1 had them.

    Args:
        together: the layer had ``consume_less='gpu'``, which kept the gates in one array.
    """
    arrays = [np.asarray(array) for array in arrays]
    if layout not in GATE_ORDERS:
        return [
            kernel_to_keras1(layout, array, ordering) if layout else array
            for array in arrays
        ]
    if not together:
        listed, joined = GATE_ORDERS[layout]
        parts = [np.split(array, len(joined), axis=-1) for array in arrays]
        arrays = [part[joined.index(gate)] for gate in listed for part in parts]
    if layout == "convlstm":
        arrays = [kernel_to_keras1("conv", array, ordering) for array in arrays]
    return arrays


def _is_first_conv1d(arrays):
    """Whether a 1-D kernel is one of Keras 0: (filters, channels, length, 1)."""
    kernel = arrays[0]
    if kernel.ndim != 4 or kernel.shape[3] != 1:
        return False
    filters = arrays[1].shape[0] if len(arrays) > 1 else None
    if kernel.shape[1] != 1:
        return True
    return (
        filters is not None
        and filters != kernel.shape[3]
        and filters == kernel.shape[0]
    )
