"""``model.layers.pop()``: the list is a copy today, so taking from it does nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.objects.receivers import CONTAINER, FOREIGN, LAYERS, is_a
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

CODE = "KM304"
_CHANGES = ("pop", "append", "insert", "remove", "extend", "reverse")
_TENSORS = ("outputs", "inputs", "output", "input", "output_layers", "input_layers")


@file_rule
def layer_lists(context: FileContext) -> Iterator[Finding]:
    """Report what changes a model's list of layers, or its tensors, in place."""
    for call in context.calls:
        function = call.func
        if isinstance(function, ast.Attribute) and function.attr in _CHANGES:
            if _is_layers(context, function.value):
                yield _layers(context, call, function.attr)
    for statement in nodes(context.tree, ast.Delete):
        for target in statement.targets:
            if isinstance(target, ast.Subscript) and _is_layers(context, target.value):
                yield _layers(context, statement, "del")
    for node in nodes(context.tree, ast.Attribute):
        if (
            node.attr in _TENSORS
            and isinstance(node.ctx, ast.Store)
            and is_a(context.receivers.kind(node.value), CONTAINER)
        ):
            yield context.finding(
                CODE,
                node,
                f"{node.attr} cannot be assigned to: make a new model with "
                "`Model(inputs=model.inputs, outputs=...)`",
                Applicability.MANUAL,
                name=node.attr,
            )


def _is_layers(context: FileContext, node: ast.expr) -> bool:
    """Whether an expression is a model's list of layers."""
    if not isinstance(node, ast.Attribute) or node.attr != "layers":
        return False
    kind = context.receivers.kind(node)
    if kind is not None:
        return kind == LAYERS
    owner = context.receivers.kind(node.value)
    own = isinstance(node.value, ast.Name) and node.value.id == "self"
    return owner is None and owner != FOREIGN and not own and b"eras" in context.text.utf8


def _layers(context: FileContext, node: ast.AST, how: str) -> Finding:
    return context.finding(
        CODE,
        node,
        f"layers.{how}: `model.layers` is a copy in Keras 3, so this does nothing there; make a new "
        "model that ends where it should: `Model(inputs=model.inputs, "
        "outputs=model.layers[-2].output)`",
        Applicability.MANUAL,
        name="layers",
    )
