"""Layers that work with the channels last where they had them first: the same numbers, moved.

Inside of a model that is so wherever its layers were told so. Its inputs and outputs are compared as
they are, but where a program was converted with its data: then `retold` tells the old side's facts
and numbers in the order of the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from kerasmig.verify.descriptions import ModelFacts


def channel_axes(rank: int) -> tuple[int, ...]:
    """Where the channels may have been: behind the batch, or behind an axis of time."""
    return (1, 2) if rank > 4 else (1,) if rank > 2 else ()


def turned_shape(old: Sequence[int | None], new: Sequence[int | None]) -> bool:
    """Whether a shape is another one with the channels at its end."""
    return any(_fits(_last(old, axis), new) for axis in channel_axes(len(old)))


def _last(shape: Sequence[int | None], axis: int) -> list[int | None]:
    return [*shape[:axis], *shape[axis + 1 :], shape[axis]]


def _fits(old: Sequence[int | None], new: Sequence[int | None]) -> bool:
    return len(old) == len(new) and all(
        a is None or b is None or a == b for a, b in zip(old[1:], new[1:], strict=True)
    )


def turned_back(array: Any) -> Iterator[Any]:
    """An array as it would be with the channels where they may have been."""
    for axis in channel_axes(np.ndim(array)):
        yield np.moveaxis(array, -1, axis)


def retold(
    old: ModelFacts, arrays: Mapping[str, Any], new: ModelFacts
) -> tuple[ModelFacts, Mapping[str, Any], list[str]]:
    """The old side's facts and arrays with the inputs and outputs turned that are so today.

    Args:
        old, new: facts of both models; ``arrays``: inputs, outputs, batches of the old side.

    Returns:
        facts, arrays, and what was turned, for a person.
    """
    moves: dict[tuple[str, int], int] = {}
    told = old.copy()
    notes: list[str] = []
    ends: tuple[Literal["input_shapes", "output_shapes"], ...] = ("input_shapes", "output_shapes")
    for end in ends:
        what = end.removesuffix("_shapes")
        before, after = [list(s) for s in old[end]], new[end]
        for position, (a, b) in enumerate(zip(before, after, strict=False)):
            axis = _turned_axis(a, b)
            if axis is not None:
                moves[what, position] = axis
                notes.append(
                    f"{what} {position} has the channels last now: {tuple(a)} → {tuple(b)}"
                )
                before[position] = _last(a, axis)
        told[end] = before
    if not moves:
        return old, arrays, []
    moved = {}
    for name in arrays:
        key = _KEY.fullmatch(name)
        role = None if key is None else _ROLES[key["kind"] or key["batch"]]
        found = None if key is None or role is None else moves.get((role, int(key["position"])))
        array = arrays[name]
        moved[name] = array if found is None else np.moveaxis(array, found, -1)
    return told, moved, notes


_ROLES = {"x": "input", "bx": "input", "y": "output", "by": "output", "m": "output"}
_KEY = re.compile(r"(?:(?P<kind>x|y|m)|(?P<batch>bx|by)\d+_)(?P<position>\d+)")


def _turned_axis(old: Sequence[int | None], new: Sequence[int | None]) -> int | None:
    """Where the channels were, if a shape is another one with the channels at its end."""
    if len(old) < 4 or list(old) == list(new):
        return None
    axes = channel_axes(len(old))
    exact = [a for a in axes if _last(old, a)[1:] == list(new)[1:]]
    if exact:
        return exact[0]
    if _fits(old, new):
        return None
    return next((a for a in axes if _fits(_last(old, a), new)), None)


__all__ = ["channel_axes", "retold", "turned_back", "turned_shape"]
