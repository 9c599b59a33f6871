"""Walking syntax trees: as `ast.walk`, but each tree is only once taken apart.

The nodes that say only how a name is used or which operator stands somewhere (``ast.Load``,
``ast.Add``) are left out: they are shared between all their places, so nothing can be asked of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TypeVar

N = TypeVar("N", bound=ast.AST)

#: Fields that hold no nodes, or only shared ones.
_BARREN = frozenset(
    "ctx op ops id attr arg kind type_comment module level asname simple conversion is_async "
    "type_ignores".split()
)
_KEPT = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
_NODES = "_kerasmig_nodes"
_KINDS = "_kerasmig_kinds"
_PARENTS = "_kerasmig_parents"


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all nodes below it, from the outside in; not to be changed by the caller."""
    if not isinstance(node, _KEPT):
        return _flat(node)
    found: list[ast.AST] | None = node.__dict__.get(_NODES)
    if found is None:
        found = node.__dict__[_NODES] = _flat(node)
    return found


def nodes(root: ast.AST, kind: type[N]) -> Iterable[N]:
    """All nodes of one class at or below a node, in the order of `walk`."""
    kinds: dict[type[ast.AST], list[ast.AST]] | None = root.__dict__.get(_KINDS)
    if kinds is None:
        kinds = root.__dict__[_KINDS] = {}
        for node in walk(root):
            kinds.setdefault(type(node), []).append(node)
    return kinds.get(kind, [])  # type: ignore[return-value]


def parents(root: ast.AST) -> dict[int, ast.AST]:
    """The node right above each node, by ``id``; not to be changed by the caller."""
    found: dict[int, ast.AST] | None = root.__dict__.get(_PARENTS)
    if found is None:
        found = {id(child): node for node in walk(root) for child in children(node)}
        root.__dict__[_PARENTS] = found
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node."""
    found: list[ast.AST] = []
    fields = _FIELDS.get(node.__class__)
    for name in _fields(node.__class__) if fields is None else fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _flat(root: ast.AST) -> list[ast.AST]:
    found = [root]
    for node in found:  # grows while it is walked
        found += children(node)
    return found


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a class of nodes that can hold other nodes."""
    found = () if kind is ast.Constant else tuple(n for n in kind._fields if n not in _BARREN)
    _FIELDS[kind] = found
    return found
