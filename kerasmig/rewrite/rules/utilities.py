"""Utilities with the same names as before, which do something else at times."""

from __future__ import annotations

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.analysis.objects.flat_labels import is_flat
from kerasmig.catalog.vocabulary import Entry, to
from kerasmig.finding import Finding
from kerasmig.rewrite.calls.arguments import NewArgument
from kerasmig.rewrite.calls.binding import BindError, bind
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.calls.drafting import drafted
from kerasmig.rewrite.calls.entry_calls import Draft
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import use_rule
from kerasmig.rewrite.settling import plain_use


@use_rule("to_categorical")
def to_categorical(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Keras 1 flattened what it got: today's function does for what is flat already."""
    plain = entry._replace(rule="")
    today = plain._replace(
        to="keras.utils.to_categorical", args={"y": to("x"), "nb_classes": to("num_classes")}
    )
    given = _given(context, use, plain)
    labels = given.get("y")
    flat = labels is not None and is_flat(labels.value, context.names, context.parents)
    later = use.call is not None and any(k.arg == "num_classes" for k in use.call.keywords)
    return plain_use(context, use, today if flat or later or context.settings.idiomatic else plain)


@use_rule("tokenizer")
def tokenizer(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Keras 1 made no small letters of capitals where it took single characters."""
    return drafted(context, use, entry, _keep_capitals)


def _keep_capitals(new: Draft) -> None:
    characters, lower = new.given.get("char_level"), new.given.get("lower")
    if characters is None:
        return
    known = new.context.constant(characters.value)
    if known is not UNKNOWN and not known:
        return
    told = f"not ({new.context.text.get(characters.value_span)})" if known is UNKNOWN else "False"
    if lower is None:
        new.added.append(("lower", told))
        return
    parts = (lower.value_span, f" and {told}") if known is UNKNOWN else (told,)
    new.drop("lower")
    new.kept.append(NewArgument("lower", (lower,), parts))


@use_rule("get_file")
def get_file(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Archives are unpacked elsewhere today, and a folder in the file's name is refused."""
    plain = entry._replace(rule="")
    given = _given(context, use, plain)
    untar = context.constant(given["untar"].value) if "untar" in given else False
    name = context.constant(given["fname"].value) if "fname" in given else UNKNOWN
    if untar is not False or (isinstance(name, str) and "/" in name):
        plain = plain._replace(to="keras1_compat.keras1_get_file")
    return plain_use(context, use, plain)


def _given(context: FileContext, use: Use, entry: Entry) -> dict[str, Argument]:
    """The arguments of a call by their Keras 1 names, as far as they can be seen."""
    if use.call is None:
        return {}
    try:
        return bind(context.site(use.call), entry)
    except BindError:
        return {}
