"""Codes: what they are called, and which of them a person means."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache

from kerasmig.catalog import families
from kerasmig.catalog.vocabulary import Family


def code_name(code: str) -> str:
    """The name of a code, such as ``convolution-layer`` for KM201; ``''`` for an unknown one."""
    family = _family(code)
    return "" if family is None else family.name


def code_summary(code: str) -> str:
    """What the code is about, in one sentence; ``''`` for an unknown one."""
    family = _family(code)
    return "" if family is None else family.summary


@cache
def _family(code: str) -> Family | None:
    return next((family for family in families() if family.code == code), None)


class UnknownCode(ValueError):
    """A word that is neither a code, the beginning of one, nor a rule's name; the message says so."""


def chosen_codes(words: Iterable[str]) -> tuple[str, ...]:
    """Codes (or their beginnings) from what a person wrote, commas and rules' names included.

    Raises:
        UnknownCode: a word that no rule answers to.
    """
    found: dict[str, None] = {}
    for word in (part.strip() for text in words for part in text.split(",")):
        if word:
            found[_chosen(word)] = None
    return tuple(found)


def _chosen(word: str) -> str:
    code = word.upper()
    if code == "ALL":  # as ruff calls them
        return ""
    for family in families():
        if family.code.startswith(code):
            return code
        if family.name == word:
            return family.code
    known = [name for family in families() for name in (family.code, family.name)]
    close = difflib.get_close_matches(word.upper(), known, 1) or difflib.get_close_matches(
        word.lower(), known, 1
    )
    hint = f"; did you mean {close[0]}?" if close else ""
    raise UnknownCode(f"unknown code {word!r}{hint} (`kerasmig rules` lists all codes)")
