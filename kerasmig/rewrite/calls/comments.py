"""Comments inside a call that becomes another expression: they stay with it."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence

from kerasmig.finding import Edit, Span
from kerasmig.text.source import Text


def with_comments(text: Text, edit: Edit) -> Edit:
    """The edit, with the comments of what it takes away at the head of what it writes.

    An expression in brackets may hold comments and line breaks anywhere, so that is what it becomes.
    """
    if b"#" not in text.utf8[edit.span.start : edit.span.end]:
        return edit
    quoted = sorted(part for part in edit.parts if isinstance(part, Span))
    gaps, position = [], edit.span.start
    for span in quoted:
        if span.start >= position:
            gaps.append((position, span.start))
        position = max(position, span.end)
    gaps.append((position, edit.span.end))
    found = [
        comment
        for start, comment in _comments(text, edit.span)
        if any(low <= start < high for low, high in gaps)
    ]
    if not found:
        return edit
    indent = text.newline + text.indentation(edit.span.start) + "    "
    head = "(  " + "".join(comment + indent for comment in found)
    return Edit(edit.span, (head, *edit.parts, ")"))


def _comments(text: Text, span: Span) -> Sequence[tuple[int, str]]:
    """The comments in an expression: where each begins, and its text."""
    inside = text.get(span)
    starts = [0]
    for line in inside.encode("utf-8").splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = inside.splitlines(keepends=True)
    found = []
    # In brackets, which an expression may stand without, and on a line of its own.
    for token in tokenize.generate_tokens(io.StringIO(f"(\n{inside}\n)").readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            before = lines[row - 2][:column].encode("utf-8")
            found.append((span.start + starts[row - 2] + len(before), token.string))
    return found
