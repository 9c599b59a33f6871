"""Files that a program writes while it runs, by name and, where they are text, by content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_TEXT = (".csv", ".txt", ".log", ".tsv", ".dat")
_MOST = 20_000
_IGNORED = re.compile(r"(^|/)(__pycache__|\.git)(/|$)|\.pyc$|events\.out\.tfevents|\.png$|\.jpe?g$")


class Files:
    """The files under a folder.

    Args:
        root: the program's copy.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._before: dict[str, tuple[int, int]] = {}

    def look(self) -> None:
        """Remember what is there now."""
        self._before = dict(self._stamps())

    def written(self, besides: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Files that have come or changed since, each with its text, in the order of their names."""
        from kerasmig.verify.stretch.shared import stem

        found = {}
        for name, stamp in self._stamps():
            if name in besides or self._before.get(name) == stamp:
                continue
            text = ""
            if name.endswith(_TEXT):
                text = (self._root / name).read_text("utf-8", "replace")[:_MOST]
            folder = name.rpartition("/")[0]
            found[f"{folder}/{_figures_out(stem(name))}".lstrip("/")] = text
        yield from sorted(found.items())

    def _stamps(self) -> Iterator[tuple[str, tuple[int, int]]]:
        for folder, _, names in os.walk(self._root):
            for name in names:
                path = Path(folder, name)
                relative = path.relative_to(self._root).as_posix()
                if _IGNORED.search(relative):
                    continue
                try:
                    stat = path.stat()
                except OSError:
                    continue
                yield relative, (stat.st_size, stat.st_mtime_ns)


def _figures_out(name: str) -> str:
    """A name without the digits behind a point, which may be rounded otherwise."""
    return re.sub(r"(\d+\.\d)\d*", r"\1", name)
