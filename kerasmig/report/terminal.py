"""What an upgrade or a check prints: findings, verdicts, diff and summary."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from typing import IO

from kerasmig.catalog.codes import code_name
from kerasmig.catalog.general import UNDECIDED
from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import role_of
from kerasmig.finding import DataFormat, Evidence, FileResult, Finding, RunResult, Verdict
from kerasmig.report.diff import new_file_diff, run_diff, run_diff_bytes, unified_diff
from kerasmig.report.places import in_order, place_in_file
from kerasmig.report.screen import OUTCOME_STYLES, AnyConsole, Screen, outcome_mark
from kerasmig.report.shapes import describe_axes, format_shape
from kerasmig.report.summary import (
    RunSummary,
    all_findings,
    outcome,
    plural,
    proof_sentence,
    summarize,
)

_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
#: Tables of shapes with more rows are shown where they are asked for.
_SHORT_TABLE = 12
# The worst first.
_OUTCOMES = ("manual", "assumed", "automatic", "suppressed")
_VERDICT_STYLES = {DataFormat.UNDECIDED: "bold red", DataFormat.EITHER: "cyan"}


def print_run(
    result: RunResult,
    console: AnyConsole,
    *,
    verbose: bool = False,
    diff: bool = False,
    dry_run: bool = False,
    statistics: bool = False,
    quiet: bool = False,
) -> None:
    """Print what a run found, the worst first, then its summary.

    What could not be read comes first, then what is left to a person, then what was assumed.

    Args:
        verbose: then list automatic and suppressed findings too, with the evidence of all, and each
            model's data format and shapes.
        diff: print the changes first, as `print_diff` does.
        dry_run: nothing was written; the summary says "would change".
        statistics: count the findings by code.
        quiet: no summary.
    """
    screen = Screen(console)
    if diff:
        print_diff(result, console)
        screen.line("")
    printer = _Findings(screen, verbose, _most_rows(result, verbose))
    for file in result.files:
        if file.error:
            screen.line((file.path, "bold"), ": ", ("error", "bold red"), f": {file.error}")
    for wanted in (_OUTCOMES if verbose else _OUTCOMES[:2]):
        for file in result.files:
            printer.print(file, wanted)
    for file in result.files:
        for verdict in file.verdicts if verbose else ():
            _print_verdict(screen, file.path, verdict, verbose)
    if not quiet:
        summary = summarize(result._replace(pending=result.pending or dry_run))
        _print_summary(screen, result, summary, statistics or verbose)


def print_diff(result: RunResult, console: AnyConsole) -> None:
    """Print the changes: coloured on a terminal, else the exact text that ``git apply`` takes.

    A notebook is shown on a terminal as the program in its cells; a patch is of its JSON.

    A pipe gets bytes, each file's lines in that file's encoding and with its line ends, whatever
    the encoding of the stream is; a stream of text only, such as `io.StringIO`, gets the text.
    """
    if not console.is_terminal:
        _write_diff(result, console.file)
        return
    screen = Screen(console)
    patches = [_readable_diff(file) for file in result.files]
    patches += [new_file_diff(path, text) for path, text in result.extra_files.items()]
    for line in "".join(patches).split("\n")[:-1]:
        header = line.startswith(("diff --git ", "--- ", "+++ ", "new file mode "))
        screen.line((line, "bold" if header else _DIFF_STYLES.get(line[:1], "")), whole=True)


def _write_diff(result: RunResult, stream: IO[str]) -> None:
    binary = getattr(stream, "buffer", None)
    if binary is None:
        stream.write(run_diff(result))
        return
    stream.flush()
    binary.write(run_diff_bytes(result))
    binary.flush()


def _readable_diff(file: FileResult) -> str:
    """The change as a person reads it: of a notebook the program, not the JSON around it."""
    if file.source_old or file.source_new:
        file = file._replace(old=file.source_old, new=file.source_new)
    return unified_diff(file)


def print_shapes(result: RunResult, console: AnyConsole, model: str = "") -> int:
    """Print the shapes of every model under both readings, side by side.

    Args:
        model: only the model of this name.

    Returns:
        How many models were printed.
    """
    screen = Screen(console)
    printed = 0
    for file in result.files:
        for verdict in file.verdicts:
            if not model or verdict.model == model:
                _print_verdict(screen, file.path, verdict, verbose=True)
                screen.line("")
                printed += 1
    return printed


def print_converted_shapes(
    result: RunResult, console: AnyConsole, model: str = "", *, with_data: bool = False
) -> None:
    """Print the shapes of models that were converted to channels last.

    Args:
        with_data: whether what goes into them was turned, too.
    """
    screen = Screen(console)
    for file in result.files:
        for verdict in file.verdicts:
            if model and verdict.model != model:
                continue
            screen.line((file.path, "bold"), f":{verdict.line}: {verdict.model}: converted")
            rows: list[list[str | tuple[str, str]]] = []
            for tensor in verdict.shapes:
                form: DataFormat | None = DataFormat.CHANNELS_LAST
                role = role_of(tensor.name)
                if role is Role.RESHAPING:
                    form = None  # the order changes here
                elif role in (None, Role.INPUT) and not with_data:
                    form = DataFormat.CHANNELS_FIRST
                cell = _reading(tensor.channels_last, form, tensor.problem)
                rows.append([f"    {tensor.name}", str(tensor.line), cell])
            screen.table(["    tensor", "line", "shape"], rows)
            screen.line("")


def _most_rows(result: RunResult, verbose: bool) -> int:
    """How long a table of shapes may be that stands below a question: a check is short."""
    if verbose:
        return sys.maxsize
    return 0 if result.pending else _SHORT_TABLE


class _Findings:
    """Prints the findings of a run, with the shapes of the models that it asks about.

    Args:
        evidence: whether to give the evidence of each, once a file.
        most: tables of shapes with more rows than this are left to `kerasmig shapes`.
    """

    def __init__(self, screen: Screen, evidence: bool, most: int) -> None:
        self._screen = screen
        self._evidence = evidence
        self._most = most
        self._explained: dict[tuple[str, tuple[Evidence, ...]], str] = {}

    def print(self, file: FileResult, wanted: str) -> None:
        """Print the findings of a file that have this outcome."""
        for finding in in_order(file.findings):
            if outcome(finding) != wanted:
                continue
            self._finding(file.path, finding)
            asked = [v for v in file.verdicts if v.data_format is DataFormat.UNDECIDED]
            if finding.code == UNDECIDED and not finding.suppressed:
                for verdict in (v for v in asked if v.model == finding.name):
                    if len(verdict.shapes) <= self._most:
                        _print_readings(self._screen, verdict)

    def _finding(self, path: str, finding: Finding) -> None:
        here = place_in_file(finding)
        self._screen.line(
            (path, "bold"),
            f":{here}: ",
            (finding.code, "bold"),
            f" {finding.message} ",
            outcome_mark(finding),
        )
        if not finding.evidence or not self._evidence:
            return
        first = self._explained.setdefault((path, finding.evidence), here)
        if first != here:
            self._screen.line((f"because: as for {first}", "dim"), indent=4)
            return
        for evidence in finding.evidence:
            self._screen.line(("because: ", "dim"), _evidence(evidence), indent=4)


def _print_verdict(screen: Screen, path: str, verdict: Verdict, verbose: bool) -> None:
    undecided = verdict.data_format is DataFormat.UNDECIDED
    style = _VERDICT_STYLES.get(verdict.data_format, "bold")
    source = " (the author says so)" if verdict.explicit else ""
    source = " (set for the whole file)" if verdict.ambient and not source else source
    screen.line(
        (path, "bold"),
        f":{verdict.line}: {verdict.model}: data format ",
        (verdict.data_format.value, style),
        f", confidence {verdict.confidence:.2f}{source}",
    )
    for evidence in verdict.evidence:
        speaks = f" [for {evidence.favours.value}]" if evidence.favours else ""
        screen.line(("because: ", "dim"), _evidence(evidence), (speaks, "dim"), indent=4)
    if verdict.runs:
        screen.line(verdict.runs, indent=4)
    if verdict.shapes and (undecided or verbose):
        _print_readings(screen, verdict)
    if undecided:
        screen.line(
            "decide with --data-format=channels_first or --data-format=channels_last, or with the "
            "comment in the code: # kerasmig: data_format=channels_first",
            indent=4,
        )


def _print_readings(screen: Screen, verdict: Verdict) -> None:
    if not verdict.shapes:
        return
    first, last = DataFormat.CHANNELS_FIRST, DataFormat.CHANNELS_LAST
    rows: list[list[str | tuple[str, str]]] = []
    for tensor in verdict.shapes:
        readings = [(tensor.channels_first, first), (tensor.channels_last, last)]
        cells = [_reading(shape, form, tensor.problem) for shape, form in readings]
        rows.append([f"    {tensor.name}", str(tensor.line), *cells])
    screen.table(["    tensor", "line", f"as {first.value}", f"as {last.value}"], rows)


def _reading(shape: tuple[int | None, ...] | None, form: DataFormat | None, problem: str) -> str:
    if shape is None:
        return f"cannot be built: {problem}" if problem else "-"
    words = describe_axes(shape, form) if form is not None else ""
    return f"{format_shape(shape)} = {words}" if words else format_shape(shape)


def _evidence(evidence: Evidence) -> str:
    where = f"line {evidence.line}" if evidence.line else ""
    if evidence.path:
        where = f"{evidence.path}:{evidence.line}" if evidence.line else evidence.path
    return f"{evidence.sentence} ({where})" if where else evidence.sentence


def _print_summary(screen: Screen, run: RunResult, summary: RunSummary, statistics: bool) -> None:
    screen.line("")
    if statistics:
        for code in summary.codes:
            parts: list[str | tuple[str, str]] = []
            for word, style in OUTCOME_STYLES.items():
                if count := getattr(code, word):
                    parts += [", " if parts else "", (f"{count} {word}", style)]
            name = code_name(code.code)
            screen.line(f"{code.code} ", *parts, (f"  {name}" if name else "", "dim"))
        screen.line("")
    looked = plural(summary.files, "file")
    if summary.keras or summary.program:
        looked += f" ({plural(summary.keras, 'uses', 'use')} Keras"
        looked += f", {summary.program} more in their programs)" if summary.program else ")"
    files = [looked, f"{summary.changed} {summary.would}changed"]
    if summary.created:
        files.append(f"{summary.created} {summary.would}added ({', '.join(run.extra_files)})")
    if summary.failed:
        files.append(f"{summary.failed} not read")
    screen.line(("files   ", "dim"), ", ".join(files))
    _print_uses(screen, summary)
    verdicts = [f"{count} {form.value}" for form, count in summary.verdicts.items()]
    if verdicts:
        screen.line(("models  ", "dim"), ", ".join(verdicts), _either_sentence(run))
    if sentence := proof_sentence(summary):
        screen.line(("proof   ", "dim"), sentence)
    left = list(summary.left)
    # Only where nothing is rewritten: a comment would keep a change from being made.
    assumed = [f for f in all_findings(run) if outcome(f) == "assumed" and not f.settled]
    for place, one in enumerate(left):
        if "undecided data format" in one:
            left[place] += f": `kerasmig shapes {_first_asked(run)}` shows both readings"
    if assumed and not any(finding.edits for finding in assumed):
        place = next(i for i, one in enumerate(left) if "assumed change" in one)
        left[place] += ": change them, or accept each with `# kerasmig: ignore[CODE]` on its line"
    _print_left(screen, left)


def _first_asked(run: RunResult) -> str:
    """The first file in which a data format is asked for, as a shell takes it."""
    asked = (f.path for f in run.files for finding in f.findings if finding.code == UNDECIDED)
    return shlex.quote(next(asked, "FILE"))


def _either_sentence(run: RunResult) -> str:
    """What the models that handle both orderings run today, if it is the same for all."""
    both = [(file.path, v) for file in run.files for v in file.verdicts if v.runs]
    if not both:
        return ""
    path, first = both[0]
    if any(verdict.runs != first.runs for _, verdict in both):
        return ": with -v each says which ordering it runs today"
    others = f" and {len(both) - 1} more" if len(both) > 1 else ""
    return f": {path}:{first.line}: {first.model}{others}: {first.runs}"


def _print_uses(screen: Screen, summary: RunSummary) -> None:
    tally = summary.tally
    screen.line(
        ("uses    ", "dim"),
        f"{tally.found} found = {tally.kept} kept + {tally.automatic} rewritten"
        f" + {tally.assumed} assumed + {tally.manual} manual + {tally.suppressed} suppressed",
    )
    if not summary.adds_up:
        lost = tally.found - sum(tally.values()[1:])
        screen.line(
            (f"the sums differ by {lost}: some uses are unaccounted for; ", "bold red"),
            "this is a defect of kerasmig, please report it",
            indent=8,
        )


def _print_left(screen: Screen, left: Sequence[str]) -> None:
    if left:
        screen.line(("left    ", "dim"), ("; ".join(left), "bold"))
    else:
        screen.line(("left    ", "dim"), ("nothing", "green"))
