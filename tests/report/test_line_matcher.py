"""Lines that are the same in two texts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasmig.report.line_matcher import LineMatcher

TEXTS = st.lists(st.sampled_from("abcdefgh \n"), max_size=12)


@given(TEXTS, TEXTS)
def test_the_opcodes_make_the_new_text_of_the_old_one(old: list[str], new: list[str]) -> None:
    made: list[str] = []
    end_old = end_new = 0
    tags = []
    for tag, i, i_end, j, j_end in LineMatcher(old, new).get_opcodes():
        assert (i, j) == (end_old, end_new)
        assert (tag == "equal") == (old[i:i_end] == new[j:j_end])
        assert (tag == "insert") == (i == i_end) and (tag == "delete") == (j == j_end)
        made += old[i:i_end] if tag == "equal" else new[j:j_end]
        end_old, end_new = i_end, j_end
        tags.append(tag)
    assert (end_old, end_new) == (len(old), len(new))
    assert made == new
    assert ("equal", "equal") not in pairwise(tags)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("abcd", "abcd", "abcd"),
        ("abcd", "abXd", "abd"),
        ("Mabcd", "abcdM", "abcd"),  # what moved is one line, not all the others
        ("a b c", "a  b c", "a b c"),
        ("", "abc", ""),
        ("abc", "", ""),
    ],
)
def test_few_lines_change(old: str, new: str, kept: str) -> None:
    opcodes = LineMatcher(list(old), list(new)).get_opcodes()
    assert "".join(old[i:end] for tag, i, end, _, _ in opcodes if tag == "equal") == kept
