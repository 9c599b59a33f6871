"""``model.weights[3]``, ``[w.name for w in layer.weights]``: lists of variables that changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.objects.receivers import LAYER, MODEL, is_a
from kerasmig.catalog.layer_attributes import CODE
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.calls.methods import MODEL_NAME, last_name
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.rules.layer_attributes import is_of_layers
from kerasmig.text.tree import nodes, walk

_LISTS = ("weights", "trainable_weights", "non_trainable_weights")
_SUMS = ("sum", "add_n", "any", "all", "max", "min")
_GATED = frozenset(
    {
        "keras.layers.recurrent.LSTM",
        "keras.layers.recurrent.GRU",
        "keras.layers.convolutional_recurrent.ConvLSTM2D",
    }
)


@file_rule
def weight_lists(context: FileContext) -> Iterator[Finding]:
    """Lists of variables that are counted, or whose names are read."""
    if not context.speaks_keras1 or not context.settings.wants(CODE):
        return
    gated = any(use.name in _GATED for use in context.uses)
    for node in nodes(context.tree, ast.Attribute):
        if node.attr not in _LISTS or not isinstance(node.ctx, ast.Load):
            continue
        if not _has_weights(context, node.value) or context.directives.ignores(CODE, node):
            continue
        why = ""
        if _names_are_read(context, node):
            why = (
                "variables were named after layer and part (`dense_1_W`), and are `kernel`, `bias` "
                "today: ask for `variable.path`, which has the layer's name, and adjust what is "
                "compared"
            )
        elif gated and _is_counted(context, node):
            why = (
                "LSTM and GRU had an array for each gate (12 and 9), and have three today: take "
                "layers by name, and their arrays from `keras1_compat.get_keras1_weights(layer)`"
            )
        if why:
            yield context.finding(
                CODE, node, f"{node.attr}: {why}", Applicability.MANUAL, name=node.attr
            )


def _has_weights(context: FileContext, thing: ast.expr) -> bool:
    if isinstance(thing, ast.Name) and thing.id == "self":
        return False
    kind = context.receivers.kind(thing)
    if kind is not None:
        return is_a(kind, LAYER) or is_a(kind, MODEL)
    last = last_name(thing).lower()
    return is_of_layers(context, thing) or "layer" in last or MODEL_NAME.search(last) is not None


def _is_counted(context: FileContext, node: ast.expr) -> bool:
    """Whether it matters how many there are, and which comes where; not in a sum over all."""
    parent = context.parent(node)
    if isinstance(parent, ast.comprehension):
        made = context.parent(parent)
        around = context.parent(made) if made is not None else None
        return not (isinstance(around, ast.Call) and last_name(around.func) in _SUMS)
    if isinstance(parent, ast.For):
        return parent.iter is node
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    return isinstance(parent, ast.Call) and last_name(parent.func) in ("len", "zip", "enumerate")


def _names_are_read(context: FileContext, node: ast.expr) -> bool:
    """Whether a loop over the list, or an element of it, asks for ``name``."""
    parent = context.parent(node)
    if isinstance(parent, ast.Subscript):
        asked = context.parent(parent)
        return isinstance(asked, ast.Attribute) and asked.attr == "name"
    if isinstance(parent, ast.comprehension):
        body: ast.AST | None = context.parent(parent)
        target = parent.target
    elif isinstance(parent, ast.For) and parent.iter is node:
        body, target = parent, parent.target
    else:
        return False
    return isinstance(target, ast.Name) and any(
        isinstance(part, ast.Attribute)
        and part.attr == "name"
        and isinstance(part.value, ast.Name)
        and part.value.id == target.id
        for part in walk(body or node)
    )
