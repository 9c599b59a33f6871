"""What earlier runs found out, so that a run over an unchanged tree costs next to nothing.

Two things are kept per set of files: what a first look at each file told (by the file's own
stamp), and the whole result of the last run (by the stamps of everything it may have looked at).
A stamp is what `stat` says: size, inode, times of change. A file that changed within the last
moments is never trusted by its stamp, since a second change may carry the same time.
"""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import os
import pickle
import re
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kerasmig import __version__
from kerasmig.disk.atomic import write_atomically
from kerasmig.disk.cache_folder import cache_folder
from kerasmig.disk.stamps import Stamp, own_stamp, stamp
from kerasmig.finding import RunResult
from kerasmig.project.neighbours import TOLD_IN
from kerasmig.reading.first_look import FileFacts
from kerasmig.settings import UpgradeSettings

_JUST_NOW = 50_000_000  # nanoseconds: longer than the clock tick of any file system in use
_KEPT_RUNS = 20
#: Files beside the code that a result may rest on: black's settings, and what tells the ordering.
_BESIDE = re.compile(
    "|".join(
        fnmatch.translate(pattern) for pattern in ("pyproject.toml", "requirements.txt", *TOLD_IN)
    )
)


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
        self._key = repr((__version__, own_stamp(), os.getcwd(), settings))
        root = os.path.abspath(os.path.commonpath(self._files)) if self._files else ""
        name = hashlib.sha256(f"{root}\0{self._key}".encode()).hexdigest()[:24]
        self._path = (folder or cache_folder() / "runs") / f"{name}.pickle"
        self._now = time.time_ns()
        self._stamps = {path: stamp(path) for path in self._files}
        loaded = self._load()
        self._old_stamps: dict[str, Stamp] = loaded.get("stamps", {})
        self._facts: dict[str, FileFacts] = loaded.get("facts", {})
        self._plain: frozenset[str] = loaded.get("plain", frozenset())
        self._run: tuple[str, bytes] | None = loaded.get("run")
        self._new_facts: dict[str, FileFacts] = {}

    def _load(self) -> dict[str, Any]:
        try:
            data: dict[str, Any] = pickle.loads(self._path.read_bytes())
        except Exception:  # a damaged or foreign cache is as good as none
            return {}
        return data if data.get("key") == self._key else {}

    def facts(self, path: Path) -> FileFacts | None:
        """What a first look told of a file that has not changed since; ``None`` if unknown."""
        name = str(path)
        found = self._stamps.get(name)
        if found is None or self._old_stamps.get(name) != found:
            return None
        if name in self._plain:
            return FileFacts()
        return self._facts.get(name)

    def learn(self, path: Path, facts: FileFacts) -> None:
        """Remember what a first look told."""
        self._new_facts[str(path)] = facts

    def result(self) -> RunResult | None:
        """The result of an earlier run, if nothing that it rests on has changed."""
        if self._run is None or self._run[0] != self._digest(self._run_folders()):
            return None
        try:
            result = pickle.loads(self._run[1])
        except Exception:
            return None
        return result if isinstance(result, RunResult) else None

    def _run_folders(self) -> list[str]:
        concerned = {os.path.dirname(name) for name in self._facts}
        return sorted(concerned)

    def keep(self, result: RunResult) -> None:
        """Remember a run, as far as the stamps can be trusted."""
        for path, facts in self._new_facts.items():
            self._facts.pop(path, None)
            if not facts.plain:
                self._facts[path] = facts
        known = {
            path: found
            for path, found in self._stamps.items()
            if found is not None and max(found[2], found[3]) < self._now - _JUST_NOW
        }
        plain = (set(self._plain) - set(self._new_facts)) | {
            path for path, facts in self._new_facts.items() if facts.plain
        }
        self._plain = frozenset(plain & known.keys())
        self._facts = {path: facts for path, facts in self._facts.items() if path in known}
        run = None
        if len(known) == len(self._files):
            run = (self._digest(self._run_folders()), pickle.dumps(result, protocol=5))
        data = {
            "key": self._key,
            "stamps": known,
            "facts": self._facts,
            "plain": self._plain,
            "run": run,
        }
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, pickle.dumps(data, protocol=5))
            _forget_oldest(self._path.parent)

    def _digest(self, folders: Iterable[str]) -> str:
        """One value for the stamps of all files, and of what stands beside those with Keras."""
        beside: dict[str, Stamp | None] = {}
        seen: set[str] = set()
        for folder in folders:
            current = os.path.abspath(folder or ".")
            while current not in seen:
                seen.add(current)
                with contextlib.suppress(OSError):
                    names = [name for name in os.listdir(current) if _BESIDE.match(name)]
                    for name in sorted(names):
                        beside[os.path.join(current, name)] = stamp(os.path.join(current, name))
                own = os.path.join(current, ".keras", "keras.json")
                beside[own] = stamp(own)
                current = os.path.dirname(current)
        text = repr((list(self._stamps.items()), sorted(beside.items(), key=lambda item: item[0])))
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _forget_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("*.pickle"), key=lambda path: path.stat().st_mtime_ns)
    for path in kept[:-_KEPT_RUNS]:
        path.unlink(missing_ok=True)
