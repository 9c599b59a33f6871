"""``os.environ['KERAS_BACKEND'] = 'theano'``: with a backend that is gone, Keras does not import."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.catalog.code_base import SETTINGS as CODE
from kerasmig.finding import Applicability, DataFormat, Edit, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

_VARIABLE = "KERAS_BACKEND"
_GONE = ("theano", "cntk")


@file_rule
def backend_variable(context: FileContext) -> Iterator[Finding]:
    """The backend that a program chooses becomes TensorFlow."""
    if _VARIABLE.encode() not in context.text.utf8 or not context.settings.wants(CODE):
        return
    undecided = any(v.data_format is DataFormat.UNDECIDED for v in context.inference.verdicts)
    for value in _chosen(context.tree):
        named = context.constant(value)
        literal = isinstance(value, ast.Constant)
        if named not in _GONE or context.directives.ignores(CODE, value):
            continue
        # Where the ordering is still to be told, the backend is what tells it to a person.
        by_hand = undecided or not literal
        text = context.text.of(value)
        yield context.finding(
            CODE,
            value,
            f"Keras 3 has no backend {named!r}"
            + ("; write 'tensorflow'" if by_hand else ", and runs on 'tensorflow'"),
            Applicability.MANUAL if by_hand else Applicability.AUTOMATIC,
            name=_VARIABLE,
            edits=(
                ()
                if by_hand
                else (Edit(context.text.span(value), (text.replace(str(named), "tensorflow"),)),)
            ),
        )


def _chosen(tree: ast.Module) -> Iterator[ast.expr]:
    """The values that the variable is given, in this process or for another."""
    for node in nodes(tree, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Subscript) and _is_variable(target.slice):
                yield node.value
    for call in nodes(tree, ast.Call):
        yield from (k.value for k in call.keywords if k.arg == _VARIABLE)
        if len(call.args) == 2 and _is_variable(call.args[0]):
            function = call.func
            name = function.attr if isinstance(function, ast.Attribute) else ""
            if name in ("setdefault", "putenv", "__setitem__", "setenv"):
                yield call.args[1]
    for pairs in nodes(tree, ast.Dict):
        for key, value in zip(pairs.keys, pairs.values, strict=True):
            if key is not None and _is_variable(key):
                yield value


def _is_variable(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == _VARIABLE
