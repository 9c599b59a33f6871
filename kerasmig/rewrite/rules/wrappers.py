"""``Bidirectional`` at masked steps, ``TimeDistributed`` around batch normalization."""

from __future__ import annotations

import ast

from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import role_of
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Finding
from kerasmig.rewrite.calls.drafting import drafted
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule

_COMPAT = "keras1_compat.Bidirectional"
_ONE_BATCH = "keras1_compat.TimeDistributed"


@use_rule("bidirectional")
def bidirectional(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Keras 1 repeated the last output at masked steps, Keras 3 gives zeros."""
    if "masks" in context.training_marks and not context.settings.idiomatic:
        entry = entry._replace(to=_COMPAT)
    return drafted(context, use, entry, lambda new: None)


@use_rule("time_distributed")
def time_distributed(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Keras 1 made one batch of all steps, which batch normalization within it sees."""
    if use.call is not None and not context.settings.idiomatic and _normalizes(context, use.call):
        entry = entry._replace(to=_ONE_BATCH)
    return drafted(context, use, entry, lambda new: None)


def _normalizes(context: FileContext, call: ast.Call) -> bool:
    """Whether the layer within is, or may have in it, a batch normalization."""
    given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "layer")]
    if not given:
        return False
    within = given[0]
    name = context.names.keras_name(within.func) if isinstance(within, ast.Call) else None
    if name is not None and role_of(name.rpartition(".")[2]) is Role.NORMALIZATION:
        return True
    if name is not None and name.startswith("keras.layers."):
        return False
    return "statistics" in context.training_marks
