"""``np.float``: names that NumPy took out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.catalog.numpy_names import BUILTINS, CODE, RENAMED
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes


@file_rule
def numpy_names(context: FileContext) -> Iterator[Finding]:
    """They get the names of the objects that they were."""
    modules = context.names.imported_as("numpy".__eq__)
    if not modules or not context.settings.wants(CODE):
        return
    for node in nodes(context.tree, ast.Attribute):
        root = node.value
        if not isinstance(root, ast.Name) or root.id not in modules:
            continue
        if node.attr not in BUILTINS and node.attr not in RENAMED:
            continue
        bindings = context.names.bindings_of(root)
        if not bindings or any(b.path != "numpy" for b in bindings):
            continue
        span = context.text.span(node)
        builtin = BUILTINS.get(node.attr)
        if builtin is not None and context.names.is_bound(builtin, context.names.scope_of(root)):
            builtin = {"float": "float64", "int": "int64", "complex": "complex128"}.get(
                builtin, f"{builtin}_"
            )
        elif builtin is not None:
            yield _finding(context, node, builtin, Edit(span, (builtin,)))
            continue
        new = builtin or RENAMED[node.attr]
        name = Span(span.end - len(node.attr.encode()), span.end)
        yield _finding(context, node, f"{root.id}.{new}", Edit(name, (new,)))


def _finding(context: FileContext, node: ast.Attribute, new: str, edit: Edit) -> Finding:
    return context.finding(
        CODE,
        node,
        f"{context.text.of(node)} → {new}: NumPy has no {node.attr} any more",
        Applicability.AUTOMATIC,
        name=node.attr,
        edits=(edit,),
    )
