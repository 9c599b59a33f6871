"""``K.image_dim_ordering()``, ``set_image_dim_ordering`` and the comparisons with 'th' and 'tf'."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.catalog.values import DATA_FORMAT
from kerasmig.catalog.vocabulary import Entry
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext, Use
from kerasmig.rewrite.registry import file_rule, use_rule

CODE = "KM502"


@use_rule("ordering")
def ordering(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """Rename the functions; the argument of the setter is a 'th' or 'tf'."""
    assert entry.to is not None
    edits: list[Edit] = []
    if use.call is not None and use.call.args:
        argument = use.call.args[0]
        value = context.constant(argument)
        if isinstance(argument, ast.Constant) and argument.value in DATA_FORMAT:
            edits.append(_literal(context, argument))
        elif isinstance(value, str) and value in DATA_FORMAT and not _renamed(context, argument):
            edits.append(Edit(context.text.span(argument), (DATA_FORMAT[value].text,)))
        elif not context.orderings.holds(argument):
            adapter = context.imports.need("keras1_compat.data_format")
            span = context.text.span(argument)
            edits.append(Edit(span, (f"{adapter}(", span, ")")))
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


def _renamed(context: FileContext, node: ast.expr) -> bool:
    """Whether a variable's own literal is rewritten, so that its uses may stay."""
    return context.orderings.holds(node)


def _literal(context: FileContext, node: ast.Constant) -> Edit:
    """The new name of an ordering, in the author's quotes."""
    old = context.text.of(node)
    new = DATA_FORMAT[str(node.value)].text[1:-1]
    return Edit(context.text.span(node), (old.replace(str(node.value), new),))


@file_rule
def strings(context: FileContext) -> Iterator[Finding]:
    """'th' and 'tf' become 'channels_first' and 'channels_last' wherever an ordering is meant.

    A literal is an ordering's if it is compared with one, assigned to a variable that holds one,
    its default, passed under its name, or a key of a dictionary that one looks up.
    """
    for node in context.orderings.literals:
        edits = [_literal(context, node)]
        parent = context.parent(node)
        if isinstance(parent, ast.Compare):
            edits += _identity(context, parent, node)
        yield context.finding(
            CODE,
            node,
            f"{node.value!r} is {DATA_FORMAT[str(node.value)].text} now",
            Applicability.AUTOMATIC,
            name=str(node.value),
            edits=edits,
        )


@file_rule
def doubtful_strings(context: FileContext) -> Iterator[Finding]:
    """'th' and 'tf' that nothing connects with an ordering, in a file that speaks of orderings."""
    if context.era.era is Era.LATER:
        return
    for node in context.orderings.doubtful():
        if node.value != "th" and not context.orderings.carriers:
            continue  # 'tf' alone may be anything
        if _goes_elsewhere(context, node):
            continue
        yield context.finding(
            CODE,
            node,
            f"{node.value!r} may be an image ordering, which is {DATA_FORMAT[str(node.value)].text} "
            "now; nothing here shows where the other side comes from",
            Applicability.MANUAL,
            name=str(node.value),
        )


_TEXT_METHODS = frozenset(
    "startswith endswith replace split rsplit strip lstrip rstrip join find rfind index count "
    "format encode debug info warning warn error critical exception log write".split()
)
_BUILTINS = frozenset("print len str repr ord hasattr getattr setattr open format".split())


def _goes_elsewhere(context: FileContext, node: ast.Constant) -> bool:
    """Whether a text is given to what knows no orderings: a logger, a string, Python's own."""
    call = context.parent(node)
    if isinstance(call, ast.keyword):
        call = context.parent(call)
    if not isinstance(call, ast.Call):
        return False
    function = call.func
    if isinstance(function, ast.Name) and not context.names.bindings_of(function):
        return function.id in _BUILTINS
    if isinstance(function, ast.Attribute) and function.attr in _TEXT_METHODS:
        return True
    root = function
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name):
        return False
    bindings = context.names.bindings_of(root)
    return bool(bindings) and all(
        binding.kind in ("import", "from")
        and binding.path.partition(".")[0] in sys.stdlib_module_names
        for binding in bindings
    )


def _identity(context: FileContext, node: ast.Compare, literal: ast.Constant) -> Iterator[Edit]:
    """``is 'th'`` compared identities and worked by chance: ``==``."""
    text = context.text
    left: ast.expr = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(operator, (ast.Is, ast.IsNot)) and literal in (left, right):
            start, end = text.span(left).end, text.span(right).start
            between = text.get(Span(start, end))
            word = re.search(r"\bis(\s+not)?\b", between)
            if word is not None:
                new = "!=" if isinstance(operator, ast.IsNot) else "=="
                yield Edit(Span(start + word.start(), start + word.end()), (new,))
        left = right
