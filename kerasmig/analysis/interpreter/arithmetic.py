"""Operators and comparisons on abstract values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerasmig.analysis.interpreter.values import (
    ClassValue,
    DictValue,
    Function,
    Layer,
    Library,
    Model,
    Partial,
    Seq,
    Tensor,
    Unknown,
    Value,
    is_known,
)

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


MAX_LENGTH = 4096


_MAX_BITS = 256


_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}


_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def truth(value: Value) -> bool | None:
    """Whether the value counts as true; ``None`` if that is not known."""
    if is_known(value):
        return bool(value)
    if isinstance(value, Seq):
        return None if value.state.get("uncertain") else bool(value.items)
    if isinstance(value, (Tensor, Layer, Model, Function, ClassValue, Partial)):
        return True
    return None


def binary(run: Interpreter, op: type[ast.operator], left: Value, right: Value) -> Value:
    """``left op right``; Unknown where the operands do not tell or the result is too large."""
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return run.tensor_arithmetic(left, right)
    if isinstance(left, Seq) or isinstance(right, Seq):
        return _sequence_arithmetic(op, left, right)
    if not is_known(left) or not is_known(right):
        return Unknown()
    try:
        return _plain_arithmetic(op, left, right)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, MemoryError):
        return Unknown()


def _plain_arithmetic(op: type[ast.operator], left: Any, right: Any) -> Value:
    if isinstance(left, bytes) or isinstance(right, bytes):
        return Unknown()  # formats in bytes take widths, too, and tell nothing of shapes
    if isinstance(left, str) or isinstance(right, str):
        if op is ast.Add and isinstance(left, str) and isinstance(right, str):
            return str(left) + str(right) if len(left) + len(right) < MAX_LENGTH else Unknown()
        # A width in the format could make the result as long as it says.
        if op is ast.Mod and isinstance(left, str) and not any(c in left for c in "*0123456789"):
            return str(left) % right
        return Unknown()
    if op is ast.Div:
        quotient = left / right
        if isinstance(left, int) and isinstance(right, int):
            # Python 2 floors, Python 3 does not: only an exact quotient is known.
            return left // right if left % right == 0 else Unknown()
        return quotient
    if op is ast.Pow:
        whole = isinstance(left, int) and isinstance(right, int)
        if whole and (right < 0 or left.bit_length() * right > _MAX_BITS):
            return Unknown()
        return left**right
    if op is ast.LShift:
        return left << right if 0 <= right < 64 and left.bit_length() < 64 else Unknown()
    if op is ast.RShift:
        return left >> right
    function = _OPERATORS.get(op)
    if function is None:
        return Unknown()
    result = function(left, right)
    if isinstance(result, int) and result.bit_length() > _MAX_BITS:
        return Unknown()
    return result


def _sequence_arithmetic(op: type[ast.operator], left: Value, right: Value) -> Value:
    if op is ast.Add and isinstance(left, Seq) and isinstance(right, Seq):
        if len(left.items) + len(right.items) > MAX_LENGTH:
            return Unknown()
        return Seq(left.items + right.items, left.is_list)
    if op is ast.Mult:
        seq, times = (left, right) if isinstance(left, Seq) else (right, left)
        if isinstance(times, int) and times >= 0 and len(seq.items) * times <= MAX_LENGTH:
            return Seq(seq.items * times, seq.is_list)
    return Unknown()


def compared(op: ast.cmpop, left: Value, right: Value) -> bool | None:
    if isinstance(op, (ast.Is, ast.IsNot, ast.Eq, ast.NotEq)):
        same = _same_value(left, right)
        if same is None:
            return None
        return same if isinstance(op, (ast.Is, ast.Eq)) else not same
    if isinstance(op, (ast.In, ast.NotIn)):
        return _contained(op, left, right)
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return bool(_COMPARISONS[type(op)](left, right))
    return None


def _same_value(left: Value, right: Value) -> bool | None:
    if left is right and not isinstance(left, Unknown):
        return True
    if is_known(left) and is_known(right):
        return bool(left == right)
    if isinstance(left, Seq) and isinstance(right, Seq):
        if len(left.items) != len(right.items):
            return False
        parts = [_same_value(a, b) for a, b in zip(left.items, right.items, strict=True)]
        if False in parts:
            return False
        return None if None in parts else True
    objects = (Tensor, Layer, Model, Function, ClassValue, Seq, DictValue, Partial)
    if (left is None and isinstance(right, objects)) or (
        right is None and isinstance(left, objects)
    ):
        return False
    if isinstance(left, Library) and isinstance(right, Library):
        return left.name == right.name or None
    return None


def _contained(op: ast.cmpop, left: Value, right: Value) -> bool | None:
    found: bool | None = None
    if isinstance(right, Seq) and not right.state.get("uncertain"):
        parts = [_same_value(left, item) for item in right.items]
        found = True if True in parts else None if None in parts else False
    elif isinstance(right, DictValue) and is_known(left):
        found = left in right.state
    elif isinstance(right, str) and isinstance(left, str):
        found = left in right
    if found is None:
        return None
    return found if isinstance(op, ast.In) else not found
