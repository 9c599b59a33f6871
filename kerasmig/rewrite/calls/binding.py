"""Which parameter of Keras 1 each argument of a call is."""

from __future__ import annotations

import ast
from functools import cache

from kerasmig.catalog import surface
from kerasmig.catalog.layer import keywords as layer_keywords
from kerasmig.catalog.vocabulary import Entry
from kerasmig.rewrite.calls.callsite import Argument, CallSite

_ORDERING = "dim_ordering"


class BindError(ValueError):
    """A call does not fit the Keras 1 signature; the message says how."""


def bind(site: CallSite, entry: Entry, passed_on: str = "") -> dict[str, Argument]:
    """The author's arguments by their Keras 1 names.

    Args:
        passed_on: a dict that may be unpacked with ``**``, and is left out.

    Raises:
        BindError: ``*args``/``**kwargs``, or arguments that Keras 1 did not have.
    """
    signature = surface.keras1_signature(entry.name)
    if signature is None and entry.template and not site.arguments:
        return {}  # gone before 1.2.2, and called for what it gives
    if signature is None:
        raise BindError(f"no signature of {entry.short} is known")
    allowed = _allowed_keywords(entry.name, entry.to, tuple(entry.args))
    positional = list(signature.positional())
    given: dict[str, Argument] = {}
    for argument in site.arguments:
        if argument.star == "*":
            raise BindError("its positional arguments are unpacked with *")
        if argument.star == "**" and (
            _only_the_ordering_differs(entry)
            or (passed_on and ast.unparse(argument.value) == passed_on)
        ):
            continue
        if argument.star == "**":
            raise BindError("its keywords are unpacked with **")
        if argument.keyword is not None:
            name = argument.keyword
            if name not in allowed and not entry.any_keyword:
                raise BindError(f"Keras 1 has no argument {name!r} here")
        elif len(given) < len(positional):
            name = positional[len(given)]
        else:
            raise BindError("it has more positional arguments than Keras 1 takes")
        if name in given:
            raise BindError(f"argument {name!r} is given twice")
        given[name] = argument
    return given


def _only_the_ordering_differs(entry: Entry) -> bool:
    """Whether a callable takes what Keras 1 took, but for the name of the data format."""
    return set(entry.args) == {_ORDERING} and entry.data_format and not entry.write


@cache
def _allowed_keywords(
    name: str, to: str | None, listed: tuple[str | tuple[str, ...], ...]
) -> frozenset[str]:
    """The keywords that a call in the code of Keras 1 may give."""
    signature = surface.keras1_signature(name)
    # Keras 2 took its own keywords beside Keras 1's on a call, and so did some authors.
    later = surface.keras3_signature(to) if to else None
    return frozenset(
        (
            *(signature.names() if signature else ()),
            *layer_keywords(name),
            *(n for key in listed for n in ([key] if isinstance(key, str) else key)),
            *(later.names() if later else ()),
        )
    )
