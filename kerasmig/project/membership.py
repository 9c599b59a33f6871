"""Which files of a run make up programs with Keras, and what they know of each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kerasmig.project.marks import PROJECT_MARKS
from kerasmig.project.modules import Modules
from kerasmig.project.neighbours import importers, module_name
from kerasmig.project.programs import program_around, program_files, reached, spread
from kerasmig.reading.first_look import training_marks


@dataclass(eq=False)
class Membership:
    """Which files belong together.

    Args:
        modules: the files.
        told_program: the files of the programs with Keras, where another process has found them.
    """

    modules: Modules
    told_program: frozenset[Path] | None = None
    _marks: dict[Path, frozenset[str]] = field(default_factory=dict)
    _marked: dict[Path, Path | None] = field(default_factory=dict)

    def concerns_keras(self, path: Path) -> bool:
        """Whether a file can use Keras: by name, or through an import of a file that does."""
        return path in self._concerned

    @cached_property
    def _concerned(self) -> frozenset[Path]:
        """The files that name Keras, and those that may have its names from one of them."""
        users: dict[Path, list[Path]] = {}
        for path in self.modules.files:
            facts = self.modules.facts(path)
            if not facts.keras and (facts.starred or facts.layers):
                for used in self.modules.graph.imported(path):
                    users.setdefault(used, []).append(path)
        start = (path for path in self.modules.files if self.modules.facts(path).keras)
        return reached(start, lambda path: users.get(path, ()))

    @property
    def program_files(self) -> frozenset[Path]:
        """The files of the programs that use Keras, with the word or without."""
        if self.told_program is None:
            start = (
                path
                for path in self.modules.files
                if (self.concerns_keras(path) or self.modules.facts(path).trains)
                and self.modules.vendored(path) is None
            )
            self.told_program = program_files(
                self.modules.files, start, self.modules.graph.imported
            )
        return self.told_program

    @cached_property
    def _python2_folders(self) -> frozenset[Path]:
        """The projects with Keras code in Python 2, whose other Python 2 files come along."""
        return frozenset(
            self.project_folder(path)
            for path in self.program_files
            if self.modules.facts(path).python2
        )

    def comes_along(self, path: Path) -> bool:
        """Whether a file outside the programs with Keras is their Python 2 company."""
        if not self.modules.settings.python2 or not self.modules.facts(path).python2:
            return False
        folders = self._python2_folders
        return any(parent in folders for parent in path.parents)

    @cached_property
    def imported_by(self) -> dict[Path, list[Path]]:
        """The files of programs with Keras that import each file."""
        found: dict[Path, list[Path]] = {}
        for user in self.modules.files:
            if user in self.program_files:
                for used in dict.fromkeys(self.modules.graph.imported(user)):
                    found.setdefault(used, []).append(user)
        return found

    def _marks_of(self, path: Path) -> frozenset[str]:
        if path not in self._marks:
            # Our own module speaks of all of them, and says nothing of the program.
            ours = self.modules.is_ours(path)
            data = b"" if ours else self.modules.module(path).data
            self._marks[path] = training_marks(data)
        return self._marks[path]

    def training_marks(self, path: Path) -> frozenset[str]:
        """What the files of the same programs have that matters to what is compiled."""
        if path in self.program_files:
            return self._marks_of_programs[path]
        files = program_around(
            path, lambda file: self.imported_by.get(file, ()), self.modules.graph.imported
        )
        return frozenset().union(*map(self._marks_of, files))

    @cached_property
    def _marks_of_programs(self) -> dict[Path, frozenset[str]]:
        """The marks of all programs at once: to look at each file's program anew takes for ever."""
        own = {path: self._marks_of(path) for path in self.program_files}
        below = spread(own, lambda path: self.imported_by.get(path, ()))
        return spread(below, self.modules.graph.imported)

    def together(self, path: Path) -> list[Path]:
        """The files with Keras that import each other, by themselves or through others."""
        waiting, found = [path], {path}
        while waiting:
            current = waiting.pop()
            near = [*self.modules.graph.imported(current), *self.imported_by.get(current, ())]
            for other in near:
                concerned = other in self.program_files or self.concerns_keras(other)
                if other not in found and concerned and self._is_program(other):
                    found.add(other)
                    waiting.append(other)
        return sorted(found)

    def _is_program(self, path: Path) -> bool:
        module = self.modules.module(path)
        if module.error or self.modules.is_ours(path) or self.modules.vendored(path) is not None:
            return False
        return self.modules.parsed(module) is not None and module.program is not None

    def importers(self, path: Path) -> list[str]:
        """The modules that import a file."""
        return [module_name(user, path) for user in importers(path, self.imported_by)]

    def project_folder(self, path: Path) -> Path:
        """The folder of the project that a file belongs to; its own if nothing marks one."""
        return self.marked_folder(path.parent) or path.parent

    def marked_folder(self, folder: Path) -> Path | None:
        """The nearest folder, this or one around it, that is marked as a project.

        A repository or a packaging file marks it.
        """
        if folder not in self._marked:
            here = any((folder / name).exists() for name in PROJECT_MARKS)
            around = folder.parent
            found = None if around == folder else self.marked_folder(around)
            self._marked[folder] = folder if here else found
        return self._marked[folder]

    @cached_property
    def speaks_keras1(self) -> bool:
        """Whether any file of the project bears a mark that only Keras 1 code has."""
        return any(self.modules.facts(path).keras1 for path in self.modules.files)

    @cached_property
    def saved_weights(self) -> frozenset[str]:
        """Names under which the project saves weights."""
        return frozenset().union(*(self.modules.facts(path).weights for path in self.modules.files))

    @cached_property
    def array_layouts(self) -> frozenset[str]:
        """Layouts of the arrays of all layers that the project may have."""
        return frozenset().union(*(self.modules.facts(path).arrays for path in self.modules.files))

    @cached_property
    def given_names(self) -> frozenset[str]:
        """Names that look like automatic ones and that the project gives to layers itself."""
        return frozenset().union(*(self.modules.facts(path).names for path in self.modules.files))
