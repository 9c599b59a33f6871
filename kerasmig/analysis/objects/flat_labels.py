"""Whether an array of labels has a single axis, which `to_categorical` hangs on."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from kerasmig.analysis.names.resolution import Names

_MAX_DEPTH = 8
_FLAT = ("ravel", "flatten", "arange", "range")
_SAME_SHAPE = ("array", "asarray", "astype", "copy", "permutation", "sorted", "list", "abs")
_RANDOM = {"randint": 2, "choice": 1, "random_integers": 2}
"""Functions that draw arrays → the position of their ``size``."""


def is_flat(
    node: ast.expr, names: Names, parents: Mapping[ast.AST, ast.AST], depth: int = 0
) -> bool:
    """Whether an expression certainly gives labels one by one: a list, ``(n,)`` or ``(n, 1)``."""
    if depth > _MAX_DEPTH:
        return False
    if isinstance(node, (ast.List, ast.Tuple)):
        return bool(node.elts) and all(_is_number(element) for element in node.elts)
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice) and is_flat(node.value, names, parents, depth + 1)
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
        flat = [is_flat(side, names, parents, depth + 1) for side in sides]
        return any(flat) and all(f or _is_number(s) for f, s in zip(flat, sides, strict=True))
    if isinstance(node, ast.Call):
        return _flat_call(node, names, parents, depth)
    if isinstance(node, ast.Name):
        bindings = names.bindings_of(node)
        return bool(bindings) and all(
            (
                is_flat(b.value, names, parents, depth + 1)
                if b.value is not None
                else _is_of_dataset(b.node, names, parents)
            )
            for b in bindings
        )
    return False


def _flat_call(
    call: ast.Call, names: Names, parents: Mapping[ast.AST, ast.AST], depth: int
) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _FLAT:
        return True
    if name == "reshape":
        shape = call.args[-1:] if len(call.args) < 3 else []
        return any(ast.unparse(s) in ("-1", "(-1,)", "[-1]") for s in shape)
    if name in _RANDOM:
        size = [
            *call.args[_RANDOM[name] :][:1],
            *(k.value for k in call.keywords if k.arg == "size"),
        ]
        return any(_is_flat_size(value) for value in size)
    if name in _SAME_SHAPE:
        if isinstance(function, ast.Attribute) and name in ("astype", "copy"):
            return is_flat(function.value, names, parents, depth + 1)
        return any(is_flat(source, names, parents, depth + 1) for source in call.args[:1])
    return False


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))


def _is_flat_size(node: ast.expr) -> bool:
    """``100``, ``(100,)``, ``(100, 1)``: Keras 3 leaves a last axis of one out, too."""
    if isinstance(node, (ast.Tuple, ast.List)):
        return len(node.elts) == 1 or (len(node.elts) == 2 and ast.unparse(node.elts[1]) == "1")
    return _is_number(node)


def _is_of_dataset(node: ast.AST, names: Names, parents: Mapping[ast.AST, ast.AST]) -> bool:
    """``(X, y), (X_test, y_test) = mnist.load_data()``: the labels of Keras' own data sets."""
    while isinstance(around := parents.get(node), (ast.Tuple, ast.List)):
        node = around
    if not isinstance(around, ast.Assign) or not isinstance(around.value, ast.Call):
        return False
    return (names.keras_name(around.value.func) or "").startswith("keras.datasets.")
