"""``merge``, ``Merge`` and the merge layers of later versions, on tensors."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.tensors import connect, link, record
from kerasmig.analysis.interpreter.values import (
    Function,
    Layer,
    Model,
    Seq,
    Shape,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.analysis.layers.arguments import Config, bind
from kerasmig.analysis.layers.merge_shapes import merge_shape
from kerasmig.analysis.layers.shape_functions import MERGE_FUNCTIONS
from kerasmig.analysis.layers.sizes import ShapeProblem

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


def merge_layer(config: Config, node: ast.Call) -> Layer:
    return Layer("Merge", config, node)


def merge_tensors(run: Interpreter, given: Value, layer: Layer, node: ast.Call) -> Value:
    inputs = _merge_inputs(run, given)
    mode = layer.config.get("mode", "sum")
    axis = layer.config.get("concat_axis", -1)
    shapes = [t.shape for t in inputs]
    problem = ""
    inherited = any(t.broken for t in inputs)
    shape: Shape | None = None
    try:
        if isinstance(given, Seq) and not given.state.get("uncertain"):
            dots = layer.config.get("dot_axes", -1)
            shape = _callable_merge(run, layer, shapes)
            if shape is None and isinstance(mode, str):
                shape = merge_shape(mode, shapes, axis, dots)
        elif mode == "concat" and shapes and shapes[0] is not None:
            shape = tuple(Unknown() for _ in shapes[0])
    except ShapeProblem as error:
        problem = "" if inherited else str(error)
    run.trace.nodes[id(node)] = node
    run.trace.layers.setdefault(id(node), []).append(layer)
    output = Tensor(
        shape,
        node,
        "layer",
        layer,
        tuple(inputs),
        inherited or bool(problem),
        node.lineno,
    )
    layer.outputs.append(output)
    for tensor in inputs:
        link(run, node, tensor)
    record(run, layer, "merge", node, tuple(shapes), shape, problem, tuple(inputs), inherited)
    return output


def _callable_merge(run: Interpreter, layer: Layer, shapes: Sequence[Shape | None]) -> Shape | None:
    if isinstance(layer.config.get("mode", "sum"), str):
        return None
    given = layer.config.get("output_shape")
    if isinstance(given, Seq):
        first = shapes[0] if shapes else None
        return (first[0] if first else None, *given.items)
    if isinstance(given, Function) and None not in shapes:
        lists = Seq(tuple(Seq(s) for s in shapes if s is not None), True)
        result = run.invoke(given, [lists], {}, True)
        return result.items if isinstance(result, Seq) else None
    return None


def _merge_inputs(run: Interpreter, given: Value) -> list[Tensor]:
    """Tensors of what is merged: tensors, or layers and models in a Sequential's ``Merge``."""
    result = []
    for item in given.items if isinstance(given, Seq) else ():
        if isinstance(item, Tensor):
            result.append(item)
        elif isinstance(item, Model) and item.state["outputs"]:
            output = item.state["outputs"][0]
            connect(run, item.node, output)
            result.append(output)
        elif isinstance(item, Layer) and item.outputs:
            result.append(item.outputs[-1])
        else:
            result.append(Tensor(None, getattr(item, "node", None)))
    return result


def later_merge(
    run: Interpreter,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    complete: bool,
    node: ast.Call,
) -> Value:
    mode = MERGE_FUNCTIONS[name]
    if name[0].isupper():
        config = bind(("axis",) if mode == "concat" else (), (), args, kwargs, complete)
        return Layer("Merge", Config({**config.values, "mode": mode}, complete), node)
    config = bind(("inputs", "axis"), (), args, kwargs, complete)
    layer = Layer("Merge", Config({**config.values, "mode": mode}, complete), node)
    return merge_tensors(run, config.get("inputs"), layer, node)
