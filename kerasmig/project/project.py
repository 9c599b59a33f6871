"""A code base under work: what its files know of each other, and the run over all of them.

What takes files apart is imported where it is needed: a run over an unchanged tree needs none of it.
"""

from __future__ import annotations

import ast
import atexit
import gc
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kerasmig.disk.find import absolute, shown_path
from kerasmig.disk.reading import read_file
from kerasmig.finding import DataFormat, FileResult, Finding, ProgramNotes, RunResult, Told
from kerasmig.project.import_graph import ImportGraph
from kerasmig.project.marks import COMPAT_FILE, PROJECT_MARKS
from kerasmig.project.neighbours import importers, module_name, told_in
from kerasmig.project.patterns import settings_for
from kerasmig.project.placement import common_folder, import_roots
from kerasmig.project.programs import program_around, program_files, reached
from kerasmig.project.vendored import VendoredCopies, vendored_note
from kerasmig.reading.first_look import FileFacts, facts_of
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import Encoding, SourceError, decode, parse

if TYPE_CHECKING:
    from kerasmig.analysis.names.resolution import Names
    from kerasmig.disk.backups import Backups
    from kerasmig.project.cache import Cache
    from kerasmig.reading.program import Program

_COMPAT_MARK = b"Written by `kerasmig upgrade`"
_KEPT_TREES = 40
_MAIN = re.compile(rb"\nif[ \t(]+__name__\s*==")  # begins with plain text: found fast
_ENOUGH_FOR_WORKERS = 24
_FILES_FOR_A_WORKER = 4
_MOST_WORKERS = 61  # as many as Windows can wait for
_MAX_BYTES = 4_000_000
_MAX_NOTEBOOK_BYTES = 40_000_000  # most of a large notebook is pictures


@dataclass(eq=False)
class Module:
    """A file of the project, read and parsed once."""

    path: Path
    data: bytes
    text: str = ""
    encoding: Encoding = Encoding()
    tree: ast.Module | None = None
    error: str = ""
    name: str = ""
    names: Names | None = None
    program: Program | None = None
    left_alone: Finding | None = None


