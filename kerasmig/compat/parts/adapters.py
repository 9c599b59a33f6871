"""Classes that are called with arguments of Keras 1 that could not be read in the source."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import copy

import keras

from kerasmig.compat.parts.regularizers import SumOverBatch
from kerasmig.compat.parts.weights import with_weights


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


def activity_penalty(identifier):
    """An activity regularizer of Keras 1, by name or as an object."""
    return None if identifier is None else SumOverBatch(identifier)


def squared(value):
    """An epsilon that stands under the root today."""
    return value * value


def layer_name(name):
    """A layer name without the slash, which Keras 3 refuses."""
    return name.replace("/", "_")


def unit_forget_bias(initializer):
    """Whether an LSTM's forget gate starts with a bias of one."""
    if isinstance(initializer, bool):
        return initializer
    if initializer not in ("one", "zero"):
        raise ValueError(
            f"forget_bias_init={initializer!r}: Keras 3 knows one and zero only"
        )
    return initializer == "one"


def padding_1d(padding):
    """Zero padding of sequences; Keras 1 also took a dictionary."""
    if isinstance(padding, dict):
        return (padding.get("left_pad", 0), padding.get("right_pad", 0))
    return padding


def padding_2d(padding):
    """Zero padding of images; Keras 1 also took a dictionary, or four numbers in a row."""
    if isinstance(padding, dict):
        padding = [
            padding.get(f"{side}_pad", 0) for side in ("top", "bottom", "left", "right")
        ]
    if isinstance(padding, int):
        return padding
    if len(padding) == 4:
        return ((padding[0], padding[1]), (padding[2], padding[3]))
    return tuple(padding)


def sequence_shape(length):
    """The input shape of sequences of this length."""
    return (length,)
