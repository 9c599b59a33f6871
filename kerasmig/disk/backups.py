"""The old text of what a run replaces, so that every run can be taken back.

What git has committed byte for byte stays there; of everything else a copy goes into the folder
``.kerasmig`` of the project. A record of the run says where each old text is. It stands in the
user's own cache folder: a tree that comes from somewhere else cannot bring one along.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from kerasmig.disk.cache_folder import cache_folder
from kerasmig.disk.history import History

_KEPT_RECORDS = 200
_UNDONE = ".undone"


class Backups:
    """Keeps the old text of the files of one run, and writes its record.

    Args:
        root: where the folder ``.kerasmig`` goes.
    """

    def __init__(self, root: Path) -> None:
        self.name = time.strftime("%Y%m%d-%H%M%S")
        self.folder: Path | None = None  # of the copies, as soon as there is one
        self._root = root.resolve()
        self._history = History()
        self._record: Path | None = None

    def keep(self, path: Path, old: bytes | None, new: bytes) -> None:
        """Make sure that the old text of a file can be had again, before it is replaced.

        Args:
            old: what the file holds; ``None`` if there is none.

        Raises:
            OSError: the copy cannot be made.
        """
        before: dict[str, str] | None = None
        if old is not None and (blob := self._history.holds(path, old)):
            before = {"git": blob}
        elif old is not None:
            before = {"copy": str(self._copy(path, old))}
        self._note({"path": str(path.resolve()), "before": before, "after": _digest(new)})

    def close(self) -> None:
        """Close what was opened to look into git's history."""
        self._history.close()

    def _copy(self, path: Path, old: bytes) -> Path:
        if self.folder is None:
            self.folder = self._new_folder()
        resolved = path.resolve()
        if resolved.is_relative_to(self._root):
            target = self.folder / resolved.relative_to(self._root)
        else:
            target = self.folder / "elsewhere" / Path(*resolved.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        while target.exists():  # the file stood in the way of another one of this name
            target = target.with_name(target.name + "~")
        with target.open("xb") as file:
            file.write(old)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            target.chmod(stat.S_IMODE(path.stat().st_mode))
        return target

    def _new_folder(self) -> Path:
        """A folder that no other run has, in one that is really the project's."""
        around = self._root / ".kerasmig"
        with contextlib.suppress(FileExistsError):
            around.mkdir()
        if around.is_symlink() or not around.is_dir():
            raise OSError(f"{around} must be a folder, to keep the old text in")
        with contextlib.suppress(FileExistsError):
            with (around / ".gitignore").open("x", encoding="utf-8") as file:
                file.write("*\n")
        for name in _names(f"backup-{self.name}"):
            with contextlib.suppress(FileExistsError):
                (around / name).mkdir()
                return around / name
        raise AssertionError

    def _note(self, entry: dict[str, Any]) -> None:
        """Add to the record; without one, the copies are there all the same."""
        with contextlib.suppress(OSError):
            if self._record is None:
                self._record = self._new_record()
            with self._record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")

    def _new_record(self) -> Path:
        folder = _records()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in sorted(folder.iterdir())[:-_KEPT_RECORDS]:
            old.unlink(missing_ok=True)
        for name in _names(self.name):
            with contextlib.suppress(FileExistsError):
                os.close(os.open(folder / f"{name}.jsonl", os.O_CREAT | os.O_EXCL, 0o600))
                return folder / f"{name}.jsonl"
        raise AssertionError


class Replaced(NamedTuple):
    """A file that a run replaced.

    Args:
        path: the file.
        before: where its old text is (``copy``, a path, or ``git``, a blob); ``None``: it is new.
        after: SHA-256 of what the run wrote.
    """

    path: Path
    before: dict[str, str] | None
    after: str

    def old(self, history: History) -> bytes | None:
        """The old text; ``None`` if it is gone, or there was none."""
        if self.before is None:
            return None
        if "git" in self.before:
            return history.text(self.path, self.before["git"])
        try:
            return Path(self.before["copy"]).read_bytes()
        except OSError:
            return None

    def as_written(self, present: bytes) -> bool:
        """Whether the file still is what the run made of it."""
        return _digest(present) == self.after


class Run(NamedTuple):
    """The record of a run: its name and the files that it replaced, in their order."""

    name: str
    record: Path
    files: tuple[Replaced, ...]

    def forget(self) -> None:
        """Take it out of the runs that can be taken back."""
        self.record.rename(self.record.with_suffix(_UNDONE))


def runs_at(path: Path) -> list[Run]:
    """The runs that replaced files at or below a path and were not taken back, latest first."""
    around = path.resolve()
    found: list[Run] = []
    with contextlib.suppress(OSError):
        for record in sorted(_records().glob("*.jsonl"), key=lambda file: file.stem, reverse=True):
            files = tuple(_entries(record))
            if any(file.path == around or around in file.path.parents for file in files):
                found.append(Run(record.stem, record, files))
    return found


def _entries(record: Path) -> Iterator[Replaced]:
    for line in record.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError, KeyError, TypeError):  # the run was killed here
            entry = json.loads(line)
            yield Replaced(Path(entry["path"]), entry["before"], entry["after"])


def _records() -> Path:
    return cache_folder() / "undo"


def _names(first: str) -> Iterator[str]:
    yield first
    for number in range(2, 10_000):
        yield f"{first}.{number:04}"


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
