"""What is being followed: modules and calls in progress, and the end of patience."""

from __future__ import annotations

import ast

from kerasmig.analysis.dataformat.project_facts import NameResolver
from kerasmig.analysis.interpreter.values import Function, Value

Signal = str
"""How a block ended: ``""`` (at its end), ``return``, ``break``, ``continue`` or ``raise``."""


class OutOfFuel(Exception):
    """The code takes more steps than the interpreter is willing to follow."""


class Context:
    """One module of the project: its tree, its names and where it is."""

    def __init__(self, name: str, tree: ast.Module, names: NameResolver, path: str) -> None:
        self.name = name
        self.tree = tree
        self.names = names
        self.path = path


class Frame:
    """One call in progress: the values that it may have returned."""

    def __init__(self, function: Function | None) -> None:
        self.function = function
        self.returned: list[Value] = []
