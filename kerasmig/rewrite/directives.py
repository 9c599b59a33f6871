"""Comments that speak to kerasmig: ``# kerasmig: ignore[KM201]``, ``# kerasmig: data_format=...``."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kerasmig.finding import DataFormat, Finding
from kerasmig.source import Text

_DIRECTIVE = re.compile(rb"#[ \t]*kerasmig:[ \t]*([^\r\n#]+)")
_IGNORE = re.compile(r"ignore(?:\[([\w\s,]*)\])?")
_DATA_FORMAT = re.compile(r"data_format\s*=\s*(channels_first|channels_last)")


@dataclass(frozen=True)
class Directives:
    """The directives of one file.

    Args:
        ignored: line → codes that are not to be touched there (empty: all).
        data_formats: line → format; line 0 for the whole file.
    """

    ignored: Mapping[int, frozenset[str]] = field(default_factory=dict)
    data_formats: Mapping[int, DataFormat] = field(default_factory=dict)

    @classmethod
    def read(cls, text: Text) -> Directives:
        """Find the directives in a file's comments."""
        ignored: dict[int, frozenset[str]] = {}
        formats: dict[int, DataFormat] = {}
        for match in _DIRECTIVE.finditer(text.utf8):
            line = text.line_of(match.start())
            words = match.group(1).decode("utf-8", "replace")
            if (ignore := _IGNORE.search(words)) is not None:
                codes = (ignore.group(1) or "").replace(",", " ").split()
                ignored[line] = frozenset(codes)
            if (chosen := _DATA_FORMAT.search(words)) is not None:
                alone = text.starts_line(match.start()) and not _code_before(text, match.start())
                formats[0 if alone else line] = DataFormat(chosen.group(1))
        return cls(ignored, formats)

    def ignores(self, code: str, node: ast.AST) -> bool:
        """Whether a comment in the lines of a node switches a code off there."""
        first = getattr(node, "lineno", 0)
        return self._ignored(code, first, getattr(node, "end_lineno", first) or first)

    def _ignored(self, code: str, first: int, last: int) -> bool:
        if not self.ignored:
            return False
        found = (self.ignored.get(line) for line in range(first, last + 1))
        return any(codes is not None and (not codes or code in codes) for codes in found)

    def apply(self, finding: Finding) -> Finding:
        """The finding, marked as suppressed where a comment in its lines says so."""
        if self._ignored(finding.code, finding.line, max(finding.end_line, finding.line)):
            return replace(finding, suppressed=True, edits=())
        return finding


def _code_before(text: Text, offset: int) -> bool:
    """Whether anything but comments and blank lines stands before an offset."""
    lines = text.utf8[:offset].splitlines()
    return any(line.strip() and not line.strip().startswith(b"#") for line in lines)
