"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations

import copy
import functools
import inspect

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
def hard_sigmoid(x):
    """Keras 1's hard sigmoid, clip(0.2 x + 0.5, 0, 1); Keras 3's is relu6(x + 3) / 6."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def get_activation(identifier):
    """The activation function of a Keras 1 name, or what was given."""
    if identifier == "hard_sigmoid":
        return hard_sigmoid
    return keras.activations.get(identifier)


def _fresh(value):
    """A default for one layer alone: an initializer gives the same numbers each time."""
    return value.clone() if isinstance(value, keras.initializers.Initializer) else value


def _kernel_axes(constraint, rank):
    """The constraint for kernels that were (filters, channels, rows, ...) under 'th'."""
    constraint = keras.constraints.get(constraint)
    axis = getattr(constraint, "axis", None)
    if axis is None:
        return constraint
    moved = [rank - 1, rank - 2, *range(rank - 2)]
    constraint = copy.copy(constraint)  # it may belong to other layers, too
    several = isinstance(axis, (list, tuple))
    constraint.axis = [moved[a] for a in axis] if several else moved[axis]
    return constraint


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


def keras1_layer(target, moves, defaults, old):
    """A layer of Keras 3 made from the arguments of a Keras 1 layer by their names."""
    weights = old.pop("weights", None)
    old.pop("input_dtype", None)
    batch_shape = old.pop("batch_input_shape", None)
    if batch_shape is not None:
        if batch_shape[0] is not None:
            raise ValueError("put keras.Input(batch_shape=...) before the layer")
        old["input_shape"] = tuple(batch_shape[1:])
    new = {}
    for names, name, convert in moves:
        values = [old.get(n) for n in names]
        if name is not None and values[-1] is not None:
            value = values[0] if len(names) == 1 else tuple(values)
            new[name] = convert(value) if convert else value
    moved = {n for names, _, _ in moves for n in names}
    kept = {name: value for name, value in old.items() if name not in moved}
    given = {**{name: _fresh(value) for name, value in defaults.items()}, **kept, **new}
    if (
        given.get("data_format") or keras.config.image_data_format()
    ) == "channels_first":
        rank = {keras.layers.Conv2D: 4, keras.layers.Conv3D: 5}.get(target)
        if rank is not None and given.get("kernel_constraint") is not None:
            given["kernel_constraint"] = _kernel_axes(given["kernel_constraint"], rank)
    return with_weights(target(**given), weights)


class Keras1Layer(type):
    """Makes a class that takes a Keras 1 layer's arguments and makes layers of Keras 3.

    ``layer`` is their class, which the class made is taken for wherever classes are compared:
    ``type(layer) == kind``, ``isinstance(layer, kind)``, a dictionary by class. ``order`` is how
    Keras 1 took arguments by position; ``moves`` says (old names, new name, conversion of the
    value or None) for those that changed, several old ones making one tuple; ``defaults`` are
    Keras 1's where they differ.
    """

    make = None

    def __call__(cls, *args, **kwargs):
        if len(args) > len(cls.order):
            raise TypeError(
                f"{len(args)} positional arguments given, Keras 1 took {len(cls.order)}"
            )
        old = dict(zip(cls.order, args, strict=False))
        if twice := sorted(old.keys() & kwargs.keys()):
            raise TypeError(f"given by position and by name: {', '.join(twice)}")
        old.update(kwargs)
        moves, defaults = cls.moves, cls.defaults
        if old.get("consume_less") == "gpu" and hasattr(cls, "moves_gpu"):
            moves, defaults = cls.moves_gpu, cls.defaults_gpu
        return keras1_layer(cls.make or cls.layer, moves, defaults, old)

    @property
    def channels_first(cls):
        """The same for models whose channels come first."""
        if "dim_ordering" not in cls.order:
            return cls
        defaults = {**cls.defaults, "data_format": "channels_first"}
        return Keras1Layer(cls.__name__, (cls,), {"defaults": defaults})

    def __eq__(cls, other):
        return cls.layer is other or cls.layer is getattr(other, "layer", None)

    def __hash__(cls):
        return hash(cls.layer)

    def __instancecheck__(cls, instance):
        return isinstance(instance, cls.layer)

    def __subclasscheck__(cls, subclass):
        return issubclass(getattr(subclass, "layer", subclass), cls.layer)

    def __getattr__(cls, name):
        return getattr(cls.__dict__["layer"], name)


def get_regularizer(identifier, kwargs=None):
    """The regularizer of a Keras 1 name with its factors, or what was given."""
    keywords = kwargs or {}
    if identifier in ("l1", "activity_l1"):
        return keras.regularizers.L1(keywords.get("l", 0.01))
    if identifier in ("l2", "activity_l2"):
        return keras.regularizers.L2(keywords.get("l", 0.01))
    if identifier in ("l1l2", "activity_l1l2"):
        return keras.regularizers.L1L2(**{"l1": 0.01, "l2": 0.01, **keywords})
    if identifier in ("L1L2Regularizer", "WeightRegularizer", "ActivityRegularizer"):
        return keras.regularizers.L1L2(**keywords)
    return keras.regularizers.get(identifier)


@keras.saving.register_keras_serializable(package="keras1_compat")
class SumOverBatch(keras.regularizers.Regularizer):
    """An activity penalty over the whole batch, which Keras 3 would divide by the batch size."""

    def __init__(self, regularizer):
        self.regularizer = get_regularizer(regularizer)

    def __call__(self, x):
        if self.regularizer is None:
            return ops.zeros((), x.dtype)
        return ops.cast(ops.shape(x)[0], x.dtype) * self.regularizer(x)

    def get_config(self):
        return {"regularizer": keras.regularizers.serialize(self.regularizer)}


def activity_penalty(identifier):
    """An activity regularizer of Keras 1, by name or as an object."""
    return None if identifier is None else SumOverBatch(identifier)


def layer_name(name):
    """A layer name without the slash, which Keras 3 refuses."""
    return name.replace("/", "_")


def data_format(dim_ordering):
    """The data format that a Keras 1 ``dim_ordering`` stands for; ``None``: the global one."""
    formats = {"th": "channels_first", "tf": "channels_last", "default": None}
    return formats.get(dim_ordering, dim_ordering)


def adapt_initializer(function):
    """A Keras 1 initialiser ``f(shape, name=None[, dim_ordering])`` as one that Keras 3 can call."""
    takes_ordering = "dim_ordering" in inspect.signature(function).parameters

    def initializer(shape, dtype=None):
        keywords = {"dim_ordering": "tf"} if takes_ordering else {}
        value = function(tuple(shape), name=None, **keywords)
        return keras.ops.cast(value, dtype or keras.config.floatx())

    return initializer


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


def get_constraint(identifier, kwargs=None):
    """The constraint of a Keras 1 name with its limits, or what was given."""
    keywords = dict(kwargs or {})
    if identifier in ("maxnorm", "MaxNorm"):
        return keras.constraints.MaxNorm(keywords.pop("m", 2), **keywords)
    if identifier in ("nonneg", "NonNeg"):
        return keras.constraints.NonNeg()
    if identifier in ("unitnorm", "UnitNorm"):
        return keras.constraints.UnitNorm(**keywords)
    if identifier == "MinMaxNorm":
        low, high = keywords.pop("low", 0.0), keywords.pop("high", 1.0)
        return keras.constraints.MinMaxNorm(low, high, **keywords)
    return keras.constraints.get(identifier)


def predict_classes(model, x, batch_size=32, verbose=1):
    """The likeliest class of each sample; of a single output, whether it is above one half."""
    probabilities = model.predict(x, batch_size=batch_size, verbose=verbose)
    if probabilities.shape[-1] > 1:
        return probabilities.argmax(axis=-1)
    return (probabilities > 0.5).astype("int32")


class keras1_Convolution2D(metaclass=Keras1Layer):
    """``Convolution2D`` of Keras 1, with the arguments that it took there."""

    layer = keras.layers.Conv2D
    order = [
        "nb_filter",
        "nb_row",
        "nb_col",
        "init",
        "activation",
        "weights",
        "border_mode",
        "subsample",
        "dim_ordering",
        "W_regularizer",
        "b_regularizer",
        "activity_regularizer",
        "W_constraint",
        "b_constraint",
        "bias",
    ]
    moves = [
        (("name",), "name", layer_name),
        (("nb_filter",), "filters", None),
        (("init",), "kernel_initializer", get_initializer),
        (("activation",), "activation", get_activation),
        (("border_mode",), "padding", None),
        (("subsample",), "strides", None),
        (("dim_ordering",), "data_format", data_format),
        (("W_regularizer",), "kernel_regularizer", get_regularizer),
        (("b_regularizer",), "bias_regularizer", get_regularizer),
        (("activity_regularizer",), "activity_regularizer", activity_penalty),
        (("W_constraint",), "kernel_constraint", get_constraint),
        (("b_constraint",), "bias_constraint", get_constraint),
        (("bias",), "use_bias", None),
        (("nb_row", "nb_col"), "kernel_size", None),
    ]
    defaults = {}
