"""The way of a project from Keras 1 to training on Keras 3: what there is, and the steps.

All of it is read from the files, so a way that was left can be taken up anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from kerasmig.catalog.general import UNDECIDED
from kerasmig.disk.find import shown_path
from kerasmig.finding import Applicability, DataFormat, FileResult, Finding, RunResult, Verdict
from kerasmig.project.project import Project
from kerasmig.project.requirements import requirement_files, upgrade_requirements
from kerasmig.project.surroundings import (
    Line,
    commands_told,
    hdf5_files,
    settings_of_keras1,
)

NOTEBOOK_SUFFIX = ".ipynb"


class State(str, Enum):
    """How a step stands.

    ``YOURS``: only the person can know whether it is done, such as a training run.
    """

    DONE = "done"
    OPEN = "open"
    YOURS = "yours"


@dataclass(frozen=True)
class Todo:
    """One thing that is left.

    Args:
        what: a sentence.
        command: what to run; ``write``: the line to write, if it is nothing to run.
    """

    what: str
    command: str = ""
    write: str = ""


@dataclass(frozen=True)
class Step:
    """A step of the way.

    Args:
        key: what the program calls it; ``title``: what a person reads.
        said: what there is to do, or that it is done; one line.
        left: what is left of it, in order.
    """

    key: str
    title: str
    said: str
    state: State
    left: tuple[Todo, ...] = ()


@dataclass(frozen=True)
class OldWeights:
    """A file that Keras 1 wrote, or a question about one.

    Args:
        path: as shown; ``kind``: ``weights`` or ``model``.
        target: what it is converted to; ``converted``: whether that is there.
        asks: what has to be said before it can be converted.
        options: how it is converted, as the command line takes it; ``because``: what says so.
        guess: the likelier answer to what only the person knows.
    """

    path: str
    kind: str
    target: str = ""
    converted: bool = False
    asks: str = ""
    options: str = ""
    because: str = ""
    guess: str = ""

    @property
    def as_it_is(self) -> bool:
        """Whether the upgraded code reads it right without being told anything."""
        return self.kind == "weights" and not self.because and not self.guess

    @property
    def command(self) -> str:
        """What converts it; a comment says where another answer may be the right one."""
        command = f"kerasmig convert {quoted(self.path)} {self.options}".rstrip()
        if self.guess:
            command += f" {self.guess}   # or --backend tensorflow, if it was trained there"
        return command


@dataclass(frozen=True)
class Look:
    """What a project holds.

    Args:
        path: as the person typed it.
        run: what an upgrade would do now; ``files``: the results of the code's own files.
        pins: requirement files that hold the project to Keras 1, as they are written anew.
        settings: lines that choose what is gone.
        commands: how the programs are started.
        weights: files that Keras 1 wrote.
        in_git: whether the folder is in a git repository; ``migrated``: whether a run of ours is
            on record that could be taken back.
        installed: whether Keras 3 is installed where this runs.
    """

    path: str
    run: RunResult
    files: tuple[FileResult, ...]
    pins: tuple[FileResult, ...] = ()
    requirements: tuple[str, ...] = ()
    settings: tuple[Line, ...] = ()
    commands: tuple[str, ...] = ()
    weights: tuple[OldWeights, ...] = ()
    python2: int = 0
    in_git: bool = False
    migrated: bool = False
    installed: bool = False
    unreadable: tuple[FileResult, ...] = ()
    entries: tuple[str, ...] = field(default=())

    @property
    def keras(self) -> list[FileResult]:
        """The files whose code belongs to Keras programs."""
        return [file for file in self.files if file.role]

    @property
    def notebooks(self) -> int:
        """How many of them are notebooks."""
        return sum(file.path.endswith(NOTEBOOK_SUFFIX) for file in self.keras)

    @property
    def changes(self) -> list[FileResult]:
        """The files that an upgrade would rewrite now."""
        return [file for file in self.files if file.changed]

    def findings(self, wanted: Applicability) -> Iterator[tuple[FileResult, Finding]]:
        """Findings of one applicability, without the questions for data formats."""
        for file in self.files:
            for finding in file.findings:
                if finding.suppressed or finding.applicability is not wanted:
                    continue
                if finding.code != UNDECIDED:
                    yield file, finding

    @property
    def undecided(self) -> list[tuple[FileResult, Verdict]]:
        """The models whose data format nothing tells."""
        return [
            (file, verdict)
            for file in self.files
            for verdict in file.verdicts
            if verdict.data_format is DataFormat.UNDECIDED
            and any(f.code == UNDECIDED and not f.suppressed for f in file.findings)
        ]


def look_at(
    path: Path,
    shown: str,
    project: Project,
    run: RunResult,
    around: Sequence[Path],
    weights: Sequence[OldWeights],
    *,
    migrated: bool,
    installed: bool,
) -> Look:
    """Look at a project.

    Args:
        run: what an upgrade of its files would do.
        around: all files that its folder holds.
        weights: what is known of its old files; see `candidates`.
    """
    files = run.files[: len(project.files)]
    users = [p for p, result in zip(project.files, files, strict=True) if result.role]
    wanted = requirement_files(users, [path])
    entries = [
        file.path
        for file in files
        if file.role and (file.notes.runs or file.path.endswith(NOTEBOOK_SUFFIX))
    ]
    code = {p for p, result in zip(project.files, files, strict=True) if not result.role}
    return Look(
        path=shown,
        run=run,
        files=files,
        pins=tuple(_pins(wanted, users, update=True)),
        requirements=tuple(shown_path(p) for p in wanted if p.suffix in (".txt", ".in")),
        settings=tuple(settings_of_keras1(p for p in around if p not in code)),
        commands=tuple(commands_told(around, entries)),
        weights=tuple(weights),
        python2=sum(project.modules.facts(p).python2 for p in users),
        in_git=any(
            (folder / ".git").exists() for folder in [path.resolve(), *path.resolve().parents]
        ),
        migrated=migrated,
        installed=installed,
        unreadable=tuple(file for file in run.files if file.error),
        entries=tuple(entries),
    )


def candidates(around: Iterable[Path]) -> list[Path]:
    """The files that may have been written by Keras 1."""
    return hdf5_files(around)


def pinned(project: Project, run: RunResult, path: Path, *, update: bool) -> list[FileResult]:
    """What becomes of the requirements of a project, migrated or not."""
    files = run.files[: len(project.files)]
    users = [p for p, result in zip(project.files, files, strict=True) if result.role]
    return list(_pins(requirement_files(users, [path]), users, update=update))


def _pins(
    files: Iterable[Path], users: Sequence[Path], *, update: bool = False
) -> Iterator[FileResult]:
    from kerasmig.disk.reading import read_file

    for path in files:
        if path.suffix == ".py" and path in users:
            continue
        try:
            text = read_file(path).decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        result = upgrade_requirements(text, shown_path(path), update=update)
        if result.findings:
            yield result


# -- the steps -------------------------------------------------------------------------------------


def era_sentence(look: Look) -> str:
    """What the code speaks, and how much of it there is."""
    speaks = "Keras 1" if look.changes else "Keras 3 already"
    parts = [f"{len(look.keras)} of {_count(len(look.files), 'file')} belong to Keras programs"]
    if programs := len(look.entries) - look.notebooks:
        parts.append(f"{_count(programs, 'program')} to start")
    if look.notebooks:
        parts.append(_count(look.notebooks, "notebook"))
    if look.python2:
        parts.append(f"{look.python2} in Python 2")
    return f"{speaks}: {', '.join(parts)}"


def format_sentence(look: Look) -> str:
    """The data formats of the models."""
    formats = Counter(v.data_format.value for file in look.files for v in file.verdicts)
    told = ", ".join(f"{count} {name}" for name, count in formats.items())
    return f"models: {told}" if told else "models: none with a data format"


def steps(look: Look) -> tuple[Step, ...]:
    """The way in its order, with what is left of each step."""
    return (
        _upgrade(look),
        _decide(look),
        _by_hand(look),
        _requirements(look),
        _environment(look),  # what reads old files is installed there
        _old_files(look),  # before the settings: what those say tells how to read old files
        _settings(look),
        _proof(look),
        _train(look),
    )


def _upgrade(look: Look) -> Step:
    bad = [
        Todo(f"{file.path}: {file.error}", f"kerasmig check {quoted(file.path)}")
        for file in look.unreadable
    ]
    count = len(look.changes)
    assumed = sum(1 for _ in look.findings(Applicability.ASSUMED))
    if not count:
        said = "the code speaks Keras 3" if look.keras else "no Keras code was found"
        state = State.OPEN if bad else State.DONE
        return Step("upgrade", "upgrade the code", said, state, tuple(bad))
    said = f"rewrite {_count(count, 'file')}; `kerasmig undo {quoted(look.path)}` takes it back"
    todo = [Todo(f"rewrite {_count(count, 'file')}", f"kerasmig upgrade {quoted(look.path)}")]
    if assumed:
        changes = _count(assumed, "change")
        said += f"; {changes} on evidence, to be read first"
        see = Todo(f"see the {changes} on evidence", f"kerasmig upgrade {quoted(look.path)} --diff")
        todo.insert(0, see)
    return Step("upgrade", "upgrade the code", said, State.OPEN, (*todo, *bad))


def _decide(look: Look) -> Step:
    title = "decide data formats"
    if not look.undecided:
        return Step("decide", title, "nothing to decide", State.DONE)
    left = []
    for file, verdict in look.undecided:
        question = next(
            (f for f in file.findings if f.code == UNDECIDED and f.name == verdict.model), None
        )
        lines = verdict.asked or (
            (question.end_line or question.line,) if question else (verdict.line,)
        )
        left.append(
            Todo(
                f"{file.path}:{lines[0]}: {verdict.model}: channels first or last? "
                f"`kerasmig shapes {quoted(f'{file.path}:{verdict.model}')}` shows both; say it "
                "at the end of the line",
                write="# kerasmig: data_format=channels_first   (or channels_last)",
            )
        )
    left.append(
        Todo("then, for the answers to be written", f"kerasmig upgrade {quoted(look.path)}")
    )
    said = f"{_count(len(look.undecided), 'model')} can be read both ways; you are asked for each"
    return Step("decide", title, said, State.OPEN, tuple(left))


def _by_hand(look: Look) -> Step:
    title = "change by hand"
    left = tuple(
        Todo(
            f"{file.path}:{_place(finding)}: {finding.message}", f"kerasmig explain {finding.code}"
        )
        for file, finding in look.findings(Applicability.MANUAL)
    )
    if not left:
        return Step("hand", title, "nothing that only a person can change", State.DONE)
    said = f"{_count(len(left), 'place')} that only a person can change"
    return Step("hand", title, said, State.OPEN, left)


def _place(finding: Finding) -> str:
    return f"cell {finding.cell}, line {finding.line}" if finding.cell else str(finding.line)


def _requirements(look: Look) -> Step:
    title = "raise requirements"
    left = []
    for file in look.pins:
        by_hand = [f for f in file.findings if f.applicability is Applicability.MANUAL]
        if written := [f.name for f in file.findings if f not in by_hand]:
            names = ", ".join(dict.fromkeys(written))
            command = f"kerasmig upgrade {quoted(look.path)} --update-requirements"
            left.append(Todo(f"{file.path}: versions of today for {names}", command))
        left += [
            Todo(
                f"{file.path}:{f.line}: {f.message}", write=f"(take {f.name} out of line {f.line})"
            )
            for f in by_hand
        ]
    if not left:
        return Step("requirements", title, "none holds the project to Keras 1", State.DONE)
    places = ", ".join(dict.fromkeys(file.path for file in look.pins))
    said = f"versions to raise in {places}; `kerasmig upgrade --update-requirements` writes them"
    return Step("requirements", title, said, State.OPEN, tuple(left))


def _settings(look: Look) -> Step:
    title = "change settings"
    if not look.settings:
        return Step("settings", title, "no file chooses Theano or Python 2", State.DONE)
    left = tuple(
        Todo(f"{s.path}:{s.line}: {s.why}: {s.old}", write=s.new or f"(remove line {s.line})")
        for s in look.settings
    )
    places = ", ".join(dict.fromkeys(s.path for s in look.settings))
    return Step("settings", title, f"lines to change in {places}", State.OPEN, left)


def _old_files(look: Look) -> Step:
    title = "convert old files"
    waiting = [one for one in look.weights if not one.converted]
    if not waiting:
        said = "all are converted" if look.weights else "no weights or models of Keras 1"
        return Step("files", title, said, State.DONE)
    as_they_are = all(one.as_it_is for one in waiting)
    left = tuple(
        Todo(
            f"{one.path} {_holds(one.kind)} of Keras 1"
            + "".join(f": {reason}" for reason in (one.because or one.asks,) if reason),
            one.command,
        )
        for one in waiting
    )
    said = f"convert {_count(len(waiting), 'file')} of Keras 1; the old ones stay"
    if as_they_are:
        said += " (upgraded code reads old weights as they are, too)"
    return Step("files", title, said, State.YOURS if as_they_are else State.OPEN, left)


def _holds(kind: str) -> str:
    if kind == "unknown":
        return "may hold weights or a model"
    return "holds weights" if kind == "weights" else f"holds a {kind}"


def _environment(look: Look) -> Step:
    title = "install Keras 3"
    if look.installed:
        return Step("environment", title, "Keras 3 and TensorFlow are installed", State.DONE)
    wanted = " ".join(f"-r {quoted(name)}" for name in look.requirements)
    wanted = wanted or "'keras>=3.8' 'tensorflow>=2.18'"
    left = (
        Todo(
            "an environment of its own, with Python 3.10 to 3.13",
            "python3 -m venv .venv && . .venv/bin/activate",
        ),
        Todo("Keras 3, TensorFlow and what else is needed", f"pip install {wanted}"),
        Todo("kerasmig with what reads old files and proves", "pip install 'kerasmig[verify]'"),
    )
    return Step("environment", title, "Keras 3 is not installed here", State.OPEN, left)


def _proof(look: Look) -> Step:
    title = "prove it"
    if not look.keras:
        return Step("proof", title, "no models to compare", State.DONE)
    if look.changes or look.migrated:
        command = f"kerasmig start {quoted(look.path)} --prove"
        what = "run every model in Keras 1.2.2 as it was, and in Keras 3 as it is, and compare"
    else:
        command = f"kerasmig verify {quoted(look.path)} --base COMMIT"
        what = "compare with the last commit before the upgrade"
    said = "run old and new models side by side"
    return Step("proof", title, said, State.YOURS, (Todo(what, command),))


def _train(look: Look) -> Step:
    title = "train"
    scripts = [e for e in look.entries if not e.endswith(NOTEBOOK_SUFFIX)]
    notebooks = [e for e in look.entries if e.endswith(NOTEBOOK_SUFFIX)]
    commands = list(look.commands) or [f"python {quoted(entry)}" for entry in scripts]
    commands += [f"jupyter notebook {quoted(entry)}" for entry in notebooks]
    if not commands:
        return Step("train", title, "no program to start was found", State.DONE)
    left = tuple(Todo("start it", command) for command in commands)
    return Step("train", title, commands[0], State.YOURS, left)


def quoted(path: str) -> str:
    """A path as a shell takes it."""
    import shlex

    return shlex.quote(path)


def _count(count: int, one: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'}"
