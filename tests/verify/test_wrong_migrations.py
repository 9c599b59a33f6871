"""The published table of wrong migrations is the one that the tests run."""

from __future__ import annotations

from tests.verify.pairs import MUTATIONS
from tests.verify.wrong_migrations import PAGE, section, table


def test_table_is_current() -> None:
    assert table() in section(PAGE.read_text(encoding="utf-8"))


def test_there_are_enough() -> None:
    assert len(MUTATIONS) >= 40
