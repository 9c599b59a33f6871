"""``K.image_dim_ordering()``, ``set_image_dim_ordering`` and the comparisons with 'th' and 'tf'."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.catalog.values import DATA_FORMAT
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.calls import refused
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import file_rule, use_rule

CODE = "KM502"
_GETTERS = ("keras.backend.image_dim_ordering",)


@use_rule("ordering")
def ordering(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Rename the functions; the argument of the setter is a 'th' or 'tf'."""
    assert entry.to is not None
    edits: list[Edit] = []
    if use.call is not None and use.call.args:
        argument = use.call.args[0]
        value = context.constant(argument)
        if value not in DATA_FORMAT:
            return refused(
                context,
                use,
                entry,
                [
                    (
                        Applicability.MANUAL,
                        "the ordering comes from a variable: 'th' is 'channels_first' now, "
                        "'tf' is 'channels_last'",
                    )
                ],
            )
        if isinstance(argument, ast.Constant):
            edits.append(_literal(context, argument))
        else:
            edits.append(Edit(context.text.span(argument), (DATA_FORMAT[value].text,)))
    spelling = context.imports.spell(use.root, use.node, entry.to)
    if spelling != context.text.of(use.node):
        edits.append(Edit(context.text.span(use.node), (spelling,)))
    if not edits:
        return None
    return context.finding(
        entry.code,
        use.call or use.node,
        f"{entry.short} → {entry.to.rpartition('.')[2]}",
        Applicability.AUTOMATIC,
        name=entry.short,
        edits=edits,
    )


def _literal(context: FileContext, node: ast.Constant) -> Edit:
    """The new name of an ordering, in the author's quotes."""
    old = context.text.of(node)
    new = DATA_FORMAT[str(node.value)].text[1:-1]
    return Edit(context.text.span(node), (old.replace(str(node.value), new),))


@file_rule
def comparisons(context: FileContext) -> Iterator[Finding]:
    """``K.image_dim_ordering() == 'th'`` compares with today's names.

    Variables that hold the ordering are followed: what is compared with them, assigned to the same
    names and given as their default changes together, so that no comparison is left half done.
    """
    carriers = _Carriers(context)
    for node in ast.walk(context.tree):
        if isinstance(node, ast.Compare) and carriers.compares_ordering(node):
            yield from _compare(context, node)


def _compare(context: FileContext, node: ast.Compare) -> Iterator[Finding]:
    edits: list[Edit] = []
    for operand in [node.left, *node.comparators]:
        literals = operand.elts if isinstance(operand, (ast.Set, ast.Tuple, ast.List)) else [operand]
        for literal in literals:
            if isinstance(literal, ast.Constant) and literal.value in DATA_FORMAT:
                edits.append(_literal(context, literal))
    if not edits:
        return
    edits += _identity(context, node)
    yield context.finding(
        CODE,
        node,
        "compares with 'channels_first'/'channels_last' instead of 'th'/'tf'",
        Applicability.AUTOMATIC,
        name="image_dim_ordering",
        edits=edits,
    )


def _identity(context: FileContext, node: ast.Compare) -> Iterator[Edit]:
    """``is 'th'`` compared identities and worked by chance: ``==``."""
    text = context.text
    left: ast.expr = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(operator, (ast.Is, ast.IsNot)) and isinstance(right, ast.Constant):
            start, end = text.span(left).end, text.span(right).start
            between = text.utf8[start:end].decode("utf-8")
            new = "!=" if isinstance(operator, ast.IsNot) else "=="
            head = between[: len(between) - len(between.lstrip(" )"))]
            from kerasmig.finding import Span

            yield Edit(Span(start, end), (f"{head or ' '}{new} ",))
        left = right


class _Carriers:
    """Which expressions of a file hold an image ordering ('th' or 'tf')."""

    def __init__(self, context: FileContext) -> None:
        self._context = context

    def compares_ordering(self, node: ast.Compare) -> bool:
        """Whether one side is the backend's ordering."""
        return any(self.holds_backend(side) for side in [node.left, *node.comparators])

    def holds_backend(self, node: ast.expr) -> bool:
        """Whether an expression has the value of ``K.image_dim_ordering()``."""
        if isinstance(node, ast.Call):
            return self._context.names.keras_name(node.func) in _GETTERS
        if isinstance(node, ast.Name):
            bindings = self._context.names.bindings_of(node)
            return any(
                b.kind == "assign"
                and isinstance(b.value, ast.Call)
                and self._context.names.keras_name(b.value.func) in _GETTERS
                for b in bindings
            )
        return False
