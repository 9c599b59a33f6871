"""Runs kerasmig as if the system were another one: ``python system.py windows ARGUMENTS``.

What Windows or macOS lack is taken away before kerasmig is imported: functions of ``os`` and
``signal``, modules, ``/proc``, renaming over a file that is open. The standard library has been loaded by
then, so that it goes on working on the system that really is there. Default encodings raise.
"""

from __future__ import annotations

import builtins
import ctypes
import io
import multiprocessing
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import warnings
from typing import Any, NoReturn

POSIX_ONLY = (
    "fork forkpty killpg setsid setpgid getpgid getsid getuid geteuid getgid getegid chown fchown "
    "lchown chroot mkfifo mknod getxattr setxattr listxattr removexattr sched_getaffinity uname "
    "openpty WNOHANG WIFSIGNALED WTERMSIG WEXITSTATUS posix_spawn posix_spawnp nice sync pread pwrite "
    "getloadavg statvfs wait3 wait4 waitid memfd_create"
).split()
POSIX_MODULES = "fcntl resource pwd grp termios tty pty syslog curses posixpath_".split()
LINUX_ONLY = (
    "sched_getaffinity getxattr setxattr listxattr removexattr memfd_create pidfd_open".split()
)
WINDOWS_SIGNALS = {"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM"}


def take_away(module: Any, names: Any) -> None:
    for name in names:
        if hasattr(module, name):
            delattr(module, name)


def no_proc() -> None:
    """Let nothing be found under /proc and /sys."""
    really_open, really_stat, really_list = io.open, os.stat, os.listdir

    def hidden(path: Any) -> bool:
        if not isinstance(path, (str, os.PathLike)):
            return False
        name = os.fspath(path)
        return isinstance(name, str) and name.startswith(("/proc", "/sys/"))

    def refuse(path: Any) -> NoReturn:
        raise FileNotFoundError(2, "No such file or directory", str(path))

    def opened(path: Any, *args: Any, **kwargs: Any) -> Any:
        return refuse(path) if hidden(path) else really_open(path, *args, **kwargs)

    def stated(path: Any, *args: Any, **kwargs: Any) -> Any:
        return refuse(path) if hidden(path) else really_stat(path, *args, **kwargs)

    def listed(path: Any = ".") -> Any:
        return refuse(path) if hidden(path) else really_list(path)

    builtins.open = io.open = opened  # type: ignore[assignment]
    os.stat, os.listdir = stated, listed


def no_processes() -> None:
    """Windows starts processes otherwise: what only POSIX has must not be asked for."""
    really = subprocess.Popen.__init__

    def started(self: Any, *args: Any, **kwargs: Any) -> None:
        for name in ("preexec_fn", "pass_fds", "user", "group"):
            if kwargs.get(name):
                raise ValueError(f"{name} is not supported on Windows platforms")
        really(self, *args, **kwargs)

    subprocess.Popen.__init__ = started  # type: ignore[method-assign]


def no_library(self: Any, name: Any, *_: Any, **__: Any) -> NoReturn:
    """There is no C library of the process itself."""
    if name is None:
        raise TypeError("LoadLibrary() argument 1 must be str, not None")
    raise FileNotFoundError(f"Could not find module '{name}'")


def windows() -> None:
    """What Python has there."""
    multiprocessing.set_start_method("spawn")
    no_processes()
    take_away(os, POSIX_ONLY)
    take_away(signal, [n for n in dir(signal) if n.startswith("SIG") and n.isupper()
                       and n not in WINDOWS_SIGNALS and not n.startswith("SIG_")])  # fmt: skip
    take_away(signal, ("alarm", "setitimer", "getitimer", "pthread_sigmask", "pthread_kill",
                       "sigwait", "ITIMER_REAL", "ITIMER_PROF", "ITIMER_VIRTUAL"))  # fmt: skip
    for name in POSIX_MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    no_proc()
    sys.platform = "win32"
    pathlib.WindowsPath = pathlib.PosixPath  # type: ignore[misc, assignment]
    ctypes.CDLL.__init__ = no_library  # type: ignore[method-assign]
    os.name = "nt"


def macos() -> None:
    """What Python lacks there."""
    multiprocessing.set_start_method("spawn")
    take_away(os, LINUX_ONLY)
    no_proc()
    sys.platform = "darwin"


def main() -> None:
    import asyncio  # noqa: F401
    import concurrent.futures.process  # noqa: F401
    import ctypes.util  # noqa: F401
    import platform
    import shutil  # noqa: F401

    import click.testing  # noqa: F401
    import rich.console
    import rich.progress  # noqa: F401

    platform.uname()
    tempfile.gettempdir()
    pathlib.Path.home()
    {"windows": windows, "macos": macos}[sys.argv.pop(1)]()
    import kerasmig

    home = os.path.dirname(kerasmig.__file__)

    def warned(message: Any, category: Any, filename: str, lineno: int, *_: Any) -> None:
        if issubclass(category, EncodingWarning) and filename.startswith(home):
            sys.stderr.write(f"default encoding: {filename}:{lineno}\n")

    warnings.simplefilter("always", EncodingWarning)
    warnings.showwarning = warned  # type: ignore[assignment]
    sys.argv[0] = "kerasmig"
    from kerasmig.__main__ import main as command

    command()


if __name__ == "__main__":
    main()
