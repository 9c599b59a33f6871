"""``fit = model.fit``: methods of models that are called by a name of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule

CODE = "KM401"
_GONE = ("fit_generator", "evaluate_generator", "predict_generator", "predict_classes")
_METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "compile", *_GONE)
_OLD = frozenset(
    "nb_epoch samples_per_epoch nb_val_samples val_samples show_accuracy nb_worker max_q_size "
    "pickle_safe".split()
)


@file_rule
def aliases(context: FileContext) -> Iterator[Finding]:
    """Calls of such a name that only Keras 1 understands."""
    methods = context.names.assigned_as(
        lambda value: isinstance(value, ast.Attribute) and value.attr in (*_GONE, *_METHODS)
    )
    for call in context.calls:
        if not isinstance(call.func, ast.Name) or call.func.id not in methods:
            continue
        values = [binding.value for binding in context.names.bindings_of(call.func)]
        if len(values) != 1 or not isinstance(values[0], ast.Attribute):
            continue
        method = values[0].attr
        given = sorted(_OLD.intersection(k.arg for k in call.keywords if k.arg))
        if method in _GONE or (method in _METHODS and given):
            what = f"`{given[0]}` is gone" if given else f"`{method}` is gone"
            yield context.finding(
                CODE,
                call,
                f"{call.func.id} is {ast.unparse(values[0])}: {what}; call the method itself, and "
                "it is migrated",
                Applicability.MANUAL,
                name=method,
            )
