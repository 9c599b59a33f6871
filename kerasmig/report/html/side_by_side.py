"""A file before and after in two columns, highlighted, with the changed words marked."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kerasmig.finding import FileResult
from kerasmig.report.html.align import align
from kerasmig.report.html.highlight import NEWLINE, Piece, highlight
from kerasmig.report.html.visible import visible

_CONTEXT = 3
_LONGEST = 2_000  # characters of a pair of lines whose words are compared: the time is quadratic
_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_NOTHING = Markup()

Range = tuple[int, int]  # half-open, in characters of the line
_NO_MARKS: tuple[list[Range], list[Range]] = ([], [])


@dataclass(frozen=True)
class DiffRow:
    """One line of the two columns; a number is None where that side has no line here.

    ``kind`` is ``same``, ``changed``, ``removed``, ``added`` or, for lines left out, ``gap``.
    """

    kind: str
    old_number: int | None = None
    new_number: int | None = None
    old: Markup = _NOTHING
    new: Markup = _NOTHING
    gap: int = 0


def side_by_side(file: FileResult) -> list[DiffRow]:
    """The changed parts of a file with three lines around them; empty where nothing changed.

    A notebook is shown as the program in its cells.
    """
    if not file.changed:
        return []
    if file.source_old or file.source_new:
        return list(_rows(file.source_old, file.source_new, python=True))
    return list(_rows(file.old, file.new, python=_is_python(file.path)))


def highlighted(path: str, text: str) -> list[DiffRow]:
    """A new file, all of its lines added."""
    return list(_rows("", text, python=_is_python(path))) if text else []


def _is_python(path: str) -> bool:
    return path.endswith((".py", ".pyw"))


def _rows(before: str, after: str, *, python: bool) -> Iterator[DiffRow]:
    old, new = _split(before), _split(after)
    old_pieces, new_pieces = highlight(before, python), highlight(after, python)
    matcher = difflib.SequenceMatcher(None, old, new)
    shown = 0
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        if gap := group[0][1] - shown:
            yield DiffRow("gap", gap=gap)
        for tag, i1, i2, j1, j2 in group:
            for left, right in align(old[i1:i2], new[j1:j2]):
                i = None if left is None else i1 + left
                j = None if right is None else j1 + right
                marks = _NO_MARKS
                if tag == "replace" and i is not None and j is not None:
                    marks = _marks(old[i], new[j])
                yield DiffRow(
                    _kind(tag, i, j),
                    None if i is None else i + 1,
                    None if j is None else j + 1,
                    _NOTHING if i is None else _render(old_pieces[i], marks[0]),
                    _NOTHING if j is None else _render(new_pieces[j], marks[1]),
                )
        shown = group[-1][2]
    if gap := len(old) - shown:
        yield DiffRow("gap", gap=gap)


def _kind(tag: str, old: int | None, new: int | None) -> str:
    if tag == "equal":
        return "same"
    if new is None:
        return "removed"
    return "added" if old is None else "changed"


def _split(text: str) -> list[str]:
    lines = NEWLINE.split(text)
    return lines[:-1] if lines[-1] == "" else lines


def _marks(before: str, after: str) -> tuple[list[Range], list[Range]]:
    """The ranges in which two lines that stand opposite each other differ."""
    if len(before) + len(after) > _LONGEST:
        return _NO_MARKS
    old_words, new_words = _WORD.findall(before), _WORD.findall(after)
    matcher = difflib.SequenceMatcher(None, old_words, new_words, autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    left = [_range(old_words, i1, i2) for _, i1, i2, _, _ in changes]
    right = [_range(new_words, j1, j2) for _, _, _, j1, j2 in changes]
    return left, right


def _range(words: Sequence[str], first: int, last: int) -> Range:
    start = sum(map(len, words[:first]))
    return start, start + sum(map(len, words[first:last]))


def _render(pieces: Sequence[Piece], marks: Sequence[Range]) -> Markup:
    """Escaped HTML of a line: a span for each highlighted piece, a mark around what changed."""
    out: list[str] = []
    position = 0
    for css, text in pieces:
        for start, end, marked in _cut(position, position + len(text), marks):
            written = html.escape(visible(text[start - position : end - position]), quote=False)
            if css:
                written = f'<span class="{css}">{written}</span>'
            out.append(f"<mark>{written}</mark>" if marked else written)
        position += len(text)
    return Markup("".join(out))


def _cut(start: int, end: int, marks: Sequence[Range]) -> Iterator[tuple[int, int, bool]]:
    """Cut a range of characters at the borders of the marks."""
    position = start
    for first, last in marks:
        first, last = max(first, position), min(last, end)
        if first >= last:
            continue
        if position < first:
            yield position, first, False
        yield first, last, True
        position = last
    if position < end:
        yield position, end, False
