"""The frame of structural rules that change a drafted call: what they share around the change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Finding
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.entry_calls import Draft, draft, is_settled
from kerasmig.rewrite.calls.finishing import finish
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.imports.references import adapted_call
from kerasmig.rewrite.settling import bare_reference, moved


def drafted(
    context: FileContext,
    use: Use,
    entry: Entry,
    change: Callable[[Draft], Sequence[str] | None],
) -> Finding | None:
    """Draft a call by its entry, let ``change`` see to the rest, and finish it.

    Args:
        change: alters the draft; may give the parameters that alone may stay positional.
    """
    if use.call is None:
        return bare_reference(context, use, entry)
    if is_settled(context, use, entry):
        return moved(context, use, entry)
    try:
        new = draft(context, use, entry)
    except BindError as error:
        return adapted_call(context, use, entry, error)
    return finish(new, positional=change(new))
