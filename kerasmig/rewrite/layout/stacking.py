"""Layers that are put into Sequential models, and the edges between them."""

from __future__ import annotations

import ast

from kerasmig.analysis.interpreter.values import (
    Instance,
    Layer,
    Library,
    Model,
    Seq,
    Tensor,
    Value,
)
from kerasmig.analysis.layers.model_building import _first_tensor
from kerasmig.analysis.layers.shape_functions import SPECS
from kerasmig.rewrite.layout.passages import Passage
from kerasmig.rewrite.layout.plan import Step
from kerasmig.rewrite.layout.tracing import Tracer


class Stacker(Tracer):
    """Follows Sequential models."""

    def _is_sequential(self, value: Value) -> bool:
        if isinstance(value, Model):
            return value.sequential
        base = value.cls.library_base() if isinstance(value, Instance) and value.cls else ""
        return bool(base and base.endswith(".Sequential"))

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
        where = self.elements.get(id(layer)) if self._is_loop_variable(argument) else None
        self._put(receiver, layer, where or argument, node)
        return None

    def states_of(self, model: Model) -> tuple[list[int], list[int]]:
        """States of what a model takes and gives."""
        given = [t.turned if isinstance(t, Tensor) else 0 for t in model.state["inputs"]]
        if model.sequential and id(model) in self.input_states:
            given = [self.input_states[id(model)]]
        gives = [t.turned if isinstance(t, Tensor) else 0 for t in model.state["outputs"]]
        return given, gives

    def _is_loop_variable(self, node: ast.expr) -> bool:
        """``for layer in layers: model.add(layer)``: the layer stands in the list."""
        inner: ast.AST | None = node
        while inner is not None:
            if isinstance(inner, ast.For) and isinstance(node, ast.Name):
                if isinstance(inner.target, ast.Name) and inner.target.id == node.id:
                    return True
            inner = self.parents.get(inner)
        return False

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
        elif first and isinstance(layer, Model):
            self.input_states[id(model)] = next(iter(self.states_of(layer)[0]), 0)
        elif first:
            self.input_states[id(model)] = tensor.turned
        plain = first and (
            isinstance(layer, Model)
            or (isinstance(layer, Layer) and layer.kind in ("InputLayer", "Merge"))
        )
        if plain or isinstance(layer, Tensor):
            found = Passage(tensor.turned, tensor.turned)
        elif isinstance(layer, Model) and self.plan.inputs:
            given, given_back = self.states_of(layer)
            found = Passage(given[0] if given else 0, given_back[0] if given_back else 0)
        else:
            found = self._step(layer, tensor, node)
        rank = rank_of(layer, tensor)
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
        if step.have != step.want:
            self.inserted.append((tensor, step.want))
        if not first and isinstance(outputs[0], Tensor):
            self.heap.put(model, "outputs", (self._turned(outputs[0], step.want),))
        add_layer(self, model, layer)
        result = model.state["outputs"]
        shape = getattr(result[0], "shape", None) if result else None
        step = step._replace(made=rank if shape is None else len(shape))
        self.steps.append(step)
        self.last_steps[id(model)] = step
        if result and isinstance(result[0], Tensor) and not isinstance(layer, Tensor):
            gives = self.plan.after.get(key, found.gives)
            if result[0].shape is not None and len(result[0].shape) < 3:
                gives = 0
            self.heap.put(model, "outputs", (self._turned(result[0], gives), *result[1:]))

    def _step(self, layer: Value, tensor: Tensor, node: ast.AST) -> Passage:
        return self._passage(layer, tensor, None, node)


def rank_of(target: Value, tensor: Tensor) -> int:
    """The rank of what a layer gets."""
    if tensor.shape is not None:
        return len(tensor.shape)
    if isinstance(target, Layer):
        spec = SPECS.get(target.kind)
        if spec is not None and spec.spatial:
            return spec.spatial + (3 if spec.time_axis else 2)
        if target.kind == "TimeDistributed" and isinstance(target.inner, Layer):
            return rank_of(target.inner, Tensor(None)) + 1
    return 0


__all__ = ["Stacker", "rank_of"]
