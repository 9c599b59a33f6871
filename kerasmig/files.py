"""Which files a run looks at, and how they are written without ever being half written."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pathspec

DEFAULT_EXCLUDES = (
    ".bzr .direnv .eggs .git .hg .ipynb_checkpoints .kerasmig .mypy_cache .nox .pytest_cache "
    ".ruff_cache .svn .tox .venv __pycache__ build dist env node_modules site-packages venv"
).split()


_EXCLUDED = frozenset(DEFAULT_EXCLUDES)
_TEMPORARY = ".kerasmig-tmp"


#: A folder with its closing slash, and what its .gitignore says.
_Ignore: TypeAlias = "tuple[str, pathspec.GitIgnoreSpec]"


class FileProblem(Exception):
    """A path that cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Selection:
    """Which files of the given paths count.

    Args:
        exclude: patterns in the manner of .gitignore, added to the defaults.
        include: if given, only files that match one of these.
        respect_gitignore: leave out what .gitignore files leave out.
    """

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    respect_gitignore: bool = True


def find_files(
    paths: Sequence[Path], selection: Selection, suffixes: tuple[str, ...] = (".py", ".ipynb")
) -> list[Path]:
    """The files to work on, sorted; a file named outright is taken whatever its name.

    Symbolic links to folders are not followed, links to files only within the tree.

    Raises:
        FileProblem: a path does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_walk(path, selection, suffixes)))
        elif path.is_file():
            found[path] = None
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
    home = root.resolve()

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


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file's contents in one step, keeping its permissions.

    The new contents are on the disk before the name points to them: after an interruption at any
    moment the file is whole, either old or new.
    """
    target = path.resolve() if path.is_symlink() else path
    _remove_leftovers(target)
    prefix = f".{target.name}.{os.getpid()}-"
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=_TEMPORARY, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            mode = stat.S_IMODE(target.stat().st_mode)
        except FileNotFoundError:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _remove_leftovers(target: Path) -> None:
    """Remove the temporary files of runs that were killed while they wrote this file."""
    pattern = re.compile(rf"\.{re.escape(target.name)}\.(\d+)-\w+{re.escape(_TEMPORARY)}")
    with contextlib.suppress(OSError):
        for name in os.listdir(target.parent):
            match = pattern.fullmatch(name) if name.endswith(_TEMPORARY) else None
            if match is not None and not _alive(int(match.group(1))):
                (target.parent / name).unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if os.name != "posix":
        return True  # signal 0 would end a process on Windows
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return process != os.getpid()


class Backups:
    """Keeps the old text of files that git could not give back.

    Args:
        root: where the folder ``.kerasmig/backup`` goes.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.folder = root / ".kerasmig" / f"backup-{name}"
        self._root = root.resolve()
        self._clean: dict[Path, frozenset[str] | None] = {}

    def keep(self, path: Path) -> bool:
        """Copy a file aside unless git has it as it is; whether a copy was made."""
        if self._in_git(path):
            return False
        resolved = path.resolve()
        relative = (
            resolved.relative_to(self._root)
            if resolved.is_relative_to(self._root)
            else Path(*resolved.parts[1:])
        )
        target = self.folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        ignore = self.folder.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        shutil.copy2(path, target)
        return True

    def _in_git(self, path: Path) -> bool:
        folder = path.resolve().parent
        if folder not in self._clean:
            self._clean[folder] = _clean_files(folder)
        clean = self._clean[folder]
        return clean is not None and path.resolve().name in clean


def _clean_files(folder: Path) -> frozenset[str] | None:
    """Names in a folder that git has committed as they are; ``None`` outside git."""
    try:
        tracked = _git(folder, "ls-files", "-z", ".")
        changed = _git(folder, "diff", "--name-only", "--relative", "-z", "HEAD", "--", ".")
    except (OSError, subprocess.CalledProcessError):
        return None
    return frozenset(tracked) - frozenset(changed)


def _git(folder: Path, *arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
