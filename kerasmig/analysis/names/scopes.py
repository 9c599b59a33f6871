"""Namespaces of a module, and what gives names their meaning in them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from kerasmig.text.tree import Placed

BindingKind: TypeAlias = Literal["import", "from", "star", "assign", "def", "param", "other"]
Position: TypeAlias = tuple[int, int]


@dataclass(eq=False)
class Binding:
    """One place that gives a name its meaning.

    Args:
        name: the name as bound (after ``as``).
        kind: how it is bound.
        node: the statement or parameter that binds it.
        position: where the binding takes effect.
        path: dotted path of what an import binds.
        value: the expression that an assignment binds.
        branch: the outermost ``if``/``try`` around it, which may hold alternatives.
    """

    name: str
    kind: BindingKind
    node: Placed
    position: Position
    scope: Scope
    path: str = ""
    value: ast.expr | None = None
    branch: ast.AST | None = None
    alias: ast.alias | None = None


@dataclass(eq=False)
class Scope:
    """A namespace: the module, a function, a class, a lambda or a comprehension."""

    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[Binding] = field(default_factory=list)
    globals: set[str] = field(default_factory=set)

    @property
    def is_class(self) -> bool:
        """Whether names bound here are invisible to the functions inside."""
        return isinstance(self.node, ast.ClassDef)

    @cached_property
    def visible(self) -> tuple[Scope, ...]:
        """The scopes in which a name used here is looked up, innermost first."""
        if self.parent is None:
            return (self,)
        around = self.parent.visible
        return (self, *(around[1:] if self.parent.is_class else around))


def start_of(node: Placed) -> Position:
    """Where a node begins."""
    return (node.lineno, node.col_offset)


def end_of(node: Placed) -> Position:
    """Where a node ends."""
    return (node.end_lineno or 0, node.end_col_offset or 0)
