"""What tells whether a file, or kerasmig itself, has changed since."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

Stamp = tuple[int, int, int, int]


def stamp(path: Path | str) -> Stamp | None:
    """Size, inode and times of change of a file; ``None`` if there is none."""
    try:
        state = os.stat(path)
    except OSError:
        return None
    return (state.st_size, state.st_ino, state.st_mtime_ns, state.st_ctime_ns)


def own_stamp() -> str:
    """Changes whenever kerasmig itself does, be it a release or an edit of its source."""
    home = Path(__file__).parents[1]
    newest = [
        found
        for folder, _, names in os.walk(home)
        for name in names
        if name.endswith((".py", ".json")) and (found := stamp(os.path.join(folder, name)))
    ]
    return hashlib.sha256(repr(sorted(newest)).encode()).hexdigest()
