"""Weights and models read from files: those of Keras 1, and those that the program has saved."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.objects.receivers import LOADED
from kerasmig.catalog.vocabulary import Entry, to
from kerasmig.finding import Applicability, DataFormat, Edit, Finding, Span
from kerasmig.rewrite.calls.drafting import drafted
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.calls.methods import (
    MethodUse,
    as_function,
    draft_method,
    finish_method,
    method_era,
)
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import file_rule, method_rule, use_rule
from kerasmig.rewrite.values.file_names import WEIGHTS, last_literal, new_name
from kerasmig.text.tree import nodes

_CODE = "KM303"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BRANCHES = (ast.If, ast.Try, ast.While, ast.ExceptHandler)
_TODAY = (".weights.h5", ".keras")
_THEANO = "reads files of Keras 1 and of today; kernels trained on Theano need backend='theano'"
_TRAINS = frozenset(
    "fit fit_generator train_on_batch evaluate evaluate_generator test_on_batch".split()
)
# Functions that are told of a file by its name, which is another one today.
_ASK = frozenset(
    f"os.{name}"
    for name in "path.exists path.isfile path.getsize path.getmtime remove unlink stat".split()
) | {"shutil.copy", "shutil.copyfile", "shutil.copy2", "shutil.move"}


# -- weights ---------------------------------------------------------------------------------------


@method_rule("load_weights")
def load_weights(context: FileContext, use: MethodUse) -> Finding | None:
    """By today's method what the program has saved before, by the compat loader what it has not."""
    if use.call is None:
        return None
    path = _argument(use.call, 0, "filepath")
    era = method_era(context, use)
    if era is Era.LATER or path is None:
        return None
    name = context.constant(path)
    if era is not Era.KERAS1 and not isinstance(name, str):
        return None  # neither Keras is written on it
    by_name = context.constant(_argument(use.call, 1, "by_name") or ast.Constant(False))
    if by_name is False and (
        (isinstance(name, str) and name.endswith(_TODAY)) or saved_before(context, use.call, path)
    ):
        new = draft_method(context, use)
        new.drop("by_name")
        new.assume("the program has saved the file itself before")
        return finish_method(new, use)
    row = use.row._replace(args={"filepath": to("filepath"), "by_name": to("by_name")})
    use = use._replace(row=row)
    new = draft_method(context, use)
    new.assume(_THEANO)
    if by_name is not False and context.given_names:
        given = ", ".join(map(repr, sorted(context.given_names)))
        new.added.append(("given_names", f"({given},)"))
    if _was_channels_first(context):
        # The layers say channels_last now, and kernels as wide as they are deep do not tell.
        new.added.append(("ordering", "'th'"))
    return as_function(new, use, "keras1_compat.load_keras1_weights", ("filepath",))


def _was_channels_first(context: FileContext) -> bool:
    """Whether a conversion of the layout hides from the loader how the file's kernels lie."""
    first = DataFormat.CHANNELS_FIRST
    told = context.told
    return context.settings.layout == "channels_last" and (
        context.inference.finds(first) or first in (told.hears, told.arguments) or told.ambient
    )


# -- models ----------------------------------------------------------------------------------------


