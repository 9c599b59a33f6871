"""A run's result on the screen, or as a document on stdout."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerasmig.cli.exits import UNREADABLE, fail

if TYPE_CHECKING:
    from kerasmig.finding import RunResult
    from kerasmig.report.about import About
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
    about: About | None = None,
    output: Path | None = None,
) -> None:
    """A run, and its verification if there was one, in a format.

    Args:
        output: where the report goes instead of stdout; a diff stays on stdout.
    """
    run = run._replace(pending=run.pending or diff or dry_run)
    if output_format != "text":
        print_document(output_format, run, report, about, output)
        return
    from kerasmig.report.terminal import print_diff, print_run

    console = make_console()
    if diff:
        print_diff(run, console)
        console = console if console.is_terminal else make_console(stderr=True)
    written = io.StringIO()
    if output is not None:
        from kerasmig.report.screen import Pipe

        console = Pipe(written)
    print_run(
        run,
        console,
        verbose=verbose,
        statistics=statistics,
        quiet=quiet,
    )
    if report is not None:
        from kerasmig.report.screen import Screen
        from kerasmig.report.terminal_verify import print_verify

        Screen(console).line("")
        print_verify(report, console, verbose=verbose)
    if output is not None:
        write_text(written.getvalue(), output)


def print_verify_report(
    report: VerifyReport, output_format: str, verbose: bool, about: About | None = None
) -> None:
    """A verification by itself, in a format."""
    from kerasmig.report.terminal_verify import print_verify

    if output_format != "text":
        print_document(output_format, None, report, about)
    else:
        print_verify(report, make_console(), verbose=verbose)


def say(text: str, **style: Any) -> None:
    """Print a line for people: in a window broken between words, else as it is."""
    from kerasmig.report.wrapping import wrapped

    lines = wrapped(text, window_width()) if sys.stdout.isatty() else [text]
    for line in lines:
        click.secho(line, **style)


def say_all(text: str) -> None:
    """Print some lines for people, each as `say` does."""
    for line in text.split("\n"):
        say(line)


def window_width() -> int:
    """How many signs a line of the terminal holds; 80 where the terminal does not say."""
    return shutil.get_terminal_size().columns or 80


def print_document(
    output_format: str,
    run: RunResult | None,
    report: VerifyReport | None,
    about: About | None = None,
    output: Path | None = None,
) -> None:
    """A document on stdout, or in a file."""
    from kerasmig.report.formats import render

    write_text(render(output_format, run, report, about), output)


def write_text(text: str, output: Path | None = None) -> None:
    """Write a document as UTF-8, whatever the terminal's encoding is."""
    data = text.encode("utf-8", "backslashreplace")
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from kerasmig.disk.atomic import write_atomically

    try:
        write_atomically(output, data)
    except OSError as error:
        fail(f"{output}: cannot be written: {error.strerror or error}", UNREADABLE)
