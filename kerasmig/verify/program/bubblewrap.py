"""Bubblewrap: where the kernel has no Landlock, a program is started in a file system of its own.

The tool makes namespaces: files that are not named are not there, nor are networks and other
processes. A process that runs already cannot be put into one, so each program gets an interpreter.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

_PLACES = ("/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap")  # not PATH: it may hold the tree
_ALONE = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
_MARK = "KERASMIG_WRAPPED"


@functools.cache
def available() -> bool:
    """Whether it is installed and may make namespaces."""
    if sys.platform != "linux" or (tool := _tool()) is None:
        return False
    try:
        done = subprocess.run(
            [tool, *_ALONE, "--ro-bind", "/", "/", "--proc", "/proc", "/bin/true"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def command(read: Iterable[Path], write: Iterable[Path], folder: Path) -> list[str]:
    """What a command begins with so that it sees some files and may change some folders."""
    tool = _tool()
    assert tool is not None
    found = [tool, *_ALONE, "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"]
    binds = {path: "--ro-bind-try" for path in read if not _made(path)}
    binds |= dict.fromkeys(write, "--bind-try")
    for path, how in sorted(binds.items(), key=lambda item: len(item[0].parts)):
        found += [how, str(path), str(path)]
    return [*found, "--setenv", _MARK, "1", "--chdir", str(folder), "--"]


def inside() -> bool:
    """Whether this process was started so."""
    try:
        first = Path("/proc/1/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return False
    return first == "bwrap" and _MARK in os.environ


def _tool() -> str | None:
    return next((place for place in _PLACES if os.access(place, os.X_OK)), None)


def _made(path: Path) -> bool:
    """Whether a namespace has one of its own."""
    return path.parts[:2] in (("/", "proc"), ("/", "dev"))
