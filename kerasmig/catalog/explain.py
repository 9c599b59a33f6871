"""What the codes mean, from the catalog: for `kerasmig explain`, `kerasmig rules` and the docs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from kerasmig.catalog import families, surface
from kerasmig.catalog.keras1_words import module_text, standing_text
from kerasmig.catalog.lookup import (
    argument_text,
    entries_named,
    meanings,
    message_for,
    summary_of,
    words_in,
)
from kerasmig.catalog.resolving import how_to_resolve
from kerasmig.catalog.vocabulary import Entry, Family

if TYPE_CHECKING:
    from rich.table import Table


#: Links between the pages of the docs, which lead nowhere in a terminal.
_RELATIVE = re.compile(r"\[([^\]]+)\]\((?!\w+:)[^)]*\)")


def explanation(text: str) -> str | None:
    """What a code, a name, argument or value of Keras 1, or an error message means.

    Returns:
        Markdown; ``None`` if nothing is known of it.
    """
    for family in families():
        if family.code == text.upper() or family.name == text:
            return _RELATIVE.sub(r"\1", page(family))
    if rows := entries_named(text):
        return "\n".join(_with_rule(row_text(row), row.code) for row in rows)
    if found := meanings(text):
        return "\n\n".join(_with_rule(f"### {m.title}\n\n{m.text}", *m.codes) for m in found)
    if len(text.split()) > 1 or "'" in text:
        return _error_text(text)
    return module_text(text) or standing_text(text)


def _with_rule(text: str, *codes: str) -> str:
    rules = ", ".join(map(summary_of, codes))
    return f"{text}\n\nRule: {rules} (`kerasmig explain {codes[0]}`)."


def _error_text(text: str) -> str | None:
    """What an error message means: the row of the message, then what is known of its names."""
    parts = []
    found = message_for(text)
    names = words_in(text)
    code = ""
    if found is not None:
        message, match = found
        code = message.code
        parts.append(message.cause)
        if message.cure:
            parts.append(message.cure)
        names = [*filter(None, [match.groupdict().get("name")]), *names]
    for name in dict.fromkeys(names):
        known: list[tuple[str, ...]] = [(row_text(row), row.code) for row in entries_named(name)]
        known += [(f"### {m.title}\n\n{m.text}", *m.codes) for m in meanings(name)]
        if known:
            parts += [_with_rule(*part) for part in known[:4]]
            break
    else:
        if code:
            parts.append(f"Rule: {summary_of(code)} (`kerasmig explain {code}`).")
    return "\n\n".join(parts) or None


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
    lines += ["## How to resolve", "", how_to_resolve(family.code), ""]
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
    table = [(name, argument_text(name, entry.argument(name))) for name in _old_names(entry)]
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
