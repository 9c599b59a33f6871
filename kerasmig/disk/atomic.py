"""Writing a file so that it is whole at any moment, either old or new."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
from pathlib import Path

_TEMPORARY = ".kerasmig-tmp"


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's contents in one step, keeping its permissions.

    The new contents are on the disk before the name points to them: after an interruption at any
    moment the file is whole, either old or new.
    """
    target = path.resolve() if path.is_symlink() else path
    _remove_leftovers(target)
    prefix = f".{target.name}.{os.getpid()}-"
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=_TEMPORARY, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            mode = stat.S_IMODE(target.stat().st_mode)
        except FileNotFoundError:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _remove_leftovers(target: Path) -> None:
    """Remove the temporary files of runs that were killed while they wrote this file."""
    pattern = re.compile(rf"\.{re.escape(target.name)}\.(\d+)-\w+{re.escape(_TEMPORARY)}")
    with contextlib.suppress(OSError):
        for name in os.listdir(target.parent):
            match = pattern.fullmatch(name) if name.endswith(_TEMPORARY) else None
            if match is not None and not _alive(int(match.group(1))):
                (target.parent / name).unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 would end a process on Windows
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return process != os.getpid()
