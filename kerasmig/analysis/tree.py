"""Walking syntax trees: as `ast.walk`, but each tree is only once taken apart.

The nodes that say only how a name is used or which operator stands somewhere (``ast.Load``,
``ast.Add``) are left out: they are shared between all their places, so nothing can be asked of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TypeVar

N = TypeVar("N", bound=ast.AST)

_SHARED = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
_KEPT = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_NODES = "_kerasmig_nodes"
_KINDS = "_kerasmig_kinds"


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


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return [child for child in found if not isinstance(child, _SHARED)]


def _flat(root: ast.AST) -> list[ast.AST]:
    found = [root]
    for node in found:  # grows while it is walked
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.AST) and not isinstance(item, _SHARED):
                        found.append(item)
            elif isinstance(value, ast.AST) and not isinstance(value, _SHARED):
                found.append(value)
    return found
