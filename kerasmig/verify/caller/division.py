"""Python 2's division, for old programs that come from Python 2.

Such a program is brought to Python 3 to be run, where ``/`` no longer floors whole numbers. What the
author's program computed is the judge, so the old side divides as Python 2 did (PEP 238).
"""

from __future__ import annotations

import ast
import builtins
import copy
import importlib.machinery
from typing import Any

#: The last line of a file that divides so: it goes with the content, also into a cache's key.
MARK = "# kerasmig: / divides as in Python 2"
_NAME = "__python2_division__"
_IN_PLACE = "__python2_divided__"


def marked(text: str) -> str:
    """Python 3 text of a Python 2 program, marked; with true division as it is."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            if any(alias.name == "division" for alias in node.names):
                return text
    return f"{text}\n{MARK}\n"


def is_marked(text: str) -> bool:
    return text.rstrip().endswith(MARK)


def divided(tree: ast.Module) -> ast.Module:
    """The tree with every ``/`` as a call of `divide`."""
    _Divisions().visit(tree)
    return ast.fix_missing_locations(tree)


def divide(left: Any, right: Any) -> Any:
    """``left / right`` as Python 2 computes it: whole numbers are floored, also in arrays."""
    return left // right if _is_whole(left) and _is_whole(right) else left / right


def divide_in_place(left: Any, right: Any) -> Any:
    """``left /= right`` as Python 2 computes it: an array stays the same array."""
    if _is_whole(left) and _is_whole(right):
        left //= right
    else:
        left /= right
    return left


def install() -> None:
    """Make the divisions known to programs, and have marked files that they import use them."""
    setattr(builtins, _NAME, divide)
    setattr(builtins, _IN_PLACE, divide_in_place)
    loader: Any = importlib.machinery.SourceFileLoader
    compiled = loader.source_to_code

    def source_to_code(self: Any, data: Any, path: Any, **options: Any) -> Any:
        if isinstance(data, bytes) and data.rstrip().endswith(MARK.encode()):
            data = divided(ast.parse(data, filename=str(path)))
        return compiled(self, data, path, **options)

    loader.source_to_code = source_to_code


def _is_whole(value: Any) -> bool:
    dtype = getattr(value, "dtype", None)
    return isinstance(value, int) or getattr(dtype, "kind", "") in ("i", "u", "b")


class _Divisions(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return _call(_NAME, node.left, node.right) if isinstance(node.op, ast.Div) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        value = _call(_IN_PLACE, read, node.value)
        return ast.copy_location(ast.Assign([node.target], value), node)


def _call(name: str, left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), [left, right], []), left)
