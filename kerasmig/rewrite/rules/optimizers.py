"""Optimizers: a rate that decays is a schedule today."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from kerasmig.analysis.era import Era
from kerasmig.catalog import surface
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, Finding, Span
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.drafting import drafted
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule
from kerasmig.text.tree import nodes

_SCHEDULE = "keras.optimizers.schedules.InverseTimeDecay"
_RATE_SETTERS = (
    "keras.callbacks.LearningRateScheduler",
    "keras.callbacks.ReduceLROnPlateau",
)
_STEPS = (
    "on TensorFlow, Keras 1 counted a step before or after it read the count for `decay`, in no "
    "certain order: its rate may be that of the step after; here it is that of the step, as on "
    "Theano"
)
_NADAM = (
    "on TensorFlow, Keras 1 counted a step before or after it read the count, in no certain "
    "order: weights may differ from the third digit on; here they are as on Theano"
)
# Keras 2's epsilon was 1e-07, as today's; where it stands under the root now, its square.
_KERAS2_EPSILON = {"1e-16": "1e-14"}


@use_rule("optimizer")
def optimizer(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Plain mapping, ``decay`` as a schedule, and epsilon where its place in the formula moved."""
    return drafted(context, use, entry, _change)


def _change(new: Draft) -> Sequence[str] | None:
    settable = _decay(new)
    if new.entry.short == "Nadam":
        new.reasons.append((Applicability.AUTOMATIC, _NADAM))
    if "clipnorm" in new.given and "clipvalue" in new.given:
        new.refuse("Keras 3 takes only one of `clipnorm` and `clipvalue`")
    if new.context.era.era is Era.LATER:
        _keep_keras2_epsilon(new)
    if "epsilon" in new.given and new.entry.write.get("epsilon") == "1e-16":
        # The squared epsilon must not be squared again by another run: a keyword of today beside
        # it tells that the call has been migrated.
        if new.context.constant(new.given["epsilon"].value) == 1e-16:
            return None  # what the name 'rmsprop' was migrated to
        if not new.has("learning_rate"):
            new.added.append(("learning_rate", _default_rate(new)))
        return ()
    decay = new.given.get("decay")
    if settable or (decay is not None and decay.keyword is None):
        return ()  # another run would read what stood behind it as the decay
    return None


def _keep_keras2_epsilon(new: Draft) -> None:
    added = []
    for name, text in new.added:
        if name != "epsilon":
            added.append((name, text))
        elif text in _KERAS2_EPSILON:
            added.append((name, _KERAS2_EPSILON[text]))
    new.added = added


def _default_rate(new: Draft) -> str:
    signature = surface.keras1_signature(new.entry.name)
    default = signature.default("lr") if signature else None
    assert default is not None, new.entry.name
    return default


def _decay(new: Draft) -> bool:
    """``lr=0.01, decay=1e-6`` → ``learning_rate=InverseTimeDecay(0.01, 1, 1e-6)``.

    Where the program sets the rate as it trains, the optimizer becomes that of ``keras1_compat``,
    which takes ``decay``: a schedule cannot be set. True if so.
    """
    decay = new.given.get("decay")
    if decay is None or new.context.constant(decay.value) in (0, 0.0):
        return False
    context = new.context
    new.reasons.append((Applicability.AUTOMATIC, _STEPS))
    if _rate_is_set(context):
        new.target = f"keras1_compat.{new.entry.short}"
        if not new.has("learning_rate"):
            new.added.append(("learning_rate", _default_rate(new)))
        new.kept.append(NewArgument("decay", (decay,), (decay.value_span,)))
        return True
    schedule = context.imports.need(_SCHEDULE)
    rate = new.given.get("lr")
    parts: tuple[str | Span, ...]
    if rate is None:
        new.added = [(name, text) for name, text in new.added if name != "learning_rate"]
        parts = (f"{schedule}({_default_rate(new)}, 1, ", decay.value_span, ")")
        new.kept.append(NewArgument("learning_rate", (decay,), parts))
    else:
        parts = (f"{schedule}(", rate.value_span, ", 1, ", decay.value_span, ")")
        new.drop("learning_rate")
        new.kept.append(NewArgument("learning_rate", (rate,), parts))
    return False


def _rate_is_set(context: FileContext) -> bool:
    """Whether the program sets an optimizer's rate while it trains."""
    if "sets rate" in context.training_marks:
        return True
    for use in context.uses:
        if use.name in _RATE_SETTERS:
            return True
    for node in nodes(context.tree, ast.Attribute):
        if node.attr in ("lr", "learning_rate"):
            parent = context.parent(node)
            if isinstance(node.ctx, ast.Store) or (
                isinstance(parent, ast.Call)
                and context.names.keras_name(parent.func) == "keras.backend.set_value"
            ):
                return True
    return False
