"""Wrong migrations of whole programs are caught at level ``program``, with the line; right ones match."""

from __future__ import annotations

import os

import pytest

from kerasmig.verify.stretch.events import Stretch
from tests.verify.program_pairs import MUTATIONS, PROGRAMS, mutated
from tests.verify.stretches import stretches

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

MORE_SEEDS = [int(seed) for seed in os.environ.get("KERASMIG_TEST_SEEDS", "").split()]
"""The right programs are run with these seeds as well: ``KERASMIG_TEST_SEEDS="1 2 3"``."""
OLD = {name: pair[0] for name, pair in PROGRAMS.items()}
RIGHT = [(name, name, pair[1]) for name, pair in PROGRAMS.items()]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stretch]:
    """Every program, right ones and wrong ones, compared with the old one that it comes from."""
    wrong = [(name, entry[0], mutated(name)) for name, entry in MUTATIONS.items()]
    assert not {name for name, *_ in wrong} & set(PROGRAMS)
    return stretches(tmp_path_factory.mktemp("programs"), OLD, [*RIGHT, *wrong])


def check_right(name: str, stretch: Stretch) -> None:
    assert stretch.difference is None, (name, stretch.difference)
    assert stretch.events >= 10
    assert not stretch.ended


def test_there_are_enough() -> None:
    assert len(MUTATIONS) >= 50


@pytest.mark.parametrize("name", PROGRAMS)
def test_right_programs_match(found: dict[str, Stretch], name: str) -> None:
    check_right(name, found[name])


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_program_is_caught_with_its_line(found: dict[str, Stretch], name: str) -> None:
    difference = found[name].difference
    assert difference is not None, f"{found[name].events} events and no difference"
    said = f"{difference.what} ({difference.cause})"
    assert MUTATIONS[name][3] in said
    assert difference.old_line or difference.new_line or "file" in said, said


@pytest.mark.parametrize("seed", MORE_SEEDS)
def test_right_programs_match_whatever_the_seed(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    for name, stretch in stretches(tmp_path_factory.mktemp("right"), OLD, RIGHT, seed=seed).items():
        check_right(name, stretch)
