"""Reading files that somebody else has put there: only regular ones, which cannot keep us waiting."""

from __future__ import annotations

import os
import stat
from pathlib import Path

# Opening a pipe would wait for somebody to write into it; some devices never end.
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


class NotRegular(OSError):
    """A pipe, socket or device where a file should be."""

    def __init__(self, path: Path) -> None:
        super().__init__(0, "not a regular file (a pipe, socket or device)", str(path))


def read_file(path: Path) -> bytes:
    """The contents of a regular file.

    Raises:
        OSError: it cannot be read.
        NotRegular: it is something else, from which reading might never end.
    """
    flags = os.O_RDONLY | _WITHOUT_WAITING | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise NotRegular(path)
        return file.read()
