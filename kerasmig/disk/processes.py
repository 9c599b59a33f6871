"""Processes that do not outlive whoever started them."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time

_STARTED_BY = "KERASMIG_STARTED_BY"
_PR_SET_PDEATHSIG = 1
_LOOK_AGAIN = 1.0


def naming_its_starter() -> dict[str, str]:
    """What the environment of a new interpreter says, so that `die_with_parent` knows this process.

    An interpreter takes a while to come to that call. Whoever started it may be gone by then, and
    the parent that the new process finds is another one.
    """
    return {_STARTED_BY: str(os.getpid())}


def die_with_parent(starter: int | None = None) -> None:
    """Have this process killed when its parent ends, in whatever way; at once if it has ended.

    Linux does it by itself; elsewhere a thread looks after the parent.

    Args:
        starter: the process that started this one; by default the one that `naming_its_starter`
            names, if any.
    """
    named = os.environ.pop(_STARTED_BY, None)
    starter = int(named) if starter is None and named else starter
    before = os.getppid()
    of_pool = multiprocessing.parent_process()

    def alone() -> bool:
        return os.getppid() != before or (of_pool is not None and not of_pool.is_alive())

    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # A script may stand between the two: then the parent is not the starter, which must be alive.
    if alone() or (starter is not None and starter != before and not is_alive(starter)):
        os._exit(1)
    if sys.platform == "linux":
        return

    def look() -> None:
        while not alone():
            time.sleep(_LOOK_AGAIN)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def is_alive(process: int) -> bool:
    """Whether a process exists, and is more than an entry that nobody has taken note of."""
    if os.name != "posix":
        return True  # signal 0 would end a process on Windows
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    with contextlib.suppress(OSError, IndexError):
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    return True
