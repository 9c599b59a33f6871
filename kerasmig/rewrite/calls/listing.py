"""Taking items out of a comma-separated list without disturbing its layout."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kerasmig.finding import Span


def removals(utf8: bytes, items: Sequence[Span], stay: Collection[int], close: int) -> list[Span]:
    """What to delete so that only the items of ``stay`` (indices) remain.

    Args:
        utf8: the text.
        items: extent of each item, in order.
        close: where the list ends (its closing parenthesis, or the end of the last item).
    """
    spans: list[Span] = []
    index = 0
    while index < len(items):
        if index in stay:
            index += 1
            continue
        first = index
        while index < len(items) and index not in stay:
            index += 1
        spans += _run(utf8, items, first, index - 1, close)
    return spans


def _run(utf8: bytes, items: Sequence[Span], first: int, last: int, close: int) -> list[Span]:
    """The items from ``first`` to ``last`` with the comma that goes with them."""
    start, end = items[first].start, items[last].end
    if last + 1 < len(items):
        following = items[last + 1].start
        if first > 0 and b"\n" in utf8[end:following]:
            previous = items[first - 1].end
            if not utf8[previous:start].strip(b", \t"):
                return [Span(previous, end)]  # the end of a line: the next line stays a line
        if b"#" not in utf8[end:following]:
            return [Span(start, following)]
        return _with_comma(utf8, start, end, close)
    if first > 0:
        previous = items[first - 1].end
        if b"#" not in utf8[previous:start]:
            return [Span(previous, end)]
    return _with_comma(utf8, start, end, close)


def _with_comma(utf8: bytes, start: int, end: int, close: int) -> list[Span]:
    """An item and the comma behind it; a comment that stands between them stays."""
    behind = after_comma(utf8, end, close)
    if b"#" not in utf8[end:behind]:
        return [Span(start, behind)]
    comma = utf8.rindex(b",", end, behind)
    return [Span(start, end), Span(comma, comma + 1)]


def after_comma(utf8: bytes, position: int, close: int) -> int:
    """Offset behind the comma (and the blanks) that follow an item; ``position`` if none does."""
    index = position
    while index < close:
        byte = utf8[index : index + 1]
        if byte == b",":
            index += 1
            behind = index
            while utf8[behind : behind + 1] == b" ":
                behind += 1
            return index if utf8[behind : behind + 1] == b"#" else behind
        if byte == b"#":
            ends = [utf8.find(mark, index, close) for mark in (b"\n", b"\r")]
            index = min((end for end in ends if end >= 0), default=close)
        else:
            index += 1
    return position
