"""A filter on system calls: what no program under verification has to ask the kernel for.

Landlock knows files and TCP. This adds what it does not: every other socket, new processes and
programs, signals by number, shared memory that outlives the process, debugging, mounting. Changes of
permissions, owners and times, which neither can tell apart by path, succeed and do nothing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS, _PR_GET_SECCOMP = 38, 21
_MODE_FILTER, _ALL_THREADS = 1, 1
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000

# Numbers of system calls that are the same on both architectures.
_NEW = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "open_tree": 428, "move_mount": 429,
    "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "pidfd_open": 434, "clone3": 435,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "fchmodat2": 452,
    "setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467,
}  # fmt: skip
_X86_64 = {
    "shmget": 29, "socket": 41, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62,
    "semget": 64, "msgget": 68, "truncate": 76, "chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93,
    "lchown": 94, "ptrace": 101, "syslog": 103, "rt_sigqueueinfo": 129, "utime": 132,
    "setpriority": 141, "vhangup": 153, "pivot_root": 155, "adjtimex": 159, "chroot": 161,
    "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168,
    "reboot": 169, "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173,
    "init_module": 175, "delete_module": 176, "quotactl": 179, "setxattr": 188, "lsetxattr": 189,
    "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "tkill": 200,
    "sched_setaffinity": 203, "clock_settime": 227, "tgkill": 234, "utimes": 235, "mq_open": 240,
    "mq_unlink": 241, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250,
    "ioprio_set": 251, "fchownat": 260, "futimesat": 261, "fchmodat": 268, "unshare": 272,
    "utimensat": 280, "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "fanotify_init": 300,
    "prlimit64": 302, "name_to_handle_at": 303, "open_by_handle_at": 304, "clock_adjtime": 305,
    "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313,
    "kexec_file_load": 320, "bpf": 321, "execveat": 322, "userfaultfd": 323,
}  # fmt: skip
_AARCH64 = {
    "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15,
    "fremovexattr": 16, "ioprio_set": 30, "umount2": 39, "mount": 40, "pivot_root": 41,
    "truncate": 45, "chroot": 51, "fchmod": 52, "fchmodat": 53, "fchownat": 54, "fchown": 55,
    "vhangup": 58, "quotactl": 60, "utimensat": 88, "acct": 89, "unshare": 97, "kexec_load": 104,
    "init_module": 105, "delete_module": 106, "clock_settime": 112, "syslog": 116, "ptrace": 117,
    "sched_setaffinity": 122, "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138,
    "setpriority": 140, "reboot": 142, "sethostname": 161, "setdomainname": 162,
    "settimeofday": 170, "adjtimex": 171, "mq_open": 180, "mq_unlink": 181, "msgget": 186,
    "semget": 190, "shmget": 194, "socket": 198, "add_key": 217, "request_key": 218, "keyctl": 219,
    "clone": 220, "execve": 221, "swapon": 224, "swapoff": 225, "rt_tgsigqueueinfo": 240,
    "perf_event_open": 241, "prlimit64": 261, "fanotify_init": 262, "name_to_handle_at": 264,
    "open_by_handle_at": 265, "clock_adjtime": 266, "setns": 268, "process_vm_readv": 270,
    "process_vm_writev": 271, "finit_module": 273, "bpf": 280, "execveat": 281,
    "userfaultfd": 282, "kexec_file_load": 294,
}  # fmt: skip


class _Machine(NamedTuple):
    architecture: int
    filter_call: int
    numbers: dict[str, int]


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 317, _X86_64 | _NEW),
    "aarch64": _Machine(0xC00000B7, 277, _AARCH64 | _NEW),
}
_WITHOUT_EFFECT = (
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime",
    "utimes", "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat",
    "removexattr", "lremovexattr", "fremovexattr", "removexattrat", "setpriority", "ioprio_set",
)  # fmt: skip
# Calls whose first argument is a process: only this one is left.
_ABOUT_A_PROCESS = (
    "kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64", "sched_setaffinity",
)  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def available() -> bool:
    """Whether this kernel filters system calls, and we know their numbers here."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES or sys.maxsize < 1 << 32:
        return False
    try:
        mode: int = ctypes.CDLL(None).prctl(_PR_GET_SECCOMP, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return False
    return mode >= 0


def restrict(*, truncate: bool) -> None:
    """Filter the system calls of this process, of all its threads, and of what it would start.

    Args:
        truncate: whether files may be shortened by name (where Landlock watches that).

    Raises:
        OSError: the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    machine = _MACHINES[platform.machine()]
    code = _filter(machine, os.getpid(), truncate)
    program = _Program(len(code) // 8, code)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 or libc.syscall(
        machine.filter_call, _MODE_FILTER, _ALL_THREADS, ctypes.byref(program)
    ):
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def _filter(machine: _Machine, process: int, truncate: bool) -> bytes:
    numbers = machine.numbers
    refuse = _ERRNO | errno.EPERM
    lines = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_IF_EQUAL, machine.architecture, 1, 0),
        _step(_RETURN, refuse),  # a call in the manner of another architecture
        _step(_LOAD, _NUMBER),
    ]
    if machine.architecture == _MACHINES["x86_64"].architecture:
        lines += [_step(_IF_AT_LEAST, _X32, 0, 1), _step(_RETURN, refuse)]
    for name, number in sorted(numbers.items()):
        if name == "truncate" and truncate:
            continue
        if name == "clone":  # a thread may be
            lines += [
                _step(_IF_EQUAL, number, 0, 4),
                _step(_LOAD, _FIRST_ARGUMENT),
                _step(_IF_SET, _CLONE_THREAD, 0, 1),
                _step(_RETURN, _ALLOW),
                _step(_RETURN, refuse),
            ]
        elif name in _ABOUT_A_PROCESS:
            lines += [
                _step(_IF_EQUAL, number, 0, 5),
                _step(_LOAD, _FIRST_ARGUMENT),
                _step(_IF_EQUAL, 0, 1, 0),
                _step(_IF_EQUAL, process, 0, 1),
                _step(_RETURN, _ALLOW),
                _step(_RETURN, refuse),
            ]
        else:
            lines += [_step(_IF_EQUAL, number, 0, 1), _step(_RETURN, _answer(name))]
    lines.append(_step(_RETURN, _ALLOW))
    return b"".join(lines)


def _answer(name: str) -> int:
    if name in _WITHOUT_EFFECT:
        return _ERRNO  # with no error: done, as it seems
    if name == "clone3":  # takes its flags where no filter sees them; the C library then uses clone
        return _ERRNO | errno.ENOSYS
    return _ERRNO | (errno.EACCES if name in ("socket", "execve", "execveat") else errno.EPERM)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
