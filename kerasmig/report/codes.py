"""What the catalog calls a code, so that a report need not be read beside a list of codes."""

from __future__ import annotations

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
