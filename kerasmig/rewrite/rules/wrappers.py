"""``Bidirectional``: what it gives at steps that are masked."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Finding
from kerasmig.rewrite.calls.drafting import drafted
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule

_COMPAT = "keras1_compat.Bidirectional"


@use_rule("bidirectional")
def bidirectional(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Keras 1 repeated the last output at masked steps, Keras 3 gives zeros."""
    if "masks" in context.training_marks and not context.settings.idiomatic:
        entry = entry._replace(to=_COMPAT)
    return drafted(context, use, entry, lambda new: None)
