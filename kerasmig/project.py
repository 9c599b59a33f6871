"""A code base under work: what its files know of each other, and the run over all of them."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from kerasmig.analysis.lifted import lifted_package
from kerasmig.analysis.names import Names
from kerasmig.analysis.project_facts import ProjectFacts
from kerasmig.compat.select import compat_present, compat_source
from kerasmig.files import Backups, write_atomically
from kerasmig.finding import FileResult, RunResult
from kerasmig.rewrite.context import saved_weights
from kerasmig.rewrite.engine import Surroundings, upgrade_text
from kerasmig.settings import UpgradeSettings
from kerasmig.source import Encoding, SourceError, decode, encode, parse

COMPAT_FILE = "keras1_compat.py"
_ENOUGH_FOR_WORKERS = 24
_MAX_BYTES = 4_000_000


@dataclass
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


@dataclass
class Project:
    """The files of one run.

    Args:
        files: all of them, sorted.
        settings: how to upgrade.
    """

    files: Sequence[Path]
    settings: UpgradeSettings
    _modules: dict[Path, Module] = field(default_factory=dict)

    # -- reading -------------------------------------------------------------------------------

    def module(self, path: Path) -> Module:
        """A file, read; what is wrong with it stands in ``error``."""
        found = self._modules.get(path)
        if found is None:
            found = self._modules[path] = self._read(path)
        return found

    def _read(self, path: Path) -> Module:
        try:
            data = path.read_bytes()
        except OSError as error:
            return Module(path, b"", error=f"cannot be read: {error.strerror or error}")
        if len(data) > _MAX_BYTES and b"keras" in data:
            return Module(path, data, error=f"is larger than {_MAX_BYTES // 1_000_000} MB: skipped")
        return Module(path, data)

    def parsed(self, module: Module) -> ast.Module | None:
        """A module's tree; ``None`` (and ``module.error``) if it cannot be parsed."""
        if module.tree is None and not module.error:
            try:
                module.text, module.encoding = decode(module.data)
                module.tree = parse(module.text, path=str(module.path))
            except SourceError as error:
                module.error = str(error)
            else:
                module.name = self._module_name(module)
        return module.tree

    @cached_property
    def _known(self) -> frozenset[Path]:
        return frozenset(self.files)

    @cached_property
    def _saved_weights(self) -> frozenset[str]:
        return frozenset().union(*(saved_weights(self.module(p).data) for p in self.files))

    def find(self, name: str, near: Path) -> Path | None:
        """The file of a module, as a program that lives at ``near`` would import it."""
        parts = name.split(".")
        if not all(parts):
            return None
        folder = near.parent
        for base in [folder, *list(folder.parents)[:8]]:
            for candidate in (
                base.joinpath(*parts).with_suffix(".py"),
                base.joinpath(*parts, "__init__.py"),
            ):
                if candidate in self._known and candidate != near:
                    return candidate
        return None

    def _module_name(self, module: Module) -> str:
        """Dotted name of a file: as its package says, or as Keras' own tree would have it."""
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

    def concerns_keras(self, path: Path, seen: frozenset[Path] = frozenset()) -> bool:
        """Whether a file can use Keras: by name, or through a starred import of one that does."""
        module = self.module(path)
        if b"keras" in module.data:
            return True
        if b"import *" not in module.data or path in seen:
            return False
        tree = self.parsed(module)
        if tree is None:
            return False
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                found = self.find(node.module or "", path)
                if found is not None and self.concerns_keras(found, seen | {path}):
                    return True
        return False

    # -- the run -------------------------------------------------------------------------------

    def upgrade_file(self, path: Path) -> FileResult:
        """Upgrade one file; nothing is written."""
        shown = _shown(path)
        module = self.module(path)
        if module.error:
            return FileResult(shown, error=module.error)
        if path.name == COMPAT_FILE or not self.concerns_keras(path):
            return FileResult(shown)  # the compat module is ours: `_compat_files` sees to it
        if self.parsed(module) is None:
            return FileResult(shown, error=module.error)
        facts = ProjectFacts(
            module=module.name,
            is_package=path.stem == "__init__",
            path=shown,
            load=lambda name: self._source(name, path),
        )
        surroundings = Surroundings(
            facts, lambda name: self._load(name, path), saved_weights=self._saved_weights
        )
        try:
            result = upgrade_text(module.text, self.settings, shown, surroundings, module.tree)
        except RecursionError:
            return FileResult(shown, error="is nested too deeply to be analysed")
        except AssertionError as error:
            return FileResult(shown, error=f"internal error, file left alone: {error}")
        return replace(result, encoding=module.encoding.name, bom=module.encoding.bom)

    def _source(self, name: str, near: Path) -> tuple[ast.Module, Names] | None:
        names = self._load(name, near)
        return None if names is None else (names.tree, names)

    def upgrade(self, jobs: int = 1, progress: Callable[[int, int], None] | None = None) -> RunResult:
        """Upgrade all files, in the order of their paths."""
        results: list[FileResult] = []
        for result in self._results(jobs):
            results.append(result)
            if progress is not None:
                progress(len(results), len(self.files))
        return RunResult(tuple(results), self._compat_files(results))

    def _results(self, jobs: int) -> Iterator[FileResult]:
        relevant = [path for path in self.files if self.concerns_keras(path)]
        if jobs > 1 and len(relevant) >= _ENOUGH_FOR_WORKERS:
            with ProcessPoolExecutor(
                jobs, initializer=_start_worker, initargs=(self.files, self.settings)
            ) as pool:
                chunk = max(1, len(relevant) // (jobs * 4))
                done = dict(zip(relevant, pool.map(_work, relevant, chunksize=chunk), strict=True))
            for path in self.files:
                yield done[path] if path in done else self.upgrade_file(path)
            return
        for path in self.files:
            yield self.upgrade_file(path)

    def _compat_files(self, results: Sequence[FileResult]) -> dict[str, str]:
        """The ``keras1_compat`` modules that the new code imports, by path."""
        wanted: dict[Path, set[str]] = {}
        for path, result in zip(self.files, results, strict=True):
            if result.compat:
                wanted.setdefault(path.parent, set()).update(result.compat)
        return {
            _shown(folder / COMPAT_FILE): _compat_text(folder / COMPAT_FILE, names)
            for folder, names in sorted(wanted.items())
        }

    def write(self, run: RunResult, backups: Backups | None) -> list[str]:
        """Write what changed; each file is replaced in one step.

        Args:
            backups: keeps the old text of files that git could not give back.

        Returns:
            The paths that could not be written, with the reason.
        """
        failed: list[str] = []
        for path, text in run.extra_files.items():
            failed += _try_write(Path(path), text.encode("utf-8"), None)
        for path, result in zip(self.files, run.files, strict=True):
            if result.changed and not result.error:
                failed += _try_write(path, bytes_of(result), backups)
        return failed


def _try_write(path: Path, data: bytes, backups: Backups | None) -> list[str]:
    try:
        if path.exists() and path.read_bytes() == data:
            return []
        if backups is not None:
            backups.keep(path)
        write_atomically(path, data)
    except OSError as error:
        return [f"{_shown(path)}: cannot be written: {error.strerror or error}"]
    return []


def _compat_text(path: Path, names: set[str]) -> str:
    """The compat module with what the new code needs, and what an earlier run already put there."""
    try:
        present = set(compat_present(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        present = set()
    return compat_source(sorted(names | present))


_worker: Project | None = None


def _start_worker(files: Sequence[Path], settings: UpgradeSettings) -> None:
    global _worker
    _worker = Project(files, settings)


def _work(path: Path) -> FileResult:
    assert _worker is not None
    return _worker.upgrade_file(path)


def _shown(path: Path) -> str:
    """A path as a person would type it: relative to the current folder where it is below."""
    absolute = Path(os.path.abspath(path))
    try:
        return absolute.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return absolute.as_posix()


def bytes_of(result: FileResult) -> bytes:
    """The new contents of a file in its own encoding."""
    return encode(result.new, Encoding(result.encoding, result.bom))


def default_jobs() -> int:
    """As many workers as there are processors to use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
