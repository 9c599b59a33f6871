"""Logged values by their keys: ``history.history['acc']``, ``logs.get('val_acc')``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasmig.analysis.objects.receivers import HISTORY, is_a
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.values.keys import renamed_key
from kerasmig.text.tree import nodes

CODE = "KM408"
_LOGS = re.compile(r"(^|_)(hist|history|histories|logs?|log_dict)\d*$")


@file_rule
def monitors(context: FileContext) -> Iterator[Finding]:
    """Rename the keys where logged values are read, in files of Keras 1."""
    if not context.speaks_keras1:
        return
    settled: set[int] = set()
    for literal, base in _read_keys(context):
        new = renamed_key(str(literal.value), context.renames_keys)
        settled.add(id(literal))
        if new == literal.value:
            continue
        certain = _is_history(context, base)
        span = context.text.span(literal)
        edit = Edit(Span(span.start, span.end), (_quoted(context, literal, new),))
        message = f"{literal.value!r} is logged as {new!r}"
        if not certain:
            message += f"; `{ast.unparse(base)}` is taken for logged values"
        yield context.finding(
            CODE,
            literal,
            message,
            Applicability.AUTOMATIC if certain else Applicability.ASSUMED,
            name=str(literal.value),
            edits=(edit,),
        )
    if context.renames_keys:
        yield from _others(context, settled)


def _read_keys(context: FileContext) -> Iterator[tuple[ast.Constant, ast.expr]]:
    """String keys by which logged values are read, with what they are read from."""
    for base, key in _looked_up(context):
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and _is_logs(base):
            yield key, base


def _looked_up(context: FileContext) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Container and key of ``logs[key]``, ``logs.get(key)``, ``key in logs``."""
    for node in nodes(context.tree, ast.Subscript):
        yield node.value, node.slice
    for call in context.calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "pop") and call.args:
            yield call.func.value, call.args[0]
    for comparison in nodes(context.tree, ast.Compare):
        if isinstance(comparison.ops[0], (ast.In, ast.NotIn)):
            yield comparison.comparators[0], comparison.left


def _is_logs(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return bool(_LOGS.search(str(name).lower()))


def _is_history(context: FileContext, node: ast.expr) -> bool:
    """Whether something certainly holds logged values."""
    if isinstance(node, ast.Attribute) and node.attr == "history":
        return is_a(context.receivers.kind(node.value), HISTORY)
    function = context.receivers.enclosing_function(node)
    return (
        isinstance(node, ast.Name)
        and node.id == "logs"
        and isinstance(function, ast.FunctionDef)
        and function.name.startswith("on_")
    )


def _others(context: FileContext, settled: set[int]) -> Iterator[Finding]:
    """Other mentions of ``'val_acc'``: no other thing is called so."""
    for node in nodes(context.tree, ast.Constant):
        if node.value != "val_acc":
            continue
        if id(node) in settled or _is_text(context, node) or _is_watched(context, node):
            continue
        yield context.finding(
            CODE,
            node,
            "'val_acc' is logged as 'val_accuracy' today: rename it if it is the key",
            Applicability.MANUAL,
            name="val_acc",
        )


def _is_text(context: FileContext, node: ast.Constant) -> bool:
    """Whether a string is only shown: a docstring, or printed or plotted."""
    for parent in context.ancestors(node):
        if isinstance(parent, ast.Call):
            name = parent.func.attr if isinstance(parent.func, ast.Attribute) else ""
            name = parent.func.id if isinstance(parent.func, ast.Name) else name
            return name in ("print", "title", "legend", "xlabel", "ylabel", "plot", "text")
        if isinstance(parent, ast.stmt):
            return isinstance(parent, ast.Expr)
    return False


def _is_watched(context: FileContext, node: ast.Constant) -> bool:
    """Whether a string is an argument of a Keras object, whose own rule sees to it."""
    parent = context.parent(node)
    if isinstance(parent, ast.keyword):
        parent = context.parent(parent)
    return isinstance(parent, ast.Call) and context.names.path(parent.func) is not None


def _quoted(context: FileContext, literal: ast.Constant, new: str) -> str:
    old = context.text.of(literal)
    return f'"{new}"' if old.endswith('"') else f"'{new}'"
