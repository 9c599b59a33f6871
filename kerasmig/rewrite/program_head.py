"""Where a program can be told something before it imports TensorFlow, or before anything asks."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import NamedTuple

from kerasmig.analysis.names.scopes import Binding
from kerasmig.finding import Edit, Span
from kerasmig.rewrite.context import FileContext
from kerasmig.text.source import Text


class Place(NamedTuple):
    """Where statements can be inserted: before a statement, or at the end of the file.

    Args:
        at: how many statements of the file stand before.
    """

    statement: ast.stmt
    at: int
    after: bool = False


def before_tensorflow(context: FileContext) -> Place:
    """The place before the first statement that may import TensorFlow: a library, or a file."""
    body = context.tree.body
    first = 0
    for index, statement in enumerate(body):
        if _is_docstring(statement, index) or _is_harmless_import(context, statement):
            first = index + 1
        elif any(not _harmless(context, node) for node in _imports_at_once(statement)):
            return Place(statement, index)
    if first < len(body):
        return Place(body[first], first)
    return Place(body[-1], len(body), after=True)


def before_anything_asks(context: FileContext) -> Place:
    """The place behind the imports of libraries, before the first that is of the project."""
    body = context.tree.body
    for index in range(before_tensorflow(context).at, len(body)):
        statement = body[index]
        if not isinstance(statement, (ast.Import, ast.ImportFrom)) or _of_project(
            context, statement
        ):
            return Place(statement, index)
    return Place(body[-1], len(body), after=True)


def inserted(text: Text, body: list[ast.stmt], place: Place, lines: list[str]) -> Edit:
    """Puts lines at a place, with an empty line on both sides."""
    new = text.newline
    if place.after:
        end = text.line_span(place.statement.end_lineno or place.statement.lineno).end
        before = "" if text.utf8[:end].endswith((b"\n", b"\r")) else new
        return Edit(Span(end, end), (before + new + "".join(line + new for line in lines),))
    statement = place.statement
    index = place.at
    written = "".join(line + new for line in lines)
    if index and (body[index - 1].end_lineno or 0) >= _first_line(statement):
        # Several statements in one line: it ends where the place is. What stands before may be
        # what the new lines use, or may have to stay first.
        between = Span(text.span(body[index - 1]).end, text.span(statement).start)
        return Edit(between, (new + new + written + new,))
    if not index:
        start = text.line_span(_first_line(statement)).start
        return Edit(Span(start, start), (written + new,))
    # Right below what stands before: comments stay with what follows.
    last = body[index - 1]
    end = text.line_span(last.end_lineno or last.lineno).end
    follows = text.utf8[end:].splitlines()
    gap = new if follows and follows[0].strip() else ""
    joins = lines[0].startswith("import") and _is_standard(last)
    return Edit(Span(end, end), (("" if joins else new) + written + gap,))


def _is_standard(statement: ast.stmt) -> bool:
    """Whether a statement imports from the standard library."""
    if isinstance(statement, ast.Import):
        return all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in statement.names)
    module = (
        getattr(statement, "module", None) or "" if isinstance(statement, ast.ImportFrom) else ""
    )
    return module != "__future__" and module.split(".")[0] in sys.stdlib_module_names


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return decorators[0].lineno if decorators else statement.lineno


def imports_os_before(context: FileContext, place: Place) -> bool:
    """Whether ``os`` is bound to the module where a place is."""
    return any(
        isinstance(statement, ast.Import)
        and any(alias.name.split(".")[0] == "os" and not alias.asname for alias in statement.names)
        for statement in context.tree.body[: place.at]
    )


def os_is_something_else(context: FileContext) -> bool:
    """Whether the file uses the name ``os`` for another thing."""
    bindings = context.names.root.bindings.get("os", ())
    return any(binding.kind != "import" for binding in bindings)


def module_before(context: FileContext, place: Place, module: str) -> Binding | None:
    """The import that binds a name to a module of Keras before a place, and nothing else does."""
    before = {id(statement) for statement in context.tree.body[: place.at]}
    for bindings in context.names.root.bindings.values():
        if len(bindings) != 1 or bindings[0].kind not in ("from", "import"):
            continue
        binding = bindings[0]
        bare = binding.alias is not None and "." in binding.alias.name and not binding.alias.asname
        if id(binding.node) in before and binding.path == module and not bare:
            return binding
    return None


def _is_docstring(statement: ast.stmt, index: int) -> bool:
    return (
        index == 0
        and isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _is_harmless_import(context: FileContext, statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom)) and _harmless(context, statement)


def _imports_at_once(statement: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run where a statement runs: not those inside functions."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield statement
    elif not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, (ast.stmt, ast.ExceptHandler)):
                yield from _imports_at_once(child)


def _modules(context: FileContext, statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [context.names.absolute(statement)]
    return []


def _harmless(context: FileContext, statement: ast.Import | ast.ImportFrom) -> bool:
    if _of_project(context, statement):
        return False
    tops = {module.split(".")[0] for module in _modules(context, statement)}
    return all(top in sys.stdlib_module_names for top in tops)


def _of_project(context: FileContext, statement: ast.Import | ast.ImportFrom) -> bool:
    """Whether an import leads to a file of the project."""
    if isinstance(statement, ast.ImportFrom):
        if statement.level:
            return True
        module = context.names.absolute(statement)
        names = [f"{module}.{alias.name}" for alias in statement.names]
        return any(context.names.other(name) is not None for name in (module, *names))
    return any(context.names.other(alias.name) is not None for alias in statement.names)
