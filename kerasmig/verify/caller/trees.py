"""Lean copies of code trees: what programs are run from, so that the originals stay untouched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

MAX_FILE = 256 * 1024
MAX_TOTAL = 64 * 1024 * 1024
_SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "__pycache__", "node_modules", ".tox", ".venv", ".mypy_cache",
     ".pytest_cache", ".ipynb_checkpoints"}
)  # fmt: skip


def too_wide(folder: Path) -> bool:
    """Whether a folder is a home, holds one, or is all there is: never copied as a whole."""
    resolved, home = folder.resolve(), Path.home().resolve()
    return resolved == home or resolved in home.parents or resolved.parent == resolved


def copy_files(root: Path, files: Iterable[Path], destination: Path) -> None:
    """Copy some files of a tree, and no others."""
    destination.mkdir(parents=True)
    for path in files:
        _copy(path, destination / path.resolve().relative_to(root))


def copy_tree(source: Path, destination: Path, *, main_file: str | None = None) -> None:
    """Copy the code of a tree, without large data, repositories and environments.

    Args:
        source: a folder, or one file: then the Python files and packages beside it come too.
        destination: a folder that does not exist yet.
        main_file: for a file, the name it gets in the copy.

    Raises:
        FileNotFoundError: ``source`` does not exist.
    """
    if not source.exists():
        raise FileNotFoundError(f"{source} does not exist")
    destination.mkdir(parents=True)
    if source.is_file():
        for neighbour in sorted(source.parent.iterdir()):
            if neighbour == source or neighbour.name == main_file:
                continue
            if neighbour.is_file() and neighbour.suffix == ".py":
                _copy(neighbour, destination / neighbour.name)
            elif neighbour.is_dir() and (neighbour / "__init__.py").exists():
                _copy_folder(neighbour, destination / neighbour.name)
        _copy(source, destination / (main_file or source.name))
        return
    _copy_folder(source, destination)


def _copy_folder(source: Path, destination: Path) -> None:
    total = 0
    for path in _files(source):
        size = path.stat().st_size
        python = path.suffix == ".py"
        if not python and (size > MAX_FILE or total > MAX_TOTAL):
            continue
        total += size
        _copy(path, destination / path.relative_to(source))
    destination.mkdir(parents=True, exist_ok=True)


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED_FOLDERS and not Path(folder, name, "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file():  # no sockets, no dangling links
                yield path


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(source, destination)
    except OSError:
        # An unreadable file is reported by the plan, if it is one of interest.
        destination.touch(mode=0o000)


def python_files(root: Path) -> list[str]:
    """Every Python file of a tree, relative, with forward slashes, sorted."""
    return sorted(
        path.relative_to(root).as_posix() for path in _files(root) if path.suffix == ".py"
    )
