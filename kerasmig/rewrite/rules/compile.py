"""``model.compile``: the accuracy and ``show_accuracy``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.catalog.metrics import METRICS
from kerasmig.catalog.vocabulary import Drop
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.calls.methods import (
    MethodUse,
    as_function,
    draft_method,
    finish_method,
    method_era,
    rewritten_method,
)
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import method_rule
from kerasmig.rewrite.rules.compile_reasons import compile_reason
from kerasmig.rewrite.rules.methods import same_model
from kerasmig.rewrite.values.value_changes import written

_ACCURACY = ("accuracy", "acc")
_COMPAT = "keras1_compat.compile_model"
_OLD_ORDER = ("optimizer", "loss", "metrics", "loss_weights", "sample_weight_mode")
_SHOWN = "metrics=['accuracy'] stands for the `show_accuracy` of the training calls"
_BINARY = "binary_crossentropy"


@method_rule("compile")
def compile_rule(context: FileContext, use: MethodUse) -> Finding | None:
    """Map the arguments; accuracy as Keras 1 chose it; metrics that only `fit` asked for."""
    if use.call is None or method_era(context, use) is not Era.KERAS1:
        return None
    try:
        new = draft_method(context, use)
    except BindError:
        if context.settings.idiomatic or not _is_unpacked(use.call):
            raise
        return _unpacked(context, use)
    shown = "metrics" not in new.given and _shows_accuracy(context, use)
    reason = compile_reason(new, use, shown)
    if reason and context.settings.idiomatic:
        new.assume(f"Keras 1 trained or measured otherwise: {reason}")
    elif reason:
        return _as_keras1(new, use, reason, shown)
    _accuracy(new, use)
    if shown:
        new.added.append(("metrics", f"[{_shown(new, use)}]"))
        new.assume(_SHOWN)
    finding = finish_method(new, use)
    if finding is None and reason:
        finding = rewritten_method(context, use, [], new)
    return finding


def _as_keras1(new: Draft, use: MethodUse, reason: str, shows_accuracy: bool) -> Finding:
    """``model.compile(...)`` → ``compile_model(model, ...)``, which takes what Keras 1 took."""
    row = use.row
    new.kept = [
        NewArgument(name, (argument,))
        for name, argument in new.given.items()
        if not isinstance(row.argument(name), Drop) or name == "sample_weight_mode"
    ]
    new.added = [("metrics", "['accuracy']")] if shows_accuracy else []
    told = [use.guess] if use.guess else []
    if shows_accuracy:
        told.append(_SHOWN)
    new.reasons = [(Applicability.ASSUMED, text) for text in told]
    finding = as_function(new, use, _COMPAT, _OLD_ORDER)
    return finding._replace(message=f"{finding.message}: {reason}")


def _is_unpacked(call: ast.Call) -> bool:
    return any(isinstance(a, ast.Starred) for a in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    )


def _unpacked(context: FileContext, use: MethodUse) -> Finding:
    """``model.compile(**options)`` → ``compile_model(model, **options)``: seen when it runs."""
    assert use.call is not None
    site = context.site(use.call)
    spelled = context.imports.need(_COMPAT)
    receiver = context.text.span(use.receiver)
    start = context.text.span(use.call).start
    edit = Edit(Span(start, site.open + 1), (spelled, "(", receiver, ", "))
    return rewritten_method(context, use, [edit], short=_COMPAT)


def _shows_accuracy(context: FileContext, use: MethodUse) -> bool:
    """Whether a training call of the same model asks for the accuracy."""
    for other in context.method_uses:
        if other.call is None or not same_model(context, other.receiver, use.receiver):
            continue
        for keyword in other.call.keywords:
            if keyword.arg in ("show_accuracy", "accuracy") and context.constant(keyword.value):
                return context.known(keyword.value)
    return False


def _accuracy(new: Draft, use: MethodUse) -> None:
    """Keras 1 chose the accuracy by the width and the loss, Keras 3 by the shapes alone."""
    given = new.given.get("metrics")
    if given is None:
        return
    context = new.context
    pieces: list[str | Span] = []
    position = given.value_span.start
    binary = _is_binary(new, use)
    for element in _names_given(given.value):
        text = _metric(new, element, binary)
        if text is None:
            continue
        span = context.text.span(element)
        pieces += [Span(position, span.start), text]
        position = span.end
    if not pieces:
        return
    pieces.append(Span(position, given.value_span.end))
    new.kept = [
        NewArgument(k.name, k.sources, tuple(pieces)) if k.name == "metrics" else k
        for k in new.kept
    ]


def _shown(new: Draft, use: MethodUse) -> str:
    """The accuracy that only the training calls ask for, as `_metric` would write it."""
    key = _key(new.context)
    if not _is_binary(new, use):
        return f"'{key}'"
    return f"{new.context.imports.need('keras.metrics.BinaryAccuracy')}(name='{key}')"


def _names_given(node: ast.expr) -> Iterator[ast.Constant]:
    """Metrics given by name, in a list or by output."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            yield from _names_given(element)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _names_given(value)


def _metric(new: Draft, element: ast.Constant, binary: bool) -> str | None:
    """The new text of a metric given by name, if it changes."""
    context = new.context
    if element.value in _ACCURACY:
        if binary:
            name = context.imports.need("keras.metrics.BinaryAccuracy")
            return f"{name}(name='{_key(context)}')"
        if element.value == _key(context):
            return None
        quote = context.text.of(element)[-1]
        return f"{quote}{_key(context)}{quote}"
    value = METRICS.get(str(element.value))
    if value is None or written(context, value).strip("'") == element.value:
        return None
    return written(context, value)


def _key(context: FileContext) -> str:
    """Under which name accuracy is logged: Keras 1's, as Keras 3 takes what it was asked for."""
    return "accuracy" if context.settings.idiomatic else "acc"


def _is_binary(new: Draft, use: MethodUse) -> bool:
    """Whether Keras 1 counted each of several outputs by itself."""
    loss = new.given.get("loss")
    if loss is None:
        return False
    name = new.context.names.keras_name(loss.value) or ""
    if new.context.constant(loss.value) != _BINARY and name.rpartition(".")[2] != _BINARY:
        return False
    return new.context.receivers.widths.of_model(use.receiver) != 1
