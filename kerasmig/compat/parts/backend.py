"""Tensor functions of the Keras 1 backend that `keras.ops` has not, or not so."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
import numpy as np
from keras import ops


def keras1_mean(x, axis=None, keepdims=False):
    """The mean; of whole numbers it is whole, too, rounded towards zero."""
    x = ops.convert_to_tensor(x)
    if not keras.backend.is_int_dtype(x.dtype):
        return ops.mean(x, axis=axis, keepdims=keepdims)
    mean = ops.mean(ops.cast(x, "float64"), axis=axis, keepdims=keepdims)
    return ops.cast(mean, x.dtype)


def keras1_var(x, axis=None, keepdims=False):
    """The variance; of whole numbers it is whole, too, as is the mean that it is taken from."""
    x = ops.convert_to_tensor(x)
    if not keras.backend.is_int_dtype(x.dtype):
        return ops.var(x, axis=axis, keepdims=keepdims)
    away = ops.square(x - keras1_mean(x, axis=axis, keepdims=True))
    return keras1_mean(away, axis=axis, keepdims=keepdims)


def keras1_clip(x, x_min, x_max):
    """The values between two bounds; for whole numbers the bounds are made whole, too."""
    x = ops.convert_to_tensor(x)
    if not keras.backend.is_int_dtype(x.dtype):
        return ops.clip(x, x_min, x_max)
    limits = np.iinfo(keras.backend.standardize_dtype(x.dtype))
    bounds = (int(np.clip(b, limits.min, limits.max)) for b in (x_min, x_max))
    return ops.clip(x, *bounds)


def keras1_stack(x):
    """Tensors and variables of one shape, along a new first axis."""
    return ops.stack([ops.copy(part) for part in x])


def keras1_any(x, axis=None, keepdims=False):
    """Whether any is other than zero, as zeros and ones."""
    return ops.cast(ops.any(ops.cast(x, "bool"), axis=axis, keepdims=keepdims), "uint8")


def keras1_all(x, axis=None, keepdims=False):
    """Whether all are other than zero, as zeros and ones."""
    return ops.cast(ops.all(ops.cast(x, "bool"), axis=axis, keepdims=keepdims), "uint8")


def batch_get_value(xs):
    """The values of several variables, as NumPy arrays."""
    return [ops.convert_to_numpy(x) for x in xs]


def batch_set_value(tuples):
    """Give new values to variables: pairs of a variable and an array."""
    for variable, value in tuples:
        variable.assign(np.asarray(value))


def moving_average_update(variable, value, momentum):
    """Move a variable towards a value: variable * momentum + value * (1 - momentum)."""
    return variable.assign(variable * momentum + value * (1.0 - momentum))


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """A variable with samples of a normal distribution."""
    value = keras.random.normal(shape, mean, scale, dtype=dtype, seed=seed)
    return keras.Variable(value, dtype=dtype, name=name)


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """A variable with samples of a uniform distribution."""
    value = keras.random.uniform(shape, low, high, dtype=dtype, seed=seed)
    return keras.Variable(value, dtype=dtype, name=name)


def switch(condition, then_expression, else_expression):
    """One of two expressions (tensors, or functions that make them) by a scalar condition."""

    def function(expression):
        return expression if callable(expression) else lambda: expression

    condition = ops.cast(condition, "bool")
    return ops.cond(condition, function(then_expression), function(else_expression))


def batch_flatten(x):
    """Flatten all axes but the first."""
    known = x.shape[0]
    return ops.reshape(x, (-1 if known is None else known, int(np.prod(x.shape[1:]))))


def batch_dot(x, y, axes=None):
    """Dot product of each pair in two batches, over one axis of each."""
    x, y = ops.convert_to_tensor(x), ops.convert_to_tensor(y)
    if isinstance(axes, int):
        axes = (axes, axes)
    if len(x.shape) == 2 and len(y.shape) == 2:
        first = x if axes[0] == axes[1] else ops.transpose(x)
        product = ops.sum(first * y, axis=axes[1])
    else:
        if axes is not None and axes[0] != len(x.shape) - 1:
            x = ops.swapaxes(x, -1, -2)
        if axes is not None and axes[1] == len(y.shape) - 1:
            y = ops.swapaxes(y, -1, -2)
        product = ops.matmul(x, y)
    return ops.expand_dims(product, 1) if len(product.shape) == 1 else product


def batch_normalize(x, mean, var, beta, gamma, epsilon=1e-3):
    """(x - mean) / sqrt(var + epsilon) * gamma + beta, for anything that broadcasts."""
    scale = ops.rsqrt(var + epsilon)
    scale = scale if gamma is None else scale * gamma
    shift = -mean * scale
    return x * scale + (shift if beta is None else shift + beta)


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """Normalise a batch by its own statistics: the result, the means, the variances."""
    axes = tuple(reduction_axes)
    mean, variance = ops.moments(x, axes)
    kept = [axis for axis in range(len(x.shape)) if axis not in axes]

    def widen(values):
        shape = [1] * len(x.shape)
        for axis in kept:
            shape[axis] = x.shape[axis]
        return None if values is None else ops.reshape(values, shape)

    normed = batch_normalize(
        x, widen(mean), widen(variance), widen(beta), widen(gamma), epsilon
    )
    return normed, mean, variance


def temporal_padding(x, padding=1):
    """Zeros before and after the middle axis of a 3-D tensor."""
    return asymmetric_temporal_padding(x, padding, padding)


def asymmetric_temporal_padding(x, left_pad=1, right_pad=1):
    """Zeros before and after the middle axis of a 3-D tensor, as many as asked on each side."""
    return ops.pad(x, [[0, 0], [left_pad, right_pad], [0, 0]])


def _channels_first(data_format):
    return (data_format or keras.config.image_data_format()) == "channels_first"


def _pad_spatial(x, pads, data_format):
    pads = [list(pad) for pad in pads]
    if _channels_first(data_format):
        return ops.pad(x, [[0, 0], [0, 0], *pads])
    return ops.pad(x, [[0, 0], *pads, [0, 0]])


def spatial_2d_padding(x, padding=(1, 1), data_format=None):
    """Zeros around the rows and columns of a 4-D tensor."""
    return _pad_spatial(x, [(p, p) for p in padding], data_format)


def asymmetric_spatial_2d_padding(
    x, top_pad=1, bottom_pad=1, left_pad=1, right_pad=1, data_format=None
):
    """Zeros around the rows and columns of a 4-D tensor, as many as asked on each side."""
    return _pad_spatial(x, [(top_pad, bottom_pad), (left_pad, right_pad)], data_format)


def spatial_3d_padding(x, padding=(1, 1, 1), data_format=None):
    """Zeros around the three spatial axes of a 5-D tensor."""
    return _pad_spatial(x, [(p, p) for p in padding], data_format)


def _enlarge(x, factors, data_format):
    first = 2 if _channels_first(data_format) else 1
    for axis, factor in enumerate(factors, start=first):
        x = ops.repeat(x, factor, axis=axis)
    return x


def resize_images(X, height_factor, width_factor, data_format=None):
    """Repeat the rows and columns of images."""
    return _enlarge(X, (height_factor, width_factor), data_format)


def resize_volumes(X, depth_factor, height_factor, width_factor, data_format=None):
    """Repeat the three spatial axes of volumes."""
    return _enlarge(X, (depth_factor, height_factor, width_factor), data_format)


def _convolve(x, kernel, strides, padding, data_format, dilation_rate):
    """A convolution whose kernel is laid out as Keras 1 did: Theano or TensorFlow."""
    if not _channels_first(data_format):
        return ops.conv(x, kernel, strides, padding, "channels_last", dilation_rate)
    rank = len(kernel.shape)
    kernel = ops.transpose(kernel, (*range(2, rank), 1, 0))
    return ops.conv(x, kernel, strides, padding, "channels_first", dilation_rate)


def conv2d(
    x, kernel, strides=(1, 1), padding="valid", data_format=None, filter_dilation=(1, 1)
):
    """2-D convolution; with channels first the kernel is (out, in, rows, columns)."""
    return _convolve(x, kernel, strides, padding, data_format, filter_dilation)


def atrous_conv2d(x, kernel, rate=1, padding="valid", data_format=None):
    """Dilated 2-D convolution; with channels first the kernel is (out, in, rows, columns)."""
    return _convolve(x, kernel, 1, padding, data_format, rate)


def conv3d(x, kernel, strides=(1, 1, 1), padding="valid", data_format=None):
    """3-D convolution; with channels first the kernel is (out, in, depth, rows, columns)."""
    return _convolve(x, kernel, strides, padding, data_format, 1)


def deconv2d(
    x, kernel, output_shape, strides=(1, 1), padding="valid", data_format=None
):
    """Transposed 2-D convolution to an output shape, with kernels laid out as in `conv2d`."""
    first = _channels_first(data_format)
    kernel = ops.transpose(kernel, (2, 3, 0, 1) if first else (0, 1, 3, 2))
    axes = slice(2, 4) if first else slice(1, 3)
    sizes = zip(
        output_shape[axes], x.shape[axes], kernel.shape[:2], strides, strict=True
    )
    same = padding == "same"
    natural = [n * s for n, s in zip(x.shape[axes], strides, strict=True)]
    if same and list(output_shape[axes]) == natural:
        extra = None
    else:
        extra = tuple(
            out - (before - 1) * stride - (width % 2 if same else width)
            for out, before, width, stride in sizes
        )
    data_format = "channels_first" if first else "channels_last"
    return ops.conv_transpose(x, kernel, strides, padding, extra, data_format)


def separable_conv2d(
    x,
    depthwise_kernel,
    pointwise_kernel,
    strides=(1, 1),
    padding="valid",
    data_format=None,
):
    """Separable 2-D convolution; with channels first kernels are (out, in, rows, columns)."""
    if _channels_first(data_format):
        depthwise_kernel = ops.transpose(depthwise_kernel, (2, 3, 1, 0))
        pointwise_kernel = ops.transpose(pointwise_kernel, (2, 3, 1, 0))
    return ops.separable_conv(
        x, depthwise_kernel, pointwise_kernel, strides, padding, data_format
    )


def _pool(x, pool_size, strides, padding, data_format, pool_mode):
    pools = {"max": ops.max_pool, "avg": ops.average_pool}
    if pool_mode not in pools:
        raise ValueError("Invalid pooling mode: " + str(pool_mode))
    return pools[pool_mode](x, pool_size, strides, padding, data_format)


def pool2d(
    x, pool_size, strides=(1, 1), padding="valid", data_format=None, pool_mode="max"
):
    """2-D pooling, by maximum (max) or average (avg)."""
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


def pool3d(
    x, pool_size, strides=(1, 1, 1), padding="valid", data_format=None, pool_mode="max"
):
    """3-D pooling, by maximum (max) or average (avg)."""
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)
