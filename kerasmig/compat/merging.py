"""Put what new code needs into a ``keras1_compat.py`` that may be somebody's already.

A file that is word for word what we write is written anew, in the order of the parts. In any other,
be it ours with additions or a module of the user's own, every byte stays: what is missing is added
below, and its imports above.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from kerasmig.compat.select import (
    MARK,
    Definition,
    compat_present,
    compat_source,
    definitions_for,
)
from kerasmig.text.source import SourceError, parse

_FUTURE = "from __future__ import annotations"


class CannotMerge(Exception):
    """The file cannot take what new code needs; the message says why and what to do."""


def merged(present: str | None, names: Iterable[str]) -> str:
    """The text of a compat module with what it holds and with these names.

    Args:
        present: what the file holds, lines ending in ``\\n``; ``None`` if there is none.

    Raises:
        CannotMerge: it does not parse, or means something else by one of the names.
    """
    wanted = set(names)
    if present is None or not present.strip():
        return compat_source(wanted)
    try:
        tree = parse(present)
        ours = set(compat_present(present))
    except (SourceError, SyntaxError, RecursionError, ValueError) as error:
        raise CannotMerge(f"does not parse ({error}): mend it and run again") from error
    if ours and _same(present, compat_source(ours)):
        return compat_source(ours | wanted)
    return _added(present, tree, definitions_for(wanted))


def _same(one: str, other: str) -> bool:
    return one.rstrip() == other.rstrip()


def _added(present: str, tree: ast.Module, needed: list[Definition]) -> str:
    bound = _bindings(tree)
    missing: list[Definition] = []
    lines = present.split("\n")
    changed_by_hand = MARK in (ast.get_docstring(tree) or "")
    for definition in needed:
        node = bound.get(definition.name)
        if node is None:
            missing.append(definition)
        elif not _stands_for(definition, node, changed_by_hand):
            raise CannotMerge(
                f"means something else by {definition.name!r} (line {node.lineno}), which the new "
                "code needs: rename yours, or move your module, and run again"
            )
    if not missing:
        return present
    imports = []
    for line in sorted({line for definition in missing for line in definition.imports}):
        name = _bound_by(line)
        node = bound.get(name)
        if node is None:
            imports.append(line)
        elif line not in _single_imports(node):
            raise CannotMerge(
                f"means something else by {name!r} (line {node.lineno}), which is needed as "
                f"`{line}`: rename yours, or move your module, and run again"
            )
    head, place = _place_of_imports(tree)
    if not any(_FUTURE in _single_imports(node) for node in tree.body):
        imports_first = [_FUTURE]
    else:
        imports_first = []
    if imports:
        lines[place:place] = imports if place > head else ["", *imports]
    if imports_first:
        lines[head:head] = ["", *imports_first] if head else [*imports_first, ""]
    text = "\n".join(lines).rstrip("\n") + "\n"
    return text + "".join(f"\n\n{definition.text}\n" for definition in missing)


def _bindings(tree: ast.Module) -> dict[str, ast.stmt]:
    """What binds each name at the top of a module, also below ``if`` and ``try``; the last wins."""
    found: dict[str, ast.stmt] = {}
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[node.name] = node
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = node
            continue
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                waiting.append(child)
            elif isinstance(child, ast.ExceptHandler):
                waiting += child.body
            else:
                for name in ast.walk(child):
                    if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                        found[name.id] = node
    return found


def _stands_for(definition: Definition, node: ast.stmt, changed_by_hand: bool) -> bool:
    """Whether a statement can serve as one of our definitions.

    Args:
        changed_by_hand: it was ours once, so that one which takes the same arguments still serves;
            a module of the user's own may mean another thing by the same name.
    """
    ours = ast.parse(definition.text).body[-1]
    if ast.dump(ours) == ast.dump(node):
        return True
    if not changed_by_hand or type(ours) is not type(node):
        return False
    if isinstance(ours, ast.FunctionDef) and isinstance(node, ast.FunctionDef):
        return ast.dump(ours.args) == ast.dump(node.args)
    if isinstance(ours, ast.ClassDef) and isinstance(node, ast.ClassDef):
        return _arguments(ours) == _arguments(node)
    return isinstance(ours, ast.Assign)


def _arguments(node: ast.ClassDef) -> str:
    for child in node.body:
        if isinstance(child, ast.FunctionDef) and child.name == "__init__":
            return ast.dump(child.args)
    return ""


def _single_imports(node: ast.stmt) -> set[str]:
    """The import lines, one name each, that a statement stands for."""
    if isinstance(node, ast.Import):
        return {ast.unparse(ast.Import([alias])) for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {
            ast.unparse(ast.ImportFrom(node.module, [alias], node.level)) for alias in node.names
        }
    return set()


def _bound_by(line: str) -> str:
    node = ast.parse(line).body[0]
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    alias = node.names[0]
    return alias.asname or alias.name.partition(".")[0]


def _place_of_imports(tree: ast.Module) -> tuple[int, int]:
    """After how many lines the docstring ends, and the block of imports below it."""
    head = place = 0
    body = tree.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        head = place = body[0].end_lineno or 0
        body = body[1:]
    for node in body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            break
        place = node.end_lineno or place
    return head, place
