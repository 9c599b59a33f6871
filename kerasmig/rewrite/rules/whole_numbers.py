"""``K.mean``, ``K.var`` and ``K.clip`` of whole numbers, which stayed whole in TensorFlow 1."""

from __future__ import annotations

from kerasmig.analysis.objects.whole_tensors import WholeTensors
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Finding
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule
from kerasmig.rewrite.settling import plain_use


@use_rule("whole_numbers")
def whole_numbers(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """The function of `keras.ops`; the compat function where whole numbers may be given."""
    plain = entry._replace(rule="")
    if context.settings.idiomatic or not _may_be_whole(context, use):
        return plain_use(context, use, plain)
    return plain_use(context, use, plain._replace(to=f"keras1_compat.keras1_{entry.short}"))


def _may_be_whole(context: FileContext, use: Use) -> bool:
    whole = WholeTensors(context.names, context.receivers, context.calls)
    if not whole.occur:
        return False
    if use.call is None:
        return True  # whatever it is called with
    given = [*use.call.args[:1], *(k.value for k in use.call.keywords if k.arg == "x")]
    return any(map(whole.maybe, given))
