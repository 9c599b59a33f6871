"""What two arrays that differ have in common: the cause as far as the values themselves tell it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np


def cause_of(a: Any, b: Any, shape: Sequence[int], other: Sequence[int]) -> str:
    """How one array came of the other, in words; empty: the values do not tell.

    Args:
        a, b: values of the old and the new array, flat and as many; all of them, or a sample.
        shape, other: the shapes of the whole arrays.
    """
    if len(a) < 2 or len(a) != len(b) or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return ""
    if _same(np.sort(a), np.sort(b)):
        whole = len(a) == math.prod(shape) and tuple(shape) == tuple(other)
        return (_moved(a.reshape(shape), b.reshape(shape)) if whole else "") or _REORDERED
    if not b.any():
        return "all of it is zero now"
    if not a.any():
        return "all of it was zero"
    if len(a) < 3:
        return ""
    apart = b - a
    if _same(apart, np.full_like(apart, apart[0])):
        return f"each value is {abs(apart[0]):.6g} {'more' if apart[0] > 0 else 'less'} than it was"
    there = np.abs(a) > 1e-12
    factors = b[there] / a[there]
    if (
        len(factors) > 1
        and not b[~there].any()
        and _same(factors, np.full_like(factors, factors[0]))
    ):
        return f"each value is {factors[0]:.6g} times what it was{_known(float(factors[0]))}"
    return ""


_REORDERED = "the same values in another order"


def around(a: Any, b: Any, most: int = 4) -> tuple[str, str]:
    """The values of both arrays from where they begin to differ, to be shown."""
    if len(a) <= most or len(a) != len(b):
        return _listed(a[:most], len(a) > most), _listed(b[:most], len(b) > most)
    differs = ~np.isclose(a, b, rtol=1e-5, atol=1e-9, equal_nan=True)
    first = int(differs.argmax()) if differs.any() else 0
    first = max(0, min(first, len(a) - most))
    before, after = first > 0, first + most < len(a)
    return tuple(  # type: ignore[return-value]
        _listed(values[first : first + most], after, before) for values in (a, b)
    )


def _listed(values: Any, more: bool, before: bool = False) -> str:
    shown = ", ".join(f"{number:.6g}" for number in values)
    if len(values) == 1 and not more and not before:
        return shown
    return f"[{'…, ' if before else ''}{shown}{', …' if more else ''}]"


def _moved(a: Any, b: Any) -> str:
    """How the values of an array have changed places."""
    for axes in _sets_of_axes(a.ndim):
        if _same(np.flip(a, axes), b):
            names = " and ".join(str(axis) for axis in axes)
            return f"the same values, mirrored along axis {names}"
    if a.ndim > 1 and _same(_rows(a), _rows(b)):
        return "the same samples in another order"
    if a.ndim == 2 and a.shape[0] == a.shape[1] and _same(a.T, b):
        return "the same values, rows and columns exchanged"
    for axis in range(1, a.ndim):
        if a.shape[axis] < 2:
            continue
        moved = [np.moveaxis(one, axis, 0).reshape(a.shape[axis], -1) for one in (a, b)]
        if _same(_rows(moved[0]), _rows(moved[1])):
            return f"the same values, in another order along axis {axis}"
    return ""


def _sets_of_axes(count: int) -> Iterator[tuple[int, ...]]:
    for axis in range(count):
        yield (axis,)
    if count > 2:
        yield (1, 2)
        yield (count - 2, count - 1)


def _rows(a: Any) -> Any:
    rows = a.reshape(a.shape[0], -1)
    return rows[np.lexsort(rows.T[::-1])]


def _same(a: Any, b: Any) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-4, atol=1e-6))


def _known(factor: float) -> str:
    """Where a factor comes from, if it is one of the few that programs use."""
    for number in (255.0, 127.5):
        if math.isclose(factor, 1 / number, rel_tol=1e-3):
            return f" (1/{number:g}: scaled once more, or only now)"
        if math.isclose(factor, number, rel_tol=1e-3):
            return f" ({number:g}: not scaled any more)"
    return ""
