"""Following a program of several files, with the state of every tensor (see `axes`).

`Follower` is the interpreter, told what has been decided so far (`Plan`). Where a tensor is not in
the state in which it is wanted it notes a `Demand`, and goes on as if it were.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.interpreter.frames import Context, Signal
from kerasmig.analysis.interpreter.machine import Interpreter
from kerasmig.analysis.interpreter.values import (
    DictValue,
    Function,
    Instance,
    Layer,
    Library,
    Method,
    Model,
    Partial,
    Record,
    Scope,
    Seq,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.analysis.layers.merging import merge_layer
from kerasmig.analysis.layers.model_building import _first_tensor
from kerasmig.analysis.layers.shape_functions import MERGE_FUNCTIONS, SPECS, spec_for
from kerasmig.catalog import surface
from kerasmig.rewrite.layout.axes import MIXED, moved
from kerasmig.rewrite.layout.passages import Change, Passage, merged, passage

_LOOKS_ONLY = frozenset("print len isinstance type id str repr bool hasattr getattr range".split())
_DATA_METHODS = frozenset(
    "compile fit fit_generator evaluate predict predict_on_batch train_on_batch test_on_batch summary "
    "save save_weights load_weights get_weights set_weights to_json to_yaml get_config".split()
)


_ENDS = frozenset("output input output_shape input_shape get_output_at get_input_at".split())
_ARGUMENTS = frozenset(
    "args arg opts opt options option FLAGS flags parser config cfg self".split()
)


class Wrap(NamedTuple):
    """An expression whose value is brought to another state.

    Args:
        node: the expression.
        state: to this state; ``rank``: of what it gives, where that is known otherwise only.
    """

    node: ast.expr
    state: int
    rank: int = 0


class Demand(NamedTuple):
    """A tensor that is not in the state in which it is wanted.

    Args:
        node: the expression that it comes from; ``None`` where that is not known.
        tensor: as it is; ``state``: as it is wanted.
        site: where it is wanted.
        element: where the layer that wants it stands in a list of layers.
    """

    node: ast.expr | None
    tensor: Tensor
    state: int
    site: ast.AST
    element: ast.expr | None = None


class Step(NamedTuple):
    """A layer that is put into a Sequential model.

    Args:
        node: the expression of the layer; ``call``: the call of ``add`` or ``Sequential``.
        model: where it is put.
        have: state of what the model gives before it; ``want``: in which the layer wants it.
        gives: state of what it gives.
        first: whether it is the first layer.
        rank: of what it gets.
        before: the step before it.
        stack: the statements that are being followed.
    """

    node: ast.expr
    call: ast.Call
    model: Model
    have: int
    want: int
    gives: int
    first: bool
    rank: int
    before: Step | None
    stack: tuple[Doing, ...]
    layer: Value


class Doing(NamedTuple):
    """A statement that is being followed, and the time at which that began."""

    statement: ast.stmt
    time: int
    scope: Scope


class Visit(NamedTuple):
    """A layer applied to one tensor.

    Args:
        layer: the layer; ``state``: of its input; ``rank``: of its input.
        changes: of the call that makes it.
        argument: the expression of the input, if it is one.
        site: the call that applies it.
    """

    layer: Layer
    state: int
    rank: int
    changes: tuple[Change, ...]
    argument: ast.expr | None
    tensor: Tensor
    site: ast.AST


class Problem(NamedTuple):
    """What cannot be followed.

    Args:
        node: where; ``reason``: why.
        group: nodes of the layers that stay as they are on its account.
    """

    node: ast.AST
    reason: str
    group: tuple[ast.AST, ...] = ()


@dataclass
class Plan:
    """What has been decided.

    Args:
        wraps: by the ``id`` of the expression.
        inserts: ``id`` of a layer's expression in a Sequential model → state that it gets.
        after: ``id`` of such an expression → state that what it gives is brought to.
        tails: ``id`` of a statement → ``id`` of the call that made the Sequential model that is
            complete after it.
        closed: ``id`` of the calls of ``Sequential([...])`` whose end is brought back.
        whole: ``id`` of the places that read one size of a shape of tensors in several states.
        inputs: ``id`` of the calls of ``Input`` (or of first layers) whose shape is turned → state.
        ends: ``id`` of the calls that make models whose outputs stay turned.
        frozen: ``id`` of the calls of layers that stay as they are.
    """

    wraps: dict[int, Wrap] = field(default_factory=dict)
    inserts: dict[int, int] = field(default_factory=dict)
    after: dict[int, int] = field(default_factory=dict)
    tails: dict[int, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    inputs: dict[int, int] = field(default_factory=dict)
    ends: frozenset[int] = frozenset()
    frozen: frozenset[int] = frozenset()

    def copy(self) -> Plan:
        """To try something."""
        return Plan(
            dict(self.wraps),
            dict(self.inserts),
            dict(self.after),
            dict(self.tails),
            set(self.closed),
            set(self.whole),
            dict(self.inputs),
            self.ends,
            self.frozen,
        )

    def without(self, frozen: frozenset[int]) -> Plan:
        """To begin anew, with layers that stay as they are."""
        inputs = {key: state for key, state in self.inputs.items() if key not in frozen}
        return Plan(inputs=inputs, ends=self.ends - frozen, frozen=self.frozen | frozen)


class Follower(Interpreter):
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
        self.input_states: dict[int, int] = {}
        self.used_wraps: dict[int, set[tuple[int, int]]] = {}
        self.elements: dict[int, ast.expr] = {}
        self.used_elements: dict[int, set[tuple[int, int]]] = {}
        self._last: dict[int, Value] = {}
        self._kept: list[Tensor] = []
        self.alone = False
        self._doing: list[Doing] = []
        self._time = 0
        self._values: ast.expr | None = None

    # -- modules ---------------------------------------------------------------------------------

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

    # -- expressions -----------------------------------------------------------------------------

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

    # -- statements ------------------------------------------------------------------------------

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

    # -- arithmetic and attributes -----------------------------------------------------------------

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

    # -- calls -------------------------------------------------------------------------------------

    def call(
        self,
        function: Value,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        """Call an abstract value, with its tensors in the state in which it wants them."""
        target: Value = function
        if isinstance(function, Method):
            receiver = function.receiver
            if function.name == "add" and self._is_sequential(receiver) and (args or kwargs):
                layer = args[0] if args else kwargs.get("layer")
                return self._added(receiver, layer, node)
            if isinstance(receiver, Tensor) and receiver.turned:
                function = replace(function, receiver=self._whole(receiver, node))
            if isinstance(receiver, (Seq, DictValue)):
                return super().call(function, args, kwargs, complete, node)
        if isinstance(function, (Layer, Model)) or self._is_layer(function):
            return self._applied(function, args, kwargs, complete, node)
        if isinstance(function, (Function, Partial)):
            return super().call(function, args, kwargs, complete, node)
        if isinstance(function, Library):
            if function.name in _LOOKS_ONLY:
                return super().call(function, args, kwargs, complete, node)
            last = function.name.rpartition(".")[2]
            keras = function.name.startswith("keras.")
            if keras and last in MERGE_FUNCTIONS and not last[0].isupper():
                return self._merged(function, args, kwargs, complete, node)
            if keras and last == "Input":
                return self._made_input(super().call(function, args, kwargs, complete, node), node)
            if args and isinstance(args[0], Model) and function.name.startswith("keras1_compat."):
                self.fed.append((node, args[0], last))
            if keras and last == "Sequential":
                return self._sequential(function, args, kwargs, complete, node)
            if keras and last == "Model":
                return self._model(function, args, kwargs, complete, node)
        if isinstance(target, Method) and target.name in _DATA_METHODS:
            self._note_data(target, args, kwargs, node)
            return super().call(function, args, kwargs, complete, node)
        if isinstance(function, Library) and function.name.endswith(("int_shape", "ops.shape")):
            if args and isinstance(args[0], Tensor) and args[0].turned:
                if self._reads_one(node, args[0]):
                    return super().call(function, args, kwargs, complete, node)
        args, kwargs = self._brought_back(args, kwargs, node)
        return super().call(function, args, kwargs, complete, node)

    def _made_input(self, tensor: Value, node: ast.Call) -> Value:
        if isinstance(tensor, Tensor) and id(node) in self.plan.inputs:
            tensor.turned = self.plan.inputs[id(node)]
        return tensor

    def _note_data(
        self, method: Method, args: list[Value], kwargs: dict[str, Value], node: ast.Call
    ) -> None:
        model = method.receiver
        if isinstance(model, Instance):
            model = model.state.get("__model__")
        if not isinstance(model, Model):
            return
        if method.name == "compile":
            self.compiled.setdefault(id(model.node), []).append((args, kwargs))
        else:
            self.fed.append((node, model, method.name))

    def states_of(self, model: Model) -> tuple[list[int], list[int]]:
        """States of what a model takes and gives."""
        given = [t.turned if isinstance(t, Tensor) else 0 for t in model.state["inputs"]]
        if model.sequential and id(model) in self.input_states:
            given = [self.input_states[id(model)]]
        gives = [t.turned if isinstance(t, Tensor) else 0 for t in model.state["outputs"]]
        return given, gives

    def _is_layer(self, value: Value) -> bool:
        base = value.cls.library_base() if isinstance(value, Instance) and value.cls else None
        return bool(base and base.startswith("keras."))

    def _is_sequential(self, value: Value) -> bool:
        if isinstance(value, Model):
            return value.sequential
        base = value.cls.library_base() if isinstance(value, Instance) and value.cls else ""
        return bool(base and base.endswith(".Sequential"))

    def _whole(self, tensor: Tensor, node: ast.Call) -> Tensor:
        where = node.func.value if isinstance(node.func, ast.Attribute) else None
        found = self.need(where, tensor, 0, node)
        assert isinstance(found, Tensor)
        return found

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

    def _argument(self, node: ast.Call, value: Value) -> ast.expr | None:
        """The expression in a call that gave a value."""
        for argument in (*node.args, *(k.value for k in node.keywords)):
            if not isinstance(argument, ast.Starred) and self._last.get(id(argument)) is value:
                return argument
        return self._expression_of(value)

    def _applied(
        self,
        target: Value,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        """``layer(tensor)`` or ``model(tensor)``."""
        position: int | str | None = 0 if args else None
        if not args:
            position = next((name for name in ("x", "inputs") if name in kwargs), None)
        if position is None:
            return super().call(target, args, kwargs, complete, node)
        given = args[0] if position == 0 else kwargs[str(position)]
        where = self._argument(node, given)
        if isinstance(target, Model) and self.plan.inputs:
            return self._applied_model(target, args, kwargs, complete, node, position, given, where)
        if isinstance(target, Layer) and target.kind == "Merge" and isinstance(given, Seq):
            given, state = self._merge_inputs(target, given, where, node)
        else:
            given, state = self._input(target, given, where, node)
        if position == 0:
            args = [given, *args[1:]]
        else:
            kwargs = {**kwargs, str(position): given}
        rest_args, kwargs_rest = self._brought_back(
            args[1:], {k: v for k, v in kwargs.items() if k != position}, node
        )
        if position == 0:
            args = [given, *rest_args]
            kwargs = kwargs_rest
        else:
            args, kwargs = rest_args, {**kwargs_rest, str(position): given}
        return self._in_state(super().call(target, args, kwargs, complete, node), state)

    def _applied_model(
        self,
        model: Model,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
        position: int | str,
        given: Value,
        where: ast.expr | None,
    ) -> Value:
        """A model on tensors, each in the state of its own input."""
        takes, gives = self.states_of(model)
        if isinstance(given, (Tensor, Seq)) and len(set(takes)) == 1:
            given = self.need(where, given, takes[0], node)
        elif isinstance(given, Seq) and isinstance(where, (ast.List, ast.Tuple)):
            states = [*takes, *[0] * len(given.items)]
            parts = zip(where.elts, given.items, states, strict=False)
            items = tuple(self.need(e, item, state, node) for e, item, state in parts)
            given = Seq(items, given.is_list, given.node)
        if position == 0:
            args = [given, *args[1:]]
        else:
            kwargs = {**kwargs, str(position): given}
        found = super().call(model, args, kwargs, complete, node)
        results = [found] if isinstance(found, Tensor) else getattr(found, "items", ())
        for tensor, state in zip(results, gives, strict=False):
            self._in_state(tensor, state)
        return found

    def _in_state(self, value: Value, state: int) -> Value:
        if not isinstance(value, Tensor) or (value.shape is not None and len(value.shape) < 3):
            return value
        value.turned = state  # it has just been made
        return value

    def _input(
        self, target: Value, given: Value, where: ast.expr | None, node: ast.Call
    ) -> tuple[Value, int]:
        """(input in the state that a layer wants, state of its output)."""
        tensor = given if isinstance(given, Tensor) else Tensor(None)
        found = self._passage(target, tensor, where, node)
        if not isinstance(given, Tensor) and not isinstance(given, Seq):
            if found.want and isinstance(target, Layer):
                # Nothing is known of it: it is in the order of the code, whoever gave it.
                rank = _rank(target, tensor)
                given = Tensor(tuple(Unknown() for _ in range(rank)), getattr(given, "node", None))
        given = self._ranked(target, given, found)
        element = None if isinstance(node.func, ast.Call) else self.elements.get(id(target))
        if element is not None and isinstance(given, Tensor):
            inserted = self.plan.inserts.get(id(element))
            if inserted is not None:
                rank = len(given.shape or ())
                self.used_elements.setdefault(id(element), set()).add((given.turned, rank))
                given = self._turned(given, inserted)
        before = len(self.demands)
        value = self.need(where, given, found.want, node)
        self.demands[before:] = [d._replace(element=element) for d in self.demands[before:]]
        return value, found.gives

    def _ranked(self, target: Value, given: Value, found: Passage) -> Value:
        if isinstance(given, Tensor) and given.shape is None and found.want:
            rank = _rank(target, given)
            trail = self.trails.get(id(given))
            ranked = replace(given, shape=tuple(Unknown() for _ in range(rank)))
            if trail:
                self.trails[id(ranked)] = trail
                self._kept.append(ranked)
            return ranked
        return given

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

    def _merge_inputs(
        self, layer: Layer, given: Seq, where: ast.expr | None, node: ast.Call
    ) -> tuple[Value, int]:
        tensors = [item for item in given.items if isinstance(item, Tensor)]
        if len(tensors) != len(given.items) or given.state.get("uncertain"):
            return self.need(where, given, 0, node), 0
        state, changes = merged(layer, tensors, self.plan.frozen)
        self.merges.append((layer, changes, node))
        return self.need(where, given, state, node), state

    def _merged(
        self,
        function: Library,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        """``concatenate([a, b], axis=1)``."""
        from kerasmig.analysis.layers.arguments import Config

        given = args[0] if args else kwargs.get("inputs")
        mode = MERGE_FUNCTIONS[function.name.rpartition(".")[2]]
        names = dict(zip(("inputs", "axis"), args, strict=False))
        layer = merge_layer(Config({**names, **kwargs, "mode": mode}, complete), node)
        if not isinstance(given, Seq):
            return super().call(function, args, kwargs, complete, node)
        where = self._argument(node, given)
        value, state = self._merge_inputs(layer, given, where, node)
        if args:
            args = [value, *args[1:]]
        else:
            kwargs = {**kwargs, "inputs": value}
        return self._in_state(super().call(function, args, kwargs, complete, node), state)

    def _model(
        self,
        function: Library,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        """``Model(inputs, outputs)``: both in the order of the code."""
        for tensor in (t for value in (*args, *kwargs.values()) for t in self._tensors(value)):
            name = tensor.layer.config.values.get("name") if tensor.layer is not None else None
            edge = id(self._expression_of(tensor)) in self.plan.wraps
            if edge and isinstance(name, str) and tensor.layer is not None:
                self.named[name] = (node, tensor.layer)
        stay = {"inputs": 0, "input": 0} if self.plan.inputs else {}
        if id(node) in self.plan.ends:
            stay.update({"outputs": 1, "output": 1})
        kept = [value if i in stay.values() else None for i, value in enumerate(args)]
        kept_named = {name: value for name, value in kwargs.items() if name in stay}
        taken = [None if i in stay.values() else value for i, value in enumerate(args)]
        rest = {name: value for name, value in kwargs.items() if name not in stay}
        taken, rest = self._brought_back(taken, rest, node)
        args = [old if old is not None else new for old, new in zip(kept, taken, strict=True)]
        found = super().call(function, args, {**rest, **kept_named}, complete, node)
        if isinstance(found, Model):
            self.models.append(found)
        return found

    # -- Sequential --------------------------------------------------------------------------------

    def _sequential(
        self,
        function: Library,
        args: list[Value],
        kwargs: dict[str, Value],
        complete: bool,
        node: ast.Call,
    ) -> Value:
        given = args[0] if args else kwargs.get("layers")
        rest = {k: v for k, v in kwargs.items() if k != "layers"}
        model = super().call(function, [], rest, complete, node)
        assert isinstance(model, Model)
        self.models.append(model)
        self.born[id(model)] = tuple(self._doing)
        layers = self.iterate(given) if given is not None else ()
        where = self._argument(node, given) if given is not None else None
        for layer in layers or ():
            self._put(model, layer, self._element(where, given, layer), node)
        if id(node) in self.plan.closed:
            self._close(model)
        return model

    def _element(self, where: ast.expr | None, given: Value, layer: Value) -> ast.expr:
        """Where a layer of a list of layers is written."""
        made = getattr(layer, "node", None)
        if isinstance(given, Seq) and isinstance(given.node, (ast.List, ast.Tuple)):
            for element in given.node.elts:
                if self._last.get(id(element)) is layer:
                    return element
        return made if isinstance(made, ast.expr) else where or ast.Constant(None)

    def _added(self, receiver: Value, layer: Value, node: ast.Call) -> Value:
        if isinstance(receiver, Instance):
            from kerasmig.analysis.layers.model_building import model_of

            receiver = model_of(self, receiver)
            if receiver not in self.models:
                self.models.append(receiver)
                self.born[id(receiver)] = tuple(self._doing)
        argument = node.args[0] if node.args else node.keywords[0].value
        made = getattr(layer, "node", None)
        listed = not isinstance(argument, ast.Call) and isinstance(made, ast.Call)
        self._put(receiver, layer, made if listed else argument, node)  # type: ignore[arg-type]
        return None

    def _put(self, model: Model, layer: Value, where: ast.expr, node: ast.Call) -> None:
        """One more layer on a Sequential model."""
        from kerasmig.analysis.layers.model_building import add_layer

        outputs = model.state["outputs"]
        first = not outputs
        starting = (_first_tensor(self, layer) or (Tensor(None),)) if first else outputs
        tensor = starting[0] if isinstance(starting[0], Tensor) else Tensor(None)
        made = getattr(layer, "node", None)
        if first and id(made) in self.plan.inputs:
            tensor = self._turned(tensor, self.plan.inputs[id(made)])
            self.input_states[id(model)] = tensor.turned
        elif first:
            self.input_states[id(model)] = tensor.turned
        plain = first and (
            isinstance(layer, Model)
            or (isinstance(layer, Layer) and layer.kind in ("InputLayer", "Merge"))
        )
        found = Passage() if plain or isinstance(layer, Tensor) else self._step(layer, tensor, node)
        rank = _rank(layer, tensor)
        key = id(where)
        have = tensor.turned
        step = Step(
            where,
            node,
            model,
            have,
            have if rank < 3 else found.want,
            found.gives,
            first and not plain,
            rank,
            self.last_steps.get(id(model)),
            tuple(self._doing),
            layer,
        )
        self.steps.append(step)
        self.last_steps[id(model)] = step
        if not first and isinstance(outputs[0], Tensor):
            self.heap.put(model, "outputs", (self._turned(outputs[0], step.want),))
        add_layer(self, model, layer)
        result = model.state["outputs"]
        if result and isinstance(result[0], Tensor) and not isinstance(layer, Tensor):
            gives = self.plan.after.get(key, found.gives)
            if result[0].shape is not None and len(result[0].shape) < 3:
                gives = 0
            self.heap.put(model, "outputs", (self._turned(result[0], gives), *result[1:]))

    def _step(self, layer: Value, tensor: Tensor, node: ast.AST) -> Passage:
        return self._passage(layer, tensor, None, node)


def _rank(target: Value, tensor: Tensor) -> int:
    """The rank of what a layer gets."""
    if tensor.shape is not None:
        return len(tensor.shape)
    if isinstance(target, Layer):
        spec = SPECS.get(target.kind)
        if spec is not None and spec.spatial:
            return spec.spatial + (3 if spec.time_axis else 2)
        if target.kind == "TimeDistributed" and isinstance(target.inner, Layer):
            return _rank(target.inner, Tensor(None)) + 1
    return 0


def _root(node: ast.expr) -> str:
    """The variable that an expression starts from."""
    inner: ast.AST = node
    while isinstance(inner, (ast.Attribute, ast.Subscript, ast.Call)):
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


def follow(
    files: Sequence[Context],
    facts: ProjectFacts,
    reading: str,
    plan: Plan,
    fuel: int,
    around: Mapping[ast.AST, ast.AST],
) -> Follower:
    """Follow all files: their top levels, then what nobody called."""
    from functools import partial

    from kerasmig.analysis.dataformat.shapes import _defined, _run_uncalled, outline

    run = Follower(reading, facts, fuel, plan)
    run.parents = around
    scopes: list[Scope] = []
    for context in files:
        known = run.loaded_module(context.name) if context.name else None
        if known is not None:
            scopes.append(known.scope)
            continue
        scope = Scope(None, context)
        run.provide_module(context, scope)
        run.enter(fuel, True, partial(run.run_module, context, scope))
        scopes.append(scope)
    run.keep_setting()
    run.alone = True
    for scope in scopes:
        run.enter_context(scope.module)
        _run_uncalled(run, _defined(scope), outline(scope.module.tree), fuel, own=True)
    return run


__all__ = [
    "Demand",
    "Doing",
    "Follower",
    "Plan",
    "Problem",
    "Step",
    "Visit",
    "Wrap",
    "follow",
    "spec_for",
]
