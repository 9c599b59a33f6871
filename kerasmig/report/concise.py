"""One finding a line, ``path:line:column: CODE message``: what editors' quickfix lists read."""

from __future__ import annotations

import re

from kerasmig.finding import RunResult
from kerasmig.report.places import in_order, place
from kerasmig.report.summary import needs_somebody
from kerasmig.verify.result import Status, VerifyReport

_BREAKS = re.compile(r"[\r\n]+")


def to_concise(run: RunResult | None, verify: VerifyReport | None) -> str:
    """What needs a person: files that cannot be read, findings, and models that do not match."""
    lines: list[str] = []
    for file in run.files if run is not None else ():
        if file.error:
            lines.append(f"{file.path}:1:1: error {file.error}")
        for finding in in_order(file.findings):
            if needs_somebody(finding):
                where = place(file.path, finding)
                lines.append(f"{where}: {finding.code} {finding.message}")
    for pair in verify.pairs if verify is not None else ():
        if pair.status is Status.MISMATCH:
            line = pair.place.new_line or pair.place.line or 1
            lines.append(f"{pair.place.file}:{line}:1: mismatch {pair.name}: {pair.reason}")
    return "".join(_BREAKS.sub(" ", line) + "\n" for line in lines)
