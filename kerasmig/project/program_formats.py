"""The programs of a project: where they start, and what each file is told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from kerasmig.analysis.dataformat.programs import Decision, decide, told_in
from kerasmig.finding import DataFormat, ProgramNotes, Told

CONFTEST = "conftest.py"


def told_of_programs(
    notes: Mapping[Path, ProgramNotes],
    imported: Callable[[Path], Iterable[Path]],
    known: frozenset[Path],
    forced: DataFormat | None,
) -> dict[Path, Told]:
    """What each file is told that is part of a program of several files.

    Args:
        notes: what the files with Keras contribute.
        imported: the files that a file imports.
        known: all files of the run.
    """

    @cache
    def inits(path: Path) -> tuple[Path, ...]:
        """The ``__init__`` files that run before a file, outermost first."""
        found: list[Path] = []
        folder = path.parent
        while (init := folder / "__init__.py") in known and init != path:
            found.insert(0, init)
            folder = folder.parent
        return tuple(found)

    @cache
    def reached(path: Path) -> tuple[Path, ...]:
        """A file and those that run when it is imported."""
        found: dict[Path, None] = {}
        waiting = [path]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found[current] = None
                waiting += [*imported(current), *inits(current)]
        return tuple(found)

    users: dict[Path, set[Path]] = {}
    for path in notes:
        for used in imported(path):
            users.setdefault(used, set()).add(path)
    entries = [path for path in notes if _is_entry(path, notes[path], users)]
    begun = {file for entry in entries for file in reached(entry)}
    entries += [path for path in notes if path not in begun]
    decisions: dict[Path, Decision] = {}
    for entry in entries:
        files = [file for file in reached(entry) if file in notes]
        decisions[entry] = decide((_as_part(notes[f], f == entry) for f in files), forced)
    parts: dict[Path, list[Path]] = {}
    for entry in entries:
        for file in reached(entry):
            parts.setdefault(file, []).append(entry)
    starting = _starting(entries, decisions, inits, reached, notes)
    several = [file for file in notes if parts[file] != [file] or len(reached(file)) > 1]
    return {
        file: told_in(
            notes[file], [decisions[entry] for entry in parts[file]], starts=False
        )._replace(
            start=any(decision.start for decision in starting.get(file, ())),
            hears=(
                DataFormat.CHANNELS_FIRST
                if any(decision.hears for decision in starting.get(file, ()))
                else None
            ),
        )
        for file in {**dict.fromkeys(several), **{f: None for f in starting if f in notes}}
    }


def _as_part(note: ProgramNotes, started: bool) -> ProgramNotes:
    """What a file contributes: its ``__main__`` part does not run where it is imported."""
    if note.sets_as_main and not started:
        return note._replace(sets=False, sets_first=False)
    return note


def _is_entry(path: Path, note: ProgramNotes, users: Mapping[Path, set[Path]]) -> bool:
    """Whether a program starts with a file: nothing but tests imports it, or it is a script too."""
    return note.runs or all(is_test(user) for user in users.get(path, ()))


def _starting(
    entries: Sequence[Path],
    decisions: Mapping[Path, Decision],
    inits: Callable[[Path], Sequence[Path]],
    reached: Callable[[Path], Sequence[Path]],
    notes: Mapping[Path, ProgramNotes],
) -> dict[Path, list[Decision]]:
    """The decisions that each file has to carry out at its head.

    A program starts with its entry; before that runs the ``__init__`` of its package, where the
    variable has to stand if that leads to Keras. pytest imports all tests into one process, the
    nearest ``conftest.py`` first.
    """
    found: dict[Path, list[Decision]] = {}

    @cache
    def leads_to_keras(path: Path) -> bool:
        return any(notes[file].keras for file in reached(path) if file in notes)

    together: set[Path] = set()
    tests: dict[Path, list[Path]] = {}
    for path in notes:
        if is_test(path):
            tests.setdefault(path.parent, []).append(path)
    for entry in entries:
        decision = decisions[entry]
        if not (decision.start or decision.hears):
            continue
        found.setdefault(entry, []).append(decision)
        early = Decision(start=decision.start)
        for init in inits(entry):
            if init in notes and leads_to_keras(init):
                found.setdefault(init, []).append(early)
        if not is_test(entry) or not decision.start or entry.parent in together:
            continue
        together.add(entry.parent)  # the others there have their own, or got it by the first
        above = [path for folder in entry.parent.parents if (path := folder / CONFTEST) in notes]
        for other in (*tests.get(entry.parent, ()), *above):
            if other != entry and leads_to_keras(other):
                found.setdefault(other, []).append(early)
    return found


def is_test(path: Path) -> bool:
    """Whether pytest collects a file."""
    return path.name.startswith("test_") or path.stem.endswith("_test") or path.name == CONFTEST
