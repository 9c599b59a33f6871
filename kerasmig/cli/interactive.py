"""The interactive review: every change is shown with its evidence, and decided by a person.

Decisions are written into the code as comments (`kerasmig.cli.decisions`), the file is analysed again
with them, and what comes of that is what is written: the next run asks nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from kerasmig.cli.decisions import CannotComment, decide, reject, replace_lines, withdraw_pending
from kerasmig.cli.review_state import (
    IMPORTS,
    FileState,
    Moment,
    Moved,
    Place,
    Quit,
    Skip,
    asks,
    changes_of,
    decide_python2,
    place_of,
    untouched,
    verdict_at,
    where_asked,
)
from kerasmig.cli.review_text import CHANGE_HELP, FORMAT_HELP, show_finding, show_verdict
from kerasmig.finding import (
    DataFormat,
    FileResult,
    Finding,
    RunResult,
)
from kerasmig.project.project import Project
from kerasmig.reading.program import PYTHON2
from kerasmig.report.summary import plural
from kerasmig.text.source import SourceError, Text

_PYTHON2_QUESTION = "Bring this file to Python 3 and go on [y,n,a,s,b,q]?"
_CHANGE_QUESTION = "Make this change [y,n,e,a,f,s,b,/,d,q,?]?"
_FORMAT_QUESTION = "Channels [f]irst, channels [l]ast, or [s]kip [f,l,s,b,q]?"


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
    _codes: frozenset[str] = frozenset()  # those that all changes of are accepted
    _states: dict[Path, FileState] = field(default_factory=dict)
    _history: list[Moment] = field(default_factory=list)
    _waiting: list[Path] = field(default_factory=list)
    _proposed: dict[Path, FileResult] = field(default_factory=dict)
    _first: Place | None = None  # the change that a search has found

    def run(self, proposed: RunResult) -> RunResult:
        """Ask about every change that a run proposes; only what was accepted is in the result."""
        self.project.tell(proposed.files)
        self._proposed = dict(zip(self.project.files, proposed.files, strict=True))
        self._waiting = [
            path
            for path, result in self._proposed.items()
            if not result.error and asks(result) and self._can_read(path)
        ]
        left: set[Path] = set()
        while self._waiting:
            path = self._waiting[0]
            left.discard(path)
            try:
                self._file(path)
            except Quit:
                left.update(self._waiting)
                break
            except Skip:
                left.add(path)
            except Moved:
                continue
            self._waiting.remove(path)
        results = [self._result(path, path in left) for path in self._proposed]
        if not left:
            # An answer for one file may concern those that its program starts with.
            settled = zip(results, self.project.settle(results), proposed.files, strict=True)
            results = [
                result if offered.changed and not result.changed else told
                for result, told, offered in settled
            ]
        self._say_sums(len(left))
        return self.project.collect(results)

    def _can_read(self, path: Path) -> bool:
        module = self.project.modules.module(path)
        return self.project.modules.parsed(module) is not None and module.program is not None

    def _result(self, path: Path, is_left: bool) -> FileResult:
        """What comes of a file, after all answers."""
        proposed, state = self._proposed[path], self._states.get(path)
        if proposed.error or not asks(proposed) or not self._can_read(path):
            return untouched(proposed) if proposed.changed else proposed
        if state is None or (is_left and not state.touched):
            return untouched(proposed)
        if state.declined:
            program = self.project.modules.module(path).program
            assert program is not None
            declined = decide_python2(program.file_text)
            return untouched(proposed)._replace(old=program.file_text, new=declined, findings=())
        if (is_left and not state.whole) or state.imports_stay:
            return self._partly(path, proposed)
        return self.project.finished(path, self.project.program_result(path))

    def _say_sums(self, left: int) -> None:
        if not self._states:
            return
        states = self._states.values()
        accepted = sum(len(state.accepted) + state.edited for state in states)
        files = sum(bool(state.accepted or state.edited) for state in states)
        said = [f"accepted {plural(accepted, 'change')} in {plural(files, 'file')}"]
        if rejected := sum(state.rejected for state in states):
            said.append(f"left {plural(rejected, 'place')} as it was")
        if decided := sum(state.decided for state in states):
            said.append(f"decided {plural(decided, 'data format')}")
        if left:
            said.append(f"{plural(left, 'file')} not gone through: the next run asks")
        click.echo()
        click.secho("; ".join(said), bold=True)

    # -- one file ------------------------------------------------------------------------------

    def _file(self, path: Path) -> None:
        program = self.project.modules.module(path).program
        assert program is not None
        state = self._states.setdefault(path, FileState())
        click.echo()
        click.secho(self._proposed[path].path, bold=True)
        if program.modern is not None and not state.modern and not self._python3(path):
            return
        for verdict in self._proposed[path].verdicts:
            known = self._states[path].open_formats
            if verdict.data_format is DataFormat.UNDECIDED and verdict.model not in known:
                self._settle(path, verdict.model)
        self._changes(path)

    def _partly(self, path: Path, proposed: FileResult) -> FileResult:
        """The file with what was accepted before the person went on."""
        module = self.project.modules.module(path)
        assert module.program is not None
        if module.program.modern is not None and not self._states[path].modern:
            return untouched(proposed)
        if not self._states[path].changes:  # then imports have nothing to follow from
            result = self.project.program_result(path)._replace(new=module.text, compat=())
            return self.project.finished(path, result)
        cannot: set[Place] = set()
        while True:
            result = self.project.program_result(path)
            left = (f for f in self._open(path, result) if f.code != IMPORTS)
            open_ = next((f for f in left if place_of(f) not in cannot), None)
            if open_ is None:
                break
            try:
                self.project.modules.replace_program(path, reject(module.text, open_, pending=True))
            except CannotComment:
                cannot.add(place_of(open_))
        result = self.project.finished(path, result)
        return result._replace(new=withdraw_pending(result.new))

    def _asked(self, path: Path, question: str) -> str:
        """An answer; the ways to leave a question are gone at once."""
        moment = Moment(
            path, self.project.modules.module(path).text, self._states[path], self._codes
        )
        answer = self.ask(question)
        if answer == "q":
            raise Quit
        if answer == "b":
            self._back()
        self._history.append(moment)
        return answer

    def _back(self) -> None:
        if not self._history:
            click.echo("  this is the first question")
            raise Moved
        before = self._history.pop()
        self.project.modules.replace_program(before.path, before.text)
        self._states[before.path], self._codes = before.state, before.codes
        if before.path in self._waiting:
            self._waiting.remove(before.path)
        self._waiting.insert(0, before.path)
        raise Moved

    def _no_answer(self) -> None:
        """Forget a moment: what was typed was no answer to the question."""
        self._history.pop()

    def _note(self, path: Path, **changes: Any) -> None:
        self._states[path] = replace(self._states[path], **changes)

    def _python3(self, path: Path) -> bool:
        """Whether a Python 2 file may become Python 3."""
        findings = self._proposed[path].findings
        note = next((f for f in findings if f.code == PYTHON2), None)
        if note is None or PYTHON2 in self._codes:
            self._note(path, modern=True)
            return True
        click.secho(f"{note.code} {note.message}", fg="yellow")
        while True:
            answer = self._asked(path, _PYTHON2_QUESTION)
            if answer in ("y", "a"):
                if answer == "a":
                    self._codes |= {PYTHON2}
                self._note(path, modern=True)
                return True
            if answer == "n":
                self._note(path, declined=True)
                return False
            if answer == "s":
                raise Skip
            self._no_answer()

    def _changes(self, path: Path) -> None:
        """Ask about one change after another until none is open."""
        while True:
            result = self.project.program_result(path)
            if result.error:
                click.secho(f"  {result.error}", fg="red")
                return
            left = list(self._open(path, result))
            accepted = {place_of(f) for f in changes_of(result) if f not in left}
            self._note(path, accepted=self._states[path].accepted | accepted)
            if not left or self._states[path].imports_stay:
                return
            chosen = next((f for f in left if place_of(f) == self._first), left[0])
            self._first = None
            self._one(path, result, chosen, len(left))

    def _open(self, path: Path, result: FileResult) -> Iterator[Finding]:
        state = self._states[path]
        for finding in changes_of(result):
            decided = (
                state.whole or finding.code in self._codes or place_of(finding) in state.accepted
            )
            if not decided:
                yield finding

    def _one(self, path: Path, result: FileResult, finding: Finding, left: int) -> None:
        module = self.project.modules.module(path)
        verdict = verdict_at(result, finding)
        show_finding(module.text, finding, verdict)
        asked = self._states[path].asked + 1
        while True:
            answer = self._asked(path, f"({asked}/{asked + left - 1}) {_CHANGE_QUESTION}")
            state = self._states[path]
            if answer == "y":
                self._note(path, accepted=state.accepted | {place_of(finding)}, asked=asked)
                return
            if answer == "a":
                self._codes |= {finding.code}
                self._note(path, asked=asked)
                return
            if answer == "f":
                self._note(path, whole=True, asked=asked)
                return
            if answer == "n" and finding.code == IMPORTS:
                self._note(path, imports_stay=True, rejected=state.rejected + 1, asked=asked)
                return
            if answer == "n" and self._reject(path, finding):
                self._note(path, rejected=state.rejected + 1, asked=asked)
                return
            if answer == "e" and self._edited(path, finding):
                self._note(path, asked=asked)
                return
            if answer == "s":
                raise Skip
            self._no_answer()
            if answer.startswith("/"):
                self._search(path, finding, answer[1:].strip())
            elif answer == "d" and verdict is not None:
                self._settle(path, verdict.model)
                return
            elif answer == "d":
                click.echo("  no model with a data format stands here")
            elif answer not in ("n", "e"):
                click.echo(CHANGE_HELP)

    def _reject(self, path: Path, finding: Finding) -> bool:
        """Write the comment that keeps a place as it is; whether there is room for one."""
        try:
            self.project.modules.replace_program(
                path, reject(self.project.modules.module(path).text, finding)
            )
        except CannotComment as error:
            click.secho(f"  {error}; add its code to `ignore` in pyproject.toml", fg="red")
            return False
        return True

    def _search(self, path: Path, current: Finding, words: str) -> None:
        """Go to the next open change with these words; say so if there is none."""
        wanted = words.lower()
        here = self._waiting.index(path)
        for other in [*self._waiting[here:], *self._waiting[:here]]:
            if other == path:
                result, text = (
                    self.project.program_result(path),
                    self.project.modules.module(path).text,
                )
                found = list(self._open(path, result))
                later = [
                    f for f in found if place_of(f) > place_of(current) or f.line > current.line
                ]
                found = [*later, *(f for f in found if f not in later and f != current)]
            else:
                result, text = self._proposed[other], self.project.modules.module(other).text
                self._states.setdefault(other, FileState())
                found = list(self._open(other, result))
            lines = text.split("\n")
            for finding in found:
                code = " ".join(lines[finding.line - 1 : max(finding.end_line, finding.line)])
                if wanted in f"{finding.code} {finding.message} {code} {result.path}".lower():
                    self._first = place_of(finding)
                    self._waiting.remove(other)
                    self._waiting.insert(0, other)
                    raise Moved
        click.echo(f"  no open change with {words!r}")

    def _edited(self, path: Path, finding: Finding) -> bool:
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
        self._shift(path, last, new.count("\n") - (last - first + 1))
        self._note(path, edited=self._states[path].edited + 1)
        return True

    def _shift(self, path: Path, behind: int, lines: int) -> None:
        """Move what was accepted behind a line, after lines were added there or taken away."""
        accepted = self._states[path].accepted
        moved = frozenset((c, n + lines if n > behind else n, k) for c, n, k in accepted)
        self._note(path, accepted=moved)

    # -- data formats ----------------------------------------------------------------------------

    def _settle(self, path: Path, model: str) -> None:
        """Ask for the data format of a model, and write the answer into the code."""
        result = self.project.program_result(path)
        verdict = next((v for v in result.verdicts if v.model == model), None)
        if verdict is None:
            return
        show_verdict(verdict)
        while True:
            answer = self._asked(path, _FORMAT_QUESTION)
            if answer in ("f", "l", "s"):
                break
            self._no_answer()
            click.echo(FORMAT_HELP)
        state = self._states[path]
        if answer == "s":
            self._note(path, open_formats=state.open_formats | {model})
            return
        chosen = DataFormat.CHANNELS_FIRST if answer == "f" else DataFormat.CHANNELS_LAST
        text = self.project.modules.module(path).text
        for line in (*verdict.asked, *where_asked(result, model), verdict.line, 0):
            changed = decide(text, line, chosen)
            self.project.modules.replace_program(path, changed)
            after = self.project.program_result(path).verdicts
            if any(v.model == model and v.data_format is chosen for v in after):
                self._shift(path, 0, changed.count("\n") - text.count("\n"))
                self._note(path, decided=state.decided + 1)
                return
        self._note(path, open_formats=state.open_formats | {model})
        click.secho("  the comment at the top of the file does not reach this model", fg="red")
