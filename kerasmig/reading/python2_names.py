"""Names that Python 3 has under others: ``unicode``, ``xrange`` that is not called, ``izip``.

fissix takes the ``u`` off every string with the first, leaves the second, and drops imports from
itertools whose names it then leaves in the code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.names.resolution import Names
from kerasmig.finding import Edit, Span
from kerasmig.text.source import Text
from kerasmig.text.tree import block_of, nodes, walk

BUILTINS = {"unicode": "str", "unichr": "chr", "xrange": "range", "raw_input": "input"}
NOW_BUILTINS = {"izip": "zip", "imap": "map", "ifilter": "filter"}
"""Of itertools; the builtins do the same now."""
RENAMED = {"izip_longest": "zip_longest", "ifilterfalse": "filterfalse"}
ITERTOOLS = {**NOW_BUILTINS, **RENAMED}
_MODULE = "itertools"
_MISSING = ("NameError", "ImportError", "AttributeError", "Exception")


def with_names_of_today(text: str, tree: ast.Module) -> str:
    """The text with these names as Python 3 calls them, where they mean what they meant.

    Args:
        text: Python 3 by its syntax.
        tree: the parsed text.
    """
    if not any(name in text for name in (*BUILTINS, *ITERTOOLS)):
        return text
    source, names = Text(text), Names(tree)
    asking = [block for block in nodes(tree, ast.Try) if any(map(_asks, block.handlers))]
    guarded = {id(node) for block in asking for part in block.body for node in walk(part)}
    edits = list(_imports(tree, source, guarded))
    for name in names.loads:
        new = _name(names, name, guarded)
        if new is not None:
            edits.append(Edit(source.span(name), (new,)))
    for attribute in nodes(tree, ast.Attribute):
        if attribute.attr in ITERTOOLS and _is_module(names, attribute.value):
            end = source.span(attribute).end
            whole = attribute.attr in NOW_BUILTINS
            span = source.span(attribute) if whole else Span(end - len(attribute.attr), end)
            edits.append(Edit(span, (ITERTOOLS[attribute.attr],)))
    return source.apply(edits)


def _asks(handler: ast.ExceptHandler) -> bool:
    """Whether a handler sees to it that a name is not there."""
    return handler.type is None or any(
        isinstance(node, ast.Name) and node.id in _MISSING for node in walk(handler.type)
    )


def _name(names: Names, name: ast.Name, guarded: set[int]) -> str | None:
    """What a name is called now; ``None`` if it stays."""
    bindings = names.bindings_of(name)
    if id(name) in guarded and not bindings:
        return None  # `try: input = raw_input`: the program asks which Python it has
    if not bindings:
        new = BUILTINS.get(name.id) or ITERTOOLS.get(name.id)
        return None if any(name.id in scope.bindings for scope in names.scopes.values()) else new
    paths = {binding.path for binding in bindings if id(binding.node) not in guarded}
    if len(paths) != 1 or any(binding.kind != "from" for binding in bindings):
        return None
    module, _, function = paths.pop().rpartition(".")
    if module != _MODULE or function not in ITERTOOLS:
        return None
    if function in NOW_BUILTINS:
        return NOW_BUILTINS[function]
    return RENAMED[function] if name.id == function else None


def _is_module(names: Names, node: ast.expr) -> bool:
    bindings = names.bindings_of(node) if isinstance(node, ast.Name) else []
    return bool(bindings) and all(b.kind == "import" and b.path == _MODULE for b in bindings)


def _imports(tree: ast.Module, source: Text, guarded: set[int]) -> Iterator[Edit]:
    """The imports from itertools, without what is builtin now."""
    for node in nodes(tree, ast.ImportFrom):
        if node.module != _MODULE or node.level or id(node) in guarded:
            continue
        gone = [alias.name in NOW_BUILTINS for alias in node.names]
        if all(gone):
            yield source.removal(node, alone=len(block_of(tree, node)) == 1)
            continue
        spans = [source.span(alias) for alias in node.names]
        last = max(index for index, is_gone in enumerate(gone) if not is_gone)
        for index, (alias, span) in enumerate(zip(node.names, spans, strict=True)):
            if gone[index] and index < last:
                yield Edit(Span(span.start, spans[index + 1].start), ())
            elif gone[index]:
                yield Edit(Span(spans[index - 1].end, span.end), ())
            elif alias.name in RENAMED:
                yield Edit(Span(span.start, span.start + len(alias.name)), (RENAMED[alias.name],))
