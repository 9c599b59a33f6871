"""Files that Python 2 opened as it liked: pickles, tables, and modes that are gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.finding import Applicability, Edit, Finding, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

FILES = "KM803"
_PICKLES = ("load", "loads", "dump", "dumps")
_TABLES = ("reader", "writer", "DictReader", "DictWriter")


@file_rule
def pickles(context: FileContext) -> Iterator[Finding]:
    """Pickles of Python 2 are read with an encoding, and binary files opened as such."""
    if not context.surroundings.python2 or b"pickle" not in context.text.utf8:
        return
    pickled = _imported_from(context.tree, "pickle", _PICKLES)
    for call in context.calls:
        name = _dotted(call.func)
        if name not in pickled:
            continue
        explicit = any(keyword.arg in ("encoding", None) for keyword in call.keywords)
        if pickled[name] in ("load", "loads") and not explicit:
            yield _with_encoding(context, call)
        yield from _opened_as_text(context, call)


def _imported_from(tree: ast.Module, module: str, functions: tuple[str, ...]) -> dict[str, str]:
    """How the file calls the functions of a module: spelling → function."""
    found: dict[str, str] = {}
    for node in nodes(tree, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == module:
                    found.update({f"{alias.asname or alias.name}.{f}": f for f in functions})
        elif node.module == module and not node.level:
            found.update({alias.asname or alias.name: alias.name for alias in node.names})
    return found


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _with_encoding(context: FileContext, call: ast.Call) -> Finding:
    site = context.site(call)
    at = site.arguments[-1].span.end if site.arguments else site.open + 1
    comma = ", " if site.arguments else ""
    return context.finding(
        FILES,
        call,
        "a pickle written by Python 2 is read with encoding='latin1'",
        Applicability.ASSUMED,
        edits=[Edit(Span(at, at), (f"{comma}encoding='latin1'",))],
    )


def _opened_as_text(context: FileContext, call: ast.Call) -> Iterator[Finding]:
    """Pickles go through files opened as binary: ``pickle.dump(x, open(path, 'w'))``."""
    for argument in call.args:
        for opened in _opens(context, argument):
            mode = opened.args[1] if len(opened.args) > 1 else None
            if mode is None and not opened.keywords and len(opened.args) == 1:
                end = context.text.span(opened.args[0]).end
                edit = Edit(Span(end, end), (", 'rb'",))
            elif isinstance(mode, ast.Constant) and mode.value in ("r", "w", "a"):
                end = context.text.span(mode).end - 1
                edit = Edit(Span(end, end), ("b",))
            else:
                continue
            yield context.finding(
                FILES,
                opened,
                "pickles are bytes: the file is opened in binary mode",
                Applicability.AUTOMATIC,
                edits=[edit],
            )


def _opens(context: FileContext, node: ast.expr) -> Iterator[ast.Call]:
    """The calls of ``open`` that an expression is, directly or through ``with`` or a name."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in ("open", "file"):
            yield node
        return
    if not isinstance(node, ast.Name):
        return
    for parent in context.ancestors(node):
        if isinstance(parent, ast.With):
            for item in parent.items:
                target = item.optional_vars
                if isinstance(target, ast.Name) and target.id == node.id:
                    yield from _opens(context, item.context_expr)
                    return
    bindings = context.names.bindings_of(node)
    if len(bindings) == 1 and isinstance(bindings[0].value, ast.Call):
        yield from _opens(context, bindings[0].value)


@file_rule
def tables(context: FileContext) -> Iterator[Finding]:
    """``csv.reader(open(path, 'rb'))``: tables are text now."""
    if not context.surroundings.python2 or b"csv" not in context.text.utf8:
        return
    readers = _imported_from(context.tree, "csv", _TABLES)
    for call in context.calls:
        if _dotted(call.func) in readers and call.args:
            for opened in _opens(context, call.args[0]):
                mode = opened.args[1] if len(opened.args) == 2 and not opened.keywords else None
                if isinstance(mode, ast.Constant) and mode.value in ("rb", "wb", "ab"):
                    yield context.finding(
                        FILES,
                        opened,
                        "csv reads and writes text: the file is opened in text mode",
                        Applicability.AUTOMATIC,
                        edits=[Edit(context.text.span(mode), (f"{mode.value[0]!r}, newline=''",))],
                    )


@file_rule
def universal_newlines(context: FileContext) -> Iterator[Finding]:
    """``open(path, 'rU')``: Python 3 reads all line ends so, and has no such mode."""
    for call in context.calls if context.surroundings.python2 else ():
        mode = call.args[1] if len(call.args) > 1 else None
        if (
            isinstance(call.func, ast.Name)
            and call.func.id in ("open", "file")
            and isinstance(mode, ast.Constant)
            and isinstance(mode.value, str)
            and "U" in mode.value
        ):
            today = mode.value.replace("U", "") or "r"
            yield context.finding(
                FILES,
                call,
                f"mode {mode.value!r} is {today!r} now: all line ends are read",
                Applicability.AUTOMATIC,
                edits=[Edit(context.text.span(mode), (repr(today),))],
            )
