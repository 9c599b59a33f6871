"""`kerasmig start`: the guided way from a clone of 2016 to training on Keras 3."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerasmig.cli.exits import FINDINGS, OK, UNREADABLE, fail
from kerasmig.cli.old_weights import as_shown, old_weights
from kerasmig.cli.printing import say, say_all
from kerasmig.cli.work import analyse, configure, review, run_verification, write_files

if TYPE_CHECKING:
    from kerasmig.finding import RunResult
    from kerasmig.oldfiles.waiting import Waiting
    from kerasmig.project.config import Config
    from kerasmig.project.plan import Look, Step, Todo
    from kerasmig.project.project import Project

_MARKS = {"done": "✓", "open": "•", "yours": "→"}
_MOST = 12
_QUESTIONS = {
    "upgrade": "Rewrite the files now",
    "decide": "Decide now",
    "requirements": "Write today's versions now",
    "files": "Convert them now, beside the old ones",
    "proof": "Run old and new models now (this can take minutes)",
}


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True), default=".")
@click.option(
    "--plan", "plan_only", is_flag=True, help="Say the plan and what is left; do nothing."
)
@click.option("--yes", is_flag=True, help="Do every step that needs no decision, without asking.")
@click.option("--prove", is_flag=True, help="Only compare the code with what it was before.")
def start(path: Path, plan_only: bool, yes: bool, prove: bool) -> None:
    """Lead through the migration of PATH (default: the current folder), step by step.

    Looks, says the plan, and asks before each step: upgrade, decisions, requirements, old files,
    proof. Stop at any question with `q`; the next `kerasmig start` goes on there. Without a
    terminal, or with --plan, it only reports. Ends with what is left, in order.

    Exit codes: 0 nothing left; 1 something is left; 3 a file could not be read.
    """
    if plan_only + yes + prove > 1:
        fail("--plan, --yes and --prove do not go together: give one of them")
    guide = Guide(path, configure({}, (path,)))
    if prove:
        raise SystemExit(guide.prove())
    guide.say_plan()
    asks = sys.stdin.isatty() and sys.stdout.isatty()
    if not plan_only and (yes or asks):
        guide.walk((lambda question: "y") if yes else _ask, decisions=asks and not yes)
    raise SystemExit(guide.say_left())


def _ask(question: str) -> str:
    from kerasmig.cli.interactive import ask_terminal

    return ask_terminal(question)


class _Stop(Exception):
    """The person wants to stop here."""


@dataclass
class Guide:
    """Goes through the steps with somebody."""

    path: Path
    config: Config
    _project: Project | None = None
    _run: RunResult | None = None
    _look: Look | None = None
    _waiting: list[Waiting] = field(default_factory=list)
    _proven: int | None = field(default=None)

    # -- looking -----------------------------------------------------------------------------------

    @property
    def look(self) -> Look:
        """What there is now; read anew after each step."""
        if self._look is None:
            from kerasmig.disk.backups import runs_at
            from kerasmig.project.plan import look_at
            from kerasmig.project.surroundings import other_files

            self._project, self._run = analyse((self.path,), self.config)
            around = other_files(self.path, self.config.selection)
            own = Path("~/.keras/keras.json").expanduser()  # Keras 3 reads it, and may not start
            around = [*around, own] if own.is_file() else around
            runs = runs_at(self.path)
            self._waiting = old_weights(around, runs, self._run)
            self._look = look_at(
                self.path,
                str(self.path),
                self._project,
                self._run,
                around,
                [as_shown(one) for one in self._waiting],
                migrated=bool(runs),
                installed=_keras3_installed(),
            )
        return self._look

    def _steps(self) -> tuple[Step, ...]:
        from kerasmig.project.plan import steps

        return steps(self.look)

    # -- saying ------------------------------------------------------------------------------------

    def say_plan(self) -> None:
        """What there is and the steps, in about ten lines."""
        from kerasmig.project.plan import era_sentence, format_sentence

        say(era_sentence(self.look), bold=True)
        say(format_sentence(self.look))
        for number, step in enumerate(self._steps(), 1):
            say(f"{_MARKS[step.state.value]} {number}. {step.title}: {step.said}", fg=_colour(step))

    def say_left(self) -> int:
        """What is left, in order, with the command or the line of each; the exit code."""
        steps = self._steps()
        left = [(number, step) for number, step in enumerate(steps, 1) if self._is_left(step)]
        click.echo()
        if not left:
            click.secho("Nothing is left.", fg="green")
            return OK
        click.secho("What is left, in order:", bold=True)
        for number, step in left:
            click.echo(f"{number}. {step.title}")
            for todo in step.left[:_MOST]:
                _say_todo(todo)
            if more := len(step.left) - _MOST:
                if more > 0:
                    click.echo(f"   - {more} more: kerasmig check {self.look.path}")
        if self.look.unreadable:
            return UNREADABLE
        return FINDINGS if self._proven or any(s.state.value == "open" for s in steps) else OK

    def _is_left(self, step: Step) -> bool:
        if step.key == "proof" and self._proven == OK:
            return False
        return step.state.value != "done"

    # -- doing -------------------------------------------------------------------------------------

    def walk(self, ask: Callable[[str], str], *, decisions: bool) -> None:
        """Do the steps that can be done here, each after its question.

        Args:
            decisions: somebody is there to answer; otherwise they are left.
        """
        actions = {
            "upgrade": self._upgrade,
            "decide": self._decide,
            "requirements": self._requirements,
            "files": self._convert,
            "proof": self.prove,
        }
        for index in range(len(self._steps())):
            step = self._steps()[index]
            action = actions.get(step.key)
            if step.state.value == "done" or action is None:
                continue
            if step.key == "decide" and not decisions:
                continue
            click.echo()
            say(f"{index + 1}. {step.title}: {step.said}", bold=True)
            if step.key == "proof" and not (self._decided() and self._can_prove()):
                continue
            try:
                if self._agreed(step, ask):
                    action()
            except _Stop:
                click.echo("stopped; `kerasmig start` goes on here")
                return

    def _agreed(self, step: Step, ask: Callable[[str], str]) -> bool:
        while True:
            see = ",d" if step.key == "upgrade" else ""
            answer = ask(f"{_QUESTIONS[step.key]} [y,n{see},q]?")
            if answer in ("y", "n"):
                return answer == "y"
            if answer == "q":
                raise _Stop
            if answer == "d" and see:
                self._show_diff()
                continue
            click.echo(
                "y - do it; n - go on without it" + ("; d - show the changes" if see else "")
            )
            click.echo("q - stop here: what was done stays, and the next start goes on")

    def _show_diff(self) -> None:
        from kerasmig.cli.printing import make_console
        from kerasmig.report.terminal import print_diff

        assert self._run is not None
        print_diff(self._run, make_console())

    def _write(self, project: Project, run: RunResult) -> None:
        for line in write_files(project, run, self.config, no_backup=False):
            click.echo(f"kerasmig: {line}", err=True)
        self._look = None

    def _upgrade(self) -> None:
        assert self._project is not None and self._run is not None
        self._write(self._project, self._run)

    def _decide(self) -> None:
        assert self._project is not None and self._run is not None
        self._write(self._project, review(self._project, self._run))

    def _requirements(self) -> None:
        from kerasmig.finding import RunResult
        from kerasmig.project.plan import pinned

        assert self._project is not None and self._run is not None
        results = pinned(self._project, self._run, self.path, update=True)
        own = self._run.files[: len(self._project.files)]
        kept = tuple(file._replace(new=file.old, compat=()) for file in own)
        self._write(self._project, RunResult((*kept, *results)))

    def _convert(self) -> None:
        from kerasmig.cli.convert import told
        from kerasmig.oldfiles.converting import Converter

        waiting = [one for one in self._waiting if not one.converted]
        files = [one.path for one in waiting]
        with ExitStack() as open_converters:
            converters: dict[str, Converter] = {}  # one for all files that are read the same way
            for one in waiting:
                if one.options not in converters:
                    made = Converter(replace(one.settings, dry_run=False, verify=True), files)
                    converters[one.options] = open_converters.enter_context(made)
                say_all(told(converters[one.options].convert(one.path)))
        self._look = None

    def _decided(self) -> bool:
        if self.look.undecided:
            say("decide the data formats first: what is not decided may differ for that alone")
        return not self.look.undecided

    def _can_prove(self) -> bool:
        if self.look.migrated and not self.look.changes:
            return True
        say("no upgrade of this folder is on record: see what is left")
        return False

    def prove(self) -> int:
        """Compare the code with what it was before the first upgrade on record."""
        from kerasmig.cli.printing import print_verify_report

        if not self._can_prove():
            return FINDINGS
        # Whole programs would be compared with what Keras 1 does on TensorFlow today, which is not
        # what the author had where the weights are Theano's.
        level = self.config.verify.get("level", "outputs")
        report = run_verification(self._verification, self.config, level)
        print_verify_report(report, "text", False)
        self._proven = report.exit_code
        return self._proven

    def _verification(self, settings: object, progress: object) -> object:
        from kerasmig.old_and_new import tree_before, verify_pair
        from kerasmig.project.project import Project

        with tree_before(self.path) as old:
            return verify_pair(
                old,
                self.path,
                settings,  # type: ignore[arg-type]
                progress,  # type: ignore[arg-type]
                lambda files: Project(files, self.config.upgrade),
            )


def _say_todo(todo: Todo) -> None:
    say(f"   - {todo.what}")
    if todo.command:
        click.echo(f"     $ {todo.command}")
    if todo.write:
        click.echo(f"     write: {todo.write}")


def _colour(step: Step) -> str:
    return {"done": "green", "open": "yellow", "yours": "cyan"}[step.state.value]


def _keras3_installed() -> bool:
    """Whether Keras 3 and TensorFlow are there, without importing them."""
    from importlib.metadata import PackageNotFoundError, version
    from importlib.util import find_spec

    try:
        return int(version("keras").partition(".")[0]) >= 3 and find_spec("tensorflow") is not None
    except (PackageNotFoundError, ValueError):
        return False
