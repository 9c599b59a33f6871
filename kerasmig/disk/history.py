"""What git has committed, read from its files: no git command runs.

A tree under work may come from anybody, and its configuration can make git run commands: a file
system monitor, filters, hooks, text conversions. So the objects are read by Dulwich, which only
reads. Only a ``.git`` beside or above a file counts; a folder that merely looks like a repository
does not.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path, PurePosixPath
from typing import Any

_STEPS = re.compile(r"(\^\d*|~\d*)$")


class HistoryError(Exception):
    """What was asked for is not in a repository; the message says what is missing."""


class History:
    """The repositories that files belong to, each opened once."""

    def __init__(self) -> None:
        self._tops: dict[Path, Path | None] = {}
        self._opened: dict[Path, tuple[Any, Any] | None] = {}

    def holds(self, path: Path, data: bytes) -> str:
        """The name of the blob by which the last commit has these very bytes at a path, or "".

        Nothing else is trusted to give a text back: not the index, which can be told to look away,
        and not what a filter would make of a file.
        """
        resolved = path.resolve()
        top = self._top(resolved.parent)
        opened = None if top is None else self._open(top)
        if top is None or opened is None:
            return ""
        name = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        repo, tree = opened
        try:
            entry = _entry(repo, tree, resolved.relative_to(top).as_posix())
            if entry is None or entry.decode() != name:
                return ""
            blob: bytes = repo.object_store[entry].as_raw_string()
        except Exception:  # damaged, or of a kind that is not known: it cannot be relied on
            return ""
        return name if blob == data else ""

    def text(self, path: Path, name: str) -> bytes | None:
        """The bytes of a blob that `holds` named; ``None`` if they are gone."""
        top = self._top(path.resolve().parent)
        opened = None if top is None else self._open(top)
        if opened is None:
            return None
        try:
            data: bytes = opened[0].object_store[name.encode()].as_raw_string()
        except Exception:
            return None
        return data

    def close(self) -> None:
        """Close the files of all repositories."""
        for opened in self._opened.values():
            if opened is not None:
                opened[0].close()
        self._opened.clear()

    def _top(self, folder: Path) -> Path | None:
        if folder not in self._tops:
            self._tops[folder] = top_of(folder)
        return self._tops[folder]

    def _open(self, top: Path) -> tuple[Any, Any] | None:
        if top not in self._opened:
            try:
                repo = _opened(top)
                self._opened[top] = (repo, repo[repo.head()].tree)
            except Exception:  # no commit yet, a damaged repository, an unknown format
                self._opened[top] = None
        return self._opened[top]


def top_of(folder: Path) -> Path | None:
    """The folder at or above one that has a ``.git`` of its own."""
    resolved = folder.resolve()
    for candidate in (resolved, *resolved.parents):
        try:
            mode = os.lstat(candidate / ".git").st_mode
        except OSError:
            continue
        return candidate if stat.S_ISDIR(mode) or stat.S_ISREG(mode) else None
    return None


def last_commit(folder: Path) -> tuple[Path | None, str]:
    """The top of the repository that a folder is in, and the name of its last commit or ""."""
    top = top_of(folder)
    if top is None:
        return None, ""
    try:
        repo = _opened(top)
    except Exception:  # damaged, or of a kind that is not known
        return top, ""
    try:
        name: str = repo.head().decode()
        return top, name
    except Exception:  # no commit yet
        return top, ""
    finally:
        repo.close()


def write_commit(path: Path, reference: str, destination: Path) -> None:
    """Write what stood in a folder at a commit into another folder.

    Raises:
        HistoryError: no repository, no such commit, or nothing there in it.
    """
    top = top_of(path)
    if top is None:
        raise HistoryError(f"{path} is not in a git repository")
    try:
        repo = _opened(top)
    except Exception as error:
        raise HistoryError(f"the repository of {path} cannot be read: {error}") from error
    try:
        prefix = path.resolve().relative_to(top).as_posix()
        tree = _entry(repo, _commit(repo, reference).tree, prefix)
        if tree is None:
            raise HistoryError(f"{reference} has no {prefix}")
        for name, mode, data in _files(repo, tree):
            target = destination / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            target.chmod(0o755 if mode & 0o100 else 0o644)
    except KeyError as error:
        raise HistoryError(f"the repository lacks an object: {error}") from error
    finally:
        repo.close()


def _opened(top: Path) -> Any:
    from dulwich.repo import Repo  # only where something is written or compared: it takes its time

    return Repo(str(top), bare=False)


def _commit(repo: Any, reference: str) -> Any:
    """The commit of a reference, which may end in ``^``, ``^2`` or ``~3``."""
    from dulwich.objectspec import parse_commit

    steps: list[str] = []
    name = reference
    while found := _STEPS.search(name):
        steps.insert(0, found[1])
        name = name[: found.start()]
    try:
        commit: Any = parse_commit(repo, name or "HEAD")
        for step in steps:
            number = int(step[1:] or 1)
            for _ in range(number if step[0] == "~" else 1 if number else 0):
                parents = commit.parents
                commit = repo[parents[0 if step[0] == "~" else number - 1]]
    except Exception as error:
        raise HistoryError(f"there is no commit {reference!r}") from error
    return commit


def _entry(repo: Any, tree: Any, name: str) -> bytes | None:
    """The object at a path below a tree."""
    current: bytes = tree
    for part in PurePosixPath(name).parts:
        try:
            _, current = repo.object_store[current][os.fsencode(part)]
        except (KeyError, TypeError, AttributeError):
            return None
    return current


def _files(repo: Any, tree: bytes, inside: str = "") -> Iterator[tuple[str, int, bytes]]:
    """Path, mode and bytes of the regular files below a tree."""
    for entry in repo.object_store[tree].items():
        name = os.fsdecode(entry.path)
        if name in ("", ".", "..", ".git") or "/" in name or os.sep in name:
            continue  # git itself makes no such entry
        if stat.S_ISDIR(entry.mode):
            yield from _files(repo, entry.sha, f"{inside}{name}/")
        elif stat.S_ISREG(entry.mode):
            yield f"{inside}{name}", entry.mode, repo.object_store[entry.sha].as_raw_string()
