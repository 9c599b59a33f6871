"""Alignment keeps every line, in order, and puts likes side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kerasmig.report.html.align import align

BLOCKS = st.lists(st.sampled_from(["a b c", "a b d", "x y", "", "a = f(1, 2)"]), max_size=8)


@given(old=BLOCKS, new=BLOCKS)
def test_every_line_appears_once_and_in_order(old: list[str], new: list[str]) -> None:
    pairs = align(old, new)
    assert [i for i, _ in pairs if i is not None] == list(range(len(old)))
    assert [j for _, j in pairs if j is not None] == list(range(len(new)))
    assert (None, None) not in pairs


def test_inserted_line_does_not_shift_the_others() -> None:
    assert align(["a b c", "d e f"], ["new line here", "a b C", "d e F"]) == [
        (None, 0),
        (0, 1),
        (1, 2),
    ]


def test_lines_without_likeness_are_not_paired() -> None:
    assert align(["a b c"], ["u v w", "x y z"]) == [(0, None), (None, 0), (None, 1)]


def test_blocks_of_equal_length_stay_line_by_line() -> None:
    assert align(["a", "b"], ["c", "a"]) == [(0, 0), (1, 1)]


def test_huge_blocks_are_paired_in_order() -> None:
    pairs = align(["x"] * 5_000, ["y"] * 5_001)
    assert pairs[-1] == (None, 5_000)
    assert len(pairs) == 5_001
