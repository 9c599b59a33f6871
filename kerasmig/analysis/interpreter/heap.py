"""Undoing and joining what a branch changed that may or may not be taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kerasmig.analysis.interpreter.joining import join
from kerasmig.analysis.interpreter.values import Mutable, Value

Result = TypeVar("Result")

_MISSING: Any = object()


class Heap:
    """Keeps the earlier state of every `Mutable` that is changed while a branch is explored."""

    def __init__(self) -> None:
        self._frames: list[dict[Mutable, dict[Any, Value]]] = []

    def touch(self, target: Mutable) -> None:
        """To be called before ``target.state`` is changed."""
        if self._frames and target not in self._frames[-1]:
            self._frames[-1][target] = dict(target.state)

    def put(self, target: Mutable, key: Any, value: Value) -> None:
        """Set ``target.state[key]``."""
        if self._frames:
            self.touch(target)
        target.state[key] = value

    def explore(self, run: Callable[[], Result]) -> tuple[Result, dict[Mutable, dict[Any, Value]]]:
        """Run a branch and undo it.

        Returns:
            its result, and the new state of everything that it changed.
        """
        frame: dict[Mutable, dict[Any, Value]] = {}
        self._frames.append(frame)
        try:
            result = run()
        finally:
            self._frames.pop()
            after = {target: target.state for target in frame}
            for target, before in frame.items():
                target.state = before
        return result, after

    def apply(self, after: dict[Mutable, dict[Any, Value]]) -> None:
        """Let one explored branch have happened."""
        for target, state in after.items():
            self.touch(target)
            target.state = state

    def merge(
        self, first: dict[Mutable, dict[Any, Value]], second: dict[Mutable, dict[Any, Value]]
    ) -> None:
        """Let either of two explored branches have happened."""
        for target in {**first, **second}:
            before = target.state
            one, other = first.get(target, before), second.get(target, before)
            self.touch(target)
            target.state = _join_states(one, other)


def _join_states(one: dict[Any, Value], other: dict[Any, Value]) -> dict[Any, Value]:
    joined: dict[Any, Value] = {}
    for key in {**one, **other}:
        a, b = one.get(key, _MISSING), other.get(key, _MISSING)
        if a is b or b is _MISSING:
            joined[key] = a
        elif a is _MISSING:
            joined[key] = b
        elif isinstance(a, tuple) and isinstance(b, tuple):
            joined[key] = _join_tuples(a, b)
            if len(a) != len(b):
                joined["uncertain"] = True
        else:
            joined[key] = join(a, b)
    return joined


def _join_tuples(a: tuple[Value, ...], b: tuple[Value, ...]) -> tuple[Value, ...]:
    """Elements of a list, layers or tensors of a model after either branch.

    Where one branch added elements, they are kept: a layer that may be there belongs to the
    model, whatever it does to the shapes (which are joined as tensors). The state is then marked
    ``uncertain``.
    """
    if len(a) == len(b):
        return tuple(x if x is y else join(x, y) for x, y in zip(a, b, strict=True))
    return a if len(a) > len(b) else b
