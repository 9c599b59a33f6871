"""``layer.__class__.__name__ == 'Convolution2D'``: classes of layers that are compared as text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.objects.receivers import FOREIGN, LAYER, MODEL, TENSOR, is_a
from kerasmig.catalog.layer_names import CLASS_CODE, class_names
from kerasmig.catalog.layers import known_layers
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.calls.methods import last_name
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

_WORD = re.compile(r"\w+")
_PRINTING = ("print", "debug", "info", "warning", "warn", "error", "write", "log")


@file_rule
def class_names_as_text(context: FileContext) -> Iterator[Finding]:
    """The name of a class is asked of ``keras1_compat``, which knows what Keras 1 called it."""
    if context.era.era is Era.LATER or not context.settings.wants(CLASS_CODE):
        return
    for node in nodes(context.tree, ast.Attribute):
        thing = _named(context, node)
        if thing is None or context.directives.ignores(CLASS_CODE, node):
            continue
        if not _may_be_layer(context, thing) or _is_printed(context, node):
            continue
        function = context.imports.need("keras1_compat.keras1_class_name")
        parts = (f"{function}(", context.text.span(thing), ")")
        yield context.finding(
            CLASS_CODE,
            node,
            f"{context.text.of(node)}: the name that Keras 1 gave to the class is asked for",
            Applicability.AUTOMATIC,
            name="__name__",
            edits=(Edit(context.text.span(node), parts),),
        )


@file_rule
def classes_as_text(context: FileContext) -> Iterator[Finding]:
    """``'Convolution2D' in str(type(layer))``: the text of a class has other words today."""
    if context.era.era is Era.LATER or not context.settings.wants(CLASS_CODE):
        return
    for call in context.calls:
        if not isinstance(call.func, ast.Name) or call.func.id not in ("str", "repr"):
            continue
        if len(call.args) != 1 or context.names.bindings_of(call.func):
            continue
        thing = _classified(context, call.args[0])
        if thing is None or context.directives.ignores(CLASS_CODE, call):
            continue
        if not _may_be_layer(context, thing) or _is_printed(context, call):
            continue
        text = context.text.of(thing)
        yield context.finding(
            CLASS_CODE,
            call,
            "the text of a class tells where Keras 3 has it, and by its name of today: write "
            f"`type({text}).__name__`, which becomes its name in Keras 1, or use `isinstance`",
            Applicability.MANUAL,
            name=call.func.id,
        )


def _named(context: FileContext, node: ast.Attribute) -> ast.expr | None:
    """The object whose class's name an expression gives: ``x.__class__.__name__``."""
    if node.attr != "__name__" or not isinstance(node.ctx, ast.Load):
        return None
    return _classified(context, node.value)


def _classified(context: FileContext, owner: ast.expr) -> ast.expr | None:
    """The object whose class an expression gives: ``x.__class__``, ``type(x)``."""
    if isinstance(owner, ast.Attribute) and owner.attr == "__class__":
        return owner.value
    if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and len(owner.args) == 1:
        if owner.func.id == "type" and not context.names.bindings_of(owner.func):
            return owner.args[0]
    return None


def _may_be_layer(context: FileContext, thing: ast.expr) -> bool:
    if isinstance(thing, ast.Name) and thing.id in ("self", "cls"):
        return False  # its own class keeps its name
    kind = context.receivers.kind(thing)
    if kind in (FOREIGN, TENSOR):
        return False
    if kind is not None:
        return is_a(kind, LAYER) or is_a(kind, MODEL)
    words = {word for text in context.strings for word in _WORD.findall(text)}
    return bool(_names_of_keras1() & words)


def _names_of_keras1() -> frozenset[str]:
    renamed = {n for n, layer in known_layers().items() if layer.new.rpartition(".")[2] != n}
    names = {*class_names().values(), *renamed}
    return frozenset({*names, *(name.lower() for name in names)} - {"Model", "model", "merge"})


def _is_printed(context: FileContext, node: ast.AST) -> bool:
    """Whether the name only goes into a line that is printed."""
    for around in context.ancestors(node):
        if isinstance(around, (ast.Compare, ast.Subscript, ast.comprehension)):
            return False
        if isinstance(around, ast.Call):
            if last_name(around.func) in _PRINTING:
                return True
            if last_name(around.func) not in ("format", "str", "repr"):
                return False
        if isinstance(around, ast.stmt):
            return False
    return False
