"""Weights and models read from files: those of Keras 1, and those that the program has saved."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.objects.receivers import LOADED
from kerasmig.catalog.vocabulary import Entry, to
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.calls.drafting import drafted
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.calls.methods import (
    MethodUse,
    as_function,
    draft_method,
    finish_method,
    method_era,
    say_ordering,
)
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import file_rule, method_rule, use_rule
from kerasmig.rewrite.values.saved_files import TODAY, argument, saved_before

_CODE = "KM303"
_CONVERTED = "the file of Keras 1 that stands beside it was converted to this one"
_THEANO = "reads files of Keras 1 and of today; kernels trained on Theano need backend='theano'"
_TRAINS = frozenset(
    "fit fit_generator train_on_batch evaluate evaluate_generator test_on_batch".split()
)


# -- weights ---------------------------------------------------------------------------------------


@method_rule("load_weights")
def load_weights(context: FileContext, use: MethodUse) -> Finding | None:
    """By today's method what the program has saved before, by the compat loader what it has not."""
    if use.call is None:
        return None
    path = argument(use.call, 0, "filepath")
    era = method_era(context, use)
    if era is Era.LATER or path is None:
        return None
    name = context.constant(path)
    if era is not Era.KERAS1 and not isinstance(name, str):
        return None  # neither Keras is written on it
    by_name = context.constant(argument(use.call, 1, "by_name") or ast.Constant(False))
    if by_name is False and (now := _converted(context, name)):
        new = draft_method(context, use)
        new.drop("by_name")
        _read_instead(new, now)
        new.assume(_CONVERTED)
        return finish_method(new, use)
    if by_name is False and (
        (isinstance(name, str) and name.endswith(TODAY)) or saved_before(context, use.call, path)
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
    say_ordering(new)
    return as_function(new, use, "keras1_compat.load_keras1_weights", ("filepath",))


def _converted(context: FileContext, name: object) -> str:
    """The file of today that was made of one of Keras 1; empty if none was."""
    return dict(context.settings.converted).get(name, "") if isinstance(name, str) else ""


def _read_instead(new: Draft, now: str) -> None:
    """Have another file read."""
    new.kept = [
        kept._replace(parts=(repr(now),)) if kept.name == "filepath" else kept for kept in new.kept
    ]


# -- models ----------------------------------------------------------------------------------------


@use_rule("load_model")
def load_model(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Today's function for a `.keras` file that the program has saved, else the compat loader."""

    def change(new: Draft) -> None:
        path = new.given.get("filepath")
        if path is None:
            return
        name = context.constant(path.value)
        if (now := _converted(context, name)) and not _has_lambdas(context):
            _read_instead(new, now)
            new.assume(_CONVERTED)
            return
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

    Not if the file compiles it anew.
    """
    compiles = [use for use in context.method_uses if use.row.name == "compile" and use.call]
    identity = context.receivers.identity
    anew = [identity(c.receiver) for c in compiles if c.call and c.call.lineno > call.lineno]
    for use in context.method_uses:
        if use.row.name not in _TRAINS or use.call is None or use.call.lineno < call.lineno:
            continue
        if identity(use.receiver) in anew:
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


@file_rule
def converted_configurations(context: FileContext) -> Iterator[Finding]:
    """``open('net.json')`` of a configuration that was converted."""
    if not context.settings.converted or not context.settings.wants(_CODE):
        return
    for call in context.calls:
        path = call.args[0] if call.args else None
        opens = isinstance(call.func, ast.Name) and call.func.id == "open" and len(call.args) == 1
        if not opens or not isinstance(path, ast.Constant):
            continue
        now = _converted(context, path.value)
        if now.endswith(".json") and not context.directives.ignores(_CODE, call):
            yield context.finding(
                _CODE,
                call,
                f"{path.value!s} → {now}: {_CONVERTED}",
                Applicability.ASSUMED,
                name="converted file",
                edits=[Edit(context.text.span(path), (repr(now),))],
            )


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
