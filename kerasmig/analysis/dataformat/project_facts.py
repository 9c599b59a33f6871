"""What the inference is told about the project around the file at hand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from kerasmig.finding import DataFormat, Evidence


class NameResolver(Protocol):
    """Tells which Keras object an expression refers to (`kerasmig.analysis.names.resolution.Names`)."""

    def keras_name(self, node: ast.expr) -> str | None:
        """Canonical Keras name of what a name or attribute refers to, or ``None``."""
        ...

    def absolute(self, node: ast.ImportFrom) -> str:
        """Absolute module path of a ``from`` import."""
        ...


ModuleSource = tuple[ast.Module, NameResolver]


class ProjectFacts(NamedTuple):
    """Facts from outside the file.

    Args:
        module: dotted name of the file's module, by which others import it.
        is_package: whether the file is an ``__init__``.
        path: path of the file as shown to the person.
        evidence: what the project says for all of its files: a global ordering set elsewhere,
            keras.json, an environment variable, a README.
        backend: ``theano`` or ``tensorflow`` where the project says which; empty otherwise.
        forced: the format chosen on the command line or in the configuration.
        directives: line → format of ``# kerasmig: data_format=...``; line 0 for the whole file.
            ``UNDECIDED`` is the question that an earlier run left there.
        load: gives tree and names of another module of the project by its dotted name.
        importers: gives the modules of the project that import this one, whose calls tell the
            arguments of this file's functions.
    """

    module: str = ""
    is_package: bool = False
    path: str = ""
    evidence: tuple[Evidence, ...] = ()
    backend: str = ""
    forced: DataFormat | None = None
    directives: Mapping[int, DataFormat] = {}
    load: Callable[[str], ModuleSource | None] | None = None
    importers: Callable[[], Sequence[str]] = tuple
