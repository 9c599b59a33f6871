"""``model.trainable = False`` after ``compile``: Keras 3 heeds it where Keras 1 did not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.receivers import CONTAINER, is_a
from kerasmig.analysis.scopes import start_of
from kerasmig.analysis.tree import nodes
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.methods import MODEL_NAME, last_name
from kerasmig.rewrite.registry import file_rule

CODE = "KM401"


@file_rule
def trainable(context: FileContext) -> Iterator[Finding]:
    """What is trained was settled by `compile`; it is settled by the first training call today."""
    if not context.speaks_keras1:
        return
    compiled = [
        use.receiver for use in context.method_uses if use.row.name == "compile" and use.call
    ]
    for node in nodes(context.tree, ast.Assign):
        for target in node.targets:
            if (
                isinstance(target, ast.Attribute)
                and target.attr == "trainable"
                and compiled
                and _comes_after(context, target, compiled)
            ):
                yield context.finding(
                    CODE,
                    node,
                    "trainable: Keras 1 trained what was trainable when a model was compiled, Keras "
                    "3 (3.15) trains what is when it is first trained: set it before the first "
                    "training call of this model, and of each model that holds it, to what it was "
                    "when that was compiled",
                    Applicability.MANUAL,
                    name="trainable",
                )


def _comes_after(context: FileContext, target: ast.Attribute, compiled: list[ast.expr]) -> bool:
    """Whether a model's switch is set after it was compiled, and it is not compiled again."""
    receiver = target.value
    kind = context.receivers.kind(receiver)
    if kind is None and _is_parameter(context, receiver):
        return True  # `def set_trainable(net, value)`: called between training calls
    if not (is_a(kind, CONTAINER) or (kind is None and MODEL_NAME.search(last_name(receiver)))):
        return False
    identity = context.receivers.identity
    same = [start_of(c) for c in compiled if identity(c) == identity(receiver)]
    return bool(same) and max(same) < start_of(target)


def _is_parameter(context: FileContext, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and any(
        binding.kind == "param" and node.id != "self" for binding in context.names.bindings_of(node)
    )
