"""Comments that speak to kerasmig: ``# kerasmig: ignore[KM201]``, ``# kerasmig: data_format=...``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kerasmig.finding import DataFormat, Edit, Finding, Span
from kerasmig.text.source import Text, same_program

_DIRECTIVE = re.compile(rb"#[ \t]*kerasmig:[ \t]*([^\r\n#]+)", re.IGNORECASE)
_IGNORE = re.compile(r"ignore(?:\[([\w\s,-]*)\])?")
_DATA_FORMAT = re.compile(r"data_format\s*=\s*(channels_first|channels_last|undecided)")
HEAD = re.compile(r"(?:#![^\r\n]*(?:\r\n|\r|\n))?(?:#[^\r\n]*coding[:=][^\r\n]*(?:\r\n|\r|\n))?")
"""What must stay at the top of a file: the interpreter's line and the encoding's."""

QUESTION = "# kerasmig: data_format=undecided"
"""What is left beside a model whose data format the code does not tell."""

_SAYS_NOTHING = (
    "the comment says nothing that kerasmig knows: write `ignore[CODE]`, or `data_format=` with "
    "channels_first or channels_last"
)


class Directives(NamedTuple):
    """The directives of one file.

    Args:
        ignored: line → codes, or their beginnings, that are not to be touched there (empty: all).
        unknown: line → words in the place of codes that no rule answers to.
        data_formats: line → format; line 0 for the whole file.
        questions: line → where the word stands that waits for an answer.
    """

    ignored: Mapping[int, frozenset[str]] = {}
    data_formats: Mapping[int, DataFormat] = {}
    questions: Mapping[int, Span] = {}
    unknown: Mapping[int, str] = {}

    @classmethod
    def read(cls, text: Text) -> Directives:
        """Find the directives in a file's comments."""
        ignored: dict[int, frozenset[str]] = {}
        formats: dict[int, DataFormat] = {}
        questions: dict[int, Span] = {}
        unknown: dict[int, str] = {}
        for match in _DIRECTIVE.finditer(text.utf8):
            line = text.line_of(match.start())
            words = match.group(1).decode("utf-8", "replace")
            ignore = _IGNORE.search(words)
            if ignore is None and _DATA_FORMAT.search(words) is None:
                ignored[line], unknown[line] = frozenset(["none"]), _SAYS_NOTHING
            if ignore is not None:
                ignored[line], problem = _codes(ignore.group(1))
                if problem:
                    unknown[line] = problem
            if (chosen := _DATA_FORMAT.search(words)) is not None:
                alone = text.starts_line(match.start()) and not _code_before(text, match.start())
                line = 0 if alone else line
                formats[line] = DataFormat(chosen.group(1))
                if formats[line] is DataFormat.UNDECIDED:
                    start = match.start(1) + len(words[: chosen.start(1)].encode())
                    questions[line] = Span(start, start + len(chosen.group(1)))
        return cls(ignored, formats, questions, unknown)

    def ignores(self, code: str, node: ast.AST) -> bool:
        """Whether a comment in the lines of a node switches a code off there."""
        first = getattr(node, "lineno", 0)
        return self._ignored(code, first, getattr(node, "end_lineno", first) or first)

    def _ignored(self, code: str, first: int, last: int) -> bool:
        if not self.ignored:
            return False
        found = (self.ignored.get(line) for line in range(first, last + 1))
        return any(
            codes is not None and (not codes or any(map(code.startswith, codes))) for codes in found
        )

    def apply(self, finding: Finding) -> Finding:
        """The finding, marked as suppressed where a comment in its lines says so."""
        if self._ignored(finding.code, finding.line, max(finding.end_line, finding.line)):
            return finding._replace(suppressed=True, edits=())
        return finding

    def useless(self, findings: Iterable[Finding]) -> Iterator[tuple[int, str]]:
        """Lines whose ``ignore`` does nothing, with the reason.

        Args:
            findings: those of the file, the suppressed ones among them.
        """
        used = [(f.code, f.line, max(f.end_line, f.line)) for f in findings if f.suppressed]
        for line, codes in self.ignored.items():
            if problem := self.unknown.get(line):
                yield line, problem
            elif not any(
                first <= line <= last and (not codes or any(map(code.startswith, codes)))
                for code, first, last in used
            ):
                yield line, "the comment switches nothing off here: take it out"


def _codes(words: str | None) -> tuple[frozenset[str], str]:
    """The codes in ``ignore[...]``, and what is wrong with them."""
    if not words or not words.strip():
        return frozenset(), ""
    from kerasmig.catalog.codes import UnknownCode, chosen_codes

    try:
        return frozenset(chosen_codes([words.replace(" ", ",")])), ""
    except UnknownCode as error:
        return frozenset(["none"]), str(error)


def line_ignores(line: str, code: str) -> bool:
    """Whether a comment switches a code off in a line that is no code: of a README, say.

    In Markdown the comment stands in one of HTML: ``<!-- # kerasmig: ignore[KM607] -->``.
    """
    match = _DIRECTIVE.search(line.encode("utf-8", "replace"))
    ignore = _IGNORE.search(match.group(1).decode("utf-8", "replace")) if match else None
    if ignore is None:
        return False
    codes, _ = _codes(ignore.group(1))
    return not codes or any(map(code.startswith, codes))


def question(text: Text, lines: Iterable[int]) -> Edit:
    """The edit that leaves `QUESTION` behind the first line that can bear a comment.

    Where none can (they end in a backslash or inside a string), it stands at the top of the file.
    """
    old = text.get(Span(0, len(text.utf8)))
    for line in lines:
        span = text.line_span(line)
        end = span.start + len(text.utf8[span.start : span.end].rstrip(b"\r\n"))
        edit = Edit(Span(end, end), (f"  {QUESTION}",))
        if same_program(old, text.apply([edit])):
            return edit
    head = HEAD.match(old)
    end = len(head.group().encode()) if head is not None else 0
    return Edit(Span(end, end), (f"{QUESTION}{text.newline}",))


def _code_before(text: Text, offset: int) -> bool:
    """Whether anything but comments and blank lines stands before an offset."""
    lines = text.utf8[:offset].splitlines()
    return any(line.strip() and not line.strip().startswith(b"#") for line in lines)
