"""Data that is not there, made in the shapes that a model takes: the same on both sides. In workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kerasmig.verify.models.feeding import make_targets
from kerasmig.verify.program import datasets
from kerasmig.verify.program.datasets import MadeUp
from kerasmig.verify.program.inert import Inert

_FREE = 16


class Fitting:
    """Gives made-up arrays the shapes that a model takes.

    Args:
        note: told what was made.
        seed: seeds the values.
    """

    def __init__(self, note: Callable[[str], None], seed: int) -> None:
        self._note, self._seed = note, seed

    def arguments(
        self,
        arguments: dict[str, Any],
        inputs: Sequence[Sequence[int | None]],
        outputs: Sequence[Sequence[int | None]],
        losses: Sequence[str],
    ) -> dict[str, Any]:
        """The arguments of a call with made-up data in them made to fit; all else as it is."""
        fitted = dict(arguments)
        if "x" in fitted:
            fitted["x"] = self._inputs(fitted["x"], inputs)
        if fitted.get("y") is not None:
            fitted["y"] = self._targets(fitted["y"], outputs, losses)
        data = fitted.get("validation_data")
        if isinstance(data, (tuple, list)) and len(data) >= 2 and not hasattr(data, "__next__"):
            x, y = self._inputs(data[0], inputs), self._targets(data[1], outputs, losses)
            fitted["validation_data"] = (x, y, *data[2:])
        return fitted

    def _inputs(self, data: Any, shapes: Sequence[Sequence[int | None]]) -> Any:
        return self._each(data, shapes, lambda _, shape, r: r.uniform(0, 1, shape))

    def _targets(
        self, data: Any, shapes: Sequence[Sequence[int | None]], losses: Sequence[str]
    ) -> Any:
        return self._each(data, shapes, lambda i, shape, r: make_targets(losses[i], shape, r))

    def _each(
        self,
        data: Any,
        shapes: Sequence[Sequence[int | None]],
        make: Callable[[int, Sequence[int], Any], Any],
    ) -> Any:
        if isinstance(data, Mapping):
            return data
        many = isinstance(data, (list, tuple))
        arrays = list(data) if many else [data]
        if len(arrays) != len(shapes) or not any(isinstance(a, (MadeUp, Inert)) for a in arrays):
            return data
        fitted = []
        for position, (array, shape) in enumerate(zip(arrays, shapes, strict=True)):
            if isinstance(array, (MadeUp, Inert)) and not _fits(array, shape):
                samples = datasets.TRAIN if isinstance(array, Inert) else len(array)
                sizes = [shape[0] or samples, *(size or _FREE for size in shape[1:])]
                random = np.random.RandomState((self._seed + sum(sizes) + position) % 2**32)
                array = np.asarray(make(position, sizes, random), dtype="float32")
                self._note(f"made up: data of shape {tuple(sizes)}")
            fitted.append(array)
        return fitted if many else fitted[0]


def _fits(array: Any, shape: Sequence[int | None]) -> bool:
    if isinstance(array, Inert):
        return False
    given = np.shape(array)
    if len(given) == 1 and len(shape) == 2:
        given = (*given, 1)
    return len(given) == len(shape) and all(
        wanted is None or wanted == size for wanted, size in zip(shape[1:], given[1:], strict=True)
    )


def losses_of(loss: Any, count: int) -> list[str]:
    """Names of a model's losses, one an output."""
    if isinstance(loss, Mapping):
        loss = list(loss.values())
    each: Iterator[Any] = iter(loss if isinstance(loss, (list, tuple)) else [loss] * count)
    names = [
        str(getattr(one, "__name__", None) or getattr(one, "name", None) or one) for one in each
    ]
    return [*names, *["mse"] * count][:count]
