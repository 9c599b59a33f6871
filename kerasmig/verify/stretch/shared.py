"""What the recorders of both sides need alike. Runs in workers."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from kerasmig.verify.stretch.recording import figures


def module(name: str) -> Any:
    """A module of a library, to look into it and to change it."""
    return importlib.import_module(name)


def order(count: int) -> Any:
    """The order in which samples are trained on where the program wants them shuffled."""
    return np.random.RandomState(count).permutation(count)


class SameOrder:
    """``numpy.random`` for a library's shuffling: the same order on both sides."""

    @staticmethod
    def permutation(count: int) -> Any:
        return order(count)

    @staticmethod
    def shuffle(indices: Any) -> None:
        indices[:] = np.sort(indices)[order(len(indices))]  # not a shuffle of the last one


def history_of(history: Any) -> dict[str, Any]:
    """What ``fit`` gives back: the values of each figure over the epochs."""
    told: dict[str, Any] = {}
    for name, values in getattr(history, "history", {}).items():
        if len(values) and all(np.ndim(value) == 0 for value in values):
            told |= {key: np.asarray(values, dtype="float64") for key in figures({name: 0.0})}
    return told


def peeked(generator: Any) -> tuple[Iterator[Any], int]:
    """A generator from its beginning, and how many samples its first batch has."""
    first = next(generator)
    data = first[0] if isinstance(first, tuple) else first
    if isinstance(data, dict):
        data = next(iter(data.values()), ())
    if isinstance(data, (list, tuple)) and data:
        data = data[0]
    return itertools.chain([first], generator), int(np.shape(data)[0]) if np.ndim(data) else 0


def batches_of(generator: Any, wanted: float, size: int, most: int) -> tuple[int, float]:
    """How many batches Keras 1 takes until it has seen so many samples; the samples of the first few.

    The last batch of each pass over a known number of samples is smaller.
    """
    pass_ = getattr(generator, "n", None)
    step = getattr(generator, "batch_size", None) or size
    if not isinstance(pass_, int) or pass_ <= 0:
        pass_ = 0
    count, seen, position, few = 0, 0.0, 0, wanted
    while seen < wanted and count < 1_000_000:
        batch = min(step, pass_ - position) if pass_ else size
        position = (position + batch) % pass_ if pass_ else 0
        seen += batch
        count += 1
        if count == most:
            few = min(wanted, seen)
    return count, few


def as_list(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def stem(path: Any) -> str:
    """A file's name without what tells its kind, which has changed."""
    name = str(os.path.basename(os.fspath(path)))
    kinds = (".weights.h5", ".keras", ".hdf5", ".h5", ".hd5", ".hdf")
    while name.endswith(kinds):  # "net.keras" of Keras 1 is "net.keras.weights.h5" today
        name = next(name[: -len(kind)] for kind in kinds if name.endswith(kind))
    return name


def called_by(name: str) -> bool:
    return sys._getframe(2).f_code.co_name == name


def within(module: str) -> bool:
    """Whether one of Keras' own modules of that name is what calls."""
    frame: Any = sys._getframe(2)
    for _ in range(6):
        if frame is None:
            return False
        if f"/keras/{module}/" in frame.f_code.co_filename.replace("/src/", "/"):
            return True
        frame = frame.f_back
    return False
