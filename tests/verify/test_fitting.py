"""Made-up data takes the shapes of the model that it is fed to; real data is never touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from kerasmig.verify.program.datasets import MadeUp
from kerasmig.verify.program.inert import Inert
from kerasmig.verify.stretch.fitting import MADE_SIZE, Ends, Fitting, size_of_batch

ENDS = Ends([[None, 8]], [[None, 3]], ["categorical_crossentropy"])
BINARY = Ends([[None, 8]], [[None, 1]], ["binary_crossentropy"])
SPARSE = Ends([[None, 8]], [[None, 3]], ["sparse_categorical_crossentropy"])
OWN = Ends([[None, 8]], [[None, 3]], ["contrastive"])


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def fitting(notes: list[str]) -> Fitting:
    return Fitting(notes.append, 0)


def made_up(*shape: int) -> Any:
    return np.ones(shape).view(MadeUp)


@pytest.mark.parametrize("value", [made_up(20, 4, 4), Inert()])
def test_what_is_made_up_fits(fitting: Fitting, notes: list[str], value: Any) -> None:
    found, forced = fitting.arguments({"x": value, "y": Inert()}, ENDS)
    assert found["x"].shape[1:] == (8,) and found["y"].shape[1:] == (3,)
    assert np.allclose(found["y"].sum(axis=1), 1)
    assert not forced
    assert notes


def test_real_data_stays_whatever_its_shape(fitting: Fitting, notes: list[str]) -> None:
    x, y = np.ones((20, 5)), np.ones((20, 2))
    found, forced = fitting.arguments({"x": x, "y": y}, ENDS)
    assert found["x"] is x and found["y"] is y and not forced and not notes


def test_where_something_is_missing_what_does_not_fit_is_made_anew(fitting: Fitting) -> None:
    x, y = np.ones((20, 5)), np.eye(3)[np.zeros(20, int)]
    found, forced = fitting.arguments({"x": x, "y": y}, ENDS, every=True)
    assert forced and found["x"].shape == (20, 8) and found["y"] is y
    again, _ = fitting.arguments({"x": x, "y": y}, ENDS, every=True)
    assert np.array_equal(found["x"], again["x"])  # both sides get the same


@pytest.mark.parametrize(
    ("ends", "y"),
    [
        (SPARSE, np.arange(20) % 3),  # labels have another shape than the output
        (OWN, np.zeros((20, 1))),  # what a loss of the program's own takes nobody knows
        (BINARY, np.arange(20) % 2),
    ],
)
def test_targets_of_other_shapes_may_be_right(fitting: Fitting, ends: Ends, y: Any) -> None:
    found, forced = fitting.arguments({"x": np.ones((20, 8)), "y": y}, ends, every=True)
    assert found["y"] is y and not forced


def test_made_up_targets_suit_the_loss(fitting: Fitting) -> None:
    labels = (np.arange(20) % 10).view(MadeUp)
    for ends, top in ((BINARY, 1), (SPARSE, 2)):
        found, _ = fitting.arguments({"x": np.ones((20, 8)), "y": labels}, ends)
        assert found["y"].min() >= 0 and found["y"].max() <= top


def test_validation_data_is_fitted_too(fitting: Fitting) -> None:
    data = (Inert(), Inert(), np.ones(3))
    found, _ = fitting.arguments({"x": np.ones((9, 8)), "validation_data": data}, ENDS)
    assert found["validation_data"][0].shape[1:] == (8,)
    assert found["validation_data"][2] is data[2]


def batches(files: Any, batch_size: int = 12) -> Iterator[Any]:
    yield files


def test_batches_are_as_large_as_the_generator_was_asked_for() -> None:
    assert size_of_batch(batches([], 5)) == 5
    assert size_of_batch(batches([])) == 12
    assert size_of_batch(iter([1])) == MADE_SIZE


def test_made_batches_are_as_generators_give_them(fitting: Fitting) -> None:
    two = Ends([[None, 8], [None, 2]], [[None, 3]], ["categorical_crossentropy"])
    x, y = next(fitting.batches(two, 6, targets=True))
    assert [part.shape for part in x] == [(6, 8), (6, 2)] and y.shape == (6, 3)
    assert next(fitting.batches(ENDS, 6, targets=False)).shape == (6, 8)
    assert fitting.fits((x, y), two)
    assert not fitting.fits((np.ones((6, 5)), y), ENDS)
    assert not fitting.fits((np.array([Inert(), None], dtype=object), y), ENDS)
