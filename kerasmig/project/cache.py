"""What earlier runs found out, so that a run over an unchanged tree costs next to nothing.

Two things are kept per set of files: what a first look at each file told (by the file's own
stamp), and the whole result of the last run (by the stamps of everything it may have looked at).
A stamp is what `stat` says: size, inode, times of change. A file that changed within the last
moments is never trusted by its stamp, since a second change may carry the same time.

It is kept as JSON behind a digest (`kerasmig.disk.kept`): what was damaged, or written by somebody
else, is as good as nothing, and nothing in it is ever run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from kerasmig import __version__
from kerasmig.disk.cache_folder import cache_folder
from kerasmig.disk.kept import forget_oldest, keep_record, kept_record
from kerasmig.disk.stamps import Stamp, own_stamp, stamp
from kerasmig.finding import FileResult, RunResult
from kerasmig.project.marks import tells
from kerasmig.reading.first_look import NOTHING, FileFacts
from kerasmig.settings import UpgradeSettings

_JUST_NOW = 50_000_000  # nanoseconds: longer than the clock tick of any file system in use
_KEPT_RUNS = 20


class KeptRun(NamedTuple):
    """A result: most files of a large tree are of no concern, and only their paths are kept.

    Args:
        digest: of everything that the result rests on.
        paths: of all files, in order; ``told``: the results of those with more than a path.
    """

    digest: str
    paths: tuple[str, ...] = ()
    told: tuple[tuple[int, FileResult], ...] = ()
    extra_files: dict[str, str] = {}


class Kept(NamedTuple):
    """All that is kept of one set of files.

    Args:
        key: what the rest was found out with.
        stamps: of each file that was old enough; ``facts``: of those that may concern Keras,
            ``plain``: the others, by their index in the sorted stamps.
    """

    key: str = ""
    stamps: dict[str, Stamp] = {}
    facts: dict[str, FileFacts] = {}
    plain: frozenset[str] = frozenset()
    run: KeptRun | None = None


class Cache:
    """The memory of runs over one set of files.

    Args:
        files: the files of the run; which they are is part of the key.
        settings: how they are upgraded; likewise.
        folder: where it is kept; the user's cache folder if left out.
    """

    def __init__(
        self, files: Sequence[Path], settings: UpgradeSettings, folder: Path | None = None
    ) -> None:
        self._files = [str(path) for path in files]
        self._key = repr((__version__, own_stamp(), _here(), settings))
        root = os.path.abspath(os.path.commonpath(self._files)) if self._files else ""
        name = hashlib.sha256(f"{root}\0{self._key}".encode("utf-8", "surrogateescape"))
        self._path = (folder or cache_folder() / "runs") / f"{name.hexdigest()[:24]}.json"
        self._now = time.time_ns()
        self._stamps = {path: stamp(path) for path in self._files}
        found = kept_record(self._path, Kept) or Kept()
        loaded = found if found.key == self._key else Kept()
        self._old_stamps = loaded.stamps
        self._facts = loaded.facts
        self._plain = loaded.plain
        self._run = loaded.run
        self._new_facts: dict[str, FileFacts] = {}

    def facts(self, path: Path) -> FileFacts | None:
        """What a first look told of a file that has not changed since; ``None`` if unknown."""
        name = str(path)
        found = self._stamps.get(name)
        if found is None or self._old_stamps.get(name) != found:
            return None
        if name in self._plain:
            return NOTHING
        return self._facts.get(name)

    def learn(self, path: Path, facts: FileFacts) -> None:
        """Remember what a first look told."""
        self._new_facts[str(path)] = facts

    def result(self) -> RunResult | None:
        """The result of an earlier run, if nothing that it rests on has changed."""
        run = self._run
        if run is None or run.digest != self._digest(self._run_folders()):
            return None
        told = dict(run.told)
        files = tuple(told.get(i) or FileResult(path) for i, path in enumerate(run.paths))
        return RunResult(files, run.extra_files)

    def _run_folders(self) -> list[str]:
        concerned = {
            os.path.dirname(name) for name, facts in self._facts.items() if not facts.plain
        }
        return sorted(concerned)

    def keep(self, result: RunResult) -> None:
        """Remember a run, as far as the stamps can be trusted."""
        for path, facts in self._new_facts.items():
            self._facts.pop(path, None)
            if facts != NOTHING:
                self._facts[path] = facts
        known = {
            path: found
            for path, found in self._stamps.items()
            if found is not None and max(found[2], found[3]) < self._now - _JUST_NOW
        }
        plain = (set(self._plain) - set(self._new_facts)) | {
            path for path, facts in self._new_facts.items() if facts == NOTHING
        }
        self._plain = frozenset(plain & known.keys())
        self._facts = {path: facts for path, facts in self._facts.items() if path in known}
        run = None
        if len(known) == len(self._files):
            run = KeptRun(
                self._digest(self._run_folders()),
                tuple(file.path for file in result.files),
                tuple((i, f) for i, f in enumerate(result.files) if f != FileResult(f.path)),
                dict(result.extra_files),
            )
        keep_record(self._path, Kept(self._key, known, self._facts, self._plain, run))
        forget_oldest(self._path.parent, _KEPT_RUNS)

    def _digest(self, folders: Iterable[str]) -> str:
        """One value for the stamps of all files, and of what stands beside those with Keras."""
        beside: dict[str, Stamp | bool | None] = {}
        seen: set[str] = set()
        for folder in folders:
            current = os.path.abspath(folder)
            while current not in seen:
                seen.add(current)
                with contextlib.suppress(OSError):
                    names = [name for name in os.listdir(current) if tells(name)]
                    for name in sorted(names):
                        beside[os.path.join(current, name)] = _state(os.path.join(current, name))
                own = os.path.join(current, ".keras", "keras.json")
                beside[own] = stamp(own)
                current = os.path.dirname(current)
        text = repr((list(self._stamps.items()), sorted(beside.items(), key=lambda item: item[0])))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _state(path: str) -> Stamp | bool | None:
    """What tells a change; of a folder (``.git``) only that it is there counts."""
    return True if os.path.isdir(path) else stamp(path)


def _here() -> str:
    """The current folder, by which paths are shown; empty if it was deleted."""
    try:
        return os.getcwd()
    except OSError:
        return ""
