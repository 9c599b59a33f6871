"""What `kerasmig start` finds out about files of Keras 1, from them and from the project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerasmig.disk.backups import Run
    from kerasmig.finding import RunResult
    from kerasmig.oldfiles.waiting import Waiting
    from kerasmig.project.plan import OldWeights

_CLASS = re.compile(r"^class\s+(\w+)\s*\(", re.MULTILINE)
_THEANO = re.compile(r"KERAS_BACKEND\W+(?:[\w.]+\W+)?theano\b|\"backend\"\s*:\s*\"theano\"", re.I)


def old_weights(around: Sequence[Path], runs: Sequence[Run], run: RunResult) -> list[Waiting]:
    """The files that Keras 1 wrote, each with how it is converted.

    Args:
        around: all files of the folder.
        runs: the upgrades of it on record: what they took out of the code still tells.
        run: what an upgrade would do now.
    """
    from kerasmig.oldfiles.waiting import Known, files_of_keras1
    from kerasmig.project.plan import candidates

    files = candidates(around)
    if not files:
        return []
    classes = tuple(name for file in run.files for name in _CLASS.findall(file.old))
    return list(files_of_keras1(files, Known(_theano(around, runs), classes)))


def as_shown(one: Waiting) -> OldWeights:
    """A file as the plan of the way shows it."""
    from kerasmig.disk.find import shown_path
    from kerasmig.project.plan import OldWeights

    target = shown_path(one.output) if one.output else ""
    path = shown_path(one.path)
    return OldWeights(
        path, one.kind, target, one.converted, one.asks, one.options, one.because, one.guess
    )


def _theano(around: Sequence[Path], runs: Sequence[Run]) -> str:
    """Where the project chooses Theano, or did before it was upgraded."""
    from kerasmig.project.surroundings import settings_of_keras1

    for line in settings_of_keras1(around):
        if _THEANO.search(line.old):
            return f"{line.path}:{line.line}"
    for name, text in _before(runs):
        for number, row in enumerate(text.splitlines(), 1):
            if _THEANO.search(row.partition("#")[0]):
                return f"{name}:{number} (before the upgrade)"
    return ""


def _before(runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    from contextlib import closing

    from kerasmig.disk.find import shown_path
    from kerasmig.disk.history import History

    with closing(History()) as history:
        for run in runs:
            for file in run.files:
                if old := file.old(history):
                    yield shown_path(file.path), old.decode("utf-8", "replace")
