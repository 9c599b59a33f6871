"""Values that an expression certainly has: literals, and names bound once to such."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from kerasmig.analysis.names.resolution import Names


class Unknown:
    """The value of an expression that is not certain."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_MAX_DEPTH = 12
_MAX_SIZE = 10_000


def constant(node: ast.expr, names: Names, depth: int = 0) -> Any:
    """The value of an expression, or `UNKNOWN`.

    Only a name with a single binding in its scope counts: what may change is not constant.
    """
    if depth > _MAX_DEPTH:
        return UNKNOWN
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.Tuple, ast.List)):
        values = [constant(element, names, depth + 1) for element in node.elts]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        return tuple(values) if isinstance(node, ast.Tuple) else values
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = constant(node.operand, names, depth + 1)
        return -value if isinstance(value, (int, float)) else UNKNOWN
    if isinstance(node, ast.BinOp):
        return _binary(node, names, depth)
    if isinstance(node, ast.Name):
        bindings = names.bindings_of(node)
        if len(bindings) != 1 or bindings[0].kind != "assign" or bindings[0].value is None:
            return UNKNOWN
        if len(bindings[0].scope.bindings[node.id]) != 1:
            return UNKNOWN
        return constant(bindings[0].value, names, depth + 1)
    return UNKNOWN


_WIDE = re.compile(r"\d{4}|\*")


def _is_endless(left: Any, right: Any) -> bool:
    """Whether a few characters of source would make a value of any size: that is not computed."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, (str, bytes, tuple, list)) and isinstance(other, int):
            if len(one) * other > _MAX_SIZE:
                return True
    # A width in a format: '%1000000000d' % 1, or '%*d' % (width, 1).
    shown = left.decode("latin-1") if isinstance(left, bytes) else left
    return isinstance(shown, str) and _WIDE.search(shown) is not None and "%" in shown


def _binary(node: ast.BinOp, names: Names, depth: int) -> Any:
    function = _BINARY.get(type(node.op))
    left, right = (constant(side, names, depth + 1) for side in (node.left, node.right))
    if function is None or left is UNKNOWN or right is UNKNOWN or _is_endless(left, right):
        return UNKNOWN
    try:
        value = function(left, right)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, MemoryError):
        return UNKNOWN
    if isinstance(value, (str, bytes, tuple, list)) and len(value) > _MAX_SIZE:
        return UNKNOWN
    return value
