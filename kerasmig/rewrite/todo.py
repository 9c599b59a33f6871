"""Comments at the places that nobody but a person can migrate: ``# TODO(kerasmig KM301): ...``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from kerasmig.catalog.general import UNDECIDED
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.text.tree import walk

_HIDDEN = b"#kerasmig-prefix-"  # see kerasmig.reading.magics: belongs to the line after it


def with_todos(context: FileContext, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, where those left to a person carry the comment as an edit."""
    starts = _statements(context)
    return [_with_todo(context, finding, starts) for finding in findings]


def _with_todo(context: FileContext, finding: Finding, starts: list[int]) -> Finding:
    if finding.applicability is not Applicability.MANUAL or finding.suppressed:
        return finding
    if finding.edits and finding.code != UNDECIDED:  # its edit is a question, asked only once
        return finding
    line = max((start for start in starts if start <= finding.line), default=0)
    if not line:
        return finding
    text = context.text
    above = _line(context, line - 1)
    if _HIDDEN in above:
        line, above = line - 1, _line(context, line - 2)
    comment = f"# TODO(kerasmig {finding.code}): "
    earlier = line - 1
    while earlier > 0 and _line(context, earlier).lstrip().startswith(b"# TODO(kerasmig "):
        if comment.encode() in _line(context, earlier):
            return finding
        earlier -= 1
    start = text.line_span(line).start
    words = re.sub(r"\s+", " ", finding.message).strip()
    todo = f"{text.indentation(start)}{comment}{words}{text.newline}"
    return finding._replace(edits=(*finding.edits, Edit(Span(start, start), (todo,))))


def _line(context: FileContext, line: int) -> bytes:
    if line < 1:
        return b""
    span = context.text.line_span(line)
    return context.text.utf8[span.start : span.end]


def _statements(context: FileContext) -> list[int]:
    """The lines that begin with a statement, so that a comment may stand above them."""
    return sorted(
        {
            node.lineno
            for node in walk(context.tree)
            if isinstance(node, ast.stmt)
            and context.text.starts_line(context.text.offset(node.lineno, node.col_offset))
        }
    )
