"""Imports, of libraries and of other modules of the project."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.frames import Signal
from kerasmig.analysis.interpreter.values import Library, Scope, Unknown
from kerasmig.analysis.layers.compat_names import COMPAT, layer_of_compat

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


def import_module(run: Interpreter, node: ast.Import, scope: Scope) -> Signal:
    """``import a.b``, ``import a.b as c``."""
    for alias in node.names:
        top = alias.name.partition(".")[0]
        module = run.load_module(alias.name) if top != "keras" else None
        name = alias.asname or top
        if module is not None and (alias.asname or "." not in alias.name):
            run.heap.put(scope, name, module)
        else:
            run.heap.put(scope, name, Library(alias.name if alias.asname else top))
    return ""


def import_from(run: Interpreter, node: ast.ImportFrom, scope: Scope) -> Signal:
    """``from a import b``, ``from . import b``, ``from a import *``."""
    path = scope.module.names.absolute(node)
    module = None if path.partition(".")[0] in ("keras", COMPAT) else run.load_module(path)
    for alias in node.names:
        if alias.name == "*":
            if module is not None:
                for name, value in module.scope.state.items():
                    if not name.startswith("_"):
                        run.heap.put(scope, name, value)
            continue
        found = f"{path}.{alias.name}"
        value = Library(layer_of_compat(found) or found)
        if module is not None:
            value = module.scope.state.get(alias.name)
            if value is None:
                value = run.load_module(f"{path}.{alias.name}") or Unknown(alias.name)
        elif not path.startswith("keras"):
            value = run.load_module(f"{path}.{alias.name}" if path else alias.name) or value
        run.heap.put(scope, alias.asname or alias.name, value)
    return ""
