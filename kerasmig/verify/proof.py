"""What a verification proves of each line of the old program."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from kerasmig.verify.result import Pair, Status, VerifyReport

PROVEN, RAN, NOT_REACHED = "proven", "ran", "not_reached"


class LineProofs:
    """The lines that a verification ran, by file.

    Args:
        report: its result.
    """

    def __init__(self, report: VerifyReport) -> None:
        self._proven: dict[str, set[int]] = {}
        self._ran: dict[str, set[int]] = {}
        for pair in report.pairs:
            for file, line, proven in _lines(pair):
                self._ran.setdefault(file, set()).add(line)
                if proven:
                    self._proven.setdefault(file, set()).add(line)

    def of(self, file: str, lines: range) -> str:
        """What is proven of some lines of a file, which are one statement."""
        if not self._proven.get(file, set()).isdisjoint(lines):
            return PROVEN
        return NOT_REACHED if self._ran.get(file, set()).isdisjoint(lines) else RAN

    def file_of(self, path: str) -> str | None:
        """The file of the verification that a path means; None: none of it ran."""
        path = path.replace("\\", "/")
        known = [file for file in self._ran if path == file or path.endswith(f"/{file}")]
        return max(known, key=len, default=None)


def _lines(pair: Pair) -> Iterator[tuple[str, int, bool]]:
    """Lines that ran for a pair, each with whether it is proven."""
    match = pair.status is Status.MATCH
    if pair.stretch is not None:
        for file, lines in pair.stretch.lines.items():
            for line, before in lines.items():
                yield file, int(line), match and pair.stretch.events > before
        return
    if pair.is_program:
        return
    yield pair.place.file, pair.place.line, match
    for row in pair.layers:
        file, colon, line = (row.old_line or "").rpartition(":")
        if colon and line.isdigit():
            yield file, int(line), match


def statements(text: str) -> Mapping[int, range]:
    """For each line of a program the lines of the innermost statement it is of, bodies left out."""
    found: dict[int, range] = {}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return found
    for node in ast.walk(tree):  # from the outside in
        if not isinstance(node, ast.stmt):
            continue
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        end = first.lineno - 1 if first is not None else node.end_lineno or node.lineno
        lines = range(node.lineno, max(end, node.lineno) + 1)
        for line in lines:
            found[line] = lines
    return found
