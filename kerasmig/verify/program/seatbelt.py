"""The sandbox of macOS, for the process that runs a program under verification."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable
from pathlib import Path

_LIBRARY = "/usr/lib/libsandbox.dylib"


def available() -> bool:
    """Whether this is a system with that sandbox."""
    return sys.platform == "darwin" and Path(_LIBRARY).exists()


def restrict(read: Iterable[Path], write: Iterable[Path], hidden: Iterable[Path]) -> None:
    """Leave this process nothing to change but some folders, and nothing to read in others.

    Args:
        read: may be read although it is in a hidden folder.
        hidden: what is in them cannot be read.

    Raises:
        OSError: the system refuses.
    """
    library = ctypes.CDLL(_LIBRARY)
    message = ctypes.c_char_p()
    text = profile(read, write, hidden).encode()
    if library.sandbox_init(text, ctypes.c_uint64(0), ctypes.byref(message)) != 0:
        raise OSError(1, f"sandbox: {(message.value or b'').decode('utf-8', 'replace')}")


def profile(read: Iterable[Path], write: Iterable[Path], hidden: Iterable[Path]) -> str:
    """The rules, in the language of the sandbox: later ones win."""
    folders = list(write)
    lines = [
        "(version 1)",
        "(allow default)",
        "(deny network*)",
        "(deny process-exec)",
        "(deny process-fork)",
        "(deny signal (target others))",
        "(deny ipc-posix-shm-write-create)",
        *(f"(deny file-read-data {_below(path)})" for path in hidden),
        *(f"(allow file-read-data {_below(path)})" for path in [*read, *folders]),
        "(deny file-write*)",
        *(f"(allow file-write* {_below(path)})" for path in folders),
        '(allow file-write-data (literal "/dev/null"))',
    ]
    return "\n".join(lines) + "\n"


def _below(path: Path) -> str:
    text = str(path.resolve()).replace("\\", "\\\\").replace('"', '\\"')
    return f'(subpath "{text}")'
