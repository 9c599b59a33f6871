"""A class of the user's that extends Model: what it gives its base."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.objects.receivers import MODEL, SEQUENTIAL, is_a
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog.vocabulary import To
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes


@file_rule
def model_subclasses(context: FileContext) -> Iterator[Finding]:
    """``super().__init__(input=x, output=y)`` → ``super().__init__(inputs=x, outputs=y)``."""
    entry = catalog_entry(MODEL)
    if entry is None:
        return
    for call in nodes(context.tree, ast.Call):
        function = call.func
        if not (isinstance(function, ast.Attribute) and function.attr == "__init__"):
            continue
        owner = context.receivers.enclosing_class(call)
        kind = None if owner is None else context.receivers.class_kind(owner)
        if not is_a(kind, MODEL) or is_a(kind, SEQUENTIAL) or not _of_base(context, function.value):
            continue
        edits: list[Edit] = []
        for argument in context.site(call).arguments:
            rule = entry.argument(argument.keyword) if argument.keyword else None
            if isinstance(rule, To) and argument.keyword_span and rule.name != argument.keyword:
                edits.append(Edit(argument.keyword_span, (rule.name,)))
        if edits:
            yield context.finding(
                entry.code,
                call,
                "Model: arguments as Keras 3 has them",
                Applicability.AUTOMATIC,
                name="Model",
                edits=edits,
            )


def _of_base(context: FileContext, node: ast.expr) -> bool:
    """Whether an expression is ``super()`` or the class Model itself."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    return context.names.keras_name(node) == MODEL
