"""Loops that train are left after a few rounds, so that what stands below them is reached.

The program's own loops, on both sides alike: a round in which the program trained or predicted
counts. Nothing else of the program is changed, and no line moves.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from typing import Any

ROUNDS = 3
"""Rounds of a loop in which the program trains."""
OTHER_ROUNDS = 40
"""Rounds of a loop in which it only predicts or evaluates."""
_ITEMS = "__kerasmig_items__"
_GOES_ON = "__kerasmig_goes_on__"


class Counts:
    """How often the program has trained and predicted until now."""

    def __init__(self) -> None:
        self.trained = 0
        self.other = 0
        self.cut = 0


def bounded(tree: ast.Module) -> ast.Module:
    """The tree with every loop bounded."""
    _Loops().visit(tree)
    return ast.fix_missing_locations(tree)


def install(counts: Counts) -> None:
    """Make known to programs what bounded loops call."""
    rounds: dict[int, _Rounds] = {}

    def items(values: Iterable[Any]) -> Iterator[Any]:
        so_far = _Rounds(counts)
        for value in values:
            yield value
            if not so_far.another():
                counts.cut += 1
                return

    def goes_on(loop: int, condition: Callable[[], Any]) -> Any:
        if loop not in rounds:
            rounds[loop] = _Rounds(counts)
        elif not rounds[loop].another():
            counts.cut += 1
            del rounds[loop]
            return False
        answer = condition()
        if not answer:
            rounds.pop(loop, None)
        return answer

    setattr(builtins, _ITEMS, items)
    setattr(builtins, _GOES_ON, goes_on)


class _Rounds:
    """The rounds of one loop."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._trained, self._other = counts.trained, counts.other
        self._rounds = self._others = 0

    def another(self) -> bool:
        """A round is over; whether there may be another one."""
        counts = self._counts
        if counts.trained > self._trained:
            self._rounds += 1
        elif counts.other > self._other:
            self._others += 1
        self._trained, self._other = counts.trained, counts.other
        return self._rounds < ROUNDS and self._others < OTHER_ROUNDS


class _Loops(ast.NodeTransformer):
    def __init__(self) -> None:
        self._count = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # What trains between two rounds of a generator is whoever draws from it.
        return node if _yields(node) else self.generic_visit(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.iter = _call(_ITEMS, node.iter, node.iter)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        if any(
            isinstance(inner, (ast.NamedExpr, ast.Await, ast.Yield))
            for inner in ast.walk(node.test)
        ):
            return node  # inside a function of its own it would mean something else
        self._count += 1
        empty = ast.arguments([], [], None, [], [], None, [])
        condition = ast.copy_location(ast.Lambda(empty, node.test), node.test)
        node.test = _call(_GOES_ON, node.test, ast.Constant(id(node)), condition)
        return node


def _yields(function: ast.FunctionDef) -> bool:
    """Whether a function is a generator."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def _call(name: str, place: ast.expr, *arguments: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), list(arguments), []), place)
