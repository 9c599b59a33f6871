r"""``re.split`` by patterns that may match nothing."""

from __future__ import annotations

import re

import pytest

from tests.rewrite.helpers import automatic, check_manual, upgrade

HEAD = "import re\nfrom keras.layers import Merge, Dense\nx = Dense(output_dim=3)\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"re.split('(\W+)?', sent)", r"re.split('(\W+)', sent)"),
        (r're.split(r"\s*", sent)', r're.split(r"\s+", sent)'),
        ("re.split('[ ,]*', sent, 1)", "re.split('[ ,]+', sent, 1)"),
        ("re.split(pattern='x?', string=sent)", "re.split(pattern='x', string=sent)"),
        (
            "by = re.compile('[^a-z]*')\nby.split(sent)",
            "by = re.compile('[^a-z]+')\nby.split(sent)",
        ),
    ],
)
def test_the_pattern_matches_at_least_one_character(old: str, new: str) -> None:
    result = upgrade(HEAD + old + "\n")
    assert new in result.new
    assert automatic(result)


@pytest.mark.parametrize(
    "line", ["re.split('a*|b', s)", "p = '(a?)'\nre.split(p, s)", r"re.split('\W*?', s)"]
)
def test_other_patterns_that_match_nothing_are_reported(line: str) -> None:
    check_manual(HEAD + line + "\n", "KM807", "since Python 3.7")


@pytest.mark.parametrize(
    "line", [r"re.split('(\W+)', s)", "re.split(by, s)", "s.split('*')", "re.sub('x*', '', s)"]
)
def test_others_stay(line: str) -> None:
    result = upgrade(HEAD + line + "\n")
    assert line in result.new
    assert not [f for f in result.findings if f.code == "KM807"]


def test_the_new_pattern_gives_what_python_3_6_gave() -> None:
    # recorded in Python 3.6: re.split('(\W+)?', 'Mary moved, there.')
    old = ["Mary", " ", "moved", ", ", "there", ".", ""]
    assert re.split(r"(\W+)", "Mary moved, there.") == old
