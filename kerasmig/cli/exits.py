"""How a run ends: the exit codes, and the message where it cannot go on."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from kerasmig.finding import RunResult
    from kerasmig.verify import VerifyReport

OK, FINDINGS, USAGE, UNREADABLE, INTERRUPTED = 0, 1, 2, 3, 130


def fail(message: str, code: int = USAGE) -> NoReturn:
    """Say why nothing more is done, and end."""
    complain(message)
    raise SystemExit(code)


def complain(message: str) -> None:
    """Say what is wrong, on stderr; in a window broken between words."""
    lines = [f"kerasmig: {message}"]
    if sys.stderr.isatty():
        from kerasmig.report.wrapping import wrapped

        lines = wrapped(lines[0], max(40, (shutil.get_terminal_size().columns or 80) - 1))
    for line in lines:
        click.echo(line, err=True)


def exit_code(run: RunResult, report: VerifyReport | None, failed: bool) -> int:
    """What a run ends with, after what was found and verified."""
    from kerasmig.finding import Applicability

    if failed or any(file.error for file in run.files):
        return UNREADABLE
    if report is not None and report.exit_code == UNREADABLE:
        return UNREADABLE
    manual = any(
        finding.applicability is Applicability.MANUAL and not finding.suppressed
        for file in run.files
        for finding in file.findings
    )
    if manual or (report is not None and report.exit_code):
        return FINDINGS
    return OK
