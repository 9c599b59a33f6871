"""Copies of Keras 1 or keras-contrib among the files: recognised, and left alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from pathlib import Path

from kerasmig.disk.reading import read_file
from kerasmig.finding import Applicability, Finding

VENDORED = "KM901"
_LIBRARIES = frozenset(["keras", "keras_contrib"])
_OLD_VERSION = re.compile(rb"^__version__\s*=\s*['\"][01]\.", re.MULTILINE)


class VendoredCopies:
    """The copies among some files.

    Args:
        files: all files of the run.
        read: gives the bytes of a file.
    """

    def __init__(self, files: Set[Path], read: Callable[[Path], bytes]) -> None:
        self._files = files
        self._read = read
        self._copies: dict[Path, bool] = {}

    def around(self, path: Path) -> Path | None:
        """The folder of the copy that a file belongs to."""
        if _LIBRARIES.isdisjoint(path.parts):
            return None
        for folder in path.parents:
            if folder.name in _LIBRARIES:
                found = self._copies.get(folder)
                if found is None:
                    found = self._copies[folder] = self._is_copy(folder)
                if found:
                    return folder
        return None

    def _is_copy(self, folder: Path) -> bool:
        """Whether a folder is the library itself: its version says so, or its layout."""
        start = folder / "__init__.py"
        if start not in self._files:
            return False
        if folder.name == "keras_contrib":
            if _is_the_project(folder):
                return False
            return folder / "layers" / "__init__.py" in self._files
        return _OLD_VERSION.search(self._read(start)) is not None


def _is_the_project(folder: Path) -> bool:
    """Whether a library's folder is what the project itself packages: its setup.py names it."""
    try:
        setup = read_file(folder.parent / "setup.py")
    except OSError:
        return False
    named = rb"\bname\s*=\s*['\"]" + folder.name.replace("_", "[-_]").encode() + rb"['\"]"
    return re.search(named, setup) is not None


def vendored_note(folder: Path, path: Path) -> tuple[Finding, ...]:
    """The finding on a copy of a library, at its ``__init__``."""
    if path != folder / "__init__.py":
        return ()
    what = "keras-contrib" if folder.name == "keras_contrib" else "Keras 1"
    message = (
        f"a copy of {what}, left alone with all its files: remove it and install keras, or rename "
        "the folder if it is code of your own"
    )
    return (Finding(VENDORED, message, Applicability.MANUAL, 1, 0, end_line=1),)
