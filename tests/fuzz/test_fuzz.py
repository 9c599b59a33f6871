"""A minute of fuzzing; hours by ``python -m tests.fuzz SECONDS``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.__main__ import fuzz
from tests.fuzz.strategies import programs
from tests.fuzz.targets import TARGETS, Failed, check_source, run_one

SECONDS = float(os.environ.get("KERASMIG_FUZZ_SECONDS", "60"))
#: As many as have been seen to be well: CI looks for what comes back, `python -m tests.fuzz` for more.
MOST = int(os.environ.get("KERASMIG_FUZZ_INPUTS", "700"))


@pytest.mark.parametrize("name", TARGETS)
def test_some_of_each(name: str, tmp_path: Path) -> None:
    for seed in range(2 if name in ("source", "raw") else 6):
        run_one(name, seed, tmp_path)


@pytest.mark.exhaustive
def test_a_minute_of_odd_inputs() -> None:
    count, failures = fuzz(SECONDS, seed=0, most=MOST)
    assert not failures, "\n".join(failures.values())
    assert set(TARGETS) <= set(count)


@pytest.mark.exhaustive
@settings(
    max_examples=int(os.environ.get("KERASMIG_FUZZ_PROGRAMS", "60")),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(programs())
def test_programs_that_somebody_could_have_written(text: str) -> None:
    compile(text, "old", "exec")
    check_source(text.encode())


def test_a_failure_is_seen() -> None:
    """Otherwise the tests above could not fail."""
    with pytest.raises(Failed):
        check_source(None)  # type: ignore[arg-type]
