"""Whether a Sequential was finished when its program failed, read from the source. In workers.

A Sequential grows by ``add``: one that was still growing is none of the program's models. One that
no line from the failing one on adds to is, whatever fails when it is compiled, trained or wrapped.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator


def is_finished(tree: ast.Module, made: int, variable: str | None, failed: int) -> bool:
    """Whether nothing is added any more to the model that line `made` makes, from `failed` on.

    Args:
        tree: the file.
        made: line of the call that makes the model.
        variable: what the model is bound to; None: not known, so neither is the answer.
        failed: line of the same scope that was being executed.
    """
    if variable is None:
        return False
    scope = _scope(tree, made)
    adding = [node for node in ast.walk(scope) if _adds(node, variable, tree)]
    loops = [
        loop
        for loop in ast.walk(scope)
        if isinstance(loop, (ast.For, ast.While)) and _covers(loop, failed)
    ]
    return not any(
        (node.end_lineno or node.lineno) >= failed
        or any(_covers(loop, node.lineno) for loop in loops)
        for node in adding
        if isinstance(node, ast.Call)
    )


def adds_layers(lines: Iterable[str]) -> bool:
    """Whether one of the lines that were being executed adds to some model."""
    return any(".add(" in line for line in lines)


def _scope(tree: ast.Module, line: int) -> ast.AST:
    """The innermost function that a line is in; the module."""
    found: ast.AST = tree
    for node in ast.walk(tree):  # breadth first: the innermost comes last
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _covers(node, line):
            found = node
    return found


def _covers(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _adds(node: ast.AST, variable: str, tree: ast.Module) -> bool:
    """Whether a call adds a layer to the model of a variable, or may do so out of sight."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "add" and ast.unparse(node.func.value) == variable
    if not isinstance(node.func, ast.Name) or hasattr(builtins, node.func.id):
        return False
    if not any(ast.unparse(argument) == variable for argument in node.args):
        return False
    definitions = list(_definitions(tree, node.func.id))
    if definitions:
        return any(
            isinstance(inner, ast.Attribute) and inner.attr == "add"
            for definition in definitions
            for inner in ast.walk(definition)
        )
    return not node.func.id[:1].isupper()  # a class takes a model, it does not build it


def _definitions(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            yield node
