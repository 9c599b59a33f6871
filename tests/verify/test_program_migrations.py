"""Wrong migrations of whole programs are caught at level ``program``, with the line; right ones match."""

from __future__ import annotations

import os

import pytest

from kerasmig.verify.stretch.events import Stretch
from tests.verify.program_pairs import MUTATIONS, PROGRAMS, mutated
from tests.verify.stretches import stretches

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

SEEDS = [int(seed) for seed in os.environ.get("KERASMIG_TEST_SEEDS", "0").split()]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stretch]:
    """Every wrong program compared with the old one that it comes from."""
    new = [(name, entry[0], mutated(name)) for name, entry in MUTATIONS.items()]
    old = {name: pair[0] for name, pair in PROGRAMS.items()}
    return stretches(tmp_path_factory.mktemp("wrong"), old, new)


def test_there_are_enough() -> None:
    assert len(MUTATIONS) >= 50


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_program_is_caught_with_its_line(found: dict[str, Stretch], name: str) -> None:
    difference = found[name].difference
    assert difference is not None, f"{found[name].events} events and no difference"
    said = f"{difference.what} ({difference.cause})"
    assert MUTATIONS[name][3] in said
    assert difference.old_line or difference.new_line or "file" in said, said


@pytest.mark.parametrize("seed", SEEDS)
def test_right_programs_match(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    new = [(name, name, pair[1]) for name, pair in PROGRAMS.items()]
    old = {name: pair[0] for name, pair in PROGRAMS.items()}
    for name, stretch in stretches(tmp_path_factory.mktemp("right"), old, new, seed=seed).items():
        assert stretch.difference is None, (name, stretch.difference)
        assert stretch.events > 10
        assert not stretch.ended
