"""Programs that choose by Keras' version or backend: what they choose today."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.catalog.general import SWITCH
from kerasmig.finding import Applicability, DataFormat, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes, walk

_VERSION = "keras.__version__"
_BACKENDS = ("keras.backend.backend", "keras.backend._BACKEND", "keras.backend._backend")


@file_rule
def version_switch(context: FileContext) -> Iterator[Finding]:
    """``keras.__version__[0] == '2'`` is false today: the branch for Keras 1 runs."""
    if not any(use.path == _VERSION for use in context.uses):
        return
    for node in nodes(context.tree, ast.Compare, ast.Call):
        if not _asks_version(context, node):
            continue
        if any(_asks_version(context, inner) for inner in _switches_below(node)):
            continue  # reported at the innermost place
        yield context.finding(
            SWITCH,
            node,
            "Keras' version decides here, and it begins with '3' now: make sure that the branch "
            "which that leads to is the one that you want; both branches are migrated",
            Applicability.ASSUMED,
            name="__version__",
        )


def _switches_below(node: ast.AST) -> Iterator[ast.Compare | ast.Call]:
    for inner in walk(node):
        if inner is not node and isinstance(inner, (ast.Compare, ast.Call)):
            yield inner


def _asks_version(context: FileContext, node: ast.Compare | ast.Call) -> bool:
    """Whether a comparison, or ``startswith``, is about the version and one before 3."""
    if isinstance(node, ast.Call):
        function = node.func
        if not (isinstance(function, ast.Attribute) and function.attr == "startswith"):
            return False
        sides = [function.value, *node.args]
    else:
        sides = [node.left, *node.comparators]
    versions = [str(side.value) for side in sides if isinstance(side, ast.Constant)]
    return any(version[:1] in ("0", "1", "2") for version in versions) and any(
        isinstance(inner, ast.expr) and context.names.path(inner) == _VERSION
        for side in sides
        for inner in walk(side)
    )


@file_rule
def backend_switch(context: FileContext) -> Iterator[Finding]:
    """``K.backend() == 'theano'`` is never true; axes chosen by it must follow the data format."""
    formats = {verdict.data_format for verdict in context.inference.verdicts}
    harmless = formats <= {DataFormat.CHANNELS_LAST}
    for node in nodes(context.tree, ast.Compare):
        if not _asks_for_theano(context, node):
            continue
        yield context.finding(
            SWITCH,
            node,
            "the backend is never 'theano' today, so the other branch is taken: if an axis, a "
            "shape or a kernel hangs on it, ask `K.image_data_format() == 'channels_first'` instead",
            (
                Applicability.ASSUMED
                if harmless or _only_acts(context, node)
                else Applicability.MANUAL
            ),
            name="backend",
        )


def _only_acts(context: FileContext, node: ast.expr) -> bool:
    """Whether a comparison decides about a statement that sets and gives back nothing.

    ``if K.backend() == 'theano': convert_all_kernels_in_model(model)`` is for weights of Theano
    alone; no axis or shape can hang on it.
    """
    parent = context.parent(node)
    while isinstance(parent, (ast.BoolOp, ast.UnaryOp)):
        parent = context.parent(parent)
    if not isinstance(parent, ast.If):
        return False
    setting = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Yield, ast.FunctionDef)
    return not any(
        isinstance(inner, setting)
        for statement in [*parent.body, *parent.orelse]
        for inner in walk(statement)
    )


def _asks_for_theano(context: FileContext, node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    return any(isinstance(side, ast.Constant) and side.value == "theano" for side in sides) and any(
        context.names.keras_name(side.func if isinstance(side, ast.Call) else side) in _BACKENDS
        for side in sides
    )
