"""The interpreter with the state of every tensor (see `axes`): values, statements, attributes."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.interpreter.frames import Signal
from kerasmig.analysis.interpreter.machine import Interpreter
from kerasmig.analysis.interpreter.values import (
    DictValue,
    Instance,
    Layer,
    Library,
    Model,
    Record,
    Scope,
    Seq,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.catalog import surface
from kerasmig.rewrite.layout.axes import MIXED, moved
from kerasmig.rewrite.layout.passages import Change, Passage, passage
from kerasmig.rewrite.layout.plan import Demand, Doing, Plan, Problem, Step, Visit

_ENDS = frozenset("output input output_shape input_shape get_output_at get_input_at".split())
_ARGUMENTS = frozenset(
    "args arg opts opt options option FLAGS flags parser config cfg self".split()
)


class Tracer(Interpreter):
    """Follows modules and keeps track of the states.

    Attributes:
        seen: ``id`` of an expression → states of the tensors that it has given (before a wrap).
        ranks: likewise, their ranks.
        trails: ``id`` of a tensor → the expressions that gave it, in the order of time.
    """

    def __init__(self, reading: str, facts: ProjectFacts, fuel: int, plan: Plan) -> None:
        super().__init__(reading, facts, fuel)
        self.plan = plan
        self.watch = self._watch
        self.demands: list[Demand] = []
        self.problems: list[Problem] = []
        self.strays: list[ast.AST] = []
        self.followed: set[int] = set()
        self.visits: list[Visit] = []
        self.steps: list[Step] = []
        self.models: list[Model] = []
        self.born: dict[int, tuple[Doing, ...]] = {}
        self.last_steps: dict[int, Step] = {}
        self.seen: dict[int, set[int]] = {}
        self.ranks: dict[int, set[int]] = {}
        self.trails: dict[int, list[ast.expr]] = {}
        self.merges: list[tuple[Layer, tuple[Change, ...], ast.Call]] = []
        self.reads: dict[int, tuple[ast.Subscript, set[int]]] = {}
        self.positions: dict[int, tuple[ast.AST, Model]] = {}
        self.named: dict[str, tuple[ast.AST, Layer]] = {}
        self.parents: Mapping[ast.AST, ast.AST] = {}
        self.wrapped: dict[int, list[Tensor]] = {}
        self.fed: list[tuple[ast.Call, Model, str]] = []
        self.compiled: dict[int, list[tuple[list[Value], dict[str, Value]]]] = {}
        self.functions: list[ast.Call] = []
        self.input_states: dict[int, int] = {}
        self.used_wraps: dict[int, set[tuple[int, int]]] = {}
        self.elements: dict[int, ast.expr] = {}
        self.used_elements: dict[int, set[tuple[int, int]]] = {}
        self.inserted: list[tuple[Tensor, int]] = []
        """What layers in lists and Sequential models get otherwise than it comes, and in which state."""
        self._last: dict[int, Value] = {}
        self._kept: list[Tensor] = []
        self.alone = False
        self._doing: list[Doing] = []
        self._time = 0
        self._values: ast.expr | None = None

    def load_module(self, name: str) -> Any:
        """As for the interpreter; but every file is one at hand."""
        found = super().load_module(name)
        if found is not None:
            found.scope.module.path = ""
        return found

    def free_name(self, node: ast.Name, scope: Scope) -> Value:
        """A name that nothing binds: a star import of Keras may bring it, as today's Keras has it."""
        found = super().free_name(node, scope)
        stars = getattr(getattr(scope.module.names, "root", None), "stars", ())
        if isinstance(found, Unknown):
            for star in stars:
                path = f"{star.path}.{node.id}"
                if surface.keras3_has(path):
                    return Library(path)
        return found

    def _watch(self, node: ast.expr, value: Value) -> Value:
        key = id(node)
        if isinstance(value, Unknown) and key in self.plan.wraps:
            # Nothing is known of it: it is in the order of the code, whoever gave it.
            sizes = tuple(Unknown() for _ in range(self.plan.wraps[key].rank))
            value = Tensor(sizes)
        if isinstance(value, Tensor):
            self.seen.setdefault(key, set()).add(value.turned)
            self.ranks.setdefault(key, set()).add(len(value.shape or ()))
            self.trails.setdefault(id(value), []).append(node)
            self._kept.append(value)
            wrap = self.plan.wraps.get(key)
            if wrap is not None:
                if value.shape is None and wrap.rank:
                    value = replace(value, shape=tuple(Unknown() for _ in range(wrap.rank)))
                self.used_wraps.setdefault(key, set()).add((value.turned, len(value.shape or ())))
                self.wrapped.setdefault(key, []).append(value)
                value = self._turned(value, wrap.state)
                self.trails.setdefault(id(value), []).append(node)
                self._kept.append(value)
        elif isinstance(value, Seq) and key in self.plan.wraps:
            state = self.plan.wraps[key].state
            for item in value.items:
                if isinstance(item, Tensor):
                    self.used_wraps.setdefault(key, set()).add((item.turned, len(item.shape or ())))
            value = self._coerced(value, state)
        elif isinstance(node, ast.Subscript) and isinstance(value, Unknown):
            value = self._taken_from(node, value)
        elif isinstance(node, ast.Attribute):
            self._note_attribute(node, value)
        elif isinstance(node, (ast.List, ast.Tuple)) and isinstance(value, Seq):
            for element in node.elts:
                layer = self._last.get(id(element))
                if isinstance(layer, (Layer, Instance, Model)):
                    self.elements[id(layer)] = element
        self._last[key] = value
        return value

    def _note_attribute(self, node: ast.Attribute, value: Value) -> None:
        """Layers by their position, and tensors of layers that cannot be told."""
        base = self._last.get(id(node.value))
        if node.attr == "layers" and isinstance(base, Model):
            self.positions[id(node)] = (node, base)
        if node.attr not in _ENDS or not isinstance(value, Unknown):
            return
        if isinstance(base, Layer):
            reason = "the output of a layer that is used several times is taken"
            self.problems.append(Problem(node, reason, (base.node,)))
        elif isinstance(base, Unknown) and _root(node) not in _ARGUMENTS:
            self.strays.append(node)

    def _taken_from(self, node: ast.Subscript, value: Value) -> Value:
        """An element of a list or dict, whichever that is: tensors that are all in one state."""
        base = self._last.get(id(node.value))
        items: Sequence[Value] = ()
        if isinstance(base, Seq) and not isinstance(node.slice, ast.Slice):
            items = base.items
        elif isinstance(base, DictValue):
            items = tuple(base.state.values())
        tensors = [item for item in items if isinstance(item, Tensor)]
        if not any(t.turned for t in tensors):
            return value
        states = {t.turned for t in tensors}
        state = states.pop() if len(states) == 1 and len(tensors) == len(items) else MIXED
        shapes = {len(t.shape) for t in tensors if t.shape is not None}
        shape = tuple(Unknown() for _ in range(shapes.pop())) if len(shapes) == 1 else None
        return Tensor(shape, tensors[0].node, inputs=tuple(tensors), turned=state)

    def _turned(self, tensor: Tensor, state: int) -> Tensor:
        """The tensor in another state."""
        return tensor if tensor.turned == state else replace(tensor, turned=state)

    def _coerced(self, value: Value, state: int) -> Value:
        if isinstance(value, Tensor):
            if value.shape is not None and len(value.shape) < 3:
                state = 0
            return self._turned(value, state)
        if isinstance(value, Seq) and any(isinstance(i, (Tensor, Seq)) for i in value.items):
            items = tuple(self._coerced(item, state) for item in value.items)
            if all(a is b for a, b in zip(items, value.items, strict=True)):
                return value
            copy = Seq(items, value.is_list, value.node)
            copy.state.update({k: v for k, v in value.state.items() if k != "items"})
            return copy
        return value

    def need(self, node: ast.expr | None, value: Value, state: int, site: ast.AST) -> Value:
        """A value in the state in which it is wanted; notes where it is not."""
        if isinstance(value, Tensor):
            if value.turned == state or (value.shape is not None and len(value.shape) < 3):
                return value
            self.demands.append(Demand(node, value, state, site))
            return self._turned(value, state)
        if isinstance(value, Seq):
            display = isinstance(node, (ast.List, ast.Tuple)) and not any(
                isinstance(e, ast.Starred) for e in node.elts
            )
            if display and len(node.elts) == len(value.items):  # type: ignore[union-attr]
                pairs = zip(node.elts, value.items, strict=True)  # type: ignore[union-attr]
                items = tuple(self.need(e, item, state, site) for e, item in pairs)
            elif self._states(value) in (set(), {state}):
                return value
            else:
                items = tuple(self.need(node, item, state, site) for item in value.items)
            return Seq(items, value.is_list, value.node)
        return value

    def _states(self, value: Value) -> set[int]:
        """The states of the tensors in a value (those that can be in several)."""
        if isinstance(value, Tensor):
            small = value.shape is not None and len(value.shape) < 3
            return set() if small else {value.turned}
        if isinstance(value, Seq):
            return set().union(*(self._states(item) for item in value.items))
        if isinstance(value, DictValue):
            return set().union(*(self._states(item) for item in value.state.values()))
        return set()

    def execute(self, node: ast.stmt, scope: Scope) -> Signal:
        """Follow a statement, and close the models that are complete after it."""
        self._time += 1
        self.followed.add(id(node))
        self._doing.append(Doing(node, self._time, scope))
        outer, self._values = self._values, getattr(node, "value", None)
        try:
            signal = super().execute(node, scope)
            if isinstance(node, ast.Return) and self.alone and len(self.frames) == 2:
                # Nobody is seen to call this function: what it gives is in the order of the code.
                given = self.frames[-1].returned
                given[-1] = self.need(node.value, given[-1], 0, node)
            return signal
        finally:
            self._doing.pop()
            self._values = outer
            made = self.plan.tails.get(id(node))
            if made is not None:
                for model in self.models:
                    if id(model.node) == made:
                        self._close(model)

    def _close(self, model: Model) -> None:
        outputs = model.state["outputs"]
        if outputs and self._states(outputs[0]) - {0}:
            self.heap.put(model, "outputs", (self._turned(outputs[0], 0), *outputs[1:]))

    def assign(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """What goes where it cannot be followed goes in the order of the code."""
        if isinstance(target, (ast.Attribute, ast.Subscript)) and self._states(value) - {0}:
            base = self.evaluate(target.value, scope)
            known = isinstance(base, (Instance, Record, DictValue, Seq))
            if isinstance(target, ast.Subscript) and isinstance(base, (DictValue, Seq)):
                known = not isinstance(self.evaluate(target.slice, scope), Unknown)
            if not known:
                node = self._values
                if node is not None and self._last.get(id(node)) is not value:
                    node = None
                value = self.need(node, value, 0, target)
        super().assign(target, value, scope)

    def iterate(self, value: Value) -> Sequence[Value] | None:
        """What a loop goes through."""
        found = super().iterate(value)
        if found is None and self._states(value) - {0}:
            self._problem(value, "a list whose contents depend on the run holds tensors")
        return found

    def _problem(self, value: Value, reason: str) -> None:
        doing = self._doing[-1].statement if self._doing else None
        nodes = tuple(t.node for t in self._tensors(value) if t.node is not None)
        if doing is not None:
            self.problems.append(Problem(doing, reason, nodes))

    def _tensors(self, value: Value) -> list[Tensor]:
        if isinstance(value, Tensor):
            return [value]
        if isinstance(value, Seq):
            return [t for item in value.items for t in self._tensors(item)]
        if isinstance(value, DictValue):
            return [t for item in value.state.values() for t in self._tensors(item)]
        return []

    def tensor_arithmetic(self, left: Value, right: Value) -> Value:
        """``tensor + tensor``: both in the same state."""
        node = self._values
        states = {s for v in (left, right) for s in self._states(v)}
        found = super().tensor_arithmetic(left, right)
        if not states - {0} or not isinstance(found, Tensor):
            return found
        plain = all(isinstance(v, (Tensor, int, float)) for v in (left, right))
        ranks = {len(v.shape or ()) for v in (left, right) if isinstance(v, Tensor)}
        state = max(states) if plain and len(ranks) == 1 and 0 not in ranks else 0
        for value in (left, right):
            self.need(self._expression_of(value), value, state, node or ast.Pass())
        return self._turned(found, state)

    def _expression_of(self, value: Value) -> ast.expr | None:
        """The expression that gave a tensor last."""
        trail = self.trails.get(id(value))
        return trail[-1] if trail else None

    def keras_attribute(self, base: Any, name: str) -> Value:
        """Attribute of a tensor, layer or model."""
        if isinstance(base, Tensor) and base.turned:
            if name in ("dtype", "name", "_keras_history"):
                return super().keras_attribute(base, name)
            node = self._expression_of(base)
            place = None if node is None else self.parents.get(node)
            if name in ("shape", "_keras_shape") and self._reads_one(place, base):
                return super().keras_attribute(base, name)
            base = self.need(node, base, 0, node or ast.Pass())
        return super().keras_attribute(base, name)

    def _reads_one(self, shape: ast.AST | None, tensor: Tensor) -> bool:
        """Whether one size of a shape is read, whose place is told anew."""
        read = None if shape is None else self.parents.get(shape)
        if isinstance(read, ast.Call) and getattr(read.func, "id", "") in ("tuple", "list"):
            shape, read = read, self.parents.get(read)
        if not isinstance(read, ast.Subscript) or read.value is not shape or tensor.shape is None:
            return False
        if id(read) in self.plan.whole or not self._doing or tensor.turned < 0:
            return False
        index = self.evaluate(read.slice, self._doing[-1].scope)
        rank = len(tensor.shape)
        if not isinstance(index, int) or not -rank <= index < rank or rank < 3:
            return False
        now = moved(index, rank, tensor.turned)
        self.reads.setdefault(id(read), (read, set()))[1].add(now)
        return True

    def _passage(
        self, target: Value, tensor: Tensor, where: ast.expr | None, node: ast.AST
    ) -> Passage:
        found = passage(target, tensor, self.plan.frozen)
        if isinstance(target, Layer):
            if found.problem:
                self.problems.append(Problem(target.node, found.problem, (target.node,)))
                return Passage()
            rank = len(tensor.shape) if tensor.shape is not None else 0
            inner = target.inner if isinstance(target.inner, Layer) else None
            if found.changes or found.open:
                self.visits.append(
                    Visit(target, tensor.turned, rank, found.changes, where, tensor, node)
                )
            if inner is not None and (found.inner or found.open):
                self.visits.append(
                    Visit(inner, tensor.turned, rank, found.inner, where, tensor, node)
                )
        if tensor.turned == MIXED and found.open:
            return Passage(0, 0)
        return found

    def _argument(self, node: ast.Call, value: Value) -> ast.expr | None:
        """The expression in a call that gave a value."""
        for argument in (*node.args, *(k.value for k in node.keywords)):
            if not isinstance(argument, ast.Starred) and self._last.get(id(argument)) is value:
                return argument
        return self._expression_of(value)

    def _brought_back(
        self, args: list[Value], kwargs: dict[str, Value], node: ast.Call
    ) -> tuple[list[Value], dict[str, Value]]:
        """Arguments for code that cannot be followed: in the order that the code means."""
        given = [self.need(self._argument(node, value), value, 0, node) for value in args]
        named = {
            name: self.need(self._argument(node, value), value, 0, node)
            for name, value in kwargs.items()
        }
        return given, named

    def _in_state(self, value: Value, state: int) -> Value:
        if not isinstance(value, Tensor) or (value.shape is not None and len(value.shape) < 3):
            return value
        value.turned = state  # it has just been made
        return value


def _root(node: ast.expr) -> str:
    """The variable that an expression starts from."""
    inner: ast.AST = node
    while isinstance(inner, (ast.Attribute, ast.Subscript, ast.Call)):
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


__all__ = ["Tracer"]
