"""What a verification prints: a line per model, its layers where they differ, and the coverage."""

from __future__ import annotations

from collections import Counter

from kerasmig.report.model_text import (
    STATUS_WORDS,
    conditions_sentence,
    counts_line,
    coverage_sentence,
    figures_line,
    full_name,
    other_ordering_sentence,
    programs_line,
    status_word,
    versions_line,
    worth_telling,
)
from kerasmig.report.screen import AnyConsole, Screen
from kerasmig.report.shapes import format_difference, format_params, format_shape
from kerasmig.report.summary import plural
from kerasmig.verify.result import LayerRow, Pair, Status, VerifyReport

STATUS_STYLES = {
    Status.MATCH: "green",
    Status.MISMATCH: "bold red",
    Status.NOT_VERIFIED: "bold yellow",
}


def print_verify(report: VerifyReport, console: AnyConsole, *, verbose: bool = False) -> None:
    """Print what a verification found.

    Args:
        verbose: the layer table of every model, not of mismatches only, and what the old program
            computes under the other ordering also where that tells nothing new.
    """
    screen = Screen(console)
    for pair in report.pairs:
        _print_pair(screen, pair, report, verbose)
    for skip in report.skipped:
        where = f"{skip.file}:{skip.line}" if skip.line else skip.file
        word = "unreadable" if skip.unreadable else STATUS_WORDS[Status.NOT_VERIFIED]
        screen.line(
            (word, STATUS_STYLES[Status.NOT_VERIFIED]), f"  {skip.name} ({where}): {skip.reason}"
        )
    _print_totals(screen, report)


def _print_pair(screen: Screen, pair: Pair, report: VerifyReport, verbose: bool) -> None:
    word = (status_word(pair), STATUS_STYLES[pair.status])
    name = (full_name(pair, report), "bold")
    first = pair.first_difference
    if pair.status is Status.NOT_VERIFIED:
        screen.line(word, "  ", name, f": {pair.reason or 'no reason was given'}")
    else:
        screen.line(
            word, "  ", name, *([f": {figures}"] if (figures := figures_line(pair)) else [])
        )
        if pair.reason and not (first and first.what == pair.reason):
            screen.line(pair.reason, indent=4)
    _print_difference(screen, pair)
    if verbose and (condition := conditions_sentence(pair)):
        screen.line((condition, "yellow"), indent=4)
    for note in pair.notes:
        screen.line((f"note: {note}", "dim"), indent=4)
    if pair.layers and (verbose or pair.status is Status.MISMATCH):
        _print_layers(screen, pair)
    for reading in pair.alternatives:
        if verbose or worth_telling(pair, reading):
            sentence = other_ordering_sentence(pair, reading, brief=not verbose)
            screen.line(("note: ", "dim"), sentence, indent=4)


def _print_difference(screen: Screen, pair: Pair) -> None:
    difference = pair.first_difference
    if difference is None:
        return
    screen.line(("first difference: ", "bold"), difference.what, indent=4)
    if difference.old_shape != difference.new_shape:
        old, new = format_shape(difference.old_shape), format_shape(difference.new_shape)
        screen.line(f"shape before {old}, now {new}", indent=6)
    if difference.likely_cause:
        screen.line(("likely cause: ", "bold"), difference.likely_cause, indent=6)
    if difference.old_source:
        screen.line(("old  ", "dim"), difference.old_source, indent=6)
    if difference.new_source:
        screen.line(("new  ", "dim"), difference.new_source, indent=6)


def _print_layers(screen: Screen, pair: Pair) -> None:
    columns = ["    #", "old layer", "new layer", "old shape", "new shape", "params", "diff", ""]
    screen.table(columns, [_layer_cells(row) for row in pair.layers])


def _layer_cells(row: LayerRow) -> list[str | tuple[str, str]]:
    params = format_params(row.old_params)
    if row.old_params != row.new_params:
        params += f" / {format_params(row.new_params)}"
    status = STATUS_WORDS[row.status] + (f": {row.note}" if row.note else "")
    return [
        f"    {row.index}",
        "  " * row.depth + (row.old_class or "-"),
        row.new_class or "-",
        format_shape(row.old_shape),
        format_shape(row.new_shape),
        params,
        format_difference(row.max_abs_diff),
        (status, STATUS_STYLES[row.status]),
    ]


def _print_totals(screen: Screen, report: VerifyReport) -> None:
    screen.heading("Verification")
    screen.line(("models    ", "dim"), counts_line(report), indent=2)
    if programs := programs_line(report):
        screen.line(("programs  ", "dim"), programs, indent=2)
    screen.line(("code      ", "dim"), coverage_sentence(report), indent=2)
    if report.versions:
        screen.line(("versions  ", "dim"), versions_line(report), indent=2)
    if report.confined:
        screen.line(("confined  ", "dim"), f"by {report.confined}", indent=2)
    matches = [pair for pair in report.pairs if pair.status is Status.MATCH]
    conditions = Counter(condition for pair in matches for condition in pair.conditions)
    for condition, count in sorted(conditions.items()):
        of = f"{count} of {plural(len(matches), 'match', 'matches')}"
        screen.line(("only if   ", "dim"), f"{condition} ({of})", indent=2)
    if report.seconds:
        screen.line(("time      ", "dim"), f"{report.seconds:.1f} s", indent=2)
