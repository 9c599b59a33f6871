"""``vars(layer)``, ``layer.__dict__``: what a layer holds by itself is Keras 3's business today."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.objects.receivers import LAYER, is_a
from kerasmig.catalog.layer_attributes import CODE
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.rules.layer_attributes import is_of_layers
from kerasmig.text.tree import nodes


@file_rule
def layer_dictionaries(context: FileContext) -> Iterator[Finding]:
    """The dictionary of a layer or model is reported: its keys are others, and writes go past it."""
    if context.era.era is Era.LATER or not context.settings.wants(CODE):
        return
    for node in nodes(context.tree, ast.Attribute, ast.Call):
        thing = _owner(context, node)
        if thing is None or context.directives.ignores(CODE, node):
            continue
        if isinstance(thing, ast.Name) and thing.id in ("self", "cls"):
            continue
        kind = context.receivers.kind(thing)
        layer = is_a(kind, LAYER) if kind is not None else is_of_layers(context, thing)
        if not layer or not context.speaks_keras1:
            continue
        text = context.text.of(thing)
        yield context.finding(
            CODE,
            node,
            "the dictionary of a layer holds other names today, and what is written into it goes "
            f"past Keras 3 (`trainable` is no item of it): use `getattr({text}, name)` and "
            f"`setattr({text}, name, value)`, which are read as in Keras 1",
            Applicability.MANUAL,
            name="__dict__",
        )


def _owner(context: FileContext, node: ast.AST) -> ast.expr | None:
    """The object whose dictionary an expression gives."""
    if isinstance(node, ast.Attribute):
        return node.value if node.attr == "__dict__" else None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    plain = node.func.id == "vars" and not context.names.bindings_of(node.func)
    return node.args[0] if plain and len(node.args) == 1 else None
