"""Callbacks of the user's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.objects.receivers import CALLBACK, is_a
from kerasmig.catalog.methods import CALLBACK_PARAMS
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.rules.subclasses import methods_of, rename_def
from kerasmig.rewrite.values.layer_weights import own_attribute
from kerasmig.text.tree import nodes

CALLBACKS = "KM407"
_OLD_CALLBACK = {"_set_model": "set_model", "_set_params": "set_params"}


@file_rule
def callback_classes(context: FileContext) -> Iterator[Finding]:
    """Every class that inherits from a callback."""
    for node in nodes(context.tree, ast.ClassDef):
        if is_a(context.receivers.class_kind(node), CALLBACK):
            yield from _callback(context, node)


def _callback(context: FileContext, node: ast.ClassDef) -> Iterator[Finding]:
    for name, function in methods_of(node).items():
        new = _OLD_CALLBACK.get(name)
        if new is not None:
            yield context.finding(
                CALLBACKS,
                function.args.args[0] if function.args.args else function,
                f"{name} → {new}",
                Applicability.AUTOMATIC,
                name=name,
                edits=(rename_def(context, function, new),),
            )
    for inner in nodes(node, ast.Subscript, ast.Call):
        if isinstance(inner, ast.Subscript):
            yield from _parameter(context, inner.value, inner.slice)
        elif (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr == "get"
            and inner.args
        ):
            yield from _parameter(context, inner.func.value, inner.args[0])


def _parameter(context: FileContext, base: ast.expr, key: ast.expr) -> Iterator[Finding]:
    """``self.params['nb_epoch']``, ``logs['size']``."""
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        return
    # `compile_model` tells callbacks what Keras 1 told them.
    is_told = not context.settings.idiomatic and "compiles" in context.training_marks
    if isinstance(base, ast.Name) and base.id == "logs" and key.value == "size":
        if is_told:
            return
        yield context.finding(
            CALLBACKS,
            key,
            "logs['size'] is gone: Keras 3 does not tell how large a batch was",
            Applicability.MANUAL,
            name="size",
        )
        return
    if own_attribute(base) != "params" or key.value not in CALLBACK_PARAMS:
        return
    new = CALLBACK_PARAMS[key.value]
    if new == key.value:
        return
    # How many samples a generator will give shows when they have been given.
    counts = key.value in ("nb_sample", "batch_size")
    if new is None and is_told and not (counts and "generators" in context.training_marks):
        return
    if new is None:
        yield context.finding(
            CALLBACKS,
            key,
            f"params[{key.value!r}] is gone: Keras 3 tells epochs, steps (batches an epoch) and "
            "verbose; give the callback what it needs when it is made",
            Applicability.MANUAL,
            name=key.value,
        )
        return
    quote = '"' if context.text.of(key).endswith('"') else "'"
    yield context.finding(
        CALLBACKS,
        key,
        f"params[{key.value!r}] is params[{new!r}]",
        Applicability.AUTOMATIC,
        name=key.value,
        edits=(Edit(context.text.span(key), (f"{quote}{new}{quote}",)),),
    )