@dataclass(eq=False)
class Project:
    """The files of one run.

    Args:
        files: all of them, sorted; held as absolute paths.
        settings: how to upgrade.
        cache: what earlier runs found out.
    """

    files: Sequence[Path]
    settings: UpgradeSettings
    cache: Cache | None = None
    _modules: dict[Path, Module] = field(default_factory=dict)
    _parsed: dict[Path, None] = field(default_factory=dict)
    _facts: dict[Path, FileFacts] = field(default_factory=dict)
    _folders: dict[Path, str] = field(default_factory=dict)
    _marked: dict[Path, Path | None] = field(default_factory=dict)
    _program: frozenset[Path] | None = None
    _converted: dict[Path, FileResult] = field(default_factory=dict)
    _told: dict[Path, Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = [path if path.is_absolute() else absolute(path) for path in self.files]

    # -- reading -------------------------------------------------------------------------------

    def module(self, path: Path) -> Module:
        """A file, read; what is wrong with it stands in ``error``."""
        found = self._modules.get(path)
        if found is None:
            found = self._modules[path] = self._read(path)
        return found

    def _read(self, path: Path) -> Module:
        try:
            data = read_file(path)
        except OSError as error:
            return Module(path, b"", error=f"cannot be read: {error.strerror or error}")
        most = _MAX_NOTEBOOK_BYTES if path.suffix == ".ipynb" else _MAX_BYTES
        if len(data) > most and b"keras" in data:
            return Module(path, data, error=f"is larger than {most // 1_000_000} MB: skipped")
        return Module(path, data)

    def facts(self, path: Path) -> FileFacts:
        """What a first look at a file tells; the text of plain files is not kept."""
        found = self._facts.get(path)
        if found is None and self.cache is not None:
            found = self.cache.facts(path)
        elif found is not None:
            return found
        if found is None:
            module = self._modules.get(path) or self._read(path)
            found = facts_of(module.data)
            if module.error or not found.plain:
                self._modules[path] = module
            if self.cache is not None and not module.error:
                self.cache.learn(path, found)
        self._facts[path] = found
        return found

    def parsed(self, module: Module) -> ast.Module | None:
        """A module's tree; ``None`` (and ``module.error``) if it cannot be parsed."""
        from kerasmig.reading.program import LeftAlone, read_program

        if module.tree is None and not module.error:
            try:
                text, module.encoding = decode(module.data)
                program = read_program(text, str(module.path), self.settings)
            except SourceError as error:
                module.error = str(error)
            except LeftAlone as left:
                module.error, module.left_alone = str(left), left.finding
            else:
                module.program = program
                module.text, module.tree = program.text, program.tree
                self._parsed[module.path] = None
                module.name = self._module_name(module)
        return module.tree

    def _bytes(self, path: Path) -> bytes:
        return self.module(path).data

    @cached_property
    def _copies(self) -> VendoredCopies:
        return VendoredCopies(self._known, self._bytes)

    @cached_property
    def _graph(self) -> ImportGraph:
        return ImportGraph(self.files, self.facts, lambda path: self.vendored(path) is None)

    def vendored(self, path: Path) -> Path | None:
        """The folder of a copy of Keras 1 or keras-contrib that a file belongs to."""
        return self._copies.around(path)

    def find(self, name: str, near: Path) -> Path | None:
        """The file of a module, as a program that lives at ``near`` would import it."""
        return self._graph.find(name, near)

    @cached_property
    def _common_folder(self) -> Path:
        return common_folder(self.files)

    @cached_property
    def _known(self) -> frozenset[Path]:
        return frozenset(self.files)

    @cached_property
    def _speaks_keras1(self) -> bool:
        """Whether any file of the project bears a mark that only Keras 1 code has."""
        return any(self.facts(path).keras1 for path in self.files)

    @cached_property
    def _saved_weights(self) -> frozenset[str]:
        return frozenset().union(*(self.facts(path).weights for path in self.files))

    @cached_property
    def _array_layouts(self) -> frozenset[str]:
        return frozenset().union(*(self.facts(path).arrays for path in self.files))

    @cached_property
    def _given_names(self) -> frozenset[str]:
        return frozenset().union(*(self.facts(path).names for path in self.files))

    def _module_name(self, module: Module) -> str:
        """Dotted name of a file: as its package says, or as Keras' own tree would have it."""
        from kerasmig.analysis.names.lifted import lifted_package

        parts = [] if module.path.stem == "__init__" else [module.path.stem]
        folder = module.path.parent
        while folder / "__init__.py" in self._known and folder.name.isidentifier():
            parts.insert(0, folder.name)
            folder = folder.parent
        assert module.tree is not None
        lifted = lifted_package(module.tree)
        if lifted is not None and len(parts) == 1:
            return f"{lifted}.{module.path.stem}"
        return ".".join(parts)

    def names(self, path: Path) -> Names | None:
        """The names of a file, with the rest of the project behind them."""
        from kerasmig.analysis.names.resolution import Names

        module = self.module(path)
        if module.names is None:
            tree = self.parsed(module)
            if tree is None:
                return None
            module.names = Names(
                tree, module.name, path.stem == "__init__", lambda name: self._load(name, path)
            )
        return module.names

    def _load(self, name: str, near: Path) -> Names | None:
        found = self.find(name, near)
        return None if found is None else self.names(found)

    def concerns_keras(self, path: Path) -> bool:
        """Whether a file can use Keras: by name, or through an import of a file that does."""
        return path in self._concerned

    @cached_property
    def _concerned(self) -> frozenset[Path]:
        """The files that name Keras, and those that may have its names from one of them."""
        users: dict[Path, list[Path]] = {}
        for path in self.files:
            facts = self.facts(path)
            if not facts.keras and (facts.starred or facts.layers):
                for used in self._graph.imported(path):
                    users.setdefault(used, []).append(path)
        start = (path for path in self.files if self.facts(path).keras)
        return reached(start, lambda path: users.get(path, ()))

    @property
    def program_files(self) -> frozenset[Path]:
        """The files of the programs that use Keras, with the word or without."""
        if self._program is None:
            start = (
                path
                for path in self.files
                if (self.concerns_keras(path) or self.facts(path).trains)
                and self.vendored(path) is None
            )
            self._program = program_files(self.files, start, self._graph.imported)
        return self._program

    @cached_property
    def _python2_folders(self) -> frozenset[Path]:
        """The projects with Keras code in Python 2, whose other Python 2 files come along."""
        return frozenset(
            self._project_folder(path) for path in self.program_files if self.facts(path).python2
        )

    def comes_along(self, path: Path) -> bool:
        """Whether a file outside the programs with Keras is their Python 2 company."""
        if not self.settings.python2 or not self.facts(path).python2:
            return False
        folders = self._python2_folders
        return any(parent in folders for parent in path.parents)

    @cached_property
    def _imported_by(self) -> dict[Path, list[Path]]:
        """The files of programs with Keras that import each file."""
        found: dict[Path, list[Path]] = {}
        for user in self.files:
            if user in self.program_files:
                for used in dict.fromkeys(self._graph.imported(user)):
                    found.setdefault(used, []).append(user)
        return found

    def _training_marks(self, path: Path) -> frozenset[str]:
        """What the files of the same programs have that matters to what is compiled."""
        files = program_around(
            path, lambda file: self._imported_by.get(file, ()), self._graph.imported
        )
        return frozenset().union(*(self.facts(file).training for file in files))

    # -- the run -------------------------------------------------------------------------------

    def upgrade_file(self, path: Path) -> FileResult:
        """Upgrade one file; nothing is written."""
        from kerasmig.text.depth import TooDeep, with_room

        try:
            return with_room(lambda: self._upgrade_file(path))
        except TooDeep as error:
            return FileResult(self._shown(path), error=str(error))

    def _upgrade_file(self, path: Path) -> FileResult:
        shown = self._shown(path)
        copy = self.vendored(path)
        if path not in self.program_files and self.facts(path).plain and path not in self._modules:
            return FileResult(shown, findings=vendored_note(copy, path) if copy else ())
        module = self.module(path)
        if module.error:
            return FileResult(shown, error=module.error)
        if path.name == COMPAT_FILE and _COMPAT_MARK in module.data:
            return FileResult(shown)  # ours: `_compat_files` sees to it
        if copy is not None:
            return FileResult(shown, findings=vendored_note(copy, path))
        concerned = path in self.program_files
        if not concerned and not self.comes_along(path):
            return FileResult(shown)
        if self.parsed(module) is None or module.program is None:
            if module.left_alone is not None:
                return FileResult(shown, findings=(module.left_alone,))
            return FileResult(shown, error=module.error) if concerned else FileResult(shown)
        if not concerned and module.program.modern is None:
            return FileResult(shown)
        if self.settings.layout == "keep":
            result = self.finished(path, self.program_result(path))
            self._release()
        else:
            result = self.finished(path, self._in_layout(path))
        if result.error:
            return result
        return result._replace(role="keras" if self.concerns_keras(path) else "program")

    def _release(self) -> None:
        """Let go of the trees of all but the last files, which may well be parsed again."""
        for path in list(self._parsed)[:-_KEPT_TREES]:
            del self._parsed[path]
            module = self._modules[path]
            module.tree = module.names = module.program = None
            module.text = ""

    def program_result(self, path: Path) -> FileResult:
        """The result for the program of a file that `parsed` has read."""
        from kerasmig.analysis.dataformat.project_facts import ProjectFacts
        from kerasmig.rewrite.engine import Surroundings
        from kerasmig.rewrite.one_file import rewritten

        module, shown = self.module(path), self._shown(path)
        assert module.program is not None
        facts = ProjectFacts(
            module=module.name,
            is_package=path.stem == "__init__",
            path=shown,
            evidence=told_in(self._project_folder(path)),
            load=lambda name: self._source(name, path),
            importers=lambda: self._importers(path) if self.concerns_keras(path) else [],
        )
        surroundings = Surroundings(
            facts,
            self.names(path),
            saved_weights=self._saved_weights,
            given_names=self._given_names,
            array_layouts=self._array_layouts,
            training=self._training_marks(path),
            keras1_nearby=self._speaks_keras1,
            says_keras=self.concerns_keras(path),
            told=self._told.get(path),
        )
        return rewritten(module.program, self._settings_for(path), shown, surroundings)

    def _settings_for(self, path: Path) -> UpgradeSettings:
        """The settings, without the codes that are left alone in files like this one."""
        if not self.settings.per_file_ignores:
            return self.settings
        # A pattern is written from where the run starts, or from the project's folder.
        names = {self._shown(path)}
        if path.is_relative_to(folder := self._project_folder(path)):
            names.add(path.relative_to(folder).as_posix())
        return settings_for(self.settings, names)

    def _in_layout(self, path: Path) -> FileResult:
        """The result for the program of a file, converted with the files that belong to it."""
        if path not in self._converted:
            from kerasmig.rewrite.layout.program import Upgraded, in_layout

            paths = self._together(path)
            results = [self.program_result(p) for p in paths]
            shown = {self._shown(p): p for p in paths}
            files = [
                Upgraded(result, self.module(p).name, p.stem == "__init__")
                for p, result in zip(paths, results, strict=True)
                if not result.error
            ]

            def find(name: str) -> str | None:
                found = (self.find(name, near) for near in paths)
                return next((self._shown(p) for p in found if p in paths), None)

            converted = {shown[r.path]: r for r in in_layout(files, self.settings, find)}
            for p, result in zip(paths, results, strict=True):
                self._converted[p] = converted.get(p, result)
        return self._converted[path]

    def _together(self, path: Path) -> list[Path]:
        """The files with Keras that import each other, by themselves or through others."""
        waiting, found = [path], {path}
        while waiting:
            current = waiting.pop()
            near = [*self._graph.imported(current), *self._imported_by.get(current, ())]
            for other in near:
                concerned = other in self.program_files or self.concerns_keras(other)
                if other not in found and concerned and self._is_program(other):
                    found.add(other)
                    waiting.append(other)
        return sorted(found)

    def _is_program(self, path: Path) -> bool:
        module = self.module(path)
        ours = path.name == COMPAT_FILE and _COMPAT_MARK in module.data
        if module.error or ours or self.vendored(path) is not None:
            return False
        return self.parsed(module) is not None and module.program is not None

    def _importers(self, path: Path) -> list[str]:
        return [module_name(user, path) for user in importers(path, self._imported_by)]

    def finished(self, path: Path, result: FileResult) -> FileResult:
        """The result for a file, from the result for its program."""
        from kerasmig.rewrite.one_file import finished

        module = self.module(path)
        assert module.program is not None
        result = finished(module.program, result, self.settings)
        if result.error:
            return result
        if result.changed and path.suffix == ".py" and "\r" not in result.new:
            from kerasmig.project.formatting import format_touched

            result = result._replace(new=format_touched(result.old, result.new, path))
        return result._replace(encoding=module.encoding.name, bom=module.encoding.bom)

    def replace_program(self, path: Path, text: str) -> None:
        """Go on with a changed program of a file, such as one with a person's decisions in it.

        Raises:
            SourceError: it does not parse.
        """
        module = self.module(path)
        assert module.program is not None
        tree = parse(text, path=str(path))
        module.program = module.program._replace(text=text, tree=tree)
        module.text, module.tree, module.names = text, tree, None

    def _source(self, name: str, near: Path) -> tuple[ast.Module, Names] | None:
        names = self._load(name, near)
        return None if names is None else (names.tree, names)

    def _shown(self, path: Path) -> str:
        folder = self._folders.get(path.parent)
        if folder is None:
            folder = self._folders[path.parent] = shown_path(path.parent)
        return path.name if folder == "." else f"{folder}/{path.name}"

    def upgrade(
        self, jobs: int = 1, progress: Callable[[int, int], None] | None = None
    ) -> RunResult:
        """Upgrade all files, in the order of their paths."""
        if self.cache is not None and (known := self.cache.result()) is not None:
            return known
        # When the process ends anyway, nobody need look through the trees for cycles once more.
        atexit.register(gc.freeze)
        results: list[FileResult] = []
        self._told.clear()
        for result in self._results(jobs):
            results.append(result)
            if progress is not None:
                progress(len(results), len(self.files))
        run = self.collect(self.settle(results))
        if self.cache is not None:
            self.cache.keep(run)
        return run

    def tell(self, results: Sequence[FileResult]) -> None:
        """Learn from the results for all files what holds for the programs that they make up."""
        from kerasmig.project.program_formats import told_of_programs

        forced = self.settings.data_format
        notes = {
            path: result.notes
            for path, result in zip(self.files, results, strict=True)
            if result.role or result.notes != ProgramNotes()
        }
        self._told = told_of_programs(
            notes,
            self._graph.imported,
            self._known,
            DataFormat(forced) if forced.startswith("channels") else None,
        )

    def settle(self, results: Sequence[FileResult]) -> list[FileResult]:
        """The results once each file is told of its programs what it could not know alone."""
        self.tell(results)
        settled = list(results)
        news = {
            path
            for path, result in zip(self.files, results, strict=True)
            if path in self._told and self._told[path] != result.told
        }
        if news and self._converted:
            # The files of a program are converted to another layout together.
            self._converted.clear()
            news |= self._told.keys()
        for index, path in enumerate(self.files):
            if path in news:
                settled[index] = self.upgrade_file(path)
        return settled

    def collect(self, results: Sequence[FileResult]) -> RunResult:
        """A run made of the results for all files, with the compat modules that they need.

        Code whose compat module cannot be written is left alone: it would not find it.
        """
        texts, refused = self._compat_files(results)
        if refused:
            results = [
                self._without_compat(path, result, refused) if result.compat else result
                for path, result in zip(self.files, results, strict=True)
            ]
        return RunResult(tuple(results), texts)

    def _without_compat(
        self, path: Path, result: FileResult, refused: Mapping[Path, str]
    ) -> FileResult:
        reason = next((why for folder, why in refused.items() if folder in path.parents), "")
        return FileResult(result.path, error=f"left alone: {reason}") if reason else result

    def _results(self, jobs: int) -> Iterator[FileResult]:
        relevant = [p for p in self.files if p in self.program_files or self.comes_along(p)]
        # Each worker is a process that loads us: more than have a few files each would only wait.
        jobs = min(jobs, len(relevant) // _FILES_FOR_A_WORKER, _MOST_WORKERS)
        if jobs > 1 and len(relevant) >= _ENOUGH_FOR_WORKERS:
            from concurrent.futures import ProcessPoolExecutor

            with ProcessPoolExecutor(
                jobs,
                initializer=_start_worker,
                initargs=(self.files, self.settings, self._facts, self.program_files),
            ) as pool:
                chunk = max(1, min(16, len(relevant) // (jobs * 4)))
                done = dict(zip(relevant, pool.map(_work, relevant, chunksize=chunk), strict=True))
            for path in self.files:
                yield done[path] if path in done else self.upgrade_file(path)
            return
        for path in self.files:
            yield self.upgrade_file(path)

    def _compat_files(
        self, results: Sequence[FileResult]
    ) -> tuple[dict[str, str], dict[Path, str]]:
        """The ``keras1_compat`` modules that the new code imports, by path; and why not, by folder.

        Where one program can meet several of them, the first that it imports serves all its files:
        those of one project hold the same names.
        """
        names: dict[Path | None, set[str]] = {}
        places: dict[Path, set[Path | None]] = {}
        for path, result in zip(self.files, results, strict=True):
            if result.compat:
                project = self._marked_folder(path.parent)
                names.setdefault(project, set()).update(result.compat)
                for folder in self._import_roots(path):
                    places.setdefault(folder, set()).add(project)
        for path in self.files:
            if path.name == COMPAT_FILE and (project := self._marked_folder(path.parent)) in names:
                places.setdefault(path.parent, set()).add(project)
        if not places:
            return {}, {}
        from kerasmig.compat.merging import CannotMerge
        from kerasmig.project.compat_file import read_and_merged

        texts: dict[str, str] = {}
        refused: dict[Path, str] = {}
        changed = {path for path, r in zip(self.files, results, strict=True) if r.changed}
        for folder, projects in sorted(places.items()):
            shown = shown_path(folder / COMPAT_FILE)
            try:
                if folder / COMPAT_FILE in changed:
                    raise CannotMerge(
                        "is a module of your own with Keras 1 code in it, and the new code needs "
                        "one of ours by that name: rename yours and run again"
                    )
                needed = set().union(*(names[project] for project in projects))
                path = folder / COMPAT_FILE
                texts[shown] = read_and_merged(path, needed, common_folder(self.files)).text
            except (CannotMerge, OSError) as error:
                refused[folder] = f"{shown} {getattr(error, 'strerror', None) or error}"
        return texts, refused

    def _project_folder(self, path: Path) -> Path:
        """The folder of the project that a file belongs to; its own if nothing marks one."""
        return self._marked_folder(path.parent) or path.parent

    def _marked_folder(self, folder: Path) -> Path | None:
        """The nearest folder, this or one around it, that is marked as a project.

        A repository or a packaging file marks it.
        """
        if folder not in self._marked:
            here = any((folder / name).exists() for name in PROJECT_MARKS)
            around = folder.parent
            found = None if around == folder else self._marked_folder(around)
            self._marked[folder] = folder if here else found
        return self._marked[folder]

    def _import_roots(self, path: Path) -> frozenset[Path]:
        """The folders in which a file's ``from keras1_compat import ...`` finds the module."""
        known_as = [
            name
            for user in self._imported_by.get(path, ())
            for name, found in self._graph.imported_names(user)
            if found == path and (user.parent != path.parent or not self.facts(user).python2)
        ]
        runs = _MAIN.search(b"\n" + self.module(path).data) is not None
        return import_roots(path, self._known, known_as, self._common_folder, runs=runs)

    def requirements(
        self, roots: Sequence[Path], run: RunResult, *, update: bool
    ) -> list[FileResult]:
        """What becomes of the requirements beside the files that use Keras 1."""
        from kerasmig.project.requirements import requirement_files, upgrade_requirements

        users = [p for p, r in zip(self.files, run.files, strict=True) if r.findings or r.role]
        results: list[FileResult] = []
        for path in requirement_files(users, roots):
            if path.suffix == ".py" and path in users:
                continue
            try:
                text = read_file(path).decode("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            result = upgrade_requirements(text, self._shown(path), update=update)
            if result.findings:
                results.append(result)
        return results

    def write_beside(self, results: Sequence[FileResult], backups: Backups | None) -> list[str]:
        """Write changed files that are not among the project's own, such as requirements."""
        from kerasmig.disk.writing import write_result

        failed = [write_result(Path(result.path), result, backups) for result in results]
        return [line for lines in failed for line in lines]

    def write(self, run: RunResult, backups: Backups | None) -> list[str]:
        """Write what changed; each file is replaced in one step.

        Args:
            backups: keeps the old text of files that git could not give back.

        Returns:
            The paths that could not be written, with the reason.
        """
        from kerasmig.disk.writing import write_result

        failed: list[str] = []
        missing: dict[Path, str] = {}
        for extra, text in run.extra_files.items():
            from kerasmig.compat.select import compat_present
            from kerasmig.project.compat_file import write_compat

            inside = common_folder(self.files)
            if why := write_compat(Path(extra), compat_present(text), inside, backups):
                failed.append(f"{extra}: {why}")
                missing[Path(extra).absolute().parent] = f"{extra} could not be written"
        for path, result in zip(self.files, run.files, strict=True):
            if missing and result.compat and result.changed:
                parents = path.absolute().parents
                why = next((why for folder, why in missing.items() if folder in parents), "")
                if why:
                    failed.append(f"{result.path}: left alone: {why}")
                    continue
            failed += write_result(path, result, backups)
        return failed


_worker: Project | None = None


def _start_worker(
    files: Sequence[Path],
    settings: UpgradeSettings,
    facts: dict[Path, FileFacts],
    program: frozenset[Path],
) -> None:
    import signal

    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told, and ends the pool
    from kerasmig.disk.processes import die_with_parent

    die_with_parent()
    _worker = Project(files, settings, _facts=facts, _program=program)


def _work(path: Path) -> FileResult:
    assert _worker is not None
    return _worker.upgrade_file(path)


def default_jobs() -> int:
    """As many workers as there are processors to use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
