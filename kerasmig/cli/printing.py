"""A run's result on the screen, or as a document on stdout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerasmig.finding import RunResult
    from kerasmig.report.screen import AnyConsole
    from kerasmig.verify import VerifyReport


def make_console(stderr: bool = False) -> AnyConsole:
    """Where people read: stdout, or stderr."""
    from kerasmig.report.screen import console_on

    return console_on(sys.stderr if stderr else sys.stdout)


def print_run_report(
    run: RunResult,
    report: VerifyReport | None,
    output_format: str,
    *,
    verbose: bool,
    diff: bool,
    dry_run: bool = False,
    statistics: bool = False,
    quiet: bool = False,
) -> None:
    """A run, and its verification if there was one, in a format."""
    if output_format != "text":
        print_document(output_format, run, report)
        return
    from kerasmig.report.terminal import print_diff, print_run

    console = make_console()
    if diff:
        print_diff(run, console)
        console = console if console.is_terminal else make_console(stderr=True)
    print_run(
        run,
        console,
        verbose=verbose,
        dry_run=diff or dry_run,
        statistics=statistics,
        quiet=quiet,
    )
    if report is not None:
        from kerasmig.report.screen import Screen
        from kerasmig.report.terminal_verify import print_verify

        Screen(console).line("")
        print_verify(report, console, verbose=verbose)


def print_verify_report(report: VerifyReport, output_format: str, verbose: bool) -> None:
    """A verification by itself, in a format."""
    from kerasmig.report.terminal_verify import print_verify

    if output_format != "text":
        print_document(output_format, None, report)
    else:
        print_verify(report, make_console(), verbose=verbose)


def print_document(output_format: str, run: RunResult | None, report: VerifyReport | None) -> None:
    """A document on stdout."""
    from kerasmig.report.formats import render

    write_text(render(output_format, run, report))


def write_text(text: str) -> None:
    """Write a document as UTF-8, whatever the terminal's encoding is."""
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
