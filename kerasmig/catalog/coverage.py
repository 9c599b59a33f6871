"""What the catalog says of every public callable and argument of Keras 1.2.2: the whole table.

The rows are those of the photograph of the real library (`surface`), so that a name which the
catalog misses shows up as unhandled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from kerasmig.catalog import entries, surface
from kerasmig.catalog.layer_attributes import attribute_names
from kerasmig.catalog.methods import METHODS
from kerasmig.catalog.vocabulary import Drop, Entry, Gone, Handled, Pack, Spread, To

MIGRATED, COMPAT, REPORTED, UNHANDLED = "migrated", "compat", "reported", "unhandled"


class Row(NamedTuple):
    """One callable.

    Args:
        name: canonical Keras 1 name; methods as ``module.Class.method``.
        fate: what becomes of it.
        to: where it went, as the catalog says it.
        arguments: old argument → fate.
    """

    name: str
    fate: str
    to: str
    arguments: tuple[tuple[str, str], ...]


def rows() -> Iterator[Row]:
    """Every public function, class and method of Keras 1.2.2, in the order of their names."""
    for name in surface.keras1_names():
        if name.rpartition(".")[2].startswith("_"):
            continue
        entry = entries().get(name)
        signature = surface.keras1_signature(name)
        names = signature.names() if signature else ()
        if entry is None:
            same = surface.keras3_has(name)
            fate = MIGRATED if same else UNHANDLED
            yield Row(name, fate, name if same else "", tuple((n, fate) for n in names))
            continue
        yield Row(
            name,
            _fate(entry),
            entry.to or entry.template or entry.manual,
            tuple((n, _argument_fate(entry, n)) for n in names),
        )
    yield from _method_rows()


def _fate(entry: Entry) -> str:
    if entry.to is not None and entry.to.startswith("keras1_compat."):
        return COMPAT
    if entry.to is not None or entry.template or (entry.rule and not entry.manual):
        return MIGRATED
    return REPORTED


def _argument_fate(entry: Entry, name: str) -> str:
    fate = _fate(entry)
    if fate != MIGRATED or entry.template or entry.rule:
        return fate
    rule = entry.argument(name)
    if isinstance(rule, Gone):
        return REPORTED
    if isinstance(rule, Pack | Spread | Drop | Handled):
        return MIGRATED
    assert isinstance(rule, To)
    new = (
        surface.sig(entry.signature)
        if entry.signature
        else surface.keras3_signature(entry.to or "")
    )
    if new is None:
        return MIGRATED if (entry.to or "").startswith("tensorflow.") else UNHANDLED
    if rule.name in new.names() or new.var_keyword or new.var_positional:
        return MIGRATED
    return UNHANDLED


def _method_rows() -> Iterator[Row]:
    known = {(method.owner, method.name): method for method in METHODS}
    by_name = {method.name: method for method in METHODS}
    for owner in surface.keras1_classes():
        for name, text in surface.keras1_methods(owner).items():
            entry = entries().get(owner)
            method = known.get((owner, name)) or by_name.get(name)
            if method is None and entry is not None and _fate(entry) != MIGRATED:
                continue  # goes the way of its class
            fate = _method_fate(owner, name) if method is None else ""
            if method is not None:
                fate = REPORTED if method.manual else MIGRATED
                if method.to is not None and "keras1_compat" in (method.template or method.to):
                    fate = COMPAT
            arguments = () if text == "property" else surface.sig(text).names()
            to = "" if method is None else method.to or method.template or method.manual
            yield Row(f"{owner}.{name}", fate, to, tuple((a, fate) for a in arguments))


def _method_fate(owner: str, name: str) -> str:
    """Fate of a method without a row: the same in Keras 3, or overridden by subclasses only."""
    entry = entries().get(owner)
    target = entry.to if entry is not None else None
    if target is not None and target.startswith("tensorflow."):
        return MIGRATED  # the same class lives on there
    if target is not None and surface.keras3_method(target, name):
        return MIGRATED
    return COMPAT if name in attribute_names() else UNHANDLED


def summary() -> Counter[str]:
    """How many callables have which fate."""
    return Counter(row.fate for row in rows())


def markdown() -> str:
    """The table for the docs."""
    everything = list(rows())
    callables = Counter(row.fate for row in everything)
    arguments = Counter(fate for row in everything for _, fate in row.arguments)
    lines = [
        "# Coverage of Keras 1.2.2",
        "",
        "Every public function, class and method of the real library, and what becomes of it. "
        "*migrated*: rewritten; *compat*: rewritten to a definition in `keras1_compat.py`; "
        "*reported*: a finding says what to do.",
        "",
        "| | migrated | compat | reported | unhandled |",
        "| --- | --- | --- | --- | --- |",
    ]
    order = (MIGRATED, COMPAT, REPORTED, UNHANDLED)
    for title, counts in (("callables", callables), ("arguments", arguments)):
        lines.append(f"| {title} | " + " | ".join(str(counts[fate]) for fate in order) + " |")
    lines += [
        "",
        "| Keras 1 | fate | becomes | arguments not migrated |",
        "| --- | --- | --- | --- |",
    ]
    for row in everything:
        odd = [f"`{name}` ({fate})" for name, fate in row.arguments if fate != row.fate]
        to = row.to.replace("|", "\\|").replace("\n", " ")
        to = f"`{to}`" if row.fate in (MIGRATED, COMPAT) and to else to
        lines.append(f"| `{row.name}` | {row.fate} | {to} | {', '.join(odd)} |")
    return "\n".join(lines) + "\n"
