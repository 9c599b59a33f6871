"""Files that were lifted out of Keras' own tree, where relative imports mean Keras."""

from __future__ import annotations

import ast

from kerasmig.catalog import surface
from kerasmig.text.tree import nodes

_PACKAGES = ("keras.applications", "keras.layers", "keras.engine", "keras.preprocessing")


def lifted_package(tree: ast.Module) -> str | None:
    """The package of Keras that a file was taken from, if its relative imports tell.

    ``from ..layers import Dense`` in a file that stands alone can only mean Keras' own tree.
    """
    relative = [node for node in nodes(tree, ast.ImportFrom) if node.level]
    if not any(node.level > 1 for node in relative):
        return None
    for package in _PACKAGES:
        if all(_resolves(node, package) for node in relative):
            return package
    return None


def _resolves(node: ast.ImportFrom, package: str) -> bool:
    base = package.split(".")
    if node.level > len(base):
        return False
    module = ".".join(
        [*base[: len(base) - node.level + 1], *([node.module] if node.module else [])]
    )
    return all(
        alias.name == "*" or surface.in_keras1(f"{module}.{alias.name}") for alias in node.names
    )
