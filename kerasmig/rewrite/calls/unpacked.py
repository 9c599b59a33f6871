"""Method calls that unpack a dictionary: ``keras1_compat`` gives its keywords their names of today.

What is in the dictionary is seen at run time only, so that is when its keys are renamed.
"""

from __future__ import annotations

from kerasmig.catalog import surface
from kerasmig.catalog.vocabulary import Argument as Fate
from kerasmig.catalog.vocabulary import To, same_value
from kerasmig.finding import Edit, Finding, Span
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.calls.methods import MethodUse, rewritten_method, signature_owner
from kerasmig.rewrite.context import FileContext


def unpacked_keywords(context: FileContext, use: MethodUse, error: BindError) -> Finding | None:
    """``fit(x, y, **options)`` → ``fit(x, y, **training_arguments({'nb_epoch': 10, **options}))``.

    Returns:
        ``None`` if the method still takes all that can be in the dictionary.

    Raises:
        BindError: the call cannot be rewritten.
    """
    row, call = use.row, use.call
    arguments = context.site(call).arguments if call is not None else ()
    stars = [argument for argument in arguments if argument.star]
    plain = not row.args and row.to == row.name
    if len(stars) != 1 or stars[0].star != "**" or not (plain or row.unpacked):
        raise error
    given = _given(use, arguments)
    fates = {name: row.argument(name) for name in given}
    if any(not isinstance(fate, To) or fate.convert for fate in fates.values()):
        raise error
    if plain:
        return None
    edits = [
        Edit(argument.keyword_span, (fate.name,))
        for name, argument in given.items()
        if argument.keyword_span is not None
        and isinstance(fate := fates[name], To)
        and fate.name != name
    ]
    edits.append(_around(context, use, stars[0].value_span, fates))
    return rewritten_method(context, use, edits)


def _given(use: MethodUse, arguments: tuple[Argument, ...]) -> dict[str, Argument]:
    """What the call itself gives, by the names of Keras 1.

    Raises:
        BindError: more by position than Keras 3 takes in the same order.
    """
    signature = surface.keras1_signature(signature_owner(use))
    names = signature.positional() if signature is not None else ()
    by_position = [a for a in arguments if a.keyword is None and not a.star]
    old = names[: len(by_position)]
    new = tuple(fate.name for fate in map(use.row.argument, old) if isinstance(fate, To))
    if len(old) < len(by_position) or new != use.row.new_order[: len(new)] or len(new) < len(old):
        raise BindError("its keywords are unpacked with ** behind positions that have changed")
    named = {a.keyword: a for a in arguments if a.keyword is not None}
    return {**dict(zip(old, by_position, strict=True)), **named}


def _around(context: FileContext, use: MethodUse, unpacked: Span, fates: dict[str, Fate]) -> Edit:
    """The dictionary in the function that renames its keys, with the defaults of Keras 1."""
    row = use.row
    known = {fate.name for fate in fates.values() if isinstance(fate, To)}
    defaults = [
        f"'{old}': {text}, "
        for new, text in row.write.items()
        if new not in known
        for old in row.args
        if isinstance(old, str) and same_value(row.argument(old), new)
    ]
    spelled = context.imports.need(f"keras1_compat.{row.unpacked}")
    value: tuple[str | Span, ...] = (unpacked,)
    if defaults:
        value = ("{", *defaults, "**", unpacked, "}")
    return Edit(unpacked, (f"{spelled}(", *value, ")"))


__all__ = ["unpacked_keywords"]
