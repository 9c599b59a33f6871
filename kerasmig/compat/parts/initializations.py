"""Initialisers of Keras 1: functions of a shape.

Keras 3 calls them with a dtype and the shape of one of its own kernels (channels last); Keras 1
code calls them without one, and then the channels come first unless ``dim_ordering`` says not.
"""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import inspect

import keras
import numpy as np


def get_fans(shape, dim_ordering="th"):
    """Numbers of inputs and outputs that a weight of this shape connects, as Keras 1 counted."""
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(shape) in (4, 5):
        if dim_ordering == "th":
            field = np.prod(shape[2:])
            return shape[1] * field, shape[0] * field
        field = np.prod(shape[:-2])
        return shape[-2] * field, shape[-1] * field
    root = np.sqrt(np.prod(shape))
    return root, root


def _fans(shape, dim_ordering, dtype):
    return get_fans(shape, dim_ordering or ("th" if dtype is None else "tf"))


@keras.saving.register_keras_serializable(package="keras1_compat")
def uniform(shape, scale=0.05, name=None, dim_ordering=None, dtype=None):
    """Uniform between -scale and scale."""
    return keras.random.uniform(shape, -scale, scale, dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def normal(shape, scale=0.05, name=None, dim_ordering=None, dtype=None):
    """Normal with a standard deviation of scale, not truncated."""
    return keras.random.normal(shape, 0.0, scale, dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def lecun_uniform(shape, name=None, dim_ordering=None, dtype=None):
    """Uniform, with a variance of 1 / fan_in."""
    fan_in, _ = _fans(shape, dim_ordering, dtype)
    return uniform(shape, np.sqrt(3.0 / fan_in), dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def glorot_uniform(shape, name=None, dim_ordering=None, dtype=None):
    """Uniform, with a variance of 2 / (fan_in + fan_out)."""
    fan_in, fan_out = _fans(shape, dim_ordering, dtype)
    return uniform(shape, np.sqrt(6.0 / (fan_in + fan_out)), dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def glorot_normal(shape, name=None, dim_ordering=None, dtype=None):
    """Normal, not truncated, with a variance of 2 / (fan_in + fan_out)."""
    fan_in, fan_out = _fans(shape, dim_ordering, dtype)
    return normal(shape, np.sqrt(2.0 / (fan_in + fan_out)), dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def he_uniform(shape, name=None, dim_ordering=None, dtype=None):
    """Uniform, with a variance of 2 / fan_in."""
    fan_in, _ = _fans(shape, dim_ordering, dtype)
    return uniform(shape, np.sqrt(6.0 / fan_in), dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def he_normal(shape, name=None, dim_ordering=None, dtype=None):
    """Normal, not truncated, with a variance of 2 / fan_in."""
    fan_in, _ = _fans(shape, dim_ordering, dtype)
    return normal(shape, np.sqrt(2.0 / fan_in), dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def orthogonal(shape, scale=1.1, name=None, dim_ordering=None, dtype=None):
    """A random orthogonal matrix, times scale."""
    flat_shape = (shape[0], int(np.prod(shape[1:])))
    u, _, v = np.linalg.svd(np.random.normal(0.0, 1.0, flat_shape), full_matrices=False)
    q = u if u.shape == flat_shape else v
    return keras.ops.convert_to_tensor(
        scale * q.reshape(shape), dtype=dtype or keras.config.floatx()
    )


@keras.saving.register_keras_serializable(package="keras1_compat")
def identity(shape, scale=1, name=None, dim_ordering=None, dtype=None):
    """The identity matrix, times scale."""
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError("Identity initialisation is for square matrices only.")
    return scale * keras.ops.eye(shape[0], dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def zero(shape, name=None, dim_ordering=None, dtype=None):
    """Zeros."""
    return keras.ops.zeros(shape, dtype=dtype)


@keras.saving.register_keras_serializable(package="keras1_compat")
def one(shape, name=None, dim_ordering=None, dtype=None):
    """Ones."""
    return keras.ops.ones(shape, dtype=dtype)


def get_initialization(identifier, **kwargs):
    """The initialiser of a Keras 1 name, or what was given."""
    functions = {
        "uniform": uniform,
        "normal": normal,
        "lecun_uniform": lecun_uniform,
        "glorot_uniform": glorot_uniform,
        "glorot_normal": glorot_normal,
        "he_uniform": he_uniform,
        "he_normal": he_normal,
        "orthogonal": orthogonal,
        "identity": identity,
        "zero": zero,
        "one": one,
    }
    if isinstance(identifier, str) and identifier in functions:
        return functions[identifier]
    return keras.initializers.get(identifier)


@keras.saving.register_keras_serializable(package="keras1_compat")
class Keras1Kernel(keras.initializers.Initializer):
    """Draws a kernel as Keras 1 did, where that saw other fans than Keras 3 does.

    Args:
        initializer: the name in Keras 1, a function of a shape, or an initializer of Keras 3.
        layout: "3 gates" or "4 gates" for the kernels of GRU and LSTM, which Keras 1 made for each
            gate; "conv1d" for those of 1-D convolutions, which had a further axis.
    """

    def __init__(self, initializer, layout):
        self.initializer = initializer
        self.layout = layout

    def __call__(self, shape, dtype=None):
        if self.layout == "conv1d":
            length, channels, filters = shape
            old = (length, 1, channels, filters)
            return keras.ops.reshape(self._draw(old, "th", dtype), shape)
        gates = int(self.layout[0])
        one = (*shape[:-1], shape[-1] // gates)
        drawn = [self._draw(one, "tf", dtype) for _ in range(gates)]
        return keras.ops.concatenate(drawn, axis=-1)

    def _draw(self, shape, ordering, dtype):
        function = get_initialization(self.initializer)
        if isinstance(function, keras.initializers.Initializer):
            return function.clone()(shape, dtype=dtype)
        keywords = inspect.signature(function).parameters
        given = {"dim_ordering": ordering, "dtype": dtype}
        value = function(shape, **{k: v for k, v in given.items() if k in keywords})
        return keras.ops.cast(value, dtype or keras.config.floatx())

    def get_config(self):
        """Its arguments."""
        named = isinstance(self.initializer, str)
        initializer = (
            self.initializer
            if named
            else keras.initializers.serialize(self.initializer)
        )
        return {"initializer": initializer, "layout": self.layout}


def kernel_of_3_gates(identifier):
    """The initializer of GRU's kernels for one of Keras 1."""
    return Keras1Kernel(identifier, "3 gates")


def kernel_of_4_gates(identifier):
    """The initializer of LSTM's kernels for one of Keras 1."""
    return Keras1Kernel(identifier, "4 gates")


def kernel_of_conv1d(identifier):
    """The initializer of a 1-D convolution's kernel for one of Keras 1."""
    return Keras1Kernel(identifier, "conv1d")


def get_initializer(identifier):
    """An initializer of Keras 3 with the distribution of a Keras 1 name, or what was given."""
    if identifier == "orthogonal":
        return keras.initializers.Orthogonal(1.1)
    if identifier == "glorot_normal":
        return keras.initializers.VarianceScaling(1.0, "fan_avg", "untruncated_normal")
    if identifier == "he_normal":
        return keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")
    if callable(identifier) and not isinstance(
        identifier, (type, keras.initializers.Initializer)
    ):
        if "dtype" not in inspect.signature(identifier).parameters:
            return adapt_initializer(identifier)
    return keras.initializers.get(identifier)


def adapt_initializer(function):
    """A Keras 1 initialiser ``f(shape, name=None[, dim_ordering])`` as one that Keras 3 can call."""
    takes_ordering = "dim_ordering" in inspect.signature(function).parameters

    def initializer(shape, dtype=None):
        keywords = {"dim_ordering": "tf"} if takes_ordering else {}
        value = function(tuple(shape), name=None, **keywords)
        return keras.ops.cast(value, dtype or keras.config.floatx())

    return initializer
