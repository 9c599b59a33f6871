"""``model.compile``: the accuracy and ``show_accuracy``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.analysis.objects.receivers import OPTIMIZER, is_a
from kerasmig.catalog.metrics import METRICS
from kerasmig.catalog.optimizers import OPTIMIZERS
from kerasmig.finding import Applicability, Finding, Span
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.calls.methods import MethodUse, draft_method, finish_method, method_era
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import method_rule
from kerasmig.rewrite.rules.methods import same_model
from kerasmig.rewrite.values.value_changes import written

_ACCURACY = ("accuracy", "acc")
_BINARY = "binary_crossentropy"
# The rates that Keras 3 has otherwise by default.
_OTHER_RATES = ("adadelta", "adagrad", "adamax", "nadam")


@method_rule("compile")
def compile_rule(context: FileContext, use: MethodUse) -> Finding | None:
    """Map the arguments; accuracy as Keras 1 chose it; metrics that only `fit` asked for."""
    if use.call is None or method_era(context, use) is not Era.KERAS1:
        return None
    new = draft_method(context, use)
    _accuracy(new, use)
    if not new.has("metrics") and _shows_accuracy(context, use):
        new.added.append(("metrics", "['accuracy']"))
        new.assume("metrics=['accuracy'] stands for the `show_accuracy` of the training calls")
    _optimizer_by_name(new)
    return finish_method(new, use)


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
            return f"{context.imports.need('keras.metrics.BinaryAccuracy')}(name='accuracy')"
        if element.value == "accuracy":
            return None
        quote = context.text.of(element)[-1]
        return f"{quote}accuracy{quote}"
    value = METRICS.get(str(element.value))
    if value is None or written(context, value).strip("'") == element.value:
        return None
    return written(context, value)


def _is_binary(new: Draft, use: MethodUse) -> bool:
    """Whether Keras 1 counted each of several outputs by itself."""
    loss = new.given.get("loss")
    if loss is None:
        return False
    name = new.context.names.keras_name(loss.value) or ""
    if new.context.constant(loss.value) != _BINARY and name.rpartition(".")[2] != _BINARY:
        return False
    return new.context.receivers.widths.of_model(use.receiver) != 1


def _optimizer_by_name(new: Draft) -> None:
    """A name that comes from a variable may be one whose default rate changed."""
    given = new.given.get("optimizer")
    if given is None or isinstance(given.value, (ast.Constant, ast.Call)):
        return
    context = new.context
    if context.constant(given.value) is not UNKNOWN:
        return
    if is_a(context.receivers.kind(given.value), OPTIMIZER):
        return
    named = [name for name in _OTHER_RATES if context.mentions(name)]
    if named and all(name in OPTIMIZERS for name in named):
        new.reasons.append(
            (
                Applicability.ASSUMED,
                f"the optimizer must not be the bare name {named[0]!r}, whose default rate is "
                "another one in Keras 3",
            )
        )
