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


# The order in which Keras 1 lists the gates, and that in which it and Keras 3 join them.
GATE_ORDERS = {
    "lstm": ("icfo", "ifco"),
    "convlstm": ("icfo", "ifco"),
    "gru": ("zrh", "zrh"),
}


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


def array_layout(names):
    """The layout of a class, by its own name and those of its bases; "" if nothing changed."""
    for name in names:
        if name in ARRAY_LAYOUTS:
            return ARRAY_LAYOUTS[name]
    return ""


def own_array_layout(layer):
    """The layout of a layer's arrays, by its class or the one that it inherits from."""
    return array_layout([base.__name__ for base in type(layer).__mro__])


def own_ordering(layer):
    """The ordering that a layer's kernels had in Keras 1."""
    first = getattr(layer, "data_format", None) == "channels_first"
    return "th" if first else "tf"


def _load(layer, weights, ordering):
    if hasattr(layer, "forward_layer") and hasattr(layer, "backward_layer"):
        half = len(weights) // 2
        _load(layer.forward_layer, weights[:half], ordering)
        _load(layer.backward_layer, weights[half:], ordering)
    elif isinstance(layer, keras.layers.Wrapper):
        _load(layer.layer, weights, ordering)
    else:
        layout = own_array_layout(layer)
        ordering = ordering or own_ordering(layer)
        layer.set_weights(arrays_from_keras1(layout, weights, ordering))


def with_weights(layer, weights, ordering=None):
    """The layer, which gets these weights of a Keras 1 layer as soon as it is built.

    Args:
        ordering: "th" or "tf", the order of the kernel, if the layer works in the other one now.
    """
    build = layer.build

    @functools.wraps(build)
    def build_and_load(*args, **kwargs):
        build(*args, **kwargs)
        _load(layer, list(weights), ordering)

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
    """Makes a class that takes the arguments of a layer or an optimizer of Keras 1.

    ``layer`` is their class today, which the class made is taken for wherever classes are
    compared: ``type(layer) == kind``, ``isinstance(layer, kind)``, a dictionary by class; ``make``
    makes them if it is not that. ``order`` is how Keras 1 took arguments by position; ``moves``
    says (old names, new name, conversion of the value or None) for those that changed, several old
    ones making one tuple; ``defaults`` are Keras 1's where they differ.
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
        own = getattr(other, "layer", None)
        return other in (cls.layer, cls.make) or cls.layer is own

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
