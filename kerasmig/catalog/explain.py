"""What the codes mean, from the catalog: for `kerasmig explain`, `kerasmig rules` and the docs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kerasmig.catalog import entries, families, surface
from kerasmig.catalog.vocabulary import (
    Argument,
    Drop,
    Entry,
    Family,
    Gone,
    Handled,
    Pack,
    Spread,
    To,
)

if TYPE_CHECKING:
    from rich.table import Table


def explanation(word: str) -> str | None:
    """The page of a code, or the row of a Keras 1 name; ``None`` if there is neither."""
    for family in families():
        if family.code == word.upper() or family.name == word:
            return page(family)
    rows = [entry for entry in entries().values() if word in (entry.name, entry.short)]
    if not rows:
        canonical = [surface.canonical(f"{m}.{word}") for m in ("keras.layers", "keras.models")]
        rows = [entries()[name] for name in canonical if name in entries()]
    return "\n".join(dict.fromkeys(row_text(entry) for entry in rows)) or None


def page(family: Family) -> str:
    """The whole page of a code, as Markdown."""
    lines = [
        f"# {family.code}: {family.name}",
        "",
        family.summary,
        "",
        "## Why",
        "",
        family.why,
        "",
    ]
    if family.safety:
        lines += ["## Safety", "", family.safety, ""]
    if any(family.example):
        before, after = family.example
        lines += ["## Example", "", "```python", before, "```", "", "becomes", ""]
        lines += ["```python", after, "```", ""]
    if family.entries:
        lines += ["## Names", ""]
        for entry in family.resolved():
            lines += [row_text(entry), ""]
    lines += [f"Switch it off on a line with `# kerasmig: ignore[{family.code}]`."]
    return "\n".join(lines) + "\n"


def row_text(entry: Entry) -> str:
    """One name: where it went, and what becomes of its arguments."""
    target = f"`{entry.to}`" if entry.to else "no counterpart"
    lines = [f"### `{entry.name}` → {target}", ""]
    lines += [text for text in (entry.manual, entry.docs, entry.differs, entry.assumed) if text]
    if entry.template:
        lines.append(f"Becomes `{entry.template}`.")
    table = [(name, _argument_text(name, entry.argument(name))) for name in _old_names(entry)]
    table = [(name, text) for name, text in table if text]
    if table:
        lines += ["", "| Keras 1 | Keras 3 |", "| --- | --- |"]
        lines += [f"| `{name}` | {text} |" for name, text in table]
    if entry.write:
        defaults = ", ".join(f"`{name}={value}`" for name, value in entry.write.items())
        lines += ["", f"Written out where left out, because Keras 3's default differs: {defaults}."]
    return "\n".join(lines)


def _old_names(entry: Entry) -> list[str]:
    signature = surface.keras1_signature(entry.name)
    names = list(signature.names()) if signature else []
    listed = [n for key in entry.args for n in ([key] if isinstance(key, str) else key)]
    return list(dict.fromkeys([*names, *listed]))


def _argument_text(name: str, argument: Argument) -> str:
    if isinstance(argument, To):
        same = argument.name == name
        value = f" (value: {argument.convert})" if argument.convert else ""
        return "" if same and not value else f"`{argument.name}`{value}"
    if isinstance(argument, Pack):
        return f"part of `{argument.name}`"
    if isinstance(argument, Spread):
        return ", ".join(f"`{target}`" for target in argument.names)
    if isinstance(argument, Drop):
        return f"goes: {argument.why}"
    if isinstance(argument, Gone):
        return f"reported: {argument.why}"
    assert isinstance(argument, Handled)
    return argument.how


def rules_json() -> str:
    """All rules as JSON."""
    rows = [
        {
            "code": family.code,
            "name": family.name,
            "summary": family.summary,
            "names": len(family.entries),
        }
        for family in families()
    ]
    return json.dumps(rows, indent=2)


def rules_table() -> Table:
    """All rules for the terminal."""
    from rich.table import Table

    table = Table("Code", "Name", "What it does", "Names", box=None, pad_edge=False)
    for family in families():
        count = str(len(family.entries)) if family.entries else ""
        table.add_row(family.code, family.name, family.summary, count)
    return table