@use_rule("load_model")
def load_model(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Today's function for a `.keras` file that the program has saved, else the compat loader."""

    def change(new: Draft) -> None:
        path = new.given.get("filepath")
        if path is None:
            return
        name = context.constant(path.value)
        own = saved_before(context, new.call, path.value)
        today = isinstance(name, str) and name.endswith(".keras")
        renamed = isinstance(name, str) and name in context.saved_models
        trained = not context.settings.idiomatic and _is_trained(context, new.call)
        if ((own and (today or renamed)) or today) and not _has_lambdas(context) and not trained:
            return
        new.target = f"keras1_compat.{'load_trained_model' if trained else 'load_keras1_model'}"
        new.kept = [
            k._replace(name="path", parts=None) if k.name == "filepath" else k for k in new.kept
        ]
        new.assume(
            "loads what this program saves; a model of Keras 1 is first made one of Keras 3 by "
            "`kerasmig convert`; lambdas in the file are run, as in Keras 1"
        )

    return drafted(context, use, entry, change)


def _is_trained(context: FileContext, call: ast.Call) -> bool:
    """Whether a loaded model may be trained or measured as it was compiled before it was saved.

    Not if the file compiles what it trains itself, and by Keras 3's own means.
    """
    compiles = [use for use in context.method_uses if use.row.name == "compile" and use.call]
    for use in context.method_uses:
        if use.row.name not in _TRAINS or use.call is None or use.call.lineno < call.lineno:
            continue
        kind = context.receivers.kind(use.receiver)
        if kind == LOADED or (kind is None and not compiles):
            return True
    return False


@use_rule("model_from_json")
def model_from_json(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Today's function for what ``to_json()`` has just given, else the compat function."""

    def change(new: Draft) -> None:
        text = new.given.get("json_string")
        if text is None or (_made_here(context, text.value) and not _has_lambdas(context)):
            return
        new.target = "keras1_compat.load_keras1_json"
        new.kept = [k._replace(name="text") if k.name == "json_string" else k for k in new.kept]
        new.assume(
            "reads JSON that the migrated program wrote; what Keras 1 wrote is first converted by "
            "`kerasmig convert`; lambdas in the text are run, as in Keras 1"
        )

    return drafted(context, use, entry, change)


def _has_lambdas(context: FileContext) -> bool:
    return any(use.name.endswith(".Lambda") for use in context.uses)


def _made_here(context: FileContext, node: ast.expr) -> bool:
    """Whether a text is what ``to_json()`` gave."""
    if isinstance(node, ast.Name):
        values = [b.value for b in context.names.bindings_of(node)]
        return bool(values) and all(v is not None and _made_here(context, v) for v in values)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "to_json"
    )


# -- names that files are asked for by -------------------------------------------------------------


@file_rule
def names_of_saved_files(context: FileContext) -> Iterator[Finding]:
    """``os.path.exists('net.h5')`` of weights that are saved as ``net.weights.h5`` today."""
    if not context.speaks_keras1 or not context.settings.wants(_CODE):
        return
    for call in context.calls:
        path = _imported_path(context, call.func)
        if path not in _ASK or not call.args or isinstance(call.args[0], ast.Starred):
            continue
        asked = call.args[0]
        if _is_saved(context, asked) and not context.directives.ignores(_CODE, call):
            span = context.text.span(asked)
            adapter = context.imports.need("keras1_compat.saved_weights_path")
            yield context.finding(
                _CODE,
                call,
                f"{ast.unparse(call.func)}: the file may have its name of today",
                Applicability.AUTOMATIC,
                name="saved file",
                edits=[
                    Edit(Span(span.start, span.start), (f"{adapter}(",)),
                    Edit(Span(span.end, span.end), (")",)),
                ],
            )


def _imported_path(context: FileContext, node: ast.expr) -> str:
    """``os.path.exists`` under whatever name the file has imported it; empty if it has not."""
    if isinstance(node, ast.Attribute):
        owner = _imported_path(context, node.value)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ast.Name):
        paths = {b.path for b in context.names.bindings_of(node) if b.kind in ("import", "from")}
        return paths.pop() if len(paths) == 1 else ""
    return ""


def _is_saved(context: FileContext, path: ast.expr) -> bool:
    """Whether the project saves weights, or models of callbacks, under this name."""
    if isinstance(path, ast.Call) and ast.unparse(path.func).endswith("weights_path"):
        return False
    literal = last_literal(context, path)
    name = str(literal.value) if literal is not None else None
    if name is not None and name.endswith(_TODAY):
        return False
    savers = [path for call, path in _savers(context) if not _saves_model(call)]
    if name:
        ends = [last_literal(context, saver) for saver in savers]
        known = {str(end.value) for end in ends if end is not None}
        saved = {_base(s) for s in context.saved_weights | context.saved_models | known if s}
        # By the time this is asked, a literal may have its name of today already.
        if _base(name) in saved or _base(new_name(name, WEIGHTS)) in saved:
            return True
    return any(_same(context, path, saver) for saver in savers)


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


# -- what the program has saved --------------------------------------------------------------------


def saved_before(context: FileContext, place: ast.Call, path: ast.expr) -> bool:
    """Whether the same function has saved a file of this name for certain when it comes here."""
    around = list(context.ancestors(place))
    function = next((a for a in around if isinstance(a, _FUNCTIONS)), None)
    for call, saved in _savers(context):
        if (call.lineno, call.col_offset) >= (place.lineno, place.col_offset):
            continue
        others = list(context.ancestors(call))
        if next((a for a in others if isinstance(a, _FUNCTIONS)), None) is not function:
            continue
        if all(b in around for b in others if isinstance(b, _BRANCHES)) and _same(
            context, saved, path
        ):
            return True
    return False


def _savers(context: FileContext) -> Iterator[tuple[ast.Call, ast.expr]]:
    """The calls that save weights or models, with the path of each."""
    for node in nodes(context.tree, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else ""
        if isinstance(function, ast.Name):
            name = function.id
        if name in ("save_weights", "ModelCheckpoint") or (name == "save" and node.args):
            path = _argument(node, 0, "filepath")
        elif name == "save_model":
            path = _argument(node, 1, "filepath")
        else:
            continue
        if path is not None:
            yield node, path


def _saves_model(call: ast.Call) -> bool:
    """Whether a call saves a model, whose name stays what it is."""
    return ast.unparse(call.func).rpartition(".")[2] in ("save", "save_model")


def _same(context: FileContext, a: ast.expr, b: ast.expr) -> bool:
    """Whether two expressions give one path."""
    known = context.constant(a)
    if isinstance(known, str):
        return bool(known == context.constant(b))
    return ast.dump(a) == ast.dump(b)


def _argument(call: ast.Call, index: int, keyword: str) -> ast.expr | None:
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    if index < len(call.args):
        return call.args[index]
    return next((k.value for k in call.keywords if k.arg == keyword), None)
