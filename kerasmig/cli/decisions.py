"""A person's decisions, written into the code as comments that later runs read."""

from __future__ import annotations

import re

from kerasmig.finding import DataFormat, Edit, Finding
from kerasmig.rewrite.directives import HEAD, Directives
from kerasmig.text.source import Text, same_program

#: Marks what is only put off, and taken out again before anything is written.
_PENDING = " (not reviewed)"
_IGNORE = re.compile(r"#[ \t]*kerasmig:[ \t]*ignore\[([\w\s,]*)\]")
_PUT_OFF = re.compile(r"[ \t]*# kerasmig: ignore\[[\w, ]+\] \(not reviewed\)")


class CannotComment(Exception):
    """There is no place for a comment in the lines concerned."""


def reject(text: str, finding: Finding, *, pending: bool = False) -> str:
    """The text with ``# kerasmig: ignore[CODE]`` where the finding stands.

    Raises:
        CannotComment: the lines end in a string or a backslash.
    """
    source = Text(text)
    last = max(finding.end_line, finding.line)
    for line in [last, *range(finding.line, last)]:
        span = source.line_span(line)
        body = source.get(span).rstrip("\r\n")
        known = _IGNORE.search(body)
        if known is not None and not pending:
            codes = known.group(1).replace(",", " ").split()
            new = body[: known.start(1)] + ", ".join([*codes, finding.code]) + body[known.end(1) :]
        else:
            mark = _PENDING if pending else ""
            new = f"{body}  # kerasmig: ignore[{finding.code}]{mark}"
        changed = _with_line(source, line, new)
        if same_program(text, changed):
            return changed
    raise CannotComment(f"line {finding.line} has no place for a comment")


def withdraw_pending(text: str) -> str:
    """The text without what was only put off."""
    return _PUT_OFF.sub("", text)


def decide(text: str, line: int, data_format: DataFormat) -> str:
    """The text with ``# kerasmig: data_format=...`` behind a line; 0: at the top of the file.

    Where an earlier run has asked there, the answer takes the place of the question.
    """
    comment = f"# kerasmig: data_format={data_format.value}"
    source = Text(text)
    asked = Directives.read(source).questions.get(line)
    if asked is not None:
        return source.apply([Edit(asked, (data_format.value,))])
    if line > 0:
        body = source.get(source.line_span(line)).rstrip("\r\n")
        changed = _with_line(source, line, f"{body}  {comment}")
        if same_program(text, changed):
            return changed
    head = HEAD.match(text)
    end = head.end() if head is not None else 0
    return f"{text[:end]}{comment}{source.newline}{text[end:]}"


def replace_lines(text: str, first: int, last: int, new: str) -> str:
    """The text with other lines in the place of some."""
    source = Text(text)
    start, end = source.line_span(first).start, source.line_span(last).end
    ending = "" if new.endswith("\n") or not source.utf8[:end].endswith(b"\n") else source.newline
    utf8 = source.utf8
    return (utf8[:start] + new.encode() + ending.encode() + utf8[end:]).decode()


def _with_line(source: Text, line: int, new: str) -> str:
    span = source.line_span(line)
    old = source.get(span)
    ending = old[len(old.rstrip("\r\n")) :]
    utf8 = source.utf8
    return (utf8[: span.start] + (new + ending).encode() + utf8[span.end :]).decode()
