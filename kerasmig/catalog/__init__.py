"""What changed between Keras 1.2.2 and Keras 3, as data.

Every module of this package that has a ``FAMILIES`` tuple takes part; being there is the
registration.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
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
    return {name: resolved for name in names() if (resolved := entry(name)) is not None}


def names() -> Iterable[str]:
    """The canonical names that have an entry."""
    return _places()


@cache
def entry(name: str) -> Entry | None:
    """The entry of a canonical Keras 1 name."""
    place = _places().get(name)
    return None if place is None else place[0].resolve(place[1])


@cache
def _places() -> dict[str, tuple[Family, Entry]]:
    """Where every entry stands: few are asked for in one run."""
    return {family.full_name(e): (family, e) for family in families() for e in family.entries}
