"""Damaged files end as a plan or as one line; ten thousand by `python -m tests.oldfiles.fuzz`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oldfiles.fuzz import run
from tests.oldfiles.seeds import seeds


@pytest.mark.parametrize(
    "count", [60, pytest.param(100_000, marks=[pytest.mark.slow, pytest.mark.exhaustive])]
)
def test_damaged_files_end_as_a_plan_or_as_one_line(count: int, tmp_path: Path) -> None:
    seeds(tmp_path)
    ends = run(tmp_path, count, seed=count, seconds=60 if count > 60 else None)
    assert sum(ends.values()) >= 60
    assert ends["refused"] and ends["planned"]
    assert count == 60 or ends["written"]
