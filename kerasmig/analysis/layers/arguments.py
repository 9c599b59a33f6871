"""Arguments of a layer call, read by name in the signatures of Keras 1 and of Keras 2 and 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kerasmig.analysis.interpreter.values import Seq, Unknown, Value

KERAS2_NAMES: Mapping[str, str] = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "subsample_length": "strides",
    "stride": "strides",
    "pool_length": "pool_size",
    "filter_length": "kernel_size",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "output_dim": "units",
    "p": "rate",
    "sigma": "stddev",
    "length": "size",
    "batch_input_shape": "batch_shape",
    "concat_axis": "axis",
    "dot_axes": "axes",
    "input": "inputs",
    "output": "outputs",
}
"""Argument of Keras 1 → its later name, where the shape depends on it."""

ORDERINGS: Mapping[str, str] = {
    "th": "th",
    "tf": "tf",
    "channels_first": "th",
    "channels_last": "tf",
}


class Config(NamedTuple):
    """The arguments of one layer.

    Args:
        values: argument name as written (in Keras 1's or later words) → value.
        complete: False where ``*args`` or ``**kwargs`` of unknown content were passed, so that
            an argument that is not in ``values`` may still have been given.
    """

    values: Mapping[str, Value] = {}
    complete: bool = True

    def get(self, name: str, default: Value = None) -> Value:
        """An argument by its Keras 1 name, under whichever name it was given."""
        if name in self.values:
            return self.values[name]
        later = KERAS2_NAMES.get(name)
        if later is not None and later in self.values:
            return self.values[later]
        return default if self.complete else Unknown(name)

    def has(self, name: str) -> bool:
        """Whether the argument is given, under either name."""
        return name in self.values or KERAS2_NAMES.get(name, name) in self.values

    def sizes(self, name: str, count: int, default: Value) -> tuple[Value, ...]:
        """An argument that is one int or one per axis, as ``count`` sizes."""
        return spread(self.get(name, default), count)


def spread(value: Value, count: int) -> tuple[Value, ...]:
    """``3`` or ``(3, 3)`` as a tuple of ``count`` sizes; Unknown where it does not tell."""
    if isinstance(value, Seq):
        if len(value.items) == count:
            return value.items
        return tuple(Unknown() for _ in range(count))
    if isinstance(value, tuple):
        return value if len(value) == count else tuple(Unknown() for _ in range(count))
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,) * count
    return tuple(Unknown() for _ in range(count))


def bind(
    keras1: Sequence[str],
    keras2: Sequence[str],
    args: Sequence[Value],
    kwargs: Mapping[str, Value],
    complete: bool = True,
) -> Config:
    """Name the positional arguments.

    Args:
        keras1, keras2: parameter names in order, in Keras 1 and later; empty where the callable
            does not exist there.
        args, kwargs: what the call passes.
        complete: see `Config`.
    """
    later = keras2 and (not keras1 or _is_keras2_call(keras1, keras2, args, kwargs))
    names = keras2 if later else keras1
    values = dict(zip(names, args, strict=False))
    values.update(kwargs)
    return Config(values, complete)


#: Keras 1 takes these as ``**kwargs``, so that they do not tell a later signature.
_OF_EVERY_LAYER = frozenset({"name", "dtype", "trainable", "weights"})


def _is_keras2_call(
    keras1: Sequence[str], keras2: Sequence[str], args: Sequence[Value], kwargs: Mapping[str, Value]
) -> bool:
    only_new = set(keras2) - set(keras1) - _OF_EVERY_LAYER
    only_old = set(keras1) - set(keras2)
    if only_old & kwargs.keys():
        return False
    if only_new & kwargs.keys():
        return True
    second = args[1] if len(args) > 1 else None
    if isinstance(second, Seq):
        return True
    if len(args) == 2 and "nb_col" in keras1:
        return True
    start = keras1.index("init") if "init" in keras1 else len(args)
    # Where Keras 1 has the initialization, a number can only be a stride.
    return len(args) > start and isinstance(args[start], int | Seq)
