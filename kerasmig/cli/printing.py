"""A run's result on the screen, or as a document on stdout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from kerasmig.finding import RunResult
    from kerasmig.verify import VerifyReport


def make_console(stderr: bool = False) -> Console:
    """Where people read: stdout, or stderr."""
    from rich.console import Console

    return Console(stderr=stderr, soft_wrap=True, highlight=False)


def print_run_report(
    run: RunResult,
    report: VerifyReport | None,
    output_format: str,
    *,
    verbose: bool,
    diff: bool,
    dry_run: bool = False,
) -> None:
    """A run, and its verification if there was one, in a format."""
    from kerasmig.report.terminal import print_diff, print_run, print_verify

    if output_format != "text":
        print_document(output_format, run, report)
        return
    console = make_console()
    if diff:
        if console.is_terminal:
            print_diff(run, console)
        else:
            _write_diff(run)
        console = console if console.is_terminal else make_console(stderr=True)
    print_run(run, console, verbose=verbose, dry_run=diff or dry_run)
    if report is not None:
        console.print()
        print_verify(report, console, verbose=verbose)


def _write_diff(run: RunResult) -> None:
    """The diff as bytes: each file in its own encoding, so that `git apply` takes it."""
    from kerasmig.report.diff import run_diff_bytes

    sys.stdout.buffer.write(run_diff_bytes(run))
    sys.stdout.buffer.flush()


def print_verify_report(report: VerifyReport, output_format: str, verbose: bool) -> None:
    """A verification by itself, in a format."""
    from kerasmig.report.terminal import print_verify

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
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
