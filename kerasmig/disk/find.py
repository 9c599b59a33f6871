"""Which files a run looks at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from kerasmig.disk.atomic import TEMPORARY
from kerasmig.disk.ignore import Patterns
from kerasmig.disk.reading import read_file

DEFAULT_EXCLUDES = (
    ".bzr .direnv .eggs .git .hg .ipynb_checkpoints .kerasmig .mypy_cache .nox .pytest_cache "
    ".ruff_cache .svn .tox .venv __pycache__ build dist env node_modules site-packages venv"
).split()


_EXCLUDED = frozenset(DEFAULT_EXCLUDES)

#: A folder with its closing slash, and what its .gitignore says.
_Ignore: TypeAlias = tuple[str, Patterns]


class FileProblem(Exception):
    """A path that cannot be used; the message says why and what to do."""


class Selection(NamedTuple):
    """Which files of the given paths count.

    Args:
        exclude: patterns in the manner of .gitignore, added to the defaults.
        include: if given, only files that match one of these.
        respect_gitignore: leave out what .gitignore files leave out.
        force: leave out what is excluded also where it is named outright.
        base: the patterns are matched from this folder too, not only from the paths given.
    """

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    respect_gitignore: bool = True
    force: bool = False
    base: Path | None = None

    def leaves_out(self, path: Path) -> bool:
        """Whether the defaults or the patterns exclude a path, seen from the base."""
        name = absolute(path)
        base = absolute(self.base) if self.base is not None else Path(os.path.realpath(""))
        if not name.is_relative_to(base):
            base = name.parent
        parts = name.relative_to(base).parts
        folders = parts if name.is_dir() else parts[:-1]
        if not _EXCLUDED.isdisjoint(folders):
            return True
        patterns = Patterns(self.exclude)
        inside = [f"{'/'.join(folders[: n + 1])}/" for n in range(len(folders))]
        return any(patterns.match(shown) for shown in (*inside, "/".join(parts)))


def absolute(path: Path) -> Path:
    """The one spelling of a path that all else works with: in its real folder, under its own name.

    What is found around a file must not hang on how somebody typed its path.
    """
    folder, name = os.path.split(path)
    if name in ("", ".", "..") or os.path.isdir(path):
        return Path(os.path.realpath(path))
    return Path(os.path.realpath(folder), name)


def find_files(
    paths: Sequence[Path],
    selection: Selection,
    suffixes: tuple[str, ...] = (".py", ".ipynb"),
    unreadable: Callable[[Path, OSError], None] = lambda path, error: None,
    leftover: Callable[[Path], None] = lambda path: None,
) -> list[Path]:
    """The files to work on, absolute and sorted; a file named outright is taken whatever its name,
    unless the selection forces its exclusions.

    Symbolic links to folders are not followed, links to files only within the tree.

    Args:
        unreadable: is told of each folder that cannot be read.
        leftover: is told of each temporary file that a run of kerasmig has left there.

    Raises:
        FileProblem: a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if selection.force and path.exists() and selection.leaves_out(path):
            continue
        if path.is_dir():
            found.update(
                dict.fromkeys(_walk(absolute(path), selection, suffixes, unreadable, leftover))
            )
        elif path.exists():
            found[absolute(path)] = None
        elif path.is_symlink():
            raise FileProblem(f"{path}: broken symbolic link")
        else:
            raise FileProblem(f"{path}: no such file or folder")
    return sorted(_each_once(found), key=lambda path: path.parts)


def _each_once(found: Iterable[Path]) -> Iterator[Path]:
    """Files without those that are others in another case, where the file system does not care."""
    spelled: dict[str, Path] = {}
    for path in found:
        known = spelled.setdefault(str(path).casefold(), path)
        if known is path or not os.path.samefile(known, path):
            yield path


def _walk(
    root: Path,
    selection: Selection,
    suffixes: tuple[str, ...],
    unreadable: Callable[[Path, OSError], None],
    leftover: Callable[[Path], None],
) -> Iterator[Path]:
    chosen = _Chosen(root, selection)
    ignores: list[_Ignore] = []
    if selection.respect_gitignore:
        ignores = [found for parent in _git_parents(root) if (found := _gitignore(parent))]
    waiting: list[tuple[Path, str, list[_Ignore]]] = [(root, "", ignores)]
    while waiting:
        folder, inside, ignores = waiting.pop()
        if selection.respect_gitignore and inside and (own := _gitignore(folder)):
            ignores = [*ignores, own]
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            unreadable(folder, error)
            continue
        here = (folder / "x").as_posix()[:-1] if ignores else ""
        for entry in entries:
            name = entry.name
            is_dir = entry.is_dir(follow_symlinks=False)
            if name in _EXCLUDED if is_dir else not name.endswith(suffixes):
                if name.endswith(TEMPORARY):
                    leftover(folder / name)
                continue
            shown = f"{inside}{name}/" if is_dir else f"{inside}{name}"
            if ignores and _ignored(f"{here}{name}" + ("/" if is_dir else ""), ignores):
                continue
            if not chosen.takes(shown, is_dir):
                continue
            if is_dir:
                waiting.append((folder / name, shown, ignores))
            elif not entry.is_symlink() or _stays_inside(folder / name, root):
                yield folder / name


class _Chosen:
    """What a selection's own patterns say of the paths below a folder."""

    def __init__(self, root: Path, selection: Selection) -> None:
        self._exclude = Patterns(selection.exclude) if selection.exclude else None
        self._include = Patterns(selection.include) if selection.include else None
        base = absolute(selection.base) if selection.base is not None else root
        # Patterns of a configuration file are written from its folder.
        self._prefix = f"{root.relative_to(base).as_posix()}/" if base in root.parents else ""
        if self._exclude is not None and self._prefix and self._exclude.match(self._prefix):
            self._prefix = ""  # a folder that is named outright is looked at

    def takes(self, shown: str, is_folder: bool) -> bool:
        """Whether a path counts, written from the folder; folders with a slash at their end."""
        if self._exclude is not None and self._matches(self._exclude, shown):
            return False
        return is_folder or self._include is None or self._matches(self._include, shown)

    def _matches(self, patterns: Patterns, shown: str) -> bool:
        prefix = self._prefix
        return patterns.match(shown) or (bool(prefix) and patterns.match(f"{prefix}{shown}"))


def _git_parents(root: Path) -> list[Path]:
    """The folders from the repository's top down to ``root``."""
    chain = [root, *root.parents]
    for index, folder in enumerate(chain):
        if (folder / ".git").exists():
            return list(reversed(chain[: index + 1]))
    return [root]


def _gitignore(folder: Path) -> _Ignore | None:
    try:
        lines = read_file(folder / ".gitignore").decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    return (folder / "x").as_posix()[:-1], Patterns(lines)


def _ignored(absolute: str, ignores: Sequence[_Ignore]) -> bool:
    """What the innermost .gitignore with an opinion says."""
    for folder, spec in reversed(ignores):
        opinion = spec.opinion(absolute.removeprefix(folder))
        if opinion is not None:
            return opinion
    return False


def _stays_inside(link: Path, home: Path) -> bool:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return True  # a broken link inside the tree is reported when it is read
    return target.is_relative_to(home)


def shown_path(path: Path) -> str:
    """A path as a person would type it: relative to the current folder where it is below."""
    absolute = path if path.is_absolute() else Path(os.path.abspath(path))
    try:
        return absolute.relative_to(Path.cwd()).as_posix()
    except (ValueError, FileNotFoundError):  # elsewhere, or the current folder was deleted
        return absolute.as_posix()
