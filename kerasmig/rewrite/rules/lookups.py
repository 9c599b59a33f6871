"""``objectives.get(name)``: what Keras 1 meant by a name that shows only when the program runs."""

from __future__ import annotations

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.catalog.vocabulary import Entry, to
from kerasmig.finding import Finding
from kerasmig.rewrite.calls.drafting import drafted
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule

_AT_RUN_TIME = {
    "keras.objectives.get": "keras1_compat.get_loss",
    "keras.metrics.get": "keras1_compat.get_metric",
    "keras.optimizers.get": "keras1_compat.get_optimizer",
}


@use_rule("get_by_name")
def get_by_name(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Today's function for a name that stands there, the compat function for any other."""
    given = use.call.args[:1] if use.call is not None else []
    if use.call is not None:
        given += [k.value for k in use.call.keywords if k.arg == "identifier"]
    known = bool(given) and context.constant(given[0]) is not UNKNOWN
    if entry.name == "keras.metrics.get":
        known = False  # Keras 3 makes an object, which goes on adding up from call to call
    if not known and not context.settings.idiomatic:
        args = {**entry.args, "identifier": to("identifier")}
        entry = entry._replace(to=_AT_RUN_TIME[entry.name], args=args)
    return drafted(context, use, entry, lambda new: None)
