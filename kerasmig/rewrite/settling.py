"""One finding for every use of a Keras object: by its rule, or by its row of the catalog alone."""

from __future__ import annotations

from collections.abc import Iterator

from kerasmig.analysis.era import Era, unknown_keywords
from kerasmig.catalog import surface
from kerasmig.catalog.general import BARE_REFERENCE
from kerasmig.catalog.vocabulary import Entry, same_value
from kerasmig.compat.adapters import adapter_name
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.entry_calls import ambiguity, draft, is_settled
from kerasmig.rewrite.calls.finishing import finish, refused
from kerasmig.rewrite.calls.halfway import halfway_entry
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.imports.references import adapted_call, adapted_reference
from kerasmig.rewrite.registry import find_use_rule
from kerasmig.rewrite.sessions import RULE as SET_SESSION
from kerasmig.rewrite.spelling import respelled
from kerasmig.rewrite.unlisted_names import without_entry


def settle_uses(context: FileContext) -> Iterator[Finding]:
    """One finding (or none: it may stay) for every use of a Keras object."""
    for use in context.uses:
        goes = context.is_taken_out(use.node) and (
            use.entry is None or use.entry.rule != SET_SESSION
        )
        finding = None if goes else _settle(context, use)
        if finding is None:
            context.kept += 1
        else:
            yield finding


def _settle(context: FileContext, use: Use) -> Finding | None:
    entry = use.entry
    if entry is None:
        entry = halfway_entry(context, use)
        if entry is None:
            return without_entry(context, use)
        use = use._replace(name=entry.name, entry=entry)
    meanings = context.names.meanings(use.root)
    if len(meanings) > 1:
        either = " or ".join(sorted(m.rpartition(".")[2] or "something else" for m in meanings))
        why = f"depending on a branch, {use.root.id} is {either} here"
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    if not context.settings.wants(entry.code) or (
        context.directives.ignores(entry.code, use.call or use.node)
        and not _is_of_today(context, use, entry)
    ):
        # Decided before any rule runs, so that the imports keep what the untouched code needs.
        why = "left alone on request"
        return refused(context, use, entry, [(Applicability.MANUAL, why)], asked=True)
    rule = find_use_rule(entry.rule) if entry.rule else None
    if rule is not None:
        return rule(context, use, entry)
    return plain_use(context, use, entry)


def _is_of_today(context: FileContext, use: Use, entry: Entry) -> bool:
    """Whether nothing would be done with a use, so that a comment that forbids it does nothing."""
    return (
        use.call is not None
        and not entry.rule
        and surface.keras3_has(use.path)
        and is_settled(context, use, entry)
    )


def plain_use(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Settle a use by the catalog's mapping alone."""
    if entry.manual:
        return refused(context, use, entry, [(Applicability.MANUAL, entry.manual)])
    if use.call is None:
        return bare_reference(context, use, entry)
    if entry.any_keyword and entry.to and any(k.arg is None for k in use.call.keywords):
        return respelled(context, use, entry.to, entry.code)  # handed on as they are
    if is_settled(context, use, entry):
        return moved(context, use, entry)
    try:
        return finish(draft(context, use, entry))
    except BindError as error:
        as_before = (entry.to or "").startswith("keras1_compat.") and not entry.args
        if "unpacked" in str(error) and as_before and _same_call(entry):
            return respelled(context, use, entry.to or "", entry.code)
        return adapted_call(context, use, entry, error)


def moved(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """A use whose arguments are fine: only its name or import may have to change."""
    readings = ambiguity(context, use, entry) if use.call is not None else ""
    if readings:
        why = f"nothing tells whether this is Keras 1 or today's: {readings}; write it by keyword"
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    unknown = unknown_keywords(use.call, entry) if use.call is not None else ()
    if unknown:
        why = (
            f"neither Keras 1 nor Keras 3 has an argument {unknown[0]!r} here: take it out, or write "
            f"the one that is meant (`kerasmig explain {entry.short}` lists them)"
        )
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    target = use.path if surface.keras3_has(use.path) else entry.to
    if target is None:
        return refused(context, use, entry, [(Applicability.MANUAL, entry.manual)])
    return respelled(context, use, target, entry.code)


def bare_reference(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """A class or function that is named without being called."""
    if entry.to is None:
        why = entry.manual or f"{entry.short} has no counterpart in Keras 3"
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    adapts = entry.always_last and context.ambient_channels_first
    if (_same_call(entry) and not adapts) or context.is_only_named(use):
        if _same_name_other_meaning(use, entry) and context.era.era is not Era.LATER:
            target = entry.idiomatic if context.settings.idiomatic else entry.to
            return respelled(context, use, target or entry.to, entry.code)
        return moved(context, use, entry)
    adapted = adapted_reference(context, use, entry)
    if adapted is not None:
        return adapted
    finding = refused(
        context,
        use,
        entry,
        [
            (
                Applicability.MANUAL,
                f"{entry.short} is passed on without being called, so its arguments cannot be "
                "seen; where it is called, they must be those of Keras 3",
            )
        ],
    )
    return finding._replace(code=BARE_REFERENCE)


def _same_name_other_meaning(use: Use, entry: Entry) -> bool:
    """``metrics.hinge``: Keras 3 has a function of that name, and it computes something else."""
    return (entry.to or "").startswith("keras1_compat.") and surface.keras3_has(use.path)


def _same_call(entry: Entry) -> bool:
    """Whether any call of the old callable means the same to the new one."""
    old = surface.keras1_signature(entry.name)
    new = surface.keras3_signature(entry.to) if entry.to else None
    if entry.to is not None and entry.to.startswith("keras1_compat."):
        return adapter_name(entry.name) is None
    if old is None or new is None or entry.write or entry.rule:
        return entry.to is not None and not surface.keras1_signature(entry.name)
    if not all(same_value(entry.argument(name), name) for name in old.names()):
        return False
    return old.positional() == new.positional()[: len(old.positional())]
