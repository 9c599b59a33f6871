"""Values that stand for what is not there."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from kerasmig.verify.program import inert
from kerasmig.verify.program.inert import SIZE, Inert


@pytest.fixture
def told() -> list[str]:
    notes: list[str] = []
    inert.settle("tf", __file__, notes.append)
    return notes


def test_a_number_comes_from_the_name_and_is_told(told: list[str]) -> None:
    environment = Inert()
    assert int(environment.nb_classes) == 10
    assert len(Inert.named("labels")) == 10
    assert float(environment["learning_rate"]) == 0.01
    assert list(range(environment.anything)) == list(range(SIZE))
    assert told == [
        "made up: nb_classes = 10",
        "made up: labels = 10",
        "made up: learning_rate = 0.01",
        f"made up: anything = {SIZE}",
    ]


def test_a_loop_over_it_ends_at_once_but_it_can_be_unpacked(told: list[str]) -> None:
    for _ in Inert().anything(1)[2]:
        raise AssertionError
    train, (test, *others) = Inert()
    assert isinstance(train, Inert) and isinstance(test, Inert) and others == []


def test_its_shape_has_as_many_sizes_as_are_asked_for(told: list[str]) -> None:
    shape = Inert().observation.shape
    assert (1, *shape) == (1, SIZE)
    assert (1,).__add__(shape) == (1, SIZE)
    assert shape[3] == SIZE
    rows, columns, channels = shape
    assert rows == columns == channels == SIZE


def test_what_is_named_a_shape_is_one(told: list[str]) -> None:
    rows, columns, channels = Inert.named("input_shape")
    assert (rows, columns, channels) == (64, 64, 3)
    assert Inert.named("input_shape")[2] == 3
    assert len(Inert.named("image_shape")) == 3


def test_arithmetic_with_arrays_gives_a_stand_in(told: list[str]) -> None:
    assert isinstance(np.ones(3) * Inert(), Inert)
    assert isinstance(np.log(Inert()), Inert)
    assert isinstance(np.concatenate([Inert(), Inert()]), Inert)


def test_it_becomes_an_array_where_one_is_wanted(told: list[str]) -> None:
    assert np.array(Inert.named("images")).shape[1:] == (64, 64, 3)
    assert np.asarray(Inert.named("labels")).ndim == 1
    data = np.zeros((2, 5))
    data[1] = Inert()
    assert data[1].tolist() == [0.5] * 5


def test_a_library_that_computes_with_it_gets_numbers(told: list[str]) -> None:
    assert isinstance(Inert.named("nb_classes") * 2, Inert)
    library: dict[str, object] = {"n": Inert.named("nb_classes")}
    exec(compile("result = 6 / (n + 2)", "library.py", "exec"), library)
    assert library["result"] == 0.5


def test_weights_that_are_not_there_are_known() -> None:
    assert inert.holds_stand_in([np.ones(2), Inert()]) and inert.holds_stand_in(Inert())
    assert not inert.holds_stand_in([np.ones(2)]) and not inert.holds_stand_in(np.ones(2))


def test_it_equals_the_number_that_it_stands_for(told: list[str]) -> None:
    classes = Inert.named("nb_classes")
    assert classes == 10 and classes != 11 and classes == classes
    assert inert.definite([1, classes, "a"]) == [1, 10, "a"]
    assert inert.definite(Inert.named("input_shape")) == (64, 64, 3)


def test_a_decorator_leaves_what_it_decorates_and_a_conversion_does_not() -> None:
    def step() -> None: ...

    assert Inert()(step) is step
    assert isinstance(Inert().astype(float), Inert) and isinstance(Inert()(np.float32), Inert)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the source of a call is not known")
def test_what_is_collected_is_as_long_as_its_name_says(told: list[str]) -> None:
    assert len(list(Inert().labels)) == len(set(Inert.named("classes"))) == 10
    assert len(sorted(Inert())) == SIZE
    assert list(enumerate(Inert())) == []


def test_a_part_of_a_shape_has_the_sizes_that_are_asked_for(told: list[str]) -> None:
    rows, columns = Inert().shape[0:2]
    assert rows == columns == SIZE
    first, *others = Inert().shape[1:]
    assert (first, others) == (SIZE, [])
