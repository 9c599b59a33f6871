"""Whether a number is certainly whole or certainly not, where its value is not known."""

from __future__ import annotations

import ast
from enum import Enum

from kerasmig.analysis.names.constants import UNKNOWN, constant
from kerasmig.analysis.names.resolution import Names

_MAX_DEPTH = 10
_INTS = frozenset(["len", "int", "ord", "hash", "id"])
_FLOATS = frozenset(
    [
        "float",
        "float16",
        "float32",
        "float64",
        "mean",
        "std",
        "var",
        "sqrt",
        "exp",
        "log",
        "log2",
        "log10",
        "sin",
        "cos",
        "tan",
        "tanh",
        "random",
        "uniform",
        "normal",
        "rand",
        "randn",
        "random_sample",
        "time",
        "clock",
        "average",
        "norm",
        "astype",
        "cast",
        "linspace",
        "sigmoid",
        "softmax",
        "square",
        "l2_normalize",
    ]
)


class Kind(Enum):
    """What is known of a number."""

    INT = "int"
    FLOAT = "float"
    UNKNOWN = "unknown"


def number_kind(node: ast.expr, names: Names, depth: int = 0) -> Kind:
    """The kind of an expression's value; arrays count as what they hold."""
    value = constant(node, names)
    if value is not UNKNOWN:
        return _of_value(value)
    if depth > _MAX_DEPTH:
        return Kind.UNKNOWN
    if isinstance(node, ast.Call):
        return _of_call(node, names, depth)
    if isinstance(node, ast.BinOp):
        return _of_operation(node, names, depth)
    if isinstance(node, ast.UnaryOp):
        return number_kind(node.operand, names, depth + 1)
    if isinstance(node, ast.Subscript):
        owner = node.value
        shape = isinstance(owner, ast.Attribute) and owner.attr in ("shape", "input_shape")
        return Kind.INT if shape and not isinstance(node.slice, ast.Slice) else Kind.UNKNOWN
    if isinstance(node, ast.Attribute):
        return Kind.INT if node.attr in ("size", "ndim") else Kind.UNKNOWN
    if isinstance(node, ast.Name):
        return _of_name(node, names, depth)
    return Kind.UNKNOWN


def _of_value(value: object) -> Kind:
    if isinstance(value, float):
        return Kind.FLOAT
    return Kind.INT if isinstance(value, int) else Kind.UNKNOWN


def _of_call(node: ast.Call, names: Names, depth: int) -> Kind:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name == "astype":
        kept = ast.unparse(node.args[0]) if node.args else ""
        return Kind.FLOAT if "float" in kept else Kind.UNKNOWN
    if name in _FLOATS:
        return Kind.FLOAT
    if isinstance(function, ast.Name) and name in _INTS:
        return Kind.INT
    if isinstance(function, ast.Name) and name in ("sum", "max", "min", "abs") and node.args:
        kinds = {number_kind(argument, names, depth + 1) for argument in node.args}
        return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN
    return Kind.UNKNOWN


def _of_operation(node: ast.BinOp, names: Names, depth: int) -> Kind:
    kinds = {number_kind(side, names, depth + 1) for side in (node.left, node.right)}
    if Kind.FLOAT in kinds:
        return Kind.FLOAT
    if kinds == {Kind.INT} and not isinstance(node.op, ast.Div | ast.Pow):
        return Kind.INT
    return Kind.UNKNOWN


def _of_name(node: ast.Name, names: Names, depth: int) -> Kind:
    """A name is what all of its assignments in sight are."""
    bindings = names.bindings_of(node)
    if not bindings:
        return Kind.UNKNOWN
    everywhere = bindings[0].scope.bindings.get(node.id, bindings)
    if any(binding.kind != "assign" or binding.value is None for binding in everywhere):
        return Kind.UNKNOWN
    kinds = {
        number_kind(binding.value, names, depth + 1)
        for binding in everywhere
        if binding.value is not None
    }
    return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN
