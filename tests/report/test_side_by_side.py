"""The two columns hold the text of both sides, whatever it is made of."""

from __future__ import annotations

import html
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kerasmig.finding import FileResult
from kerasmig.report.html.highlight import highlight
from kerasmig.report.html.side_by_side import DiffRow, highlighted, side_by_side
from tests.report import samples

LINES = st.text(st.sampled_from("ab1 =('\"#\\\t\r\f<&é漢"), max_size=8)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def lines(text: str) -> list[str]:
    """The lines of a text as Python counts them, hidden characters as the page shows them."""
    split = re.split(r"\r\n|\r|\n", text)
    split = split[:-1] if split[-1] == "" else split
    return [line.replace("\f", "[U+000C]") for line in split]


@settings(max_examples=150, deadline=None)
@given(old=TEXTS, new=TEXTS, path=st.sampled_from(["a.py", "a.ipynb"]))
@example(old="a\r\nb\rc", new="a\r\nb\rd", path="a.py")
@example(old="'''a\r\nb'''\r", new="'''a\r\nc'''\r\n", path="a.py")
def test_each_line_stands_in_its_column_under_its_number(old: str, new: str, path: str) -> None:
    rows = side_by_side(FileResult(path, old, new))
    for number, text in [(r.old_number, r.old) for r in rows] + [(None, "")]:
        assert plain(text) == (lines(old)[number - 1] if number else "")
    for number, text in [(r.new_number, r.new) for r in rows] + [(None, "")]:
        assert plain(text) == (lines(new)[number - 1] if number else "")


@settings(deadline=None)
@given(old=TEXTS, new=TEXTS)
def test_no_changed_line_is_left_out(old: str, new: str) -> None:
    rows = side_by_side(FileResult("a.py", old, new))
    if not rows:
        assert lines(old) == lines(new)
        return
    covered = sum(r.gap or r.old_number is not None for r in rows)
    assert covered == len(lines(old))
    shown = {r.old_number for r in rows}
    kept = [r for r in rows if r.kind == "same"]
    assert all(plain(r.old) == plain(r.new) for r in kept)
    hidden = [line for n, line in enumerate(lines(old), 1) if n not in shown]
    assert len(kept) + len(hidden) <= len(lines(new)), "hidden lines are in both"


def row_of(file: FileResult, number: int) -> DiffRow:
    return next(row for row in side_by_side(file) if row.old_number == number)


def test_changed_words_are_marked_and_the_rest_is_not() -> None:
    row = row_of(samples.SEED, 2)
    assert "<mark>Convolution2D</mark>" in row.old
    assert "<mark>Conv2D</mark>" in row.new
    assert "<mark>Input" not in row.old
    assert row.kind == "changed"


def test_lines_of_a_block_stand_beside_their_likes() -> None:
    old = "up = merge([a, b],\n           mode='concat',\n           concat_axis=1)  # channels\n"
    new = "up = concatenate([a, b],\n           axis=1)  # channels\n"
    rows = side_by_side(FileResult("a.py", old, new))
    assert [(row.old_number, row.new_number) for row in rows] == [(1, 1), (2, None), (3, 2)]


def test_code_is_highlighted_and_escaped() -> None:
    file = FileResult("a.py", "x = '<b>' # <c>\n", "y = '<b>' # <c>\n")
    row = row_of(file, 1)
    assert """<span class="s">'&lt;b&gt;'</span>""" in row.old
    assert '<span class="c"># &lt;c&gt;</span>' in row.old


def test_direction_overrides_and_controls_are_shown() -> None:
    row = row_of(FileResult("a.py", "x = '\u202e\x1b'\n", "y = 1\n"), 1)
    assert plain(row.old) == "x = '[U+202E][U+001B]'"


def test_unchanged_lines_far_from_a_change_are_counted() -> None:
    old = "".join(f"line{n}\n" for n in range(50))
    rows = side_by_side(FileResult("a.py", old, old.replace("line20\n", "line20 + 1\nmore\n")))
    assert [row.gap for row in rows if row.kind == "gap"] == [17, 26]
    assert [row.kind for row in rows].count("same") == 6
    assert [row.kind for row in rows].count("added") == 1


def test_new_file_has_only_added_lines() -> None:
    rows = highlighted("keras1_compat.py", "import keras\n\nx = 1\n")
    assert [(row.kind, row.new_number) for row in rows] == [
        ("added", 1),
        ("added", 2),
        ("added", 3),
    ]
    assert highlighted("empty.py", "") == []


def test_a_very_long_line_does_not_take_forever() -> None:
    old = "x = '" + "a b " * 50_000 + "'\n"
    [row] = side_by_side(FileResult("a.ipynb", old, old.replace("x", "y", 1)))
    assert row.kind == "changed"


def test_words_are_told_apart() -> None:
    source = (
        "@property\ndef build(n=1e-3):\n    '''doc\n    still'''\n    return len(u'a\\'b') # no\n"
        'class A(object): pass\nx = r"c" @ 0x1f\nprint \'open\nraise\n'
    )
    lines = highlight(source, python=True)
    assert "".join(text for line in lines for _, text in line) == source.replace("\n", "")
    kinds = [(kind, text) for line in lines for kind, text in line if kind]
    assert kinds == [
        ("f", "@property"), ("k", "def"), ("f", "build"), ("m", "1e-3"), ("s", "'''doc"),
        ("s", "    still'''"), ("k", "return"), ("b", "len"), ("s", "u'a\\'b'"), ("c", "# no"),
        ("k", "class"), ("f", "A"), ("b", "object"), ("k", "pass"), ("s", 'r"c"'), ("m", "0x1f"),
        ("k", "print"), ("s", "'open"), ("k", "raise"),
    ]  # fmt: skip
