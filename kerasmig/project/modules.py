"""The files of a run, each read and parsed once, and the imports between them."""

from __future__ import annotations

import ast
import gc
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kerasmig.disk.find import shown_path
from kerasmig.disk.reading import read_file
from kerasmig.finding import Finding
from kerasmig.project.import_graph import ImportGraph
from kerasmig.project.marks import COMPAT_FILE
from kerasmig.project.placement import common_folder
from kerasmig.project.vendored import VendoredCopies
from kerasmig.reading.first_look import COMPAT_MARK, FileFacts, facts_of
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import Encoding, SourceError, decode, parse

if TYPE_CHECKING:
    from kerasmig.analysis.names.resolution import Names
    from kerasmig.project.cache import Cache
    from kerasmig.reading.program import Program

_KEPT_TREES = 40
_COLLECT_AFTER = 500
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
class Modules:
    """The files of a run as they are read.

    Args:
        files: all of them, sorted, as absolute paths.
        settings: how to read Python 2 and notebooks.
        cache: what earlier runs found out.
    """

    files: Sequence[Path]
    settings: UpgradeSettings
    cache: Cache | None = None
    known_facts: dict[Path, FileFacts] = field(default_factory=dict)
    _modules: dict[Path, Module] = field(default_factory=dict)
    _parsed: dict[Path, None] = field(default_factory=dict)
    _folders: dict[Path, str] = field(default_factory=dict)
    _released: int = 0

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

    def is_read(self, path: Path) -> bool:
        """Whether a file's text is held."""
        return path in self._modules

    def facts(self, path: Path) -> FileFacts:
        """What a first look at a file tells; the text of plain files is not kept."""
        found = self.known_facts.get(path)
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
        self.known_facts[path] = found
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

    def is_ours(self, path: Path) -> bool:
        """Whether a file is a ``keras1_compat`` module that we wrote."""
        return path.name == COMPAT_FILE and COMPAT_MARK in self.module(path).data

    @cached_property
    def _copies(self) -> VendoredCopies:
        return VendoredCopies(self.known, self._bytes)

    @cached_property
    def graph(self) -> ImportGraph:
        """The imports between the files."""
        return ImportGraph(self.files, self.facts, lambda path: self.vendored(path) is None)

    def vendored(self, path: Path) -> Path | None:
        """The folder of a copy of Keras 1 or keras-contrib that a file belongs to."""
        return self._copies.around(path)

    def find(self, name: str, near: Path) -> Path | None:
        """The file of a module, as a program that lives at ``near`` would import it."""
        return self.graph.find(name, near)

    @cached_property
    def common_folder(self) -> Path:
        """The folder that holds all of them."""
        return common_folder(self.files)

    @cached_property
    def known(self) -> frozenset[Path]:
        """All files."""
        return frozenset(self.files)

    def _module_name(self, module: Module) -> str:
        """Dotted name of a file: as its package says, or as Keras' own tree would have it."""
        from kerasmig.analysis.names.lifted import lifted_package

        parts = [] if module.path.stem == "__init__" else [module.path.stem]
        folder = module.path.parent
        while folder / "__init__.py" in self.known and folder.name.isidentifier():
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

    def source(self, name: str, near: Path) -> tuple[ast.Module, Names] | None:
        """The tree and the names of a module, as a program that lives at ``near`` imports it."""
        names = self._load(name, near)
        return None if names is None else (names.tree, names)

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

    def release(self) -> None:
        """Let go of the trees of all but the last files, which may well be parsed again."""
        for path in list(self._parsed)[:-_KEPT_TREES]:
            del self._parsed[path]
            module = self._modules[path]
            module.tree = module.names = module.program = None
            module.text = ""
            self._released += 1
            if self._released % _COLLECT_AFTER == 0:
                # Names and trees hold each other, and the collector of a run comes by rarely: what
                # it has seen alive once would pile up over a large tree.
                gc.collect()

    def shown(self, path: Path) -> str:
        """A path as people see it."""
        folder = self._folders.get(path.parent)
        if folder is None:
            folder = self._folders[path.parent] = shown_path(path.parent)
        return path.name if folder == "." else f"{folder}/{path.name}"
