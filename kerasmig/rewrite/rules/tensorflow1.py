"""TensorFlow 1's own functions beside Keras: renamed where that is certain, reported otherwise."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.catalog.tensorflow1 import CODE, KEYWORDS, POSITIONAL, Fate, fate
from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.imports.library_paths import (
    LIBRARY,
    library_at,
    library_path,
    may_reach_library,
    whole_path,
)
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes, walk

PATCHED = "python.control_flow_ops"


@file_rule
def names(context: FileContext) -> Iterator[Finding]:
    """``tf.Session`` and the like, wherever the file uses them."""
    if not may_reach_library(context):
        return
    for root in context.names.loads:
        start = library_at(context, root)
        if start is None:
            continue
        if context.is_taken_out(root):
            continue
        base = start[1]
        node, path = whole_path(context, *start)
        found = fate(path)
        if path == PATCHED and isinstance(getattr(node, "ctx", None), ast.Store):
            continue  # `kerasmig.rewrite.rules.workarounds` takes it out
        if found is not None and len(found.name) > len(base) and not _switched(context, node):
            yield _renamed_or_told(context, _part(node, path, found), found)


@file_rule
def imports(context: FileContext) -> Iterator[Finding]:
    """``from tensorflow import placeholder``, ``import tensorflow.contrib.slim``."""
    for node in nodes(context.tree, ast.ImportFrom):
        module = node.module or ""
        if node.level or module.partition(".")[0] != LIBRARY or _switched(context, node):
            continue
        for alias in node.names:
            found = fate(f"{module}.{alias.name}".removeprefix(f"{LIBRARY}."))
            if found is not None and not f"{module}.".startswith(f"{LIBRARY}.python."):
                yield _told(context, node, f"{LIBRARY}.{found.name}", found)
    for plain in nodes(context.tree, ast.Import):
        for alias in plain.names:
            library, _, rest = alias.name.partition(".")
            found = fate(rest) if library == LIBRARY and rest else None
            if found is not None and found.name != "python" and not _switched(context, plain):
                yield _told(context, plain, f"{LIBRARY}.{found.name}", found)


@file_rule
def calls(context: FileContext) -> Iterator[Finding]:
    """Functions that are still there and take their arguments otherwise."""
    if not may_reach_library(context):
        return
    for call in context.calls:
        path = library_path(context, call.func)
        if path is None or context.is_taken_out(call) or fate(path) is not None:
            continue
        yield from _keywords(context, call, path)
        yield from _turned_around(context, call, path)
        told = POSITIONAL.get(path)
        kept = any(keyword.arg == "keep_prob" for keyword in call.keywords)
        if told and (kept or (len(call.args) > 1 and context.speaks_keras1)):
            yield context.finding(
                CODE,
                call,
                f"{context.text.of(call.func)}: {told}",
                Applicability.MANUAL,
                name=path,
            )


# -- names -----------------------------------------------------------------------------------------


def _part(node: ast.expr, path: str, found: Fate) -> ast.expr:
    """The expression that names what is known: ``tf.app`` of ``tf.app.flags``."""
    for _ in range(path.count(".") - found.name.count(".")):
        assert isinstance(node, ast.Attribute)
        node = node.value
    return node


def _switched(context: FileContext, node: ast.AST) -> bool:
    """Whether the program asks first what TensorFlow it has, or what that has."""
    for around in context.ancestors(node):
        if isinstance(around, (ast.If, ast.IfExp)) and any(
            (isinstance(inner, ast.Attribute) and inner.attr == "__version__")
            or (isinstance(inner, ast.Name) and inner.id == "hasattr")
            for inner in walk(around.test)
        ):
            return True
        if isinstance(around, ast.Try) and any(
            isinstance(name, ast.Name) and name.id in ("AttributeError", "ImportError")
            for handler in around.handlers
            if handler.type is not None
            for name in walk(handler.type)
        ):
            return True
    return False


def _renamed_or_told(context: FileContext, node: ast.expr, found: Fate) -> Finding:
    text = context.text.of(node)
    prefix = text[: -len(found.name)]
    if not found.to or not text.endswith(f".{found.name}"):
        return _told(context, node, text, found)
    end = context.text.span(node).end
    return context.finding(
        CODE,
        node,
        f"{text} → {prefix}{found.to}",
        Applicability.AUTOMATIC,
        name=found.name,
        edits=[Edit(Span(end - len(found.name), end), (found.to,))],
    )


def _told(context: FileContext, node: ast.AST, text: str, found: Fate) -> Finding:
    today = f"it is `tf.{found.to}` today" if found.to else found.advice
    return context.finding(CODE, node, f"{text}: {today}", Applicability.MANUAL, name=found.name)


# -- arguments -------------------------------------------------------------------------------------


def _keywords(context: FileContext, call: ast.Call, path: str) -> Iterator[Finding]:
    if not any(keyword.arg in KEYWORDS for keyword in call.keywords):
        return
    for argument in context.site(call).arguments:
        new, functions = KEYWORDS.get(argument.keyword or "", ("", ()))
        if argument.keyword_span is not None and new and path.startswith(functions):
            yield context.finding(
                CODE,
                call,
                f"{argument.keyword}= is {new}= today",
                Applicability.AUTOMATIC,
                name=path,
                edits=[Edit(argument.keyword_span, (new,))],
            )


def _turned_around(context: FileContext, call: ast.Call, path: str) -> Iterator[Finding]:
    """``tf.concat(1, values)``, ``tf.split(1, 2, value)``: the axis came first before 1.0."""
    count = {"concat": 2, "split": 3}.get(path)
    if count is None:
        return
    arguments = context.site(call).arguments[:count]
    if len(arguments) != count or any(a.keyword or a.star for a in arguments):
        return
    first, last = arguments[0], arguments[-1]
    if not isinstance(context.constant(first.value), int) or isinstance(
        context.constant(last.value), int
    ):
        return
    yield context.finding(
        CODE,
        call,
        f"{context.text.of(call.func)} takes the axis last today",
        Applicability.AUTOMATIC,
        name=path,
        edits=[
            Edit(
                Span(first.span.start, last.span.end),
                (last.span, Span(first.span.end, last.span.start), first.span),
            )
        ],
    )
