"""``Graph``, the model with named nodes of Keras 0.3 to 1.1.

Keras 1.2.2 has it no longer, so its shapes are not held against the real library; the programs
that use it are migrated by hand, but their data format can be told.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.values import Layer, Model, Seq, Tensor, Value
from kerasmig.analysis.layers.application import apply
from kerasmig.analysis.layers.arguments import Config, bind
from kerasmig.analysis.layers.merging import merge_tensors
from kerasmig.analysis.layers.model_building import declared_input

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter

_PARAMS = {
    "add_input": ("name", "input_shape", "batch_input_shape", "dtype"),
    "add_node": ("layer", "name", "input", "inputs", "merge_mode", "concat_axis", "dot_axes"),
    "add_shared_node": ("layer", "name", "inputs", "merge_mode", "concat_axis", "dot_axes"),
    "add_output": ("name", "input", "inputs", "merge_mode", "concat_axis", "dot_axes"),
}


def make_graph(run: Interpreter, node: ast.Call) -> Model:
    """``Graph()``: ``state`` holds, besides a model's own, each named tensor."""
    model = Model(node, sequential=False)
    run.trace.nodes[id(node)] = node
    run.trace.names.setdefault(id(node), run.function_name())
    return model


def call_method(
    run: Interpreter,
    graph: Model,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: ast.Call,
) -> bool:
    """``graph.add_input(...)`` and its kind.

    Returns:
        whether it was one of these methods.
    """
    if name not in _PARAMS:
        return False
    config = bind(_PARAMS[name], (), args, kwargs)
    if name == "add_input":
        shape, sizes = declared_input(config, "")
        tensor: Value = Tensor(shape, node, "input", line=node.lineno, sizes=sizes)
        tensor.root, tensor.path = tensor, run.current_path()
    else:
        tensor = _source(run, graph, config, node)
        layer = config.get("layer")
        if layer is not None:
            tensor = apply(run, layer, tensor)
    if isinstance(tensor, Tensor):
        run.trace.groups.unite(id(graph.node), id(tensor.node))
        label = config.get("name")
        if isinstance(label, str):
            run.heap.put(graph, f"node {label}", tensor)
    return True


def _source(run: Interpreter, graph: Model, config: Config, node: ast.Call) -> Value:
    """The named tensor, or the named tensors merged, that a node is put on."""
    names = config.get("inputs")
    if isinstance(names, Seq) and names.items:
        tensors = Seq(tuple(_named(graph, name) for name in names.items), True)
        merged = Config({**config.values, "mode": config.get("merge_mode", "concat")})
        return merge_tensors(run, tensors, Layer("Merge", merged, node), node)
    return _named(graph, config.get("input"))


def _named(graph: Model, name: Value) -> Tensor:
    found = graph.state.get(f"node {name}") if isinstance(name, str) else None
    return found if isinstance(found, Tensor) else Tensor(None, graph.node)
