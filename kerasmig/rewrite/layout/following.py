"""Following a program of several files, with the state of every tensor (see `axes`).

`Follower` is the interpreter, told what has been decided so far (`Plan`). Where a tensor is not in
the state in which it is wanted it notes a `Demand`, and goes on as if it were.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.interpreter.frames import Context
from kerasmig.analysis.interpreter.values import (
    DictValue,
    Function,
    Instance,
    Layer,
    Library,
    Method,
    Model,
    Partial,
    Scope,
    Seq,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.analysis.layers.merging import merge_layer
from kerasmig.analysis.layers.shape_functions import MERGE_FUNCTIONS
from kerasmig.rewrite.layout.passages import Passage, merged
from kerasmig.rewrite.layout.plan import Plan
from kerasmig.rewrite.layout.stacking import Stacker, rank_of

_LOOKS_ONLY = frozenset("print len isinstance type id str repr bool hasattr getattr range".split())
_DATA_METHODS = frozenset(
    "compile fit fit_generator evaluate predict predict_on_batch train_on_batch test_on_batch summary "
    "save save_weights load_weights get_weights set_weights to_json to_yaml get_config".split()
)


class Follower(Stacker):
    """Follows modules: calls of layers, models and anything else, with tensors as they want them."""

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
            if last.lower().endswith("function") and self.plan.inputs and args:
                # What it is fed are the inputs themselves, not what comes of them.
                rest, named = self._brought_back(args[1:], kwargs, node)
                self.functions.append(node)
                return super().call(function, [args[0], *rest], named, complete, node)
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

    def _is_layer(self, value: Value) -> bool:
        base = value.cls.library_base() if isinstance(value, Instance) and value.cls else None
        return bool(base and base.startswith("keras."))

    def _whole(self, tensor: Tensor, node: ast.Call) -> Tensor:
        where = node.func.value if isinstance(node.func, ast.Attribute) else None
        found = self.need(where, tensor, 0, node)
        assert isinstance(found, Tensor)
        return found

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
        if isinstance(given, Tensor) and given.shape is None and takes and takes[0]:
            given = self._of_rank(given, _rank_taken(model))
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

    def _input(
        self, target: Value, given: Value, where: ast.expr | None, node: ast.Call
    ) -> tuple[Value, int]:
        """(input in the state that a layer wants, state of its output)."""
        tensor = given if isinstance(given, Tensor) else Tensor(None)
        found = self._passage(target, tensor, where, node)
        if not isinstance(given, Tensor) and not isinstance(given, Seq):
            if found.want and isinstance(target, Layer):
                # Nothing is known of it: it is in the order of the code, whoever gave it.
                rank = rank_of(target, tensor)
                given = Tensor(tuple(Unknown() for _ in range(rank)), getattr(given, "node", None))
        given = self._ranked(target, given, found)
        element = None if isinstance(node.func, ast.Call) else self.elements.get(id(target))
        if element is not None and isinstance(given, Tensor):
            inserted = self.plan.inserts.get(id(element))
            if inserted is not None:
                rank = len(given.shape or ())
                self.used_elements.setdefault(id(element), set()).add((given.turned, rank))
                if given.turned != inserted:
                    self.inserted.append((given, inserted))
                given = self._turned(given, inserted)
        before = len(self.demands)
        value = self.need(where, given, found.want, node)
        self.demands[before:] = [d._replace(element=element) for d in self.demands[before:]]
        return value, found.gives

    def _ranked(self, target: Value, given: Value, found: Passage) -> Value:
        if isinstance(given, Tensor) and given.shape is None and found.want:
            return self._of_rank(given, rank_of(target, given))
        return given

    def _of_rank(self, given: Tensor, rank: int) -> Tensor:
        """A tensor of which only the number of axes is known, by where it goes."""
        trail = self.trails.get(id(given))
        ranked = replace(given, shape=tuple(Unknown() for _ in range(rank)))
        if trail:
            self.trails[id(ranked)] = trail
            self._kept.append(ranked)
        return ranked

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


def _rank_taken(model: Model) -> int:
    """How many axes a model's input has; 0 if that is not known."""
    taken = next((t for t in model.state["inputs"] if isinstance(t, Tensor)), None)
    return len(taken.shape or ()) if taken is not None else 0


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


__all__ = ["Follower", "follow"]
