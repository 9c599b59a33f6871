"""One finding a line, ``path:line:column: CODE message``: what editors' quickfix lists read."""

from __future__ import annotations

import re

from kerasmig.finding import RunResult
from kerasmig.report.places import in_order, place
from kerasmig.report.screen import COMMANDS, without_controls
from kerasmig.report.summary import needs_somebody, outcome
from kerasmig.verify.result import Status, VerifyReport

_BREAKS = re.compile(r"[\r\n]+")


def to_concise(run: RunResult | None, verify: VerifyReport | None) -> str:
    """Files that cannot be read, findings that need a person, and models that do not match.

    In a check also what an upgrade does by itself, marked ``[*]`` as ruff does: it is left, too.
    """
    pending = run is not None and run.pending
    lines: list[str] = []
    for file in run.files if run is not None else ():
        if file.error:
            lines.append(f"{file.path}:1:1: error {file.error}")
        for finding in in_order(file.findings):
            where = place(file.path, finding)
            if needs_somebody(finding):
                lines.append(f"{where}: {finding.code} {finding.message}")
            elif pending and outcome(finding) == "automatic":
                lines.append(f"{where}: {finding.code} [*] {finding.message}")
    for pair in verify.pairs if verify is not None else ():
        if pair.status is Status.MISMATCH:
            line = pair.place.new_line or pair.place.line or 1
            lines.append(f"{pair.place.file}:{line}:1: mismatch {pair.name}: {pair.reason}")
    return "".join(_shown(line) + "\n" for line in lines)


def _shown(line: str) -> str:
    """A line that stays one, and that tells a terminal nothing."""
    line = without_controls(_BREAKS.sub(" ", line))
    return f"./{line}" if line.startswith(COMMANDS) else line
