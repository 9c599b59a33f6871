"""What the process of one program is confined by, and to what.

The system itself holds it, so that it does not matter through which library a program writes,
connects or signals. It is applied before the first line of the program, once and for good, and so
holds while its models are measured, too, and in every thread.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from kerasmig.disk.cache_folder import cache_folder
from kerasmig.verify.program import bubblewrap, landlock, seatbelt, seccomp

NOTHING = "nothing: the program was trusted"
ADVICE = (
    "nothing on this system can confine programs to their copies (Landlock and seccomp of Linux "
    "5.13, bubblewrap, or the sandbox of macOS). Installing bubblewrap is enough on Linux. A program could then write, delete and connect as you can. "
    "If you trust this code, say so with --trust, or for good with trust = true in "
    "[tool.kerasmig.verify]"
)
#: What programs and libraries read of a Linux system: no home, no other user's files, no mounts.
_SYSTEM = (
    "/usr /bin /sbin /lib /lib32 /lib64 /libx32 /opt /nix/store /gnu/store /proc /sys /etc/ld.so.cache "
    "/etc/ld.so.conf /etc/ld.so.conf.d /etc/localtime /etc/timezone /etc/mime.types /etc/passwd "
    "/etc/group /etc/nsswitch.conf /etc/os-release /etc/ssl/certs /etc/fonts /etc/alternatives "
    "/etc/host.conf /etc/hosts /etc/locale.alias /etc/matplotlibrc /dev/zero /dev/full /dev/random "
    "/dev/urandom"
).split()
_DEVICES = ("/dev/null",)
_WRAPPED = "bubblewrap"


def available() -> str:
    """What can confine a program on this system, as words; empty if nothing does."""
    if abi := landlock.version():
        if seccomp.available():
            return f"Landlock ABI {abi}, seccomp"
    elif seatbelt.available():
        return "the sandbox of macOS"
    return _WRAPPED if bubblewrap.inside() or bubblewrap.available() else ""


def wrapper(folder: Path, session: Path, read: Sequence[str], write: Sequence[str]) -> list[str]:
    """What a command begins with that starts a program, where only starting it can confine it."""
    if available() != _WRAPPED or bubblewrap.inside():
        return []
    readable = [*map(Path, _SYSTEM), *_interpreter(), session, *_given(read)]
    return bubblewrap.command(readable, [folder, *_given(write)], folder)


def confine(folder: Path, session: Path, read: Sequence[str], write: Sequence[str]) -> str:
    """Confine this process, which has one thread, to a folder of its own.

    Args:
        folder: may be written to.
        session: may be read: the trees of the verification and the results of its other runs.
        read, write: what the user allows besides.

    Returns:
        What confines it now; empty if nothing on this system can.

    Raises:
        OSError: the system has the means but refuses them: the program must not be run.
    """
    level = available()
    writable = [folder, *_given(write)]
    if level.startswith("Landlock"):
        readable = [*map(Path, _SYSTEM), *_interpreter(), session, *_given(read)]
        landlock.restrict(readable, [*writable, *map(Path, _DEVICES)])
        _give_up_capabilities()
        seccomp.restrict(truncate=landlock.version() >= 3)
    elif level == _WRAPPED:
        if not bubblewrap.inside():
            raise OSError("the program was not started by bubblewrap")
        if seccomp.available():
            seccomp.restrict(truncate=True)
            level += ", seccomp"
    elif level:
        seatbelt.restrict([*_interpreter(), session, *_given(read)], writable, [_home()])
    return level


def readable_folders(session: Path, read: Sequence[str]) -> list[Path]:
    """What a program may read besides its own folder; for messages."""
    return [*map(Path, _SYSTEM), *_interpreter(), session, *_given(read)]


def _interpreter() -> Iterator[Path]:
    """Where Python and the packages that this process can import are."""
    given = os.environ.get("KERASMIG_LEGACY_PATH")
    found = [sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path]
    found += [str(cache_folder() / "legacy"), *([given] if given else [])]
    found += os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    for name in dict.fromkeys(found):
        path = Path(name)
        if name and path.is_absolute() and not _too_wide(path):
            yield path


def _too_wide(path: Path) -> bool:
    """Whether a folder is a home, or holds one: a path of Python's that would give all away."""
    resolved, home = path.resolve(), _home().resolve()
    return resolved == home or resolved in home.parents


def _home() -> Path:
    """The user's home, whatever HOME says in this process."""
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError, AttributeError):
        return Path.home()


def _given(names: Sequence[str]) -> list[Path]:
    return [Path(name).expanduser().absolute() for name in names]


def _give_up_capabilities() -> None:
    """Be an ordinary user in all but name, where we run as root: in containers, mostly."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    none = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capset(ctypes.byref(header), ctypes.byref(none)) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"capset: {os.strerror(code)}")
