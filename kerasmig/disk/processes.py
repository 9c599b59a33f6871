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

_PR_SET_PDEATHSIG = 1
_LOOK_AGAIN = 1.0


def die_with_parent() -> None:
    """Have this process killed when its parent ends, in whatever way.

    Linux does it by itself; elsewhere a thread looks after the parent. For processes of
    `multiprocessing`, whose parent is known, and for others whose parent is the one that is.
    """
    parent = multiprocessing.parent_process()
    before = os.getppid()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if (parent is not None and not parent.is_alive()) or os.getppid() != before:
                os._exit(1)  # it ended before we could ask
            return

    def look() -> None:
        while (parent is None or parent.is_alive()) and os.getppid() == before:
            time.sleep(_LOOK_AGAIN)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()
