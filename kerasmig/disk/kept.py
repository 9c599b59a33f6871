"""Records kept between runs: data behind a digest, in files of the user's own.

A file is only believed if nobody else could have written it and its digest is right; in every
other case it counts as missing. Nothing that is read is ever run.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import TypeVar

from kerasmig.text.records import ValueMismatch, read, write

T = TypeVar("T")
_HEAD = b"kerasmig record 1 "
_SUFFIX = ".json"


def kept_record(path: Path, kind: type[T]) -> T | None:
    """The record of a type that a file holds; ``None`` if there is none that can be believed."""
    try:
        with path.open("rb") as file:
            if not _private(os.fstat(file.fileno())):
                return None
            head, _, body = file.read().partition(b"\n")
    except OSError:
        return None
    if head != _HEAD + hashlib.sha256(body).hexdigest().encode():
        return None
    try:
        return read(kind, json.loads(body))
    except (ValueMismatch, ValueError, RecursionError):
        return None


def keep_record(path: Path, record: object) -> None:
    """Keep a record where only this user can read it; one that cannot be written is not kept."""
    body = json.dumps(write(record, brief=True), separators=(",", ":")).encode("ascii")
    with contextlib.suppress(OSError):
        _make_private_folder(path.parent)
        # Made by mkstemp, so for nobody else from its first moment. No fsync: the digest tells
        # what a power failure cut off.
        handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_HEAD + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


def forget_oldest(folder: Path, most: int) -> None:
    """Remove all but the newest records of a folder."""
    with contextlib.suppress(OSError):
        entries = [e for e in os.scandir(folder) if e.name.endswith((_SUFFIX, ".pickle", ".tmp"))]
        entries.sort(key=lambda entry: entry.stat().st_mtime_ns)
        for entry in entries[:-most]:
            os.unlink(entry.path)


def _make_private_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    state = folder.stat()
    if os.name == "posix" and state.st_uid == os.getuid() and stat.S_IMODE(state.st_mode) & 0o077:
        folder.chmod(0o700)


def _private(state: os.stat_result) -> bool:
    """Whether only this user (or root) can have written a file."""
    if os.name != "posix":
        return True
    mine = state.st_uid in (os.getuid(), 0)
    return mine and stat.S_ISREG(state.st_mode) and not state.st_mode & 0o022
