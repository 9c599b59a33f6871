"""What a program may not do while it is verified, said in words. Runs in the child of one program.

The wall is `confinement`, which the system holds. This is the second layer: it refuses the same
things where Python can see them, so that the program and the report are told in words.
"""

from __future__ import annotations

import errno
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from kerasmig.verify.program import command_line
from kerasmig.verify.program.recorder import ProgramStop

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Audit events that change what is at a path, with the positions of paths among their arguments.
_CHANGES = {
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.mkdir": (0,),
    "os.rename": (0, 1),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.utime": (0,),
    "os.setxattr": (0,),
    "shutil.rmtree": (0,),
    "shutil.move": (0, 1),
    "shutil.copyfile": (1,),
}
_NETWORK = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.sendto",
    "socket.sendmsg",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.getnameinfo",
    "urllib.Request",
)
_PROCESSES = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.forkpty",
    "os.startfile",
    "pty.spawn",
)


class Refused(OSError):
    """A program tried what verification does not let it do."""


class Guard:
    """Refuses harmful operations from the moment it is switched on.

    Args:
        allowed: folders that may be written to.
        readable: folders that may be read, besides; ``None``: everything may be.
        note: told, once a kind, what was refused.
    """

    def __init__(
        self, allowed: list[Path], readable: list[Path] | None, note: Callable[[str], None]
    ) -> None:
        self._allowed = _prefixes(allowed)
        self._readable = None if readable is None else (*self._allowed, *_prefixes(readable))
        self._note = note
        self.active = False
        sys.addaudithook(self._audit)  # cannot be removed again: one child, one guard

    def on(self) -> None:
        self.active = True

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.active:
            return
        if event == "open":
            path, _, flags = args
            writes = isinstance(flags, int) and bool(flags & _WRITES)
            if writes and not isinstance(path, int):
                self._check(path, "write")
            elif self._readable is not None and not isinstance(path, int):
                self._look_at_reading(path, self._readable)
        elif event in _CHANGES:
            for position in _CHANGES[event]:
                if position < len(args) and not isinstance(args[position], int):
                    self._check(args[position], "change")
        elif event in _NETWORK:
            self._refuse("network access", errno.ENETUNREACH)
        elif event in _PROCESSES:
            self._refuse("starting another process", errno.EPERM)
        elif event in ("os.kill", "os.killpg") and args[0] not in (os.getpid(), 0):
            self._refuse("a signal to another process", errno.EPERM)

    def _check(self, path: Any, what: str) -> None:
        if path is None:
            return
        try:
            name = os.path.realpath(os.fsdecode(path))
        except (OSError, TypeError, ValueError):
            return
        if name.startswith("/dev/") or (name + "/").startswith(self._allowed):
            return
        if "__pycache__" in name:
            raise Refused(errno.EROFS, "kerasmig verify: not written", name)
        self._refuse(f"{what} outside the copy: {name}", errno.EROFS)

    def _look_at_reading(self, path: Any, readable: tuple[str, ...]) -> None:
        """Say what the system is about to refuse; it does so by itself."""
        try:
            name = os.path.realpath(os.fsdecode(path))
            if (name + "/").startswith(readable) or not os.path.exists(name):
                return
        except (OSError, TypeError, ValueError):
            return
        if not name.startswith("/dev/"):
            self._note(
                f"refused to read {name}: `read` in [tool.kerasmig.verify] names what may be read"
            )

    def _refuse(self, what: str, code: int) -> None:
        self._note(f"refused {what.partition(':')[0]}")
        raise Refused(code, f"kerasmig verify refuses {what}")


def _prefixes(folders: list[Path]) -> tuple[str, ...]:
    return tuple(str(folder.resolve()).rstrip("/") + "/" for folder in folders)


class TimeIsUp(ProgramStop):
    """The program's time is over; what it has built until now still counts."""


WALL_FACTOR = 4.0
"""By the clock on the wall a program may take so many times its limit: the machine may be busy."""
IDLE_SHARE = 0.1
"""A program that has computed for less than this share of its limit when that is over only waits."""
_RING_AGAIN = 5.0


@contextmanager
def time_limit(folder: Path, stage: str, seconds: float) -> Iterator[None]:
    """Raise `TimeIsUp` in the main thread when the block has computed for so many seconds.

    A hang shows in CPU time, whatever else the machine does; a program that only waits is stopped
    by the clock. The worker, which ends what does not listen, reads the stage from ``folder``.

    Args:
        folder: of the task.
        stage: what begins; another word than that of the stage before.
        seconds: CPU time, of all threads together.
    """
    Path(folder, "stage").write_text(stage, encoding="utf-8")
    if not hasattr(signal, "setitimer"):
        yield
        return
    begun, computed = time.monotonic(), time.process_time()

    def used_up(number: int, frame: FrameType | None) -> None:
        raise TimeIsUp(f"time limit: stopped after {seconds:.0f} s of CPU time")

    def look(number: int, frame: FrameType | None) -> None:
        waited = time.monotonic() - begun
        busy = time.process_time() - computed
        if waited > WALL_FACTOR * seconds or busy < IDLE_SHARE * waited:
            raise TimeIsUp(
                f"time limit: stopped after {waited:.0f} s, of which it computed {busy:.0f} s"
            )

    signal.signal(signal.SIGPROF, used_up)
    signal.signal(signal.SIGALRM, look)
    # Again and again: a program may catch everything in a loop.
    signal.setitimer(signal.ITIMER_PROF, seconds, _RING_AGAIN)
    signal.setitimer(signal.ITIMER_REAL, seconds, max(1.0, seconds / 4))
    try:
        yield
    finally:
        for timer, number in (
            (signal.ITIMER_PROF, signal.SIGPROF),
            (signal.ITIMER_REAL, signal.SIGALRM),
        ):
            signal.setitimer(timer, 0)
            signal.signal(number, signal.SIG_IGN)


def settle_in(copy: Path, home: Path, seed: int) -> None:
    """Make the copy the working folder, give the process a home of its own, and seed it."""
    import numpy as np

    os.chdir(copy)
    for name in ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"):
        os.environ[name] = str(home)
    import tempfile

    tempfile.tempdir = str(home)
    os.environ["MPLBACKEND"] = "Agg"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    random.seed(seed)
    np.random.seed(seed % 2**32)


def answer_the_program() -> None:
    """Answer what a program asks of a person or of the clock."""
    import builtins

    builtins.input = lambda prompt="": "1"
    time.sleep = lambda seconds: None
    os.system = lambda command: 0
    command_line.install()
