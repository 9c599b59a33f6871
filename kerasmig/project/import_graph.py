"""Which file imports which, as their text says before anything is parsed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from kerasmig.project.placement import common_folder
from kerasmig.reading.first_look import FileFacts

_FOLDERS_AROUND = 8
_MOST_SEARCHED = 50


class ImportGraph:
    """The imports between some files.

    Args:
        files: all files of the run.
        facts: what a first look at a file told.
        usable: whether a file may be what an import leads to.
    """

    def __init__(
        self,
        files: Sequence[Path],
        facts: Callable[[Path], FileFacts],
        usable: Callable[[Path], bool],
    ) -> None:
        self._files = files
        self._facts = facts
        self._usable = usable
        self._finds: dict[tuple[str, Path], Path | None] = {}
        self._prefixes: dict[Path, tuple[str, ...]] = {}
        self._uses: dict[Path, tuple[tuple[str, Path], ...]] = {}

    def find(self, name: str, near: Path) -> Path | None:
        """The file of a module, as a program that lives at ``near`` would import it."""
        key = (name, near)
        if key not in self._finds:
            self._finds[key] = self._search(name, near)
        return self._finds[key]

    def imported(self, path: Path) -> Iterator[Path]:
        """The files that a file imports."""
        for _, found in self.imported_names(path):
            yield found

    def imported_names(self, path: Path) -> tuple[tuple[str, Path], ...]:
        """What a file imports: the name (empty for a relative one) and the file."""
        found = self._uses.get(path)
        if found is None:
            found = self._uses[path] = tuple(self._find_imported(path))
        return found

    def _find_imported(self, path: Path) -> Iterator[tuple[str, Path]]:
        for module, member in self._facts(path).imports:
            base = module.strip(".")
            for name in (base, f"{base}.{member}".strip(".")):
                if name and (found := self.find(name, path)) is not None:
                    yield "" if module.startswith(".") else name, found

    def _search(self, name: str, near: Path) -> Path | None:
        parts = name.split(".")
        if not all(parts) or parts[0] not in self._importable:
            return None
        below = os.sep.join(parts)
        for folder in (*self._around(near.parent), *self._added(near)):
            for file in (f"{folder}{below}.py", f"{folder}{below}{os.sep}__init__.py"):
                found = self._by_text.get(file)
                if found is not None and found != near and self._usable(found):
                    return found
        return None

    def _added(self, near: Path) -> Iterator[str]:
        """What ``sys.path`` is given by the file itself, then by any other program of the run."""
        for added in self._facts(near).search:
            yield from self._ending_in(added)
        yield from self._searched

    @cached_property
    def _searched(self) -> tuple[str, ...]:
        added = dict.fromkeys(f for path in self._files for f in self._facts(path).search)
        found = dict.fromkeys(folder for name in added for folder in self._ending_in(name))
        return tuple(found)[:_MOST_SEARCHED]

    def _ending_in(self, folder: str) -> list[str]:
        """The folders of the run whose path ends in a path, as what stands before names in them."""
        below = os.path.join(*folder.split("/"))
        return [
            os.path.join(known, "")
            for known in self._folders
            if known == below or known.endswith(f"{os.sep}{below}")
        ]

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        """The folders of the files, and those around them within the run."""
        near = dict.fromkeys(path.parent for path in self._files)
        top = common_folder(self._files)
        above = (f for folder in near for f in folder.parents if f.is_relative_to(top))
        return tuple(map(str, dict.fromkeys((*near, *above))))

    def _around(self, folder: Path) -> tuple[str, ...]:
        """A folder and those around it, as what stands before the names of files in them."""
        found = self._prefixes.get(folder)
        if found is None:
            folders = [folder, *list(folder.parents)[:_FOLDERS_AROUND]]
            found = tuple(os.path.join(base, "") if base.parts else "" for base in folders)
            self._prefixes[folder] = found
        return found

    @cached_property
    def _by_text(self) -> dict[str, Path]:
        return {str(path): path for path in self._files}

    @cached_property
    def _importable(self) -> frozenset[str]:
        """What the first part of a module's name can be: files and folders are called so."""
        folders = {path.parent for path in self._files}
        parts = {part for folder in folders for part in folder.parts}
        return frozenset(parts | {path.stem for path in self._files})
