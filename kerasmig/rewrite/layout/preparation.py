"""The preparation of one array, where it is plain to see: it makes the channels last at once.

An array counts as plain where it is brought to the shape of images by one statement (a reshape with
one channel, a transposition, a new axis), goes through nothing but arithmetic element by element
after that, and into models.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from kerasmig.finding import Edit
from kerasmig.rewrite.calls.callsite import CallSite
from kerasmig.rewrite.layout.axes import order
from kerasmig.rewrite.layout.editing import FileEdits
from kerasmig.text.tree import nodes

_ELEMENTWISE_METHODS = ("astype", "copy")
_LOOKING = ("print", "len")


class Changes(NamedTuple):
    """The edits that turn an array; ``place``: the statement that makes it."""

    edits: list[Edit]
    place: ast.AST


class Preparation:
    """One variable that is fed to models.

    Args:
        uses: where it goes into models; ``state``: the axis of its channels.
    """

    def __init__(self, edits: FileEdits, uses: Sequence[ast.Name], state: int) -> None:
        self._edits = edits
        self._text = edits.text
        self._uses = {id(use) for use in uses}
        self._name = uses[0].id
        self._scope = edits.names.scope_of(uses[0])
        self._state = state
        self._around = edits.parents

    def changes(self) -> Changes | None:
        """What to change; ``None`` where the preparation is not plain."""
        every = [
            n
            for n in nodes(self._edits.names.tree, ast.Name)
            if n.id == self._name and self._edits.names.scope_of(n) is self._scope
        ]
        makers = [s for s in self._statements(every) if self._shapes(s.value) is not None]
        if len(makers) != 1:
            return None
        maker = makers[0]
        made = self._shapes(maker.value)
        assert made is not None
        if not isinstance(self._around.get(maker), (ast.Module, ast.FunctionDef)):
            return None
        edits = [made]
        for name in every:
            if (name.lineno, name.col_offset) < (maker.lineno, maker.col_offset):
                continue
            if maker.lineno <= name.lineno <= (maker.end_lineno or maker.lineno):
                continue
            found = self._after(name)
            if found is None:
                return None
            edits += found
        return Changes(edits, maker)

    def _statements(self, every: Sequence[ast.Name]) -> list[ast.Assign]:
        found = []
        for name in every:
            statement = self._around.get(name)
            if isinstance(statement, ast.Assign) and statement.targets == [name]:
                found.append(statement)
        return found

    # -- what makes the shape ----------------------------------------------------------------------

    def _shapes(self, value: ast.expr) -> Edit | None:
        """The change of an expression that gives an array its axes, if it is one."""
        inner = value
        while True:
            made = self._shaping(inner)
            if made is not None:
                return made
            if isinstance(inner, ast.BinOp) and _is_number(inner.right):
                inner = inner.left
            elif (
                isinstance(inner, ast.Call)
                and isinstance(inner.func, ast.Attribute)
                and inner.func.attr in _ELEMENTWISE_METHODS
            ):
                inner = inner.func.value
            else:
                return None

    def _shaping(self, call: ast.expr) -> Edit | None:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            return None
        name, owner = call.func.attr, call.func.value
        of_numpy = isinstance(owner, ast.Name) and owner.id in self._edits.numpy_names
        args = call.args[1:] if of_numpy else call.args
        source = call.args[0] if of_numpy and call.args else owner
        if call.keywords:
            return None
        if name == "reshape":
            return self._reshape(call, args)
        if name == "transpose":
            return self._transpose(call, args, source)
        if name == "rollaxis" and of_numpy and [_number(a) for a in args] == [3, 1]:
            return self._only(call, source)
        if name == "moveaxis" and of_numpy and [_number(a) for a in args] in ([-1, 1], [3, 1]):
            return self._only(call, source)
        if name == "expand_dims" and of_numpy and [_number(a) for a in args] == [self._state]:
            return Edit(self._text.span(args[0]), ("-1",))
        return None

    def _only(self, call: ast.Call, source: ast.expr) -> Edit | None:
        if self._state != 1:
            return None
        return Edit(self._text.span(call), (self._text.span(source),))

    def _reshape(self, call: ast.Call, args: Sequence[ast.expr]) -> Edit | None:
        """``reshape(n, 1, rows, columns)``: an axis of one moves without moving a number."""
        sizes = list(args)
        if len(args) == 1 and isinstance(args[0], (ast.Tuple, ast.List)):
            sizes = list(args[0].elts)
        if len(sizes) < 4 or any(isinstance(s, ast.Starred) for s in sizes):
            return None
        if _number(sizes[self._state]) != 1:
            return None
        texts = [self._text.of(s) for s in sizes]
        moved = [texts[i] for i in order(len(sizes), self._state)]
        first, last = CallSite(call, self._text), sizes[-1]
        start = self._text.span(sizes[0]).start
        end = self._text.span(last).end
        assert first.open < start
        return Edit(type(self._text.span(call))(start, end), (", ".join(moved),))

    def _transpose(self, call: ast.Call, args: Sequence[ast.expr], source: ast.expr) -> Edit | None:
        axes = list(args)
        if len(args) == 1 and isinstance(args[0], (ast.Tuple, ast.List)):
            axes = list(args[0].elts)
        numbers = [_number(a) for a in axes]
        if sorted(map(str, numbers)) != [str(i) for i in range(len(axes))] or len(axes) < 4:
            return None
        moved = [numbers[i] for i in order(len(axes), self._state)]
        if moved == list(range(len(axes))):
            return Edit(self._text.span(call), (self._text.span(source),))
        start, end = self._text.span(axes[0]).start, self._text.span(axes[-1]).end
        span = type(self._text.span(call))(start, end)
        return Edit(span, (", ".join(map(str, moved)),))

    # -- what comes after --------------------------------------------------------------------------

    def _after(self, name: ast.Name) -> list[Edit] | None:
        """Changes at a later use; ``None`` where the order of the axes may matter."""
        if id(name) in self._uses:
            return []
        around = self._around.get(name)
        if isinstance(around, ast.AugAssign) and around.target is name:
            return [] if _is_number(around.value) or self._is_mean(around.value) else None
        if isinstance(around, ast.Assign) and around.targets == [name]:
            return [] if self._is_itself(around.value) else None
        if isinstance(around, ast.BinOp) and around.left is name and _is_number(around.right):
            return [] if self._assigned_to_itself(around) else None
        if isinstance(around, ast.Attribute):
            return self._after_attribute(around)
        if isinstance(around, ast.Call) and getattr(around.func, "id", "") in _LOOKING:
            return []
        if isinstance(around, ast.Call) and self._is_mean(around):
            return []
        return None

    def _after_attribute(self, attribute: ast.Attribute) -> list[Edit] | None:
        around = self._around.get(attribute)
        if attribute.attr in _ELEMENTWISE_METHODS and isinstance(around, ast.Call):
            return [] if self._assigned_to_itself(around) else None
        if attribute.attr in ("mean", "std", "max", "min") and isinstance(around, ast.Call):
            return [] if not around.args and not around.keywords else None
        if attribute.attr != "shape":
            return [] if attribute.attr in ("dtype", "nbytes", "size", "ndim") else None
        if isinstance(around, ast.Subscript):
            index = _number(around.slice)
            if index is None or index < 0:
                return None
            now = order(max(4, self._state + 3), self._state).index(index) if index < 4 else None
            if now is None:
                return None
            return [] if now == index else [Edit(self._text.span(around.slice), (str(now),))]
        if isinstance(around, ast.Call) and getattr(around.func, "id", "") == "print":
            return []
        return [] if isinstance(around, (ast.FormattedValue,)) else None

    def _is_itself(self, value: ast.expr) -> bool:
        """``X.astype('float32') / 255``: the array itself, element by element."""
        if isinstance(value, ast.Name):
            return value.id == self._name
        if isinstance(value, ast.BinOp):
            return self._is_itself(value.left) and _is_number(value.right)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            return value.func.attr in _ELEMENTWISE_METHODS and self._is_itself(value.func.value)
        return False

    def _assigned_to_itself(self, node: ast.AST) -> bool:
        inner: ast.AST | None = node
        while inner is not None and not isinstance(inner, ast.stmt):
            inner = self._around.get(inner)
        return (
            isinstance(inner, ast.Assign)
            and self._is_itself(inner.value)
            and all(isinstance(t, ast.Name) and t.id == self._name for t in inner.targets)
        )

    def _is_mean(self, node: ast.expr) -> bool:
        """``np.mean(X)``: one number for all."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        plain = node.func.attr in ("mean", "std", "max", "min") and not node.keywords
        return plain and len(node.args) <= 1


def _number(node: ast.expr) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    return None


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_number(node.operand)
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))


__all__ = ["Changes", "Preparation"]
