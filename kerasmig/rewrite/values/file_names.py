"""Names of files that models and weights are saved to: Keras 3 insists on their extensions."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from kerasmig.finding import Edit, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.values.keys import renamed_fields

WEIGHTS = "weights"
MODEL = "model"
SAVED = "saved model"
_OLD = re.compile(r"(\.weights)?\.(h5|hdf5|hdf|hd5|keras)$")
_MAX_DEPTH = 6
# What each kind of file may end in, and what it is given where it does not.
_ENDINGS = {
    WEIGHTS: ((".weights.h5",), ".weights.h5"),
    MODEL: ((".keras", ".h5"), ".keras"),
    SAVED: ((".keras", ".h5", ".hdf5"), ".h5"),
}


class Renaming(NamedTuple):
    """What becomes of a file name.

    Args:
        edits: of the literal that holds its end; empty if it is fine, or edited already.
        literal: the old end of the name, if one is found.
        problem: what has to be seen to where it is not.
    """

    edits: tuple[Edit, ...] = ()
    literal: ast.Constant | None = None
    problem: str = ""


def rename_file(context: FileContext, node: ast.expr, kind: str) -> Renaming:
    """Give a file name the extension that Keras 3 wants.

    Args:
        node: the file name, as it is given to the saving function.
        kind: `WEIGHTS`, `MODEL`, `SAVED`; empty: only logged keys in its fields are renamed.
    """
    literal = last_literal(context, node)
    if literal is None:
        endings = " or ".join(_ENDINGS[kind][0]) if kind else ""
        return Renaming(problem=f"the file name must end in {endings}" if kind else "")
    new = renamed_fields(new_name(str(literal.value), kind), context.renames_keys)
    if new == literal.value:
        return Renaming(literal=literal)
    edits = _literal_edits(context, literal, new)
    if edits is None:
        return Renaming(problem=f"the file name must become {new!r}", literal=literal)
    return Renaming(edits, literal)


def new_name(name: str, kind: str) -> str:
    """A file name with the extension of its kind."""
    if not kind:
        return name
    accepted, wanted = _ENDINGS[kind]
    if name.endswith(accepted):
        return name
    return _OLD.sub("", name) + wanted


def last_literal(context: FileContext, node: ast.expr, depth: int = 0) -> ast.Constant | None:
    """The string literal that an expression for a file name ends with."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(node, ast.Constant):
        return node if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return last_literal(context, node.right, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        found = last_literal(context, node.left, depth + 1)
        return found if found is not None and _ends_itself(found) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            found = last_literal(context, node.func.value, depth + 1)
            return found if found is not None and _ends_itself(found) else None
        if node.func.attr == "join" and node.args and not isinstance(node.args[-1], ast.Starred):
            return last_literal(context, node.args[-1], depth + 1)
    if isinstance(node, ast.Name):
        bindings = context.names.bindings_of(node)
        alone = len(bindings) == 1 and len(bindings[0].scope.bindings[node.id]) == 1
        if alone and bindings[0].kind == "assign" and bindings[0].value is not None:
            return last_literal(context, bindings[0].value, depth + 1)
    if isinstance(node, ast.Attribute):
        values = context.receivers.assigned(node)
        if len(values) == 1:
            return last_literal(context, values[0], depth + 1)
    return None


def _ends_itself(literal: ast.Constant) -> bool:
    """Whether a format's text, not a value put into it, is the end."""
    return not str(literal.value).endswith(("}", "%s", "%d"))


def _literal_edits(
    context: FileContext, literal: ast.Constant, new: str
) -> tuple[Edit, ...] | None:
    """Edits that make a literal another string, in the author's quotes; each made only once."""
    if id(literal) in context.edited_literals:
        return ()
    span = context.text.span(literal)
    old = context.text.get(span)
    match = re.fullmatch(r"([uU]?)('|\")(.*)\2", old)
    if match is None or match.group(3) != literal.value or "\\" in new:
        return None
    context.edited_literals.add(id(literal))
    start = span.start + len(match.group(1)) + 1
    return (Edit(Span(start, span.end - 1), (new,)),)
