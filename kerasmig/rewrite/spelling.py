"""A use under another name, with what that name needs imported."""

from __future__ import annotations

from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.context import FileContext, Use


def respelled(context: FileContext, use: Use, target: str, code: str) -> Finding | None:
    """The use under its new path; ``None`` if it is spelled the same."""
    spelling = context.imports.spell(use.root, use.node, target)
    old = context.text.of(use.node)
    if spelling == old:
        return None
    name = use.path.rpartition(".")[2]
    return replaced(context, use, code, f"{old} → {spelling}", spelling, name)


def replaced(
    context: FileContext, use: Use, code: str, message: str, text: str, name: str
) -> Finding:
    """The finding that puts a text in the place of what a use names."""
    return context.finding(
        code,
        use.node,
        message,
        Applicability.AUTOMATIC,
        name=name,
        edits=(Edit(context.text.span(use.node), (text,)),),
    )
