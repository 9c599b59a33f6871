"""Sizes and axes of shapes, and why a shape cannot be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerasmig.analysis.interpreter.values import Dim, Shape, Unknown, Value
from kerasmig.analysis.layers.arguments import Config


class ShapeProblem(Exception):
    """The layer cannot be built on this input; the message says why, for a person."""


ShapeFunction = Callable[[Config, Sequence[Shape | None], str], Shape | None]
"""(arguments, input shapes, ``'th'`` or ``'tf'``) → output shape; raises `ShapeProblem`."""


def ranked(shape: Shape | None, rank: int) -> Shape:
    """The shape, which the layer demands to be of this rank."""
    if shape is None:
        return tuple(Unknown() for _ in range(rank))
    if len(shape) != rank:
        raise ShapeProblem(f"gets an input of rank {len(shape)} where it needs rank {rank}")
    return shape


def is_size(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def product(sizes: Sequence[Dim]) -> Dim:
    """Product of sizes, Unknown where one of them is."""
    result = 1
    for size in sizes:
        if not is_size(size):
            return Unknown()
        result *= size
    return result


def channel_axis(spatial: int, ordering: str, time_axis: bool = False) -> int:
    """Where the channels stand in a shape with batch axis."""
    offset = 1 if time_axis else 0
    return offset + 1 if ordering == "th" else offset + spatial + 1


def spatial_axes(spatial: int, ordering: str, time_axis: bool = False) -> range:
    """Where rows, columns (and depth) stand in a shape with batch axis."""
    start = (2 if ordering == "th" else 1) + (1 if time_axis else 0)
    return range(start, start + spatial)


def show(shape: Shape | None) -> str:
    """A shape as a person writes it, with ``?`` or its name for a size that is not known."""
    if shape is None:
        return "(?)"
    shown = [(size.name or "?") if isinstance(size, Unknown) else str(size) for size in shape]
    return f"({', '.join(shown)}{',' if len(shown) == 1 else ''})"
