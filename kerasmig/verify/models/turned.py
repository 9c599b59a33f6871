"""Layers that work with the channels last where they had them first: the same numbers, moved.

Only what is inside of a model may be so: its inputs and outputs are compared as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

CHANNEL_AXES = (1, 2)
"""Where the channels may have been: behind the batch, or behind an axis of time."""


def turned_shape(old: Sequence[int | None], new: Sequence[int | None]) -> bool:
    """Whether a shape is another one with the channels at its end."""
    return any(_fits(_last(old, axis), new) for axis in CHANNEL_AXES if axis < len(old) - 1)


def _last(shape: Sequence[int | None], axis: int) -> list[int | None]:
    return [*shape[:axis], *shape[axis + 1 :], shape[axis]]


def _fits(old: Sequence[int | None], new: Sequence[int | None]) -> bool:
    return len(old) == len(new) and all(
        a is None or b is None or a == b for a, b in zip(old[1:], new[1:], strict=True)
    )


def turned_back(array: Any) -> Iterator[Any]:
    """An array as it would be with the channels where they may have been."""
    for axis in CHANNEL_AXES:
        if axis < np.ndim(array) - 1:
            yield np.moveaxis(array, -1, axis)


__all__ = ["CHANNEL_AXES", "turned_back", "turned_shape"]
