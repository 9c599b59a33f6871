"""Whether a value may come from where its text cannot be seen: another file, the command line."""

from __future__ import annotations

import ast

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.rewrite.context import FileContext
from kerasmig.text.tree import default_of

_MAX_DEPTH = 6


def may_come_from_outside(context: FileContext, node: ast.expr, depth: int = 0) -> bool:
    """Whether a value may be a text that does not stand in the file.

    Parameters count with their defaults and with what the file's own calls give.
    """
    if depth > _MAX_DEPTH:
        return True
    if isinstance(node, (ast.Constant, ast.Lambda)) or context.constant(node) is not UNKNOWN:
        return False
    if isinstance(node, ast.IfExp):
        return any(may_come_from_outside(context, n, depth + 1) for n in (node.body, node.orelse))
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return any(may_come_from_outside(context, n, depth + 1) for n in node.elts)
    if isinstance(node, ast.Dict):
        return any(may_come_from_outside(context, n, depth + 1) for n in node.values)
    if context.names.path(node) is not None:
        return False  # something of Keras or of another library
    if isinstance(node, ast.Call):
        if any(context.names.path(part) is not None for part in (node.func, *node.args)):
            return False  # `partial(initializations.normal, scale=0.1)`
        if is_of_compat(context, node.func):
            return False  # what an earlier run made of `initializations.get(init)`
        return not (isinstance(node.func, ast.Name) and node.func.id[:1].isupper())
    if isinstance(node, ast.Attribute):
        values = context.receivers.assigned(node)
        return not values or any(may_come_from_outside(context, v, depth + 1) for v in values)
    if isinstance(node, ast.Subscript):
        return may_come_from_outside(context, node.value, depth + 1)
    if isinstance(node, ast.Name):
        return _name(context, node, depth)
    return True


def is_of_compat(context: FileContext, node: ast.expr) -> bool:
    """Whether an expression names something of the compat module."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and any(
        binding.path.startswith("keras1_compat.") for binding in context.names.bindings_of(node)
    )


def _name(context: FileContext, node: ast.Name, depth: int) -> bool:
    bindings = context.names.bindings_of(node)
    for binding in bindings:
        around = context.parent(binding.node)
        if binding.kind == "def":
            continue
        if binding.value is not None:
            sources = [binding.value]
        elif isinstance(binding.node, ast.arg):
            default = (
                default_of(around, binding.name) if isinstance(around, ast.arguments) else None
            )
            sources = context.receivers.arguments_for(binding.node)
            sources += [default] if default is not None else []
        elif isinstance(around, (ast.For, ast.comprehension)):
            sources = [around.iter]
        else:
            return True
        if not sources or any(may_come_from_outside(context, s, depth + 1) for s in sources):
            return True
    return not bindings
