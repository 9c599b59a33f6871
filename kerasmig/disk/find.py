"""Which files a run looks at."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import pathspec

DEFAULT_EXCLUDES = (
    ".bzr .direnv .eggs .git .hg .ipynb_checkpoints .kerasmig .mypy_cache .nox .pytest_cache "
    ".ruff_cache .svn .tox .venv __pycache__ build dist env node_modules site-packages venv"
).split()


_EXCLUDED = frozenset(DEFAULT_EXCLUDES)

#: A folder with its closing slash, and what its .gitignore says.
_Ignore: TypeAlias = "tuple[str, pathspec.GitIgnoreSpec]"


class FileProblem(Exception):
    """A path that cannot be used; the message says why and what to do."""


class Selection(NamedTuple):
    """Which files of the given paths count.

    Args:
        exclude: patterns in the manner of .gitignore, added to the defaults.
        include: if given, only files that match one of these.
        respect_gitignore: leave out what .gitignore files leave out.
    """

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    respect_gitignore: bool = True


def absolute(path: Path) -> Path:
    """The one spelling of a path that all else works with: in its real folder, under its own name.

    What is found around a file must not hang on how somebody typed its path.
    """
    folder, name = os.path.split(path)
    if name in ("", ".", "..") or os.path.isdir(path):
        return Path(os.path.realpath(path))
    return Path(os.path.realpath(folder), name)


def find_files(
    paths: Sequence[Path], selection: Selection, suffixes: tuple[str, ...] = (".py", ".ipynb")
) -> list[Path]:
    """The files to work on, absolute and sorted; a file named outright is taken whatever its name.

    Symbolic links to folders are not followed, links to files only within the tree.

    Raises:
        FileProblem: a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_walk(absolute(path), selection, suffixes)))
        elif path.is_file():
            found[absolute(path)] = None
        elif path.is_symlink():
            raise FileProblem(f"{path}: broken symbolic link")
        else:
            raise FileProblem(f"{path}: no such file or folder")
    return sorted(found)


def _walk(root: Path, selection: Selection, suffixes: tuple[str, ...]) -> Iterator[Path]:
    exclude = _spec(selection.exclude) if selection.exclude else None
    include = _spec(selection.include) if selection.include else None
    ignores: list[_Ignore] = []
    if selection.respect_gitignore:
        ignores = [found for parent in _git_parents(root) if (found := _gitignore(parent))]
    home = root

    def visit(folder: Path, inside: str, ignores: list[_Ignore]) -> Iterator[Path]:
        if selection.respect_gitignore and inside and (own := _gitignore(folder)):
            ignores = [*ignores, own]
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            return
        absolute = (folder.resolve() / "x").as_posix()[:-1] if ignores else ""
        for entry in entries:
            name = entry.name
            is_dir = entry.is_dir(follow_symlinks=False)
            if name in _EXCLUDED if is_dir else not name.endswith(suffixes):
                continue
            shown = f"{inside}{name}/" if is_dir else f"{inside}{name}"
            if exclude is not None and exclude.match_file(shown):
                continue
            if ignores and _ignored(f"{absolute}{name}" + ("/" if is_dir else ""), ignores):
                continue
            if is_dir:
                yield from visit(folder / name, shown, ignores)
            elif include is not None and not include.match_file(shown):
                continue
            elif not entry.is_symlink() or _stays_inside(folder / name, home):
                yield folder / name

    yield from visit(root, "", ignores)


def _spec(patterns: Sequence[str]) -> pathspec.GitIgnoreSpec:
    import pathspec  # only where there are patterns: it takes its time to load

    return pathspec.GitIgnoreSpec.from_lines(patterns)


def _git_parents(root: Path) -> list[Path]:
    """The folders from the repository's top down to ``root``."""
    resolved = root.resolve()
    chain = [resolved, *resolved.parents]
    for index, folder in enumerate(chain):
        if (folder / ".git").exists():
            return list(reversed(chain[: index + 1]))
    return [resolved]


def _gitignore(folder: Path) -> _Ignore | None:
    try:
        lines = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return (folder.resolve() / "x").as_posix()[:-1], _spec(lines)


def _ignored(absolute: str, ignores: Sequence[_Ignore]) -> bool:
    """What the innermost .gitignore with an opinion says."""
    for folder, spec in reversed(ignores):
        opinion = spec.check_file(absolute.removeprefix(folder)).include
        if opinion is not None:
            return bool(opinion)
    return False


def _stays_inside(link: Path, home: Path) -> bool:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return True  # a broken link inside the tree is reported when it is read
    return target.is_relative_to(home)


def shown_path(path: Path) -> str:
    """A path as a person would type it: relative to the current folder where it is below."""
    absolute = Path(os.path.abspath(path))
    try:
        return absolute.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return absolute.as_posix()
