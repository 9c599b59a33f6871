"""Following statements: assignments, branches, loops, definitions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from kerasmig.analysis.interpreter import arithmetic
from kerasmig.analysis.interpreter.frames import Signal
from kerasmig.analysis.interpreter.module_imports import import_from, import_module
from kerasmig.analysis.interpreter.values import ClassValue, Function, Scope, Seq, Unknown, Value
from kerasmig.text.tree import walk

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter
_MAX_ITERATIONS = 400
_MAX_LOOP_STEPS = 15_000


def block(run: Interpreter, body: Iterable[ast.stmt], scope: Scope) -> Signal:
    """Follow statements in order."""
    for statement in body:
        signal = run.execute(statement, scope)
        if signal:
            return signal
    return ""


def execute(run: Interpreter, node: ast.stmt, scope: Scope) -> Signal:
    """Follow one statement."""
    run.spend()
    handler = _STATEMENTS.get(type(node))
    if handler is not None:
        signal: Signal = handler(run, node, scope)
        return signal
    inner = [child for child in walk(node) if isinstance(child, ast.stmt) and child is not node]
    if inner:
        # `match`, `async for` and their kind: what is inside may be done, or not.
        _loop_unknown(run, None, inner, scope)
    return ""


def _expression(run: Interpreter, node: ast.Expr, scope: Scope) -> Signal:
    run.evaluate(node.value, scope)
    return ""


def _assignment(run: Interpreter, node: ast.Assign, scope: Scope) -> Signal:
    value = run.evaluate(node.value, scope)
    for target in node.targets:
        run.assign(target, value, scope)
    return ""


def _annotated(run: Interpreter, node: ast.AnnAssign, scope: Scope) -> Signal:
    if node.value is not None:
        run.assign(node.target, run.evaluate(node.value, scope), scope)
    return ""


def _augmented(run: Interpreter, node: ast.AugAssign, scope: Scope) -> Signal:
    left, right = run.evaluate(node.target, scope), run.evaluate(node.value, scope)
    if isinstance(left, Seq) and left.is_list and isinstance(node.op, ast.Add):
        added = run.iterate(right)
        if added is None:
            run.heap.put(left, "uncertain", True)
        else:
            run.heap.put(left, "items", left.items + tuple(added))
        return ""
    run.assign(node.target, arithmetic.binary(run, type(node.op), left, right), scope)
    return ""


def _return(run: Interpreter, node: ast.Return, scope: Scope) -> Signal:
    value = None if node.value is None else run.evaluate(node.value, scope)
    run.frames[-1].returned.append(value)
    return "return"


def _raise(run: Interpreter, node: ast.Raise, scope: Scope) -> Signal:
    return "raise"


def _break(run: Interpreter, node: ast.Break, scope: Scope) -> Signal:
    return "break"


def _continue(run: Interpreter, node: ast.Continue, scope: Scope) -> Signal:
    return "continue"


def _if(run: Interpreter, node: ast.If, scope: Scope) -> Signal:
    known = arithmetic.truth(run.evaluate(node.test, scope))
    if known is not None:
        return run.block(node.body if known else node.orelse, scope)
    return _either(run, node.body, node.orelse, scope)


def _either(
    run: Interpreter, body: Sequence[ast.stmt], other: Sequence[ast.stmt], scope: Scope
) -> Signal:
    """Follow both branches and join what they did."""
    first, after_first = run.heap.explore(lambda: run.block(body, scope))
    second, after_second = run.heap.explore(lambda: run.block(other, scope))
    leaving = ("return", "raise")
    if first in leaving and second not in leaving:
        run.heap.apply(after_second)
        return "" if second in ("break", "continue") else second
    if second in leaving and first not in leaving:
        run.heap.apply(after_first)
        return "" if first in ("break", "continue") else first
    run.heap.merge(after_first, after_second)
    if first in leaving:
        return "raise" if first == second == "raise" else "return"
    return first if first == second else ""


def _for(run: Interpreter, node: ast.For, scope: Scope) -> Signal:
    items = run.iterate(run.evaluate(node.iter, scope))
    if items is None or len(items) > _MAX_ITERATIONS:
        _loop_unknown(run, node.target, node.body, scope)
        return ""
    before = run.fuel
    for item in items:
        run.assign(node.target, item, scope)
        signal = run.block(node.body, scope)
        if signal == "break":
            return ""
        if signal in ("return", "raise"):
            return signal
        if before - run.fuel > _MAX_LOOP_STEPS:
            _loop_unknown(run, node.target, node.body, scope)
            return ""
    return run.block(node.orelse, scope)


def _loop_unknown(
    run: Interpreter, target: ast.expr | None, body: Sequence[ast.stmt], scope: Scope
) -> None:
    """Any number of iterations: two, each of which may not take place.

    Whatever is not the same after the first is unknown in the second.
    """
    for _ in range(2):
        if target is not None:
            run.assign(target, Unknown(target.id if isinstance(target, ast.Name) else ""), scope)
        _, after = run.heap.explore(lambda: run.block(body, scope))
        run.heap.merge(after, {})


def _while(run: Interpreter, node: ast.While, scope: Scope) -> Signal:
    for _ in range(_MAX_ITERATIONS):
        known = arithmetic.truth(run.evaluate(node.test, scope))
        if known is None:
            break
        if not known:
            return run.block(node.orelse, scope)
        before = run.fuel
        signal = run.block(node.body, scope)
        if signal == "break":
            return ""
        if signal in ("return", "raise"):
            return signal
        if isinstance(node.test, ast.Constant) or before - run.fuel > _MAX_LOOP_STEPS:
            break
    _loop_unknown(run, None, node.body, scope)
    return ""


def _try(run: Interpreter, node: ast.Try, scope: Scope) -> Signal:
    signal = run.block(node.body, scope)
    if signal == "raise":
        signal = run.block(node.handlers[0].body, scope) if node.handlers else signal
    elif not signal:
        signal = run.block(node.orelse, scope)
    return run.block(node.finalbody, scope) or signal


def _with(run: Interpreter, node: ast.With, scope: Scope) -> Signal:
    for item in node.items:
        value = run.evaluate(item.context_expr, scope)
        if item.optional_vars is not None:
            run.assign(item.optional_vars, value, scope)
    return run.block(node.body, scope)


def _function_def(run: Interpreter, node: ast.FunctionDef, scope: Scope) -> Signal:
    value: Value = run.make_function(node, scope)
    run.heap.put(scope, node.name, value)
    return ""


def _class_def(run: Interpreter, node: ast.ClassDef, scope: Scope) -> Signal:
    bases = tuple(run.evaluate(base, scope) for base in node.bases)
    body = Scope(scope, scope.module)
    run.block(node.body, body)
    cls = ClassValue(node, scope, bases, body.state)
    for member in body.state.values():
        if isinstance(member, Function):
            member.owner = cls
    # Methods do not see the names of the class body.
    for member in body.state.values():
        if isinstance(member, Function) and member.scope is body:
            member.scope = scope
    run.heap.put(scope, node.name, cls)
    return ""


def _nonlocal(run: Interpreter, node: ast.Nonlocal, scope: Scope) -> Signal:
    scope.outer_declared = scope.outer_declared | frozenset(node.names)
    return ""


def _global(run: Interpreter, node: ast.Global, scope: Scope) -> Signal:
    scope.globals_declared = scope.globals_declared | frozenset(node.names)
    return ""


_STATEMENTS: dict[type[ast.stmt], Any] = {
    ast.Expr: _expression,
    ast.Assign: _assignment,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.Try: _try,
    ast.With: _with,
    ast.FunctionDef: _function_def,
    ast.AsyncFunctionDef: _function_def,
    ast.ClassDef: _class_def,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Import: import_module,
    ast.ImportFrom: import_from,
}
