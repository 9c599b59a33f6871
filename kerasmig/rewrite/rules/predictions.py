"""``predict_classes`` and ``reset_states``, which models no longer have."""

from __future__ import annotations

from kerasmig.analysis.objects.receivers import CONTAINER, FOREIGN, is_a
from kerasmig.finding import Edit, Finding, Span
from kerasmig.rewrite.calls.methods import (
    MethodUse,
    as_function,
    draft_method,
    refused_method,
    renamed,
    rewritten_method,
)
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import method_rule


@method_rule("predict_classes")
def predict_classes(context: FileContext, use: MethodUse) -> Finding | None:
    """The likeliest class; of a single output, whether it is above one half."""
    if use.call is None:
        return refused_method(context, use, "gone: `predict(x).argmax(axis=-1)` gives the classes")
    new = draft_method(context, use)
    width = context.receivers.widths.of_model(use.receiver)
    if width is None:
        return as_function(
            new, use, "keras1_compat.predict_classes", ("x", "batch_size", "verbose")
        )
    call = context.text.span(use.call)
    edits = renamed(context, use, "predict")
    if width > 1:
        edits.append(Edit(Span(call.end, call.end), (".argmax(axis=-1)",)))
    else:
        edits.append(Edit(Span(call.start, call.start), ("(",)))
        edits.append(Edit(Span(call.end, call.end), (" > 0.5).astype('int32')",)))
    return rewritten_method(context, use, edits, new, "predict")


@method_rule("reset_states")
def reset_states(context: FileContext, use: MethodUse) -> Finding | None:
    """Layers have ``reset_state``; for models a function walks the layers."""
    if use.call is None:
        return refused_method(context, use, "gone: layers have `reset_state()`")
    if use.kind in (None, FOREIGN) or is_a(use.kind, CONTAINER):
        if use.kind is None and not use.guess:
            use = use._replace(guess="the receiver is taken for a Keras model")
        return as_function(draft_method(context, use), use, "keras1_compat.reset_states", ())
    return rewritten_method(context, use, renamed(context, use, "reset_state"), short="reset_state")
