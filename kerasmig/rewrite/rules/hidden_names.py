"""Names of Keras in strings: ``import_module('keras.layers')``, ``eval('Dense(3)')``, ``globals()``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.catalog.general import BARE_REFERENCE
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.calls.methods import last_name
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.imports.import_statements import is_keras
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import identifiers, nodes, walk

_IMPORTING = frozenset(["import_module", "__import__"])
_RUNNING = frozenset(["eval", "exec"])
_TABLES = frozenset(["globals", "locals", "vars"])
_MODULES = frozenset(["modules"])
_WORD = re.compile(r"[A-Za-z_]\w*")


@file_rule
def hidden_names(context: FileContext) -> Iterator[Finding]:
    """What strings name cannot be followed, so a person has to see to it."""
    known = identifiers(context.tree)
    importing = _IMPORTING | context.names.imported_as("importlib.import_module".__eq__)
    modules = _MODULES | context.names.imported_as("sys.modules".__eq__)
    if known.isdisjoint(importing | modules | _RUNNING | _TABLES):
        return
    if context.era.era is Era.LATER:
        return
    for call in context.calls if not known.isdisjoint(importing | _RUNNING) else ():
        name = last_name(call.func)
        if name in importing and any(map(_is_module, call.args[:1])):
            yield _finding(context, call, "a module of Keras")
        elif name in _RUNNING and isinstance(call.func, ast.Name) and call.args:
            found = _keras_names(context, call.args[0])
            if found:
                yield _finding(context, call, f"{' and '.join(found)} in a string")
    for node in nodes(context.tree, ast.Subscript):
        table = node.value
        if isinstance(table, ast.Call) and last_name(table.func) in _TABLES and not table.args:
            found = _keras_names(context, node.slice)
            if found:
                yield _finding(context, node, f"{' and '.join(found)} in a string")
        elif last_name(table) in modules and _is_module(node.slice):
            yield _finding(context, node, "a module of Keras")


def _strings(node: ast.AST) -> Iterator[str]:
    for part in walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _is_module(node: ast.AST) -> bool:
    return any(map(is_keras, _strings(node)))


def _keras_names(context: FileContext, node: ast.AST) -> list[str]:
    words = [word for text in _strings(node) for word in _WORD.findall(text)]
    return [word for word in dict.fromkeys(words) if context.names.exported(word) is not None]


def _finding(context: FileContext, node: ast.Call | ast.Subscript, what: str) -> Finding:
    return context.finding(
        BARE_REFERENCE,
        node,
        f"{what}: what is called by it cannot be seen; the names, and the arguments that they are "
        "called with, must be those of Keras 3",
        Applicability.MANUAL,
        name=last_name(node.func if isinstance(node, ast.Call) else node.value),
    )
