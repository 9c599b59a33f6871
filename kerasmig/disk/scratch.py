"""Temporary folders that the next run removes if this one is killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "kerasmig-"
_LOCK = ".kerasmig-in-use"


@contextlib.contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """A temporary folder, removed at the end; those of runs that were killed are removed first.

    Args:
        prefix: begins with ``kerasmig-``, by which the next run knows it.

    A folder in use is locked by the process that uses it. The lock goes with the process.
    """
    assert prefix.startswith(_PREFIX)
    remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _lock(handle)
            yield folder
        finally:
            os.close(handle)


def remove_abandoned() -> None:
    """Remove our own temporary folders that nobody uses any more."""
    parent = Path(tempfile.gettempdir())
    with contextlib.suppress(OSError):
        names = [name for name in os.listdir(parent) if name.startswith(_PREFIX)]
        for name in names:
            with contextlib.suppress(OSError):
                if _is_ours(parent / name) and _is_abandoned(parent / name / _LOCK):
                    shutil.rmtree(parent / name, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    state = folder.lstat()
    return stat.S_ISDIR(state.st_mode) and (
        not hasattr(os, "getuid") or state.st_uid == os.getuid()
    )


def _is_abandoned(lock: Path) -> bool:
    """Whether nobody holds the lock; a folder that has none yet is just being made."""
    try:
        handle = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        return _lock(handle)
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:
        return False  # without locks nobody can tell: nothing is removed
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
