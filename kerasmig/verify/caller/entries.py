"""Which files of a tree are programs that a person starts, and reach Keras. Read, not run."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

_NEVER = ("setup.py", "conftest.py", "conf.py", "__init__.py", "keras1_compat.py")


def entries(trees: Mapping[str, ast.Module], wanted: Collection[str]) -> list[str]:
    """The files that do something when they are run and reach Keras, in the order of the tree.

    Args:
        trees: each file's syntax tree.
        wanted: files of interest: a program that reaches none of them is left out.
    """
    imports = {name: frozenset(_imported(tree)) for name, tree in trees.items()}
    by_name: dict[str, list[str]] = {}
    for name in trees:
        *folders, file = name.removesuffix(".py").split("/")
        by_name.setdefault(file if file != "__init__" else (folders or [""])[-1], []).append(name)
    keras = {name for name, words in imports.items() if "keras" in words}
    found = []
    for name, tree in trees.items():
        if name.rpartition("/")[2] in _NEVER or not _does_something(tree):
            continue
        reached = _reach(name, imports, by_name)
        if reached & keras and not reached.isdisjoint(wanted):
            found.append(name)
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    """The words of the module names that a file imports, and of what it imports from them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from alias.name.split(".")
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
            yield from (alias.name for alias in node.names)


def _reach(
    name: str, imports: Mapping[str, frozenset[str]], by_name: Mapping[str, list[str]]
) -> set[str]:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        for word in imports[file]:
            waiting += by_name.get(word, ())
    return seen


def _does_something(tree: ast.Module) -> bool:
    """Whether a file has statements at its top level that do more than define names."""
    return any(_acts(node) for node in tree.body)


def _acts(node: ast.stmt) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return False
    if isinstance(node, ast.Try):  # imports of what may be missing
        return any(_acts(inner) for inner in node.body)
    return any(isinstance(inner, ast.Call) for inner in ast.walk(node))
