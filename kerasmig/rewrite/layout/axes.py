"""Axes in the order that the code means and in the order that the converted program has them.

A tensor's *state* says how it is kept: 0 is the order of the code; any other number is the axis of
the channels (1; 2 behind an axis of time), which the converted program has last. All axes count the
batch as 0.
"""

from __future__ import annotations

MIXED = -1
"""The state of a tensor that is kept in one way or the other, depending on the run."""


def order(rank: int, state: int) -> list[int]:
    """The axes of the code, in the order in which a tensor of this state keeps them."""
    axes = list(range(rank))
    if state:
        axes.append(axes.pop(state))
    return axes


def moved(axis: int, rank: int, state: int) -> int:
    """Where an axis of the code is in a tensor of this state; the last one is -1."""
    found = order(rank, state).index(axis % rank)
    if found == rank - 1:
        return -1
    return found if axis >= 0 else found - rank


def permutation(rank: int, before: int, after: int) -> tuple[int, ...]:
    """What `Permute` has to be told to bring a tensor from one state to another; empty: nothing."""
    have, want = order(rank, before), order(rank, after)
    dims = tuple(have.index(axis) for axis in want[1:])
    return () if dims == tuple(range(1, rank)) else dims


def goes_last(dims: tuple[int, ...]) -> bool:
    """Whether a `Permute` brings the channels to the end (or back from there)."""
    return dims[-1] < dims[-2]


__all__ = ["MIXED", "goes_last", "moved", "order", "permutation"]
