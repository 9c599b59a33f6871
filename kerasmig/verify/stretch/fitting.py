"""Data that is not there, made in the shapes that a model takes: the same on both sides. In workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kerasmig.verify.models.feeding import make_targets
from kerasmig.verify.program import datasets
from kerasmig.verify.program.datasets import MadeUp
from kerasmig.verify.program.inert import Inert

_FREE = 16
MADE_BATCHES = 3
"""Batches of an epoch that is trained on made-up ones."""
MADE_SIZE = 32
"""Samples of a made-up batch, where the program does not tell."""
_CHECKED = frozenset(
    "mean_squared_error mse mean_absolute_error mae mean_absolute_percentage_error mape "
    "mean_squared_logarithmic_error msle squared_hinge hinge categorical_crossentropy "
    "binary_crossentropy sparse_categorical_crossentropy kullback_leibler_divergence kld poisson "
    "cosine_proximity".split()
)
"""Losses whose targets have the shape of the output; those of the program's own may have any."""


@dataclass(frozen=True)
class Ends:
    """What a model takes and gives.

    Args:
        inputs, outputs: symbolic shapes.
        losses: names, one an output.
    """

    inputs: Sequence[Sequence[int | None]]
    outputs: Sequence[Sequence[int | None]]
    losses: Sequence[str]


class Fitting:
    """Gives made-up data the shapes that a model takes.

    Args:
        note: told what was made.
        seed: seeds the values.
    """

    def __init__(self, note: Callable[[str], None], seed: int) -> None:
        self._note, self._seed = note, seed

    def arguments(
        self, arguments: dict[str, Any], ends: Ends, *, every: bool = False
    ) -> tuple[dict[str, Any], bool]:
        """The arguments of a call with made-up data in them made to fit; all else as it is.

        Args:
            every: data that does not fit is taken to be made up.

        Returns:
            The arguments, and whether any were replaced for `every`.
        """
        fitted = dict(arguments)
        replaced = False

        def fit(key: str, value: Any, targets: bool) -> Any:
            nonlocal replaced
            found, other = self._each(value, ends, targets, every)
            replaced = replaced or other
            return found

        if "x" in fitted:
            fitted["x"] = fit("x", fitted["x"], False)
        if fitted.get("y") is not None:
            fitted["y"] = fit("y", fitted["y"], True)
        data = fitted.get("validation_data")
        if isinstance(data, (tuple, list)) and len(data) >= 2 and not hasattr(data, "__next__"):
            x, y = fit("x", data[0], False), fit("y", data[1], True)
            fitted["validation_data"] = (x, y, *data[2:])
        return fitted, replaced

    def batches(self, ends: Ends, size: int, *, targets: bool) -> Iterator[Any]:
        """Made-up batches without end, as generators give them."""
        self._note(f"made up: batches of {size} samples")
        while True:
            x = self._made(ends.inputs, size, None)
            inputs = x[0] if len(x) == 1 else x
            if not targets:
                yield inputs
                continue
            y = self._made(ends.outputs, size, ends.losses)
            yield inputs, y[0] if len(y) == 1 else y

    def fits(self, batch: Any, ends: Ends) -> bool:
        """Whether a batch of a generator is such as the model takes."""
        data = batch[0] if isinstance(batch, tuple) else batch
        if isinstance(data, Mapping):
            return True
        arrays = list(data) if isinstance(data, (list, tuple)) else [data]
        return len(arrays) == len(ends.inputs) and all(map(_fits, arrays, ends.inputs))

    def _made(
        self, shapes: Sequence[Sequence[int | None]], samples: int, losses: Sequence[str] | None
    ) -> list[Any]:
        made = []
        for position, shape in enumerate(shapes):
            sizes = [shape[0] or samples, *(size or _FREE for size in shape[1:])]
            random = np.random.RandomState((self._seed + sum(sizes) + position) % 2**32)
            if losses is None:
                array = random.uniform(0, 1, sizes)
            else:
                array = make_targets(losses[position], sizes, random)
            made.append(np.asarray(array, dtype="float32"))
        return made

    def _each(self, data: Any, ends: Ends, targets: bool, every: bool) -> tuple[Any, bool]:
        """Data with what is made up, and does not fit, made anew; whether `every` did it."""
        if isinstance(data, Mapping):
            return data, False
        if not isinstance(data, Inert) and (
            hasattr(data, "__next__") or hasattr(data, "num_batches")
        ):
            return data, False  # batches, not arrays
        shapes = ends.outputs if targets else ends.inputs
        losses = ends.losses if targets else [""] * len(shapes)
        many = isinstance(data, (list, tuple)) and len(shapes) > 1
        arrays = list(data) if many else [data]
        if len(arrays) != len(shapes):
            return data, False
        known = [isinstance(array, (MadeUp, Inert)) for array in arrays]
        fits = [
            (_fits(array, _wanted(shape, loss)) and (not made or _suits(array, shape, loss)))
            or (targets and not made and loss not in _CHECKED)
            for array, shape, loss, made in zip(arrays, shapes, losses, known, strict=True)
        ]
        if all(fits) or not (every or any(known)):
            return data, False
        fitted = []
        for array, shape, loss, made, good in zip(arrays, shapes, losses, known, fits, strict=True):
            if good or not (made or every):
                fitted.append(array)
                continue
            samples = datasets.TRAIN if isinstance(array, Inert) else len(array)
            given = [loss] if targets else None
            fitted += self._made([shape], samples, given)
            self._note(f"made up: data of shape {np.shape(fitted[-1])}")
        forced = any(not good and not made for good, made in zip(fits, known, strict=True))
        return (fitted if many else fitted[0]), forced


def size_of_batch(generator: Any) -> int:
    """How many samples a batch has, by what the generator was called with."""
    frame = getattr(generator, "gi_frame", None)
    for name, value in (frame.f_locals if frame is not None else {}).items():
        if "batch" in name.lower() and type(value) is int and 0 < value <= 1024:
            return value
    return MADE_SIZE


def _fits(array: Any, shape: Sequence[int | None]) -> bool:
    if isinstance(array, Inert):
        return False
    try:
        given = np.shape(array)
    except (ValueError, TypeError):
        return False
    if len(given) == 1 and len(shape) == 2:
        given = (*given, 1)
    return len(given) == len(shape) and all(
        wanted is None or wanted == size for wanted, size in zip(shape[1:], given[1:], strict=True)
    )


def _wanted(shape: Sequence[int | None], loss: str) -> Sequence[int | None]:
    """The shape of targets for a loss."""
    return [*shape[:-1], 1] if loss.startswith("sparse_") else shape


def _suits(array: Any, shape: Sequence[int | None], loss: str) -> bool:
    """Whether made-up targets are such as a loss is for: others make it grow without end."""
    if loss.startswith("sparse_"):
        return bool(np.max(array, initial=0) < (shape[-1] or np.inf))
    if loss in ("binary_crossentropy", "categorical_crossentropy"):
        return bool(np.min(array, initial=0) >= 0 and np.max(array, initial=0) <= 1)
    return True


def losses_of(loss: Any, count: int) -> list[str]:
    """Names of a model's losses, one an output."""
    if isinstance(loss, Mapping):
        loss = list(loss.values())
    each: Iterator[Any] = iter(loss if isinstance(loss, (list, tuple)) else [loss] * count)
    names = [
        str(getattr(one, "__name__", None) or getattr(one, "name", None) or one) for one in each
    ]
    return [*names, *["mse"] * count][:count]
