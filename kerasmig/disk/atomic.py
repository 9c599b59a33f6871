"""Writing a file so that it is whole at any moment, and nobody's edit is lost under it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kerasmig.disk.exchange import exchange
from kerasmig.disk.processes import is_alive

TEMPORARY = ".kerasmig-tmp"
_OURS = re.compile(rf"\..+\.(\d+)-\w+{re.escape(TEMPORARY)}")
_PATIENCE = 10.0  # seconds that another kerasmig may take to write in the same folder
_SAVING = 0.25  # seconds that an editor may take to finish the save that it has begun


class NotReplaced(OSError):
    """A file is left as it is; the message says why and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.strerror = reason


class ChangedMeanwhile(NotReplaced):
    """Somebody else changed a file since it was read."""

    def __init__(self) -> None:
        super().__init__("was changed by somebody else meanwhile; run again")


def write_atomically(path: Path, data: bytes) -> None:
    """Give a file new contents in one step, whatever it held.

    The new contents are on the disk before the name points to them: after an interruption at any
    moment the file is whole, either old or new. Permissions and owner stay.

    Raises:
        NotReplaced: it is no regular file, or may not be replaced without harm.
        OSError: the system does not let us.
    """
    target = path.resolve() if path.is_symlink() else path
    _remove_leftovers(target)
    state = replaceable(target)
    with _prepared(target, data, state) as temporary:
        temporary.replace(target)


def replace(path: Path, data: bytes, expected: bytes | None) -> None:
    """Give a file new contents in one step, if it holds what is expected.

    An edit that somebody saves at the same time is seen and stays: what stood there is looked at
    once more after the step, and put back if it is not what was expected.

    Args:
        expected: what the file holds; ``None``: there is none yet.

    Raises:
        ChangedMeanwhile: it holds something else.
        NotReplaced: it is no regular file, or may not be replaced without harm.
        OSError: the system does not let us.
    """
    target = path.resolve() if path.is_symlink() else path
    with _alone_in(target.parent):
        _remove_leftovers(target)
        state = replaceable(target)
        if _contents(target) != expected:
            raise ChangedMeanwhile
        with _prepared(target, data, state) as temporary:
            if expected is None:
                _give_first_name(temporary, target)
            elif not _swapped(temporary, target, data, expected):
                if _contents(target) != expected:
                    raise ChangedMeanwhile
                temporary.replace(target)


def publish(made: Path, target: Path) -> None:
    """Copy a finished file to where there is none yet; it appears there whole.

    Raises:
        ChangedMeanwhile: a file has appeared there meanwhile.
        OSError: the system does not let us.
    """
    _remove_leftovers(target)
    with _prepared(target, b"", None) as temporary:
        with made.open("rb") as source, temporary.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
        _give_first_name(temporary, target)


def replaceable(target: Path) -> os.stat_result | None:
    """The state of a file that may be replaced; ``None`` if there is none.

    Raises:
        NotReplaced: a device or the like, read-only, or one of several names of the same file.
    """
    try:
        state = target.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(state.st_mode):
        raise NotReplaced("is not a regular file: left as it is")
    # What the system lets this user write is written, as editors and formatters do: root may.
    if not os.access(target, os.W_OK):
        raise NotReplaced("is read-only: allow writing it (chmod u+w) and run again")
    if state.st_nlink > 1:
        raise NotReplaced(
            f"is one of {state.st_nlink} hard links to the same file, which would be parted: "
            "make it a file of its own (cp it and rename the copy) and run again"
        )
    return state


def _contents(target: Path) -> bytes | None:
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _prepared(target: Path, data: bytes, state: os.stat_result | None) -> Iterator[Path]:
    """A temporary file beside the target, with the contents, permissions and owner to be."""
    prefix = f".{target.name}.{os.getpid()}-"
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=TEMPORARY, dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            _take_over(target, temporary, state)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _take_over(target: Path, temporary: Path, state: os.stat_result | None) -> None:
    """Give the new file the owner, the attributes and the permissions of the old one."""
    if state is None:
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        return
    own = temporary.stat()
    if hasattr(os, "chown") and (own.st_uid, own.st_gid) != (state.st_uid, state.st_gid):
        try:
            os.chown(temporary, state.st_uid, state.st_gid)
        except OSError as error:
            raise NotReplaced(
                "belongs to another user or group, which would be lost: "
                "run as its owner, or make the file yours"
            ) from error
    with contextlib.suppress(OSError, AttributeError):
        for name in os.listxattr(target):
            with contextlib.suppress(OSError):
                os.setxattr(temporary, name, os.getxattr(target, name))
    temporary.chmod(stat.S_IMODE(state.st_mode))  # last: chown takes some of the bits away


def _give_first_name(temporary: Path, target: Path) -> None:
    """Let a file appear under a name that nobody has taken meanwhile."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise ChangedMeanwhile from None
    except (OSError, AttributeError, NotImplementedError):  # a file system without hard links
        if os.path.lexists(target):
            raise ChangedMeanwhile from None
        temporary.rename(target)


def _swapped(temporary: Path, target: Path, data: bytes, expected: bytes) -> bool:
    """Let new and old change places, and look what the old one was; ``False`` if that cannot be.

    Raises:
        ChangedMeanwhile: it was not what was expected, and stands at its place again.
    """
    if not exchange(temporary, target):
        return False
    displaced = _final_contents(temporary)
    if displaced == expected:
        return True
    # Theirs goes back. If somebody has saved once more in between, that comes out in its place, is
    # newer still, and goes back in turn.
    placed: bytes | None = data
    while True:
        exchange(temporary, target)
        came_out = _contents(temporary)
        if came_out == placed:
            raise ChangedMeanwhile
        placed, displaced = displaced, came_out


def _final_contents(path: Path) -> bytes | None:
    """What a file holds when whoever was writing to it is done."""
    until = time.monotonic() + _SAVING
    with path.open("rb") as file:
        while not _open_to_us_only(file.fileno()) and time.monotonic() < until:
            time.sleep(0.005)
        return file.read()


def _open_to_us_only(handle: int) -> bool:
    """Whether no other process has a file open, as far as the system tells: a lease says so."""
    try:
        import fcntl

        # Who opens the file meanwhile is told us by a signal: one that does nothing by itself.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return False
    except (ImportError, AttributeError, OSError):  # another system, or a file system without
        return True
    return True


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep other kerasmigs from writing in a folder meanwhile; nothing is left behind in it."""
    handle = -1
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:  # somebody else's lock: the look afterwards must do
                    break
                time.sleep(0.01)
    except (ImportError, OSError):  # no such locks here
        pass
    try:
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def _remove_leftovers(target: Path) -> None:
    """Remove the temporary files of runs that were killed while they wrote this file."""
    with contextlib.suppress(OSError):
        for name in os.listdir(target.parent):
            if name.startswith(f".{target.name}."):
                remove_if_abandoned(target.parent / name)


def remove_if_abandoned(path: Path) -> None:
    """Remove a temporary file of a run that was killed; other files, and those of runs that go on,
    stay."""
    match = _OURS.fullmatch(path.name)
    if match is not None and (int(match[1]) == os.getpid() or not is_alive(int(match[1]))):
        with contextlib.suppress(OSError):
            path.unlink()
