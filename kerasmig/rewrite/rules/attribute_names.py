"""``hasattr(x, '_keras_shape')``: attributes of Keras objects that are asked for by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasmig.catalog.methods import METHODS, Certainty, Method
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

_FUNCTIONS = ("hasattr", "getattr", "setattr", "delattr")
_ROWS = {row.name: row for row in METHODS if row.attribute and row.certainty is Certainty.NAME}


@file_rule
def attribute_names(context: FileContext) -> Iterator[Finding]:
    """The string changes with the attribute, or the question is answered otherwise than before."""
    for node in nodes(context.tree, ast.Call):
        if not (isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS):
            continue
        name = node.args[1] if len(node.args) > 1 else None
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
            continue
        row = _ROWS.get(name.value)
        if row is None or context.names.bindings_of(node.func):
            continue
        new = _new_name(row)
        if new == name.value:
            continue
        if new is None:
            message = f"{name.value}: {row.manual or 'asked for by name; Keras 3 has it otherwise'}"
            yield context.finding(row.code, name, message, Applicability.MANUAL, name=name.value)
            continue
        text = context.text.of(name)
        yield context.finding(
            row.code,
            name,
            f"{name.value!r} → {new!r}: arrays have it too, so make sure that this does not ask "
            "whether something is a tensor of Keras",
            Applicability.ASSUMED,
            name=name.value,
            edits=(Edit(context.text.span(name), (text.replace(name.value, new),)),),
        )


def _new_name(row: Method) -> str | None:
    """What an attribute is called today; ``None`` where it is no attribute any more."""
    if row.to is not None:
        return row.to
    found = re.fullmatch(r"\{self\}\.(\w+)", row.template)
    return found[1] if found else None
