"""``target = value`` on abstract values."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.values import (
    DictValue,
    Instance,
    Library,
    Model,
    Record,
    Scope,
    Seq,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


def assign(run: Interpreter, target: ast.expr, value: Value, scope: Scope) -> None:
    """``target = value``."""
    if isinstance(target, ast.Name):
        owner = scope
        if target.id in scope.globals_declared:
            owner = scope.global_scope
        elif target.id in scope.outer_declared:
            owner = _owner(target.id, scope)
        run.heap.put(owner, target.id, value)
        node = getattr(value, "node", None)
        if isinstance(value, Model) and node is not None:
            run.trace.variables.setdefault(id(node), target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(run, target.elts, value, scope)
    elif isinstance(target, ast.Starred):
        run.assign(target.value, Unknown(), scope)
    elif isinstance(target, ast.Attribute):
        base = run.evaluate(target.value, scope)
        if isinstance(base, (Instance, Record)):
            run.heap.put(base, target.attr, value)
        elif isinstance(base, Model):
            run.heap.put(base, f".{target.attr}", value)
    elif isinstance(target, ast.Subscript):
        _assign_item(run, target, value, scope)


def _owner(name: str, scope: Scope) -> Scope:
    """The scope around this one that has a ``nonlocal`` variable."""
    outer = scope.parent
    while outer is not None and name not in outer.state:
        outer = outer.parent
    return outer or scope


def _unpack(run: Interpreter, targets: Sequence[ast.expr], value: Value, scope: Scope) -> None:
    items: Sequence[Value] | None = value.items if isinstance(value, Seq) else None
    starred = [i for i, t in enumerate(targets) if isinstance(t, ast.Starred)]
    if items is not None and not starred and len(items) == len(targets):
        for target, item in zip(targets, items, strict=True):
            run.assign(target, item, scope)
        return
    for target in targets:
        run.assign(target, Unknown(target.id if isinstance(target, ast.Name) else ""), scope)


def _assign_item(run: Interpreter, target: ast.Subscript, value: Value, scope: Scope) -> None:
    base = run.evaluate(target.value, scope)
    if isinstance(target.slice, ast.Slice):
        key: Value = Unknown()
    else:
        key = run.evaluate(target.slice, scope)
    if isinstance(base, Library) and base.name == "os.environ":
        if key == "KERAS_BACKEND" and isinstance(value, str):
            run.mark("backend", target, value)
    elif isinstance(base, DictValue):
        if isinstance(key, (str, int)):
            run.heap.put(base, key, value)
    elif isinstance(base, Seq):
        items = list(base.items)
        if isinstance(key, int) and -len(items) <= key < len(items):
            items[key] = value
        else:
            items = [Unknown() for _ in items]
        run.heap.put(base, "items", tuple(items))
