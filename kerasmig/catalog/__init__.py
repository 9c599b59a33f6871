"""What changed between Keras 1.2.2 and Keras 3, as data.

Every module of this package that has a ``FAMILIES`` tuple takes part; being there is the
registration.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from kerasmig.catalog.vocabulary import Entry, Family


@cache
def families() -> tuple[Family, ...]:
    """All families, ordered by code."""
    found: list[Family] = []
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found.extend(getattr(module, "FAMILIES", ()))
    return tuple(sorted(found, key=lambda family: family.code))


@cache
def entries() -> dict[str, Entry]:
    """Every entry by the canonical Keras 1 name."""
    return {entry.name: entry for family in families() for entry in family.resolved()}


def entry(name: str) -> Entry | None:
    """The entry of a canonical Keras 1 name."""
    return entries().get(name)
