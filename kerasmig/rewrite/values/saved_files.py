"""What a program saves to files, and under which names: found in its calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.values.file_names import MODEL, WEIGHTS, last_literal, new_name
from kerasmig.text.tree import nodes

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BRANCHES = (ast.If, ast.Try, ast.While, ast.ExceptHandler)
TODAY = (".weights.h5", ".keras")
"""Endings of today's names."""
_SAVED = (".keras", ".h5", ".hdf5")


def is_saved(context: FileContext, path: ast.expr) -> bool:
    """Whether the project saves weights, or models of callbacks, under this name."""
    if isinstance(path, ast.Call) and ast.unparse(path.func).endswith("weights_path"):
        return False
    literal = last_literal(context, path)
    name = str(literal.value) if literal is not None else None
    if name is not None and name.endswith(TODAY):
        return False
    if name:
        # By the time this is asked, a literal may have its name of today already.
        saved = {old for old, _ in names_then_and_now(context)}
        if base(name) in saved or base(new_name(name, WEIGHTS)) in saved:
            return True
    return any(
        same(context, path, saver) for call, saver in savers(context) if not saves_model(call)
    )


def names_then_and_now(context: FileContext) -> set[tuple[str, str]]:
    """The names, without folders, of what the project saves: in Keras 1 and today.

    Fields that a callback or ``format`` fills are in them; a computed name is an empty one.
    """
    weights, models = set(context.saved_weights), set(context.saved_models)
    whole: set[tuple[str, str]] = set()
    for call, path in savers(context):
        end = last_literal(context, path)
        if saves_model(call):
            name = context.constant(path)
            if isinstance(name, str) and not name.endswith(_SAVED):
                whole.add((base(name), base(name) + ".h5"))
        elif end is not None:
            name = ast.unparse(call.func).rpartition(".")[2]
            (weights if name == "save_weights" or str(end.value) in weights else models).add(
                str(end.value)
            )
    models -= weights - {""}
    for names, kind in ((weights, WEIGHTS), (models, MODEL)):
        whole |= {(base(n), base(new_name(n, kind))) if n else ("", "") for n in names}
    return whole


def base(name: str) -> str:
    """A path without its folders."""
    return name.replace("\\", "/").rpartition("/")[2]


def saved_before(context: FileContext, place: ast.Call, path: ast.expr) -> bool:
    """Whether the same function has saved a file of this name for certain when it comes here."""
    around = list(context.ancestors(place))
    function = next((a for a in around if isinstance(a, _FUNCTIONS)), None)
    for call, saved in savers(context):
        if (call.lineno, call.col_offset) >= (place.lineno, place.col_offset):
            continue
        others = list(context.ancestors(call))
        if next((a for a in others if isinstance(a, _FUNCTIONS)), None) is not function:
            continue
        if all(b in around for b in others if isinstance(b, _BRANCHES)) and same(
            context, saved, path
        ):
            return True
    return False


def savers(context: FileContext) -> Iterator[tuple[ast.Call, ast.expr]]:
    """The calls that save weights or models, with the path of each."""
    for node in nodes(context.tree, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else ""
        if isinstance(function, ast.Name):
            name = function.id
        if name in ("save_weights", "ModelCheckpoint") or (name == "save" and node.args):
            path = argument(node, 0, "filepath")
        elif name == "save_model":
            path = argument(node, 1, "filepath")
        else:
            continue
        if path is not None:
            yield node, path


def saves_model(call: ast.Call) -> bool:
    """Whether a call saves a model, whose name stays what it is."""
    return ast.unparse(call.func).rpartition(".")[2] in ("save", "save_model")


def same(context: FileContext, a: ast.expr, b: ast.expr) -> bool:
    """Whether two expressions give one path."""
    known = context.constant(a)
    if isinstance(known, str):
        return bool(known == context.constant(b))
    return ast.dump(a) == ast.dump(b)


def argument(call: ast.Call, index: int, keyword: str) -> ast.expr | None:
    """An argument by its position or its name."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    if index < len(call.args):
        return call.args[index]
    return next((k.value for k in call.keywords if k.arg == keyword), None)


def imported_path(context: FileContext, node: ast.expr) -> str:
    """``os.path.exists`` under whatever name the file has imported it; empty if it has not."""
    if isinstance(node, ast.Attribute):
        owner = imported_path(context, node.value)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ast.Name):
        paths = {b.path for b in context.names.bindings_of(node) if b.kind in ("import", "from")}
        return paths.pop() if len(paths) == 1 else ""
    return ""
