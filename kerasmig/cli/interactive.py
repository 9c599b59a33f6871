"""The interactive review: every change is shown with its evidence, and decided by a person.

Decisions are written into the code as comments (`kerasmig.cli.decisions`), the file is analysed again
with them, and what comes of that is what is written: the next run asks nothing twice.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from kerasmig.catalog.general import UNDECIDED
from kerasmig.cli.decisions import CannotComment, decide, reject, replace_lines, withdraw_pending
from kerasmig.finding import (
    Applicability,
    DataFormat,
    FileResult,
    Finding,
    RunResult,
    TensorShapes,
    Verdict,
)
from kerasmig.project.project import Project
from kerasmig.reading.program import PYTHON2
from kerasmig.report.diff import split_lines
from kerasmig.report.shapes import describe_axes, format_shape
from kerasmig.text.source import SourceError, Text

_HELP = """\
y - make this change
n - leave this place as it is, and remember that in a comment
e - write the new lines yourself in an editor
a - make this change and all others of this code
d - decide the data format of this model, and remember that in a comment
q - quit: what was accepted is written, the rest stays as it is
? - this help"""


_FORMAT_HELP = """\
f - the axis of channels comes before rows and columns (Theano's ordering)
l - the axis of channels comes last (TensorFlow's)
s - leave it open: a comment in the code keeps the question for the next run
q - quit: what was accepted is written, the rest stays as it is"""


_IMPORTS = "KM101"  # follow from the other changes


class _Quit(Exception):
    """The person wants no more questions."""


Ask = Callable[[str], str]
Edit = Callable[[str], "str | None"]


def ask_terminal(question: str) -> str:
    """One line of the person's answer; the end of input counts as quit."""
    click.echo(click.style(question, bold=True, fg="blue") + " ", nl=False)
    try:
        return input().strip()
    except EOFError:
        click.echo()
        return "q"


def edit_in_editor(text: str) -> str | None:
    """The text as the person changed it in their editor; ``None`` if they did not."""
    return click.edit(text, extension=".py", require_save=True)


@dataclass
class Review:
    """A walk through the changes of a project.

    Args:
        project: the files.
        ask: gives the answer to a question; ``edit``: lets the person change some lines.
    """

    project: Project
    ask: Ask = ask_terminal
    edit: Edit = edit_in_editor
    _all: set[str] = field(default_factory=set)

    def run(self, proposed: RunResult) -> RunResult:
        """Ask about every change that a run proposes; only what was accepted is in the result."""
        results: list[FileResult] = []
        quitting = False
        self.project.tell(proposed.files)
        for path, result in zip(self.project.files, proposed.files, strict=True):
            if quitting or result.error or not _asks(result):
                results.append(result if not result.changed else _untouched(result))
                continue
            try:
                results.append(self._file(path, result))
            except _Quit as quit_now:
                quitting = True
                (kept,) = quit_now.args
                results.append(kept)
        if not quitting:
            # An answer for one file may concern those that its program starts with.
            settled = zip(results, self.project.settle(results), proposed.files, strict=True)
            results = [
                result if offered.changed and not result.changed else told
                for result, told, offered in settled
            ]
        return self.project.collect(results)

    # -- one file ------------------------------------------------------------------------------

    def _file(self, path: Path, proposed: FileResult) -> FileResult:
        module = self.project.modules.module(path)
        if self.project.modules.parsed(module) is None or module.program is None:
            return proposed
        original = module.program
        accepted: set[tuple[str, int, int]] = set()
        click.echo()
        click.secho(proposed.path, bold=True)
        try:
            if original.modern is not None and not self._python3(proposed):
                declined = decide_python2(original.file_text)
                return _untouched(proposed)._replace(
                    old=original.file_text, new=declined, findings=()
                )
            for verdict in proposed.verdicts:
                if verdict.data_format is DataFormat.UNDECIDED:
                    self._settle(path, verdict.model)
            self._changes(path, accepted)
        except _Quit:
            raise _Quit(self._partly(path, accepted, proposed)) from None
        return self.project.finished(path, self.project.program_result(path))

    def _partly(
        self, path: Path, accepted: set[tuple[str, int, int]], proposed: FileResult
    ) -> FileResult:
        """The file with what was accepted before the person quit."""
        module = self.project.modules.module(path)
        assert module.program is not None
        if module.program.modern is not None and PYTHON2 not in self._all:
            return _untouched(proposed)
        while True:
            result = self.project.program_result(path)
            open_ = next(self._open(result, accepted), None)
            if open_ is None:
                break
            try:
                self.project.modules.replace_program(path, reject(module.text, open_, pending=True))
            except CannotComment:
                accepted.add(_place(open_))
        result = self.project.finished(path, result)
        return result._replace(new=withdraw_pending(result.new))

    def _python3(self, proposed: FileResult) -> bool:
        """Whether a Python 2 file may become Python 3."""
        note = next((f for f in proposed.findings if f.code == PYTHON2), None)
        if note is None or PYTHON2 in self._all:
            return True
        click.secho(f"{note.code} {note.message}", fg="yellow")
        while True:
            answer = self.ask("Bring this file to Python 3 and go on [y,n,a,q]?")
            if answer in ("y", "a"):
                self._all |= {PYTHON2}
                return True
            if answer == "n":
                return False
            if answer == "q":
                raise _Quit

    def _changes(self, path: Path, accepted: set[tuple[str, int, int]]) -> None:
        """Ask about one change after another until none is open."""
        asked = 0
        while True:
            result = self.project.program_result(path)
            if result.error:
                click.secho(f"  {result.error}", fg="red")
                return
            left = list(self._open(result, accepted))
            if not left:
                return
            asked += 1
            count = f"({asked}/{asked + len(left) - 1})"
            self._one(path, result, left[0], accepted, count)

    def _open(self, result: FileResult, accepted: set[tuple[str, int, int]]) -> Iterator[Finding]:
        for finding in result.findings:
            decided = finding.code in self._all or _place(finding) in accepted
            if (
                finding.edits
                and not finding.suppressed
                and finding.code != _IMPORTS
                and not _is_question(finding)
                and not decided
            ):
                yield finding

    def _one(
        self,
        path: Path,
        result: FileResult,
        finding: Finding,
        accepted: set[tuple[str, int, int]],
        count: str,
    ) -> None:
        module = self.project.modules.module(path)
        verdict = _verdict_at(result, finding)
        show_finding(module.text, finding, verdict)
        while True:
            answer = self.ask(f"{count} Make this change [y,n,e,a,d,q,?]?")
            if answer == "y":
                accepted.add(_place(finding))
            elif answer == "a":
                self._all.add(finding.code)
            elif answer == "n":
                try:
                    self.project.modules.replace_program(path, reject(module.text, finding))
                except CannotComment as error:
                    click.secho(f"  {error}; add its code to `ignore` in pyproject.toml", fg="red")
                    continue
            elif answer == "e":
                if not self._edited(path, finding, accepted):
                    continue
            elif answer == "d":
                if verdict is None:
                    click.echo("  no model with a data format stands here")
                    continue
                self._settle(path, verdict.model)
            elif answer == "q":
                raise _Quit
            else:
                click.echo(_HELP)
                continue
            return

    def _edited(self, path: Path, finding: Finding, accepted: set[tuple[str, int, int]]) -> bool:
        """Let the person write the lines of a finding; whether they did."""
        text = self.project.modules.module(path).text
        source = Text(text)
        changed = Text(source.apply(finding.edits))
        first, last = finding.line, max(finding.end_line, finding.line)
        grown = changed.line_of(len(changed.utf8)) - source.line_of(len(source.utf8))
        span = (changed.line_span(first).start, changed.line_span(last + grown).end)
        new = self.edit(changed.utf8[span[0] : span[1]].decode())
        if new is None:
            click.echo("  not changed")
            return False
        try:
            self.project.modules.replace_program(path, replace_lines(text, first, last, new))
        except SourceError as error:
            click.secho(f"  what you wrote {error}", fg="red")
            return False
        shift = new.count("\n") - (last - first + 1)
        moved = {(c, n + shift if n > last else n, k) for c, n, k in accepted}
        accepted.clear()
        accepted |= moved
        return True

    # -- data formats ----------------------------------------------------------------------------

    def _settle(self, path: Path, model: str) -> None:
        """Ask for the data format of a model, and write the answer into the code."""
        result = self.project.program_result(path)
        verdict = next((v for v in result.verdicts if v.model == model), None)
        if verdict is None:
            return
        show_verdict(verdict)
        while True:
            answer = self.ask("Channels [f]irst, channels [l]ast, or [s]kip [f,l,s,q]?")
            if answer == "q":
                raise _Quit
            if answer == "s":
                return
            if answer in ("f", "l"):
                break
            click.echo(_FORMAT_HELP)
        chosen = DataFormat.CHANNELS_FIRST if answer == "f" else DataFormat.CHANNELS_LAST
        text = self.project.modules.module(path).text
        for line in (*verdict.asked, *_where_asked(result, model), verdict.line, 0):
            self.project.modules.replace_program(path, decide(text, line, chosen))
            after = self.project.program_result(path).verdicts
            if any(v.model == model and v.data_format is chosen for v in after):
                return
        click.secho("  the comment at the top of the file does not reach this model", fg="red")


def decide_python2(text: str) -> str:
    """The text of a Python 2 file with the decision that it stays so."""
    newline = Text(text).newline
    lines = text.split(newline)
    at = 1 if lines[0].startswith("#!") else 0
    at += 1 if len(lines) > at and "coding" in lines[at] and lines[at].startswith("#") else 0
    return newline.join([*lines[:at], f"# kerasmig: ignore[{PYTHON2}]", *lines[at:]])


def _asks(result: FileResult) -> bool:
    undecided = any(v.data_format is DataFormat.UNDECIDED for v in result.verdicts)
    return undecided or any(f.edits and not f.suppressed for f in result.findings)


def _untouched(result: FileResult) -> FileResult:
    return result._replace(new=result.old, source_old="", source_new="", compat=())


def _is_question(finding: Finding) -> bool:
    """Whether a finding asks for a data format: that is settled by itself (`Review._settle`)."""
    return finding.code == UNDECIDED and finding.applicability is Applicability.MANUAL


def _where_asked(result: FileResult, model: str) -> list[int]:
    return [f.end_line for f in result.findings if _is_question(f) and f.name == model]


def _place(finding: Finding) -> tuple[str, int, int]:
    return (finding.code, finding.line, finding.column)


def _verdict_at(result: FileResult, finding: Finding) -> Verdict | None:
    """The verdict of the model that a finding stands in."""
    lines = range(finding.line, max(finding.end_line, finding.line) + 1)
    for verdict in result.verdicts:
        if any(tensor.line in lines for tensor in verdict.shapes):
            return verdict
    before = [verdict for verdict in result.verdicts if verdict.line <= finding.line]
    return max(before, key=lambda verdict: verdict.line, default=None)


# -- what is shown -------------------------------------------------------------------------------


def show_finding(text: str, finding: Finding, verdict: Verdict | None) -> None:
    """Print a change with its evidence and what it means for shapes."""
    click.echo()
    click.secho(f"line {finding.line}: {finding.code} {finding.message}", fg="yellow")
    click.echo(f"  {finding.applicability.value}")
    for evidence in finding.evidence:
        where = f" (line {evidence.line})" if evidence.line else ""
        click.echo(f"  because: {evidence.sentence}{where}")
    if verdict is not None:
        share = f"{verdict.data_format.value}, confidence {verdict.confidence:.2f}"
        click.echo(f"  {verdict.model}: {share}")
        lines = range(finding.line, max(finding.end_line, finding.line) + 1)
        for tensor in verdict.shapes:
            if tensor.line in lines:
                _show_tensor(tensor)
    old, new = split_lines(text), split_lines(Text(text).apply(finding.edits))
    for line in list(difflib.unified_diff(old, new, n=2))[2:]:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.secho(line.rstrip("\r\n"), fg=colour)


def show_verdict(verdict: Verdict) -> None:
    """Print what is known of a model's data format, and its shapes under both readings."""
    click.echo()
    click.secho(f"line {verdict.line}: {verdict.model}: {verdict.data_format.value}", fg="yellow")
    for evidence in verdict.evidence:
        favours = f" [for {evidence.favours.value}]" if evidence.favours else ""
        click.echo(f"  because: {evidence.sentence}{favours}")
    for tensor in verdict.shapes:
        _show_tensor(tensor)


def _show_tensor(tensor: TensorShapes) -> None:
    for shape, form in (
        (tensor.channels_first, DataFormat.CHANNELS_FIRST),
        (tensor.channels_last, DataFormat.CHANNELS_LAST),
    ):
        if shape is None:
            shown = f"cannot be built{': ' + tensor.problem if tensor.problem else ''}"
        else:
            words = describe_axes(shape, form)
            shown = f"{format_shape(shape)} = {words}" if words else format_shape(shape)
        click.echo(f"  {tensor.name} as {form.value}: {shown}")
