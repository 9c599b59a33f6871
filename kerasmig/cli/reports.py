"""`kerasmig report`: JSON reports joined, and shown in other formats."""

from __future__ import annotations

from typing import Any

import click

from kerasmig.cli.exits import fail
from kerasmig.cli.options import FORMATS, Group
from kerasmig.cli.printing import print_run_report, print_verify_report, write_text


@click.group(cls=Group)
def report() -> None:
    """Join and show JSON reports."""


@report.command("merge")
@click.argument("parts", nargs=-1, required=True, type=click.File(encoding="utf-8"))
def report_merge(parts: tuple[Any, ...]) -> None:
    """Join the JSON reports PARTS of shards into one, on stdout."""
    from kerasmig.report.document import ReportError, dump, merge

    try:
        text = dump(merge([_document(part) for part in parts]))
    except ReportError as error:
        fail(str(error))
    write_text(text)


@report.command("show")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--output-format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-v", "--verbose", is_flag=True)
def report_show(file: Any, output_format: str, verbose: bool) -> None:
    """Show the JSON report FILE in another format."""
    from kerasmig.report.document import ReportError, about_of, load

    document = _document(file)
    try:
        run, verified = load(document)
        about = about_of(document)
    except ReportError as error:
        fail(str(error))
    if run is not None:
        print_run_report(run, verified, output_format, verbose=verbose, diff=False, about=about)
    elif verified is not None:
        print_verify_report(verified, output_format, verbose, about)


def _document(file: Any) -> Any:
    import json

    try:
        return json.load(file)
    except RecursionError:
        fail(f"{file.name}: not a JSON report: it is nested too deeply")
    except ValueError as error:
        fail(f"{file.name}: not a JSON report: {error}")
