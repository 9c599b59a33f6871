"""One file's text: decoding, positions, edits.

Spans are offsets into the UTF-8 form of the decoded text, which is what `ast` counts columns in.
Newlines, tabs and form feeds are never normalised, so bytes outside an edit stay what they were.
"""

from __future__ import annotations

import ast
import codecs
import io
import re
import tokenize
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import NamedTuple

from kerasmig.finding import Edit, Span
from kerasmig.text.tree import Placed

_NEWLINE = re.compile(rb"\r\n|\r|\n")
_COOKIE = re.compile(rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*[-\w.]+")


_PLAIN = "+-@ abyzABYZ019_.,:;/(){}[]=#'\"\n"


class SourceError(Exception):
    """A file that cannot be read as Python; the message says why and where."""


class OverlapError(ValueError):
    """Two edits change the same text."""


class Encoding(NamedTuple):
    """How a file's bytes become text: the codec's name and whether a byte-order mark leads."""

    name: str = "utf-8"
    bom: bool = False


def decode(data: bytes) -> tuple[str, Encoding]:
    """Text of a Python file and how it was encoded (PEP 263 cookies, byte-order marks).

    Raises:
        SourceError: the bytes are not text in the encoding that the file declares.
    """
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[len(codecs.BOM_UTF8) :] if bom else data
    if b"\0" in body:
        raise SourceError("contains a NUL byte; it is not a Python source file")
    try:
        name = _declared(body)
        text = body.decode(name)
        text.encode("utf-8")  # no half characters
        # What is inserted, and the heads of a diff, must stand as ASCII among the other bytes.
        if text.encode(name) != body or _PLAIN.encode(name) != _PLAIN.encode("ascii"):
            raise SourceError(
                f"is in {name}, which cannot be edited byte by byte: convert to UTF-8"
            )
    except (SyntaxError, LookupError) as error:
        raise SourceError(f"unknown or wrong encoding: {error}") from error
    except UnicodeDecodeError as error:
        raise SourceError(
            f"byte 0x{body[error.start]:02x} at offset {error.start} is not {error.encoding}; "
            "declare the encoding in the first line (# -*- coding: latin-1 -*-) or convert the file"
        ) from error
    except (UnicodeError, ValueError, RecursionError) as error:
        raise SourceError(f"is not text in {name}: {error}; convert it to UTF-8") from error
    if bom and name != "utf-8":
        raise SourceError(
            f"declares {name} but starts with the byte-order mark of UTF-8; remove one of the two"
        )
    return text, Encoding(name, bom)


def _declared(body: bytes) -> str:
    """The codec that the first two lines ask for; UTF-8 if they do not.

    Only those lines are looked at: an odd byte further on is then told with its place.
    """
    head = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n", 2)[:2]
    cookies = [match for line in head if (match := _COOKIE.match(line))]
    if not cookies or (
        len(cookies) == 1 and head[0].strip() and not head[0].lstrip().startswith(b"#")
    ):
        return "utf-8"
    ascii_only = b"\n".join(line if _COOKIE.match(line) else b"#" for line in head) + b"\n"
    return tokenize.detect_encoding(io.BytesIO(ascii_only).readline)[0]


def encode(text: str, encoding: Encoding) -> bytes:
    """The inverse of `decode`."""
    data = text.encode(encoding.name)
    return codecs.BOM_UTF8 + data if encoding.bom else data


class Text:
    """A file's text with positions, for reading spans of `ast` nodes and applying edits."""

    def __init__(self, text: str) -> None:
        self.utf8 = text.encode("utf-8")
        lines = self.utf8.splitlines(keepends=True)  # of bytes, that is by LF, CR and CRLF only
        self._starts = [0, *accumulate(map(len, lines))]
        if lines and not lines[-1].endswith((b"\n", b"\r")):
            self._starts.pop()  # no line begins at the end
        newline = _NEWLINE.search(self.utf8)
        #: The newline that inserted lines use: the file's first.
        self.newline = newline.group().decode() if newline else "\n"

    def offset(self, line: int, column: int) -> int:
        """Offset of a 1-based line and 0-based column in UTF-8 bytes."""
        return self._starts[line - 1] + column

    def span(self, node: Placed) -> Span:
        """Where a node stands (without redundant parentheses around it)."""
        starts = self._starts
        return Span(
            starts[node.lineno - 1] + node.col_offset,
            starts[(node.end_lineno or node.lineno) - 1]
            + (node.col_offset if node.end_col_offset is None else node.end_col_offset),
        )

    def get(self, span: Span) -> str:
        """The text of a span."""
        return self.utf8[span.start : span.end].decode("utf-8")

    def of(self, node: Placed) -> str:
        """The text of a node."""
        return self.get(self.span(node))

    def line_span(self, line: int) -> Span:
        """A whole line, with its newline."""
        end = self._starts[line] if line < len(self._starts) else len(self.utf8)
        return Span(self._starts[line - 1], end)

    def line_of(self, offset: int) -> int:
        """The 1-based line of an offset."""
        low, high = 0, len(self._starts)
        while high - low > 1:
            middle = (low + high) // 2
            if self._starts[middle] <= offset:
                low = middle
            else:
                high = middle
        return low + 1

    def indentation(self, offset: int) -> str:
        """The blanks before the first character of the line of an offset."""
        line = self.get(self.line_span(self.line_of(offset)))
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def starts_line(self, offset: int) -> bool:
        """Whether only blanks stand before an offset in its line."""
        start = self.line_span(self.line_of(offset)).start
        return not self.utf8[start:offset].strip(b" \t\f")

    def own_lines(self, node: ast.stmt) -> Span | None:
        """The whole lines of a statement; ``None`` if it shares them with more than a comment."""
        span = self.span(node)
        end = self.line_span(node.end_lineno or node.lineno).end
        rest = self.utf8[span.end : end].strip()
        if not self.starts_line(span.start) or (rest and not rest.startswith(b"#")):
            return None
        return Span(self.line_span(node.lineno).start, end)

    def removal(self, node: ast.stmt, *, alone: bool = False) -> Edit:
        """Takes a statement out with its lines.

        Args:
            alone: it is the only one of its block, which has to keep one.
        """
        lines = None if alone else self.own_lines(node)
        return Edit(self.span(node), ("pass",)) if lines is None else Edit(lines, ())

    # -- edits ------------------------------------------------------------------------------

    def apply(self, edits: Iterable[Edit]) -> str:
        """The text with the edits applied.

        Edits may be nested where the outer one quotes spans of the text in its parts; an inner
        edit outside all quoted spans goes with the text that the outer one removes.

        Raises:
            OverlapError: two edits overlap without one containing the other.
        """
        ordered = self.in_order(edits)
        return self.render(Span(0, len(self.utf8)), ordered, ordered)

    def in_order(self, edits: Iterable[Edit]) -> list[Edit]:
        """Edits in the order in which `render` takes them."""
        return sorted(edits, key=_order)

    def render(self, span: Span, edits: Sequence[Edit], everything: Sequence[Edit]) -> str:
        """The text of a span with the edits in it applied.

        Args:
            edits: those that begin in the span, in order.
            everything: all edits of the text, in order, for the spans that they quote.
        """
        return self._render(span, edits, everything).decode("utf-8")

    def _render(self, span: Span, edits: Sequence[Edit], everything: Sequence[Edit]) -> bytes:
        out: list[bytes] = []
        position = span.start
        index = 0
        while index < len(edits):
            edit = edits[index]
            index += 1
            if edit.span.start < position:
                raise OverlapError(f"edits overlap at offset {edit.span.start}")
            while index < len(edits) and edits[index].span.start < edit.span.end:
                if edits[index].span.end > edit.span.end or edits[index].span == edit.span:
                    raise OverlapError(f"edits overlap at offset {edits[index].span.start}")
                index += 1
            out.append(self.utf8[position : edit.span.start])
            for part in edit.parts:
                if isinstance(part, str):
                    out.append(part.encode("utf-8"))
                else:
                    low = bisect_left(everything, part.start, key=_start)
                    high = bisect_right(everything, part.end, low, key=_start)
                    inside = [e for e in everything[low:high] if _moves_with(e, part, edit)]
                    out.append(self._render(part, inside, everything))
            position = edit.span.end
        out.append(self.utf8[position : span.end])
        return b"".join(out)


def _moves_with(inner: Edit, part: Span, outer: Edit) -> bool:
    """Whether an edit is made inside a span that an outer edit quotes."""
    if inner is outer or inner.span.start < part.start or inner.span.end > part.end:
        return False
    if inner.span == part and not inner.parts:
        return False  # the text moves to where it is quoted, so it goes from where it stood
    # An insertion at an edge of the outer edit is made beside it, not in it.
    inserts = inner.span.start == inner.span.end
    return not (inserts and inner.span.start in (outer.span.start, outer.span.end))


def _start(edit: Edit) -> int:
    return edit.span.start


def _order(edit: Edit) -> tuple[int, bool, int]:
    """Insertions stand before a replacement that starts at the same place, outer before inner."""
    return (edit.span.start, edit.span.start != edit.span.end, -edit.span.end)


@contextmanager
def _no_warnings() -> Iterator[None]:
    """Invalid escapes are the author's business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse(text: str, *, path: str = "<unknown>") -> ast.Module:
    """Parse Python 3 source.

    Raises:
        SourceError: with line and column of the syntax error.
        RecursionError: it is nested too deeply for the stack at hand (`kerasmig.text.depth`).
    """
    try:
        with _no_warnings():
            return ast.parse(text, filename=path)
    except SyntaxError as error:
        where = f"line {error.lineno}" + (f", column {error.offset}" if error.offset else "")
        raise SourceError(f"cannot be parsed: {error.msg} ({where})") from error
    except MemoryError as error:
        raise SourceError("is nested too deeply for Python's own parser") from error
    except ValueError as error:
        raise SourceError(f"cannot be parsed: {error}") from error


def same_program(old: str, new: str) -> bool:
    """Whether two texts differ in comments and layout only."""
    try:
        return ast.dump(parse(old)) == ast.dump(parse(new))
    except (SourceError, RecursionError):
        return False
