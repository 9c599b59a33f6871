"""What of TensorFlow itself an expression names, through imports or ``K.tf``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasmig.catalog import surface

if TYPE_CHECKING:
    from kerasmig.rewrite.context import FileContext

LIBRARY = "tensorflow"
SHORT = "tf"
_THROUGH_KERAS = ("keras.backend.tf", "keras.backend.tensorflow_backend.tf")


def may_reach_library(context: FileContext) -> bool:
    """Whether anything in the file can name TensorFlow."""
    return bool(context.library_names) or context.library_through_keras


def library_path(context: FileContext, node: ast.expr) -> str | None:
    """What ``tf.nn.relu`` names below ``tensorflow`` (``nn.relu``), if it is TensorFlow's."""
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    start = library_at(context, root) if isinstance(root, ast.Name) else None
    return None if start is None else whole_path(context, *start)[1]


def library_at(context: FileContext, root: ast.Name) -> tuple[ast.expr, str] | None:
    """What names TensorFlow or a part of it, with the path of that below ``tensorflow``.

    That is what an import binds, or ``K.tf`` of Keras' backend.
    """
    base = _imported(context, root) if root.id in context.library_names else _leaked(context, root)
    if base is not None:
        return root, base
    if not context.library_through_keras:
        return None
    node: ast.AST | None = context.parent(root)
    while isinstance(node, ast.Attribute):
        if node.attr == SHORT and context.names.path(node) in _THROUGH_KERAS:
            return node, ""
        node = context.parent(node)
    return None


def _imported(context: FileContext, root: ast.Name) -> str | None:
    """The path below ``tensorflow`` of what an import binds; ``""`` for the library itself."""
    bindings = context.names.bindings_of(root)
    paths = {b.path for b in bindings if b.kind in ("import", "from")}
    if len(paths) != 1 or any(b.kind not in ("import", "from") for b in bindings):
        return None
    (path,) = paths
    return below_library(path)


def _leaked(context: FileContext, root: ast.Name) -> str | None:
    """The path of a name that came with a starred import of a module of Keras."""
    path = context.names.path(root) if context.library_through_keras else None
    library = surface.leaked_module(path) if path and path.startswith("keras.") else None
    return None if library is None else below_library(library)


def below_library(path: str) -> str | None:
    """The part of an import's path below ``tensorflow``; ``None`` for what is not TensorFlow's."""
    library, _, rest = (LIBRARY if path in _THROUGH_KERAS else path).partition(".")
    return rest if library == LIBRARY else None


def whole_path(context: FileContext, start: ast.expr, base: str) -> tuple[ast.expr, str]:
    """The outermost attribute of what names the library, and its path below ``tensorflow``."""
    node = start
    parts = [base] if base else []
    parent = context.parent(node)
    while isinstance(parent, ast.Attribute):
        node = parent
        parts.append(parent.attr)
        parent = context.parent(node)
    return node, ".".join(parts)
