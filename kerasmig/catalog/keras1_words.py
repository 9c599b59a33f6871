"""What is said of names of Keras 1 that no rule answers to: modules, and what stayed as it was."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from kerasmig.catalog import coverage, entries, surface

_MOST = 6


def module_text(word: str) -> str | None:
    """Where the names of a module of Keras 1 are today; ``None`` if there is no such module."""
    modules = surface.keras1_modules()
    found = next((m for m in (word, f"keras.{word}") if m in modules), None)
    found = found or next((m for m in modules if m.endswith(f".{word}")), None)
    if found is None:
        return None
    rows = [
        f"| `{name}` | {_target(canonical)} |"
        for name, canonical in sorted(surface.module_names(found).items())
        if not name.startswith("_") and canonical.rpartition(".")[0] == found
    ]
    lines = [f"### module `{found}` of Keras 1", ""]
    if not rows:
        parts = [m for m in modules if m.rpartition(".")[0] == found]
        inside = ", ".join(f"`{m}`" for m in parts[:20])
        return "\n".join([*lines, f"It holds {inside}." if parts else "It holds no names."])
    return "\n".join([*lines, "| Keras 1 | Keras 3 |", "| --- | --- |", *rows])


def _target(name: str) -> str:
    entry = entries().get(name)
    if entry is None:
        return "the same" if surface.keras3_has(name) else "no counterpart"
    if entry.to:
        return f"`{entry.to}`"
    return f"`{entry.template}`" if entry.template else f"see `kerasmig explain {name}`"


def standing_text(word: str) -> str | None:
    """What is said of a name or an argument that no rule changes; ``None`` if Keras 1 had none."""
    places, owners, fates = [], [], set[str]()
    last = word.rpartition(".")[2] if word.startswith("keras.") else word
    for name, fate, arguments in _known():
        if name == word or name.rpartition(".")[2] == last:
            places.append(name)
        elif word in arguments:
            owners.append(name)
        else:
            continue
        fates.add(fate)
    if not places and not owners:
        return None
    lines = []
    if places:
        lines.append(f"`{word}` is a name of Keras 1: {_some(places)}.")
    else:
        lines.append(f"`{word}` is an argument in Keras 1, of {_some(owners)}.")
    if fates & {coverage.REPORTED, coverage.UNHANDLED}:
        lines.append("Not all of them are in Keras 3: `kerasmig check` reports each use.")
    else:
        lines.append("No rule changes it: it is written in Keras 3 as it was.")
    return " ".join(lines)


@cache
def _known() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Every callable and method of Keras 1 with its fate and its arguments."""
    return tuple(_names())


def _names() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for row in coverage.rows():
        yield row.name, row.fate, tuple(name for name, _ in row.arguments)
    for owner in surface.keras1_classes():
        for name, text in surface.keras1_methods(owner).items():
            arguments = () if text == "property" else surface.sig(text).names()
            yield f"{owner}.{name}", "", arguments


def _some(names: list[str]) -> str:
    shown = ", ".join(f"`{name.removeprefix('keras.')}`" for name in dict.fromkeys(names[:_MOST]))
    more = len(names) - _MOST
    return f"{shown} and {more} more" if more > 0 else shown


def nearest(word: str) -> list[str]:
    """Names and arguments of Keras 1 that are spelled like a word."""
    last = word.rpartition(".")[2]
    known = {name.rpartition(".")[2] for name, _, _ in _known()}
    known |= {argument for _, _, arguments in _known() for argument in arguments}
    return get_close_matches(last, sorted(known), n=3, cutoff=0.75)
