"""The table of what was broken once names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"^\| (S\d\.\d+) \|.*$", (Path(__file__).parent / "README.md").read_text(), re.M)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_held(row: str) -> None:
    text = (Path(__file__).parent / "README.md").read_text()
    (line,) = re.findall(rf"^\| {re.escape(row)} \|.*$", text, re.M)
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", line)
    assert named
    for file, test in named:
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), (row, file, test)
