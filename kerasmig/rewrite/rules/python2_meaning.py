"""What Python 3 does otherwise, or does not have, and that its converter leaves as it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.objects.whole_numbers import Kind, number_kind
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes, walk

MEANING = "KM807"
_NEVER_CALLED = {
    "__cmp__": "__eq__ and __lt__ (see functools.total_ordering)",
    "__coerce__": "__radd__ and the like",
    "__delslice__": "__delitem__, which is given a slice",
    "__div__": "__truediv__",
    "__getslice__": "__getitem__, which is given a slice",
    "__hex__": "__index__",
    "__idiv__": "__itruediv__",
    "__long__": "__int__",
    "__oct__": "__index__",
    "__rdiv__": "__rtruediv__",
    "__setslice__": "__setitem__, which is given a slice",
    "__unicode__": "__str__",
}
"""Special methods that Python 3 never calls, and what it calls instead."""
_GONE = {
    "apply": "write f(*args)",
    "buffer": "see memoryview",
    "coerce": "numbers are converted by their own methods",
    "cmp": "compare with < and ==",
    "execfile": "read the file and give it to exec",
    "file": "see the classes of io",
    "long": "it is int now",
}
"""Builtins of Python 2 that stay where they are not called in a way that can be converted."""
_MOVED = {"intern": "sys.intern", "reduce": "functools.reduce", "reload": "importlib.reload"}
"""Builtins that a module has now."""
_SIMPLE = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant)


@file_rule
def builtins(context: FileContext) -> Iterator[Finding]:
    """``cmp(a, b)``, ``file(path)`` and other builtins that are gone."""
    for name in context.names.loads if context.surroundings.python2 else ():
        known = name.id in _GONE or name.id in _MOVED
        if not known or _is_bound(context, name) or _sets_encoding(context, name):
            continue
        parent = context.parent(name)
        call = parent if isinstance(parent, ast.Call) and parent.func is name else None
        if name.id == "file" and call is not None:
            yield _changed(context, name, "file is open now", "open")
        elif name.id == "cmp" and call is not None and _is_simple(context, call):
            a, b = map(context.text.of, call.args)
            text = f"(({a} > {b}) - ({a} < {b}))"
            yield _changed(context, call, f"Python 3 has no cmp: {text}", text)
        elif name.id in _MOVED:
            path = _MOVED[name.id]
            context.imports.need_library(path, name.id)
            message = f"{name.id} is {path} now: imported"
            yield context.finding(MEANING, name, message, Applicability.AUTOMATIC, name=name.id)
        else:
            yield _told(context, name, f"Python 3 has no {name.id}: {_GONE[name.id]}")


def _is_simple(context: FileContext, call: ast.Call) -> bool:
    """Whether two arguments can be written twice, and no comment stands between them."""
    return (
        len(call.args) == 2
        and "#" not in context.text.of(call)
        and not call.keywords
        and all(isinstance(n, (*_SIMPLE, ast.UnaryOp)) for arg in call.args for n in walk(arg))
    )


@file_rule
def comparing(context: FileContext) -> Iterator[Finding]:
    """``sorted(x, f)``, ``x.sort(cmp=f)``: a function of two arguments is no key."""
    for call in context.calls if context.surroundings.python2 else ():
        function = call.func
        if isinstance(function, ast.Name):
            place = 1 if function.id == "sorted" and not _is_bound(context, function) else None
        else:
            sorts = isinstance(function, ast.Attribute) and function.attr == "sort"
            place = 0 if sorts else None
        if place is None:
            continue
        named = next((keyword for keyword in call.keywords if keyword.arg == "cmp"), None)
        given = call.args[place] if len(call.args) == place + 1 else None
        compares = named.value if named is not None else given
        if compares is None or not (named or place or _takes_two(context, compares)):
            continue
        if any(keyword.arg in ("key", None) for keyword in call.keywords):
            yield _told(context, call, "a function that compares cannot be given beside a key")
            continue
        site = context.site(call)
        argument = next(a for a in site.arguments if a.value is compares)
        context.imports.need_library("functools", "functools")
        yield context.finding(
            MEANING,
            call,
            "what compares is made a key by functools.cmp_to_key",
            Applicability.AUTOMATIC,
            edits=[
                Edit(argument.span, ("key=functools.cmp_to_key(", argument.value_span, ")")),
            ],
        )


def _takes_two(context: FileContext, function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        defined = [b.node for b in context.names.bindings_of(function)]
        return bool(defined) and all(
            isinstance(node, ast.FunctionDef) and len(node.args.args) == 2 for node in defined
        )
    return isinstance(function, ast.Lambda) and len(function.args.args) == 2


@file_rule
def special_methods(context: FileContext) -> Iterator[Finding]:
    """``__cmp__`` and others: without them Python 3 compares or divides by other means, or not."""
    for cls in nodes(context.tree, ast.ClassDef) if context.surroundings.python2 else ():
        methods = {node.name: node for node in cls.body if isinstance(node, ast.FunctionDef)}
        assigned = {n.id for s in cls.body for n in walk(s) if isinstance(n, ast.Name)}
        for name, node in methods.items():
            instead = _NEVER_CALLED.get(name)
            if instead is None or instead.split()[0].strip(",") in methods.keys() | assigned:
                continue
            yield _told(context, node, f"Python 3 never calls {name}: write {instead}")


@file_rule
def messages(context: FileContext) -> Iterator[Finding]:
    """``e.message`` of what ``except`` has caught."""
    if not context.surroundings.python2 or b".message" not in context.text.utf8:
        return
    attributes = [node for node in nodes(context.tree, ast.Attribute) if node.attr == "message"]
    if not all(isinstance(node.ctx, ast.Load) for node in attributes):
        return  # exceptions of the file's own may have one
    for node in attributes:
        bindings = context.names.bindings_of(node.value) if isinstance(node.value, ast.Name) else []
        if bindings and all(isinstance(b.node, ast.ExceptHandler) for b in bindings):
            text = f"str({context.text.of(node.value)})"
            yield context.finding(
                MEANING,
                node,
                f"exceptions have no message in Python 3: {text}",
                Applicability.ASSUMED,
                edits=[Edit(context.text.span(node), (text,))],
            )


@file_rule
def calls(context: FileContext) -> Iterator[Finding]:
    """``round(x)``, ``map(None, a, b)``: the same call with another answer."""
    for call in context.calls if context.surroundings.python2 else ():
        function = call.func
        if not isinstance(function, ast.Name) or _is_bound(context, function):
            continue
        first = call.args[0] if call.args else None
        if function.id == "round" and len(call.args) == 1 and not call.keywords:
            if first is not None and number_kind(first, context.names) is not Kind.INT:
                yield _told(
                    context,
                    call,
                    "round gave a float and took halves away from zero in Python 2; it gives an "
                    "int and takes halves to the even one now",
                )
        elif function.id == "map" and isinstance(first, ast.Constant) and first.value is None:
            yield _told(context, call, "map without a function: see itertools.zip_longest")


@file_rule
def default_encoding(context: FileContext) -> Iterator[Finding]:
    """``reload(sys); sys.setdefaultencoding('utf8')``: Python 3's text needs no such thing."""
    for statement in nodes(context.tree, ast.Expr) if context.surroundings.python2 else ():
        if _sets_encoding(context, statement):
            yield context.finding(
                MEANING,
                statement,
                "text is Unicode in Python 3, whatever the default encoding: taken out",
                Applicability.AUTOMATIC,
                edits=[
                    context.text.removal(statement, alone=len(context.block_of(statement)) == 1)
                ],
            )


def _sets_encoding(context: FileContext, node: ast.expr | ast.Expr) -> bool:
    """Whether a statement sets the default encoding, or reloads ``sys`` to make that possible."""
    if b"setdefaultencoding" not in context.text.utf8:
        return False
    return context.text.of(context.statement(node)).startswith(_ENCODINGS)


_ENCODINGS = ("sys.setdefaultencoding(", "reload(sys)")


def _is_bound(context: FileContext, name: ast.Name) -> bool:
    return context.names.is_bound(name.id, context.names.scope_of(name))


def _changed(context: FileContext, node: ast.expr, message: str, text: str) -> Finding:
    span: Span = context.text.span(node)
    return context.finding(
        MEANING, node, message, Applicability.AUTOMATIC, edits=[Edit(span, (text,))]
    )


def _told(context: FileContext, node: ast.AST, message: str) -> Finding:
    return context.finding(MEANING, node, message, Applicability.MANUAL)
