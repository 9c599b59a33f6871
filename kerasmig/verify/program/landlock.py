"""Landlock: a process gives up, for good, all files but some. Linux 5.13 and later, for any user.

No well-kept Python binding is there to be used: three calls of the kernel, through ctypes. Files
that are open already stay open. Threads that are started later and child processes are held by it,
too; threads that run already are not, so it is called before there are any.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1
_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_WRITE_FILE = 1 << 1
_FILE_ACTIONS = _WRITE_FILE | _READ_FILE | 1 << 14  # a file has no more than these: and truncating
# What may be done in a folder of one's own: not executing, and no sockets, pipes and devices, which
# whoever looks at the folder afterwards would stumble over.
_MAKE = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 13 | 1 << 14
#: How many kinds of access to files each version of the interface knows.
_KINDS = {1: 13, 2: 14, 3: 15, 4: 15}
_KINDS_NOW = 16
_NET_SINCE, _SCOPES_SINCE, _REFER_SINCE, _TRUNCATE_SINCE = 4, 6, 2, 3


class _Attributes(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """The version of the interface that this kernel has switched on; 0 if none."""
    if sys.platform != "linux":
        return 0
    try:
        found: int = _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    except (OSError, AttributeError):
        return 0
    return max(0, found)


def restrict(read: Iterable[Path], write: Iterable[Path]) -> None:
    """Leave this process nothing but reading some files and folders, and changing some folders.

    No TCP connection and no signal to processes outside is left, where the kernel knows of those.

    Raises:
        OSError: the kernel refuses.
    """
    libc, abi = _libc(), version()
    known = (1 << _KINDS.get(abi, _KINDS_NOW)) - 1
    net = 0b11 if abi >= _NET_SINCE else 0
    scoped = 0b11 if abi >= _SCOPES_SINCE else 0
    attributes = _Attributes(known, net, scoped)
    size = 24 if scoped else 16 if net else 8
    ruleset = _checked(
        libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), 0)
    )
    try:
        reading = _READ_FILE | _READ_DIR
        for path in read:
            _allow(libc, ruleset, path, reading & known)
        for path in write:
            _allow(libc, ruleset, path, (reading | _WRITE_FILE | _MAKE) & known)
        _checked(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # it is not there: nothing to allow
    try:
        if not path.is_dir():
            access &= _FILE_ACTIONS
        rule = _Beneath(access, parent)
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(parent)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
