"""Imports of Python 2 that Python 3 finds elsewhere, or refuses where they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.finding import Applicability, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

RELATIVE = "KM805"
FUTURE = "KM806"
#: What Python 3 does anyway.
_ALWAYS_ON = frozenset(
    "nested_scopes generators division absolute_import with_statement print_function "
    "unicode_literals generator_stop".split()
)


@file_rule
def late_future_imports(context: FileContext) -> Iterator[Finding]:
    """``from __future__`` behind other code of its cell: Python 3 refuses it, and needs none."""
    before: ast.stmt | None = None
    for node in context.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.module != "__future__":
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            before = node if before or not docstring else None
            continue
        text = context.text
        if before is None or not _ALWAYS_ON.issuperset(alias.name for alias in node.names):
            continue
        if _begins_a_cell(text.get(Span(text.span(before).end, text.span(node).start))):
            continue
        yield context.finding(
            FUTURE,
            node,
            "from __future__ must be the first statement, and is not needed in Python 3: taken out",
            Applicability.AUTOMATIC,
            name="__future__",
            edits=[text.removal(node)],
        )


@file_rule
def relative_imports(context: FileContext) -> Iterator[Finding]:
    """Imports that Python 2 found beside the file were made explicit with the conversion."""
    for line in context.surroundings.made_relative:
        node = next(
            (n for n in nodes(context.tree, ast.ImportFrom) if n.lineno == line),
            context.tree,
        )
        yield context.finding(
            RELATIVE,
            node,
            "an import from the same folder is written as a relative one; if this file is run as a "
            "script, run it as `python -m package.module`",
            Applicability.ASSUMED,
        )


def _begins_a_cell(between: str) -> bool:
    """Whether a cell of a notebook ends between two statements."""
    from kerasmig.reading.notebooks import MARKER

    return MARKER in between
