"""Evaluation of expressions on abstract values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerasmig.analysis.interpreter.argument_parsers import Parser
from kerasmig.analysis.interpreter.arithmetic import MAX_LENGTH, binary, compared, truth
from kerasmig.analysis.interpreter.joining import join
from kerasmig.analysis.interpreter.values import (
    AmbientOrdering,
    ClassValue,
    DictValue,
    Function,
    Instance,
    Layer,
    Library,
    Method,
    Model,
    Module,
    Partial,
    Record,
    Scope,
    Seq,
    Tensor,
    Unknown,
    Value,
    is_known,
)
from kerasmig.analysis.layers.arguments import ORDERINGS
from kerasmig.analysis.layers.compat_names import FIRST_OF_ADAPTER

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


def evaluate(run: Interpreter, node: ast.expr, scope: Scope) -> Value:
    """The abstract value of an expression."""
    run.spend()
    handler = _HANDLERS.get(type(node))
    value = Unknown() if handler is None else handler(run, node, scope)
    return value if run.watch is None else run.watch(node, value)


def _constant(run: Interpreter, node: ast.Constant, scope: Scope) -> Value:
    return node.value if is_known(node.value) else Unknown()


def _name(run: Interpreter, node: ast.Name, scope: Scope) -> Value:
    value = run.look_up(node.id, scope)
    if value is None:
        return run.free_name(node, scope)
    found = value[0]
    if isinstance(found, Library):
        return run.canonical(node, scope, found)
    if isinstance(found, Unknown) and not found.name:
        found.name = node.id
    return found


def _attribute(run: Interpreter, node: ast.Attribute, scope: Scope) -> Value:
    base = evaluate(run, node.value, scope)
    if isinstance(base, Library) and not base.name.startswith("keras"):
        inner = run.loaded_module(base.name)
        if inner is not None:
            return attribute_of(run, inner, node.attr)
        inner = run.loaded_module(f"{base.name}.{node.attr}")
        if inner is not None:
            return inner
    if isinstance(base, Library):
        if node.attr == FIRST_OF_ADAPTER and base.name.startswith("keras.layers."):
            return Partial(base, (), {"data_format": "channels_first"})
        return run.canonical(node, scope, Library(f"{base.name}.{node.attr}"))
    return attribute_of(run, base, node.attr)


def attribute_of(run: Interpreter, base: Value, name: str) -> Value:
    """``base.name``."""
    if isinstance(base, Instance):
        if name in base.state:
            return base.state[name]
        member = base.cls.find(name) if base.cls is not None else None
        if isinstance(member, Function):
            bound = Function(member.node, member.scope, member.defaults, base, owner=member.owner)
            if member.is_property:
                return run.invoke(bound, [], {}, True)
            return bound
        if member is not None:
            return member
        if base.cls is not None and base.cls.library_base():
            return Method(base, name)
        return Unknown(name)
    if isinstance(base, ClassValue):
        found = base.find(name)
        return Unknown(name) if found is None else found
    if isinstance(base, Module):
        found = base.scope.state.get(name)
        return Unknown(name) if found is None else found
    if isinstance(base, Parser):
        return Method(base, name)
    if isinstance(base, Record):
        return base.state.get(name, Unknown(name))
    if isinstance(base, (Tensor, Layer, Model)):
        return run.keras_attribute(base, name)
    if isinstance(base, (Seq, DictValue, str)):
        return Method(base, name)
    if isinstance(base, Unknown):
        return Unknown(name)
    return Method(base, name)


def _tuple(run: Interpreter, node: ast.Tuple | ast.List, scope: Scope) -> Value:
    items: list[Value] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = evaluate(run, element.value, scope)
            if not isinstance(inner, Seq):
                return Unknown()
            items.extend(inner.items)
        else:
            items.append(evaluate(run, element, scope))
    return Seq(tuple(items), isinstance(node, ast.List), node)


def _dict(run: Interpreter, node: ast.Dict, scope: Scope) -> Value:
    result = DictValue()
    for key, item in zip(node.keys, node.values, strict=True):
        value = evaluate(run, item, scope)
        if key is None:
            if not isinstance(value, DictValue):
                return Unknown()
            result.state.update(value.state)
            continue
        name = evaluate(run, key, scope)
        if not is_known(name):
            return Unknown()
        result.state[name] = value
    return result


def _binary(run: Interpreter, node: ast.BinOp, scope: Scope) -> Value:
    left, right = evaluate(run, node.left, scope), evaluate(run, node.right, scope)
    return binary(run, type(node.op), left, right)


def _unary(run: Interpreter, node: ast.UnaryOp, scope: Scope) -> Value:
    value = evaluate(run, node.operand, scope)
    if isinstance(node.op, ast.Not):
        known = truth(value)
        return Unknown() if known is None else not known
    if isinstance(value, Tensor):
        return run.tensor_arithmetic(value, 0)
    if not isinstance(value, (int, float)):
        return Unknown()
    if isinstance(node.op, ast.USub):
        return -value
    if isinstance(node.op, ast.UAdd):
        return +value
    return ~value if isinstance(value, int) else Unknown()


def _boolean(run: Interpreter, node: ast.BoolOp, scope: Scope) -> Value:
    stop = isinstance(node.op, ast.Or)
    unknown = False
    value: Value = Unknown()
    for operand in node.values:
        value = evaluate(run, operand, scope)
        known = truth(value)
        if known is stop:
            return Unknown() if unknown and not isinstance(value, bool) else value
        unknown = unknown or known is None
    return Unknown() if unknown else value


def _compare(run: Interpreter, node: ast.Compare, scope: Scope) -> Value:
    left = evaluate(run, node.left, scope)
    result: Value = True
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = evaluate(run, comparator, scope)
        if isinstance(left, AmbientOrdering) or isinstance(right, AmbientOrdering):
            run.mark("branch", node)
        elif _names_ordering(left) or _names_ordering(right):
            run.mark("parameter", node)
        outcome = compared(op, left, right)
        if outcome is False:
            return False
        if outcome is None:
            result = Unknown()
        left = right
    return result


def _names_ordering(value: Value) -> bool:
    return isinstance(value, str) and value in ORDERINGS


def _if_expression(run: Interpreter, node: ast.IfExp, scope: Scope) -> Value:
    known = truth(evaluate(run, node.test, scope))
    if known is not None:
        return evaluate(run, node.body if known else node.orelse, scope)
    first, after_first = run.heap.explore(lambda: evaluate(run, node.body, scope))
    second, after_second = run.heap.explore(lambda: evaluate(run, node.orelse, scope))
    run.heap.merge(after_first, after_second)
    return join(first, second)


def _subscript(run: Interpreter, node: ast.Subscript, scope: Scope) -> Value:
    base = evaluate(run, node.value, scope)
    if isinstance(node.slice, ast.Slice):
        return _sliced(run, base, node.slice, scope)
    index = evaluate(run, node.slice, scope)
    if isinstance(index, AmbientOrdering):
        run.mark("branch", node)
    if isinstance(base, Seq):
        if base.state.get("uncertain"):
            return Unknown()
        if isinstance(index, int) and -len(base.items) <= index < len(base.items):
            return base.items[index]
        return Unknown()
    if isinstance(base, DictValue):
        return base.state.get(index, Unknown()) if is_known(index) else Unknown()
    if isinstance(base, str) and isinstance(index, int) and -len(base) <= index < len(base):
        return base[index]
    return Unknown(str(index)) if isinstance(index, str) else Unknown()


def _sliced(run: Interpreter, base: Value, part: ast.Slice, scope: Scope) -> Value:
    bounds = [
        None if bound is None else evaluate(run, bound, scope)
        for bound in (part.lower, part.upper, part.step)
    ]
    if not all(b is None or (isinstance(b, int) and not isinstance(b, bool)) for b in bounds):
        return Unknown()
    if bounds[2] == 0:
        return Unknown()
    window = slice(*bounds)
    if isinstance(base, Seq) and not base.state.get("uncertain"):
        node = base.node
        if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) == len(base.items):
            node = type(node)(elts=node.elts[window], ctx=ast.Load())
        return Seq(base.items[window], base.is_list, node)
    if isinstance(base, str):
        return str(base)[window]
    return Unknown()


def _lambda(run: Interpreter, node: ast.Lambda, scope: Scope) -> Value:
    return run.make_function(node, scope)


def _comprehension(
    run: Interpreter, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope
) -> Value:
    items: list[Value] = []
    inner = Scope(scope, scope.module)

    def nest(depth: int) -> bool:
        if depth == len(node.generators):
            items.append(evaluate(run, node.elt, inner))
            return len(items) <= MAX_LENGTH
        generator = node.generators[depth]
        source = run.iterate(evaluate(run, generator.iter, inner))
        if source is None:
            return False
        for item in source:
            run.assign(generator.target, item, inner)
            known = [truth(evaluate(run, test, inner)) for test in generator.ifs]
            if None in known:
                return False
            if all(known) and not nest(depth + 1):
                return False
        return True

    return Seq(tuple(items), True) if nest(0) else Unknown()


def _dict_comprehension(run: Interpreter, node: ast.DictComp, scope: Scope) -> Value:
    return Unknown()


def _call(run: Interpreter, node: ast.Call, scope: Scope) -> Value:
    return run.call_expression(node, scope)


def _joined_string(run: Interpreter, node: ast.JoinedStr, scope: Scope) -> Value:
    parts: list[str] = []
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        value = evaluate(run, inner, scope)
        if not is_known(value) or (isinstance(part, ast.FormattedValue) and part.format_spec):
            return Unknown()
        parts.append(str(value))
    return "".join(parts)


def _named(run: Interpreter, node: ast.NamedExpr, scope: Scope) -> Value:
    value = evaluate(run, node.value, scope)
    run.assign(node.target, value, scope)
    return value


_HANDLERS: dict[type[ast.expr], Callable[[Interpreter, Any, Scope], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Tuple: _tuple,
    ast.List: _tuple,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _if_expression,
    ast.Subscript: _subscript,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Call: _call,
    ast.JoinedStr: _joined_string,
    ast.NamedExpr: _named,
}
