"""A code base under work: what its files know of each other, and the run over all of them.

What takes files apart is imported where it is needed: a run over an unchanged tree needs none of it.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kerasmig.disk.find import absolute
from kerasmig.disk.reading import read_file
from kerasmig.finding import DataFormat, FileResult, ProgramNotes, RunResult, Told
from kerasmig.project.compat_places import compat_files
from kerasmig.project.membership import Membership
from kerasmig.project.modules import Modules
from kerasmig.project.neighbours import told_in
from kerasmig.project.patterns import settings_for
from kerasmig.project.vendored import vendored_note
from kerasmig.reading.first_look import FileFacts
from kerasmig.settings import UpgradeSettings

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from kerasmig.disk.backups import Backups
    from kerasmig.project.cache import Cache

_ENOUGH_FOR_WORKERS = 24
_FILES_FOR_A_WORKER = 4
_MOST_WORKERS = 61  # as many as Windows can wait for


@dataclass(eq=False)
class Project:
    """The files of one run.

    Args:
        files: all of them, sorted; held as absolute paths.
        settings: how to upgrade.
        cache: what earlier runs found out.
        leftovers: temporary files that were seen beside the files; writing removes those of runs
            that were killed.

    ``modules`` reads them, ``members`` knows which of them make up programs.
    """

    files: Sequence[Path]
    settings: UpgradeSettings
    cache: Cache | None = None
    leftovers: Sequence[Path] = ()
    modules: Modules = field(init=False)
    members: Membership = field(init=False)
    _converted: dict[Path, FileResult] = field(default_factory=dict)
    _told: dict[Path, Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = [path if path.is_absolute() else absolute(path) for path in self.files]
        self.modules = Modules(self.files, self.settings, self.cache)
        self.members = Membership(self.modules)

    def upgrade_file(self, path: Path) -> FileResult:
        """Upgrade one file; nothing is written."""
        from kerasmig.text.depth import TooDeep, with_room

        try:
            return with_room(lambda: self._upgrade_file(path))
        except TooDeep as error:
            return FileResult(self.modules.shown(path), error=str(error))

    def _upgrade_file(self, path: Path) -> FileResult:
        shown = self.modules.shown(path)
        copy = self.modules.vendored(path)
        if (
            path not in self.members.program_files
            and self.modules.facts(path).plain
            and not self.modules.is_read(path)
        ):
            return FileResult(shown, findings=vendored_note(copy, path) if copy else ())
        module = self.modules.module(path)
        if module.error:
            return FileResult(shown, error=module.error)
        if self.modules.is_ours(path):
            return FileResult(shown)  # ours: `compat_files` sees to it
        if copy is not None:
            return FileResult(shown, findings=vendored_note(copy, path))
        concerned = path in self.members.program_files
        if not concerned and not self.members.comes_along(path):
            return FileResult(shown)
        if self.modules.parsed(module) is None or module.program is None:
            if module.left_alone is not None:
                return FileResult(shown, findings=(module.left_alone,))
            return FileResult(shown, error=module.error) if concerned else FileResult(shown)
        if not concerned and module.program.modern is None:
            return FileResult(shown)
        if self.settings.layout == "keep":
            result = self.finished(path, self.program_result(path))
            self.modules.release()
        else:
            result = self.finished(path, self._in_layout(path))
        if result.error:
            return result
        return result._replace(role="keras" if self.members.concerns_keras(path) else "program")

    def program_result(self, path: Path) -> FileResult:
        """The result for the program of a file that `parsed` has read."""
        from kerasmig.analysis.dataformat.project_facts import ProjectFacts
        from kerasmig.rewrite.around import Surroundings
        from kerasmig.rewrite.one_file import rewritten

        module, shown = self.modules.module(path), self.modules.shown(path)
        assert module.program is not None
        facts = ProjectFacts(
            module=module.name,
            is_package=path.stem == "__init__",
            path=shown,
            evidence=told_in(self.members.project_folder(path)),
            load=lambda name: self.modules.source(name, path),
            importers=lambda: (
                self.members.importers(path) if self.members.concerns_keras(path) else []
            ),
        )
        surroundings = Surroundings(
            facts,
            self.modules.names(path),
            saved_weights=self.members.saved_weights,
            given_names=self.members.given_names,
            array_layouts=self.members.array_layouts,
            training=self.members.training_marks(path),
            keras1_nearby=self.members.speaks_keras1,
            says_keras=self.members.concerns_keras(path),
            told=self._told.get(path),
        )
        return rewritten(module.program, self._settings_for(path), shown, surroundings)

    def _settings_for(self, path: Path) -> UpgradeSettings:
        """The settings, without the codes that are left alone in files like this one."""
        if not self.settings.per_file_ignores:
            return self.settings
        # A pattern is written from where the run starts, or from the project's folder.
        names = {self.modules.shown(path)}
        if path.is_relative_to(folder := self.members.project_folder(path)):
            names.add(path.relative_to(folder).as_posix())
        return settings_for(self.settings, names)

    def _in_layout(self, path: Path) -> FileResult:
        """The result for the program of a file, converted with the files that belong to it."""
        if path not in self._converted:
            from kerasmig.rewrite.layout.program import Upgraded, in_layout

            paths = self.members.together(path)
            results = [self.program_result(p) for p in paths]
            shown = {self.modules.shown(p): p for p in paths}
            files = [
                Upgraded(result, self.modules.module(p).name, p.stem == "__init__")
                for p, result in zip(paths, results, strict=True)
                if not result.error
            ]

            def find(name: str) -> str | None:
                found = (self.modules.find(name, near) for near in paths)
                return next((self.modules.shown(p) for p in found if p in paths), None)

            converted = {shown[r.path]: r for r in in_layout(files, self.settings, find)}
            for p, result in zip(paths, results, strict=True):
                self._converted[p] = converted.get(p, result)
        return self._converted[path]

    def finished(self, path: Path, result: FileResult) -> FileResult:
        """The result for a file, from the result for its program."""
        from kerasmig.rewrite.one_file import finished

        module = self.modules.module(path)
        assert module.program is not None
        result = finished(module.program, result, self.settings)
        if result.error:
            return result
        if result.changed and path.suffix == ".py" and "\r" not in result.new:
            from kerasmig.project.formatting import format_touched

            result = result._replace(new=format_touched(result.old, result.new, path))
        return result._replace(encoding=module.encoding.name, bom=module.encoding.bom)

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
            self.modules.graph.imported,
            self.modules.known,
            DataFormat(forced) if forced.startswith("channels") else None,
        )

    def settle(self, results: Sequence[FileResult]) -> list[FileResult]:
        """The results once each file is told of its programs what it could not know alone."""
        self.tell(results)
        settled = list(results)
        news = {
            path
            for path, result in zip(self.files, results, strict=True)
            if path in self._told and not result.rests_on(self._told[path])
        }
        if news and self._converted:
            # The files of a program are converted to another layout together.
            self._converted.clear()
            news |= self._told.keys()
        for index, path in enumerate(self.files):
            if path in news:
                settled[index] = self.upgrade_file(path)
            elif path in self._told:
                settled[index] = settled[index]._replace(told=self._told[path])
        return settled

    def collect(self, results: Sequence[FileResult]) -> RunResult:
        """A run made of the results for all files, with the compat modules that they need.

        Code whose compat module cannot be written is left alone: it would not find it.
        """
        texts, refused = compat_files(self.members, results)
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
        relevant = [
            p for p in self.files if p in self.members.program_files or self.members.comes_along(p)
        ]
        # Each worker is a process that loads us: more than have a few files each would only wait.
        jobs = min(jobs, len(relevant) // _FILES_FOR_A_WORKER, _MOST_WORKERS)
        if jobs > 1 and len(relevant) >= _ENOUGH_FOR_WORKERS:
            from concurrent.futures import ProcessPoolExecutor

            pool = ProcessPoolExecutor(
                jobs,
                initializer=_start_worker,
                initargs=(
                    self.files,
                    self.settings,
                    self.modules.known_facts,
                    self.members.program_files,
                ),
            )
            try:
                chunk = max(1, min(16, len(relevant) // (jobs * 4)))
                done = dict(zip(relevant, pool.map(_work, relevant, chunksize=chunk), strict=True))
                pool.shutdown()
            except BaseException:
                _give_up(pool)
                raise
            for path in self.files:
                yield done[path] if path in done else self.upgrade_file(path)
            return
        for path in self.files:
            yield self.upgrade_file(path)

    def requirements(
        self, roots: Sequence[Path], run: RunResult, *, update: bool
    ) -> list[FileResult]:
        """What becomes of the requirements beside the files that use Keras 1."""
        from kerasmig.project.marks import COMPAT_FILE
        from kerasmig.project.packaging import missing_from_packages
        from kerasmig.project.requirements import (
            folders_of_code,
            requirement_files,
            upgrade_requirements,
        )
        from kerasmig.project.surroundings import old_settings, setting_files

        users = [p for p, r in zip(self.files, run.files, strict=True) if r.findings or r.role]
        results: list[FileResult] = []
        for path in requirement_files(users, roots):
            if path.suffix == ".py" and path in users:
                continue
            try:
                text = read_file(path).decode("utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            result = upgrade_requirements(text, self.modules.shown(path), update=update)
            if result.findings:
                results.append(result)
        settings = setting_files(folders_of_code(users, roots))
        found = (old_settings(path, self.modules.shown(path)) for path in settings)
        results += [result for result in found if result is not None]
        compat = [*map(Path, run.extra_files), *(p for p in self.files if p.name == COMPAT_FILE)]
        results += missing_from_packages(compat)
        return [r for r in map(self._heard, results) if r.findings or r.error]

    def _heard(self, result: FileResult) -> FileResult:
        """A result of a file beside the code, without what its settings do not ask for."""
        settings = self._settings_for(absolute(Path(result.path)))
        wanted = tuple(f for f in result.findings if settings.wants(f.code))
        if wanted == result.findings:
            return result
        return result._replace(findings=wanted, new=result.new if wanted else result.old)

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
        from kerasmig.disk.atomic import remove_if_abandoned
        from kerasmig.disk.writing import write_result

        for path in self.leftovers:
            remove_if_abandoned(path)
        failed: list[str] = []
        missing: dict[Path, str] = {}
        for extra, text in run.extra_files.items():
            from kerasmig.compat.select import compat_present
            from kerasmig.project.compat_file import write_compat

            inside = self.modules.common_folder
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


def _give_up(pool: ProcessPoolExecutor) -> None:
    """End a pool at once: one that was interrupted while it started may never finish by itself."""
    workers = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.kill()


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
    _worker = Project(files, settings)
    _worker.modules.known_facts = facts
    _worker.members.told_program = program


def _work(path: Path) -> FileResult:
    assert _worker is not None
    return _worker.upgrade_file(path)


def default_jobs() -> int:
    """As many workers as there are processors to use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
