"""What calls into Keras, and attributes of its objects, give: the switchboard."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerasmig.analysis.interpreter.tensors import shape_value
from kerasmig.analysis.interpreter.values import (
    Instance,
    Layer,
    Method,
    Model,
    Seq,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.analysis.layers import graph_model
from kerasmig.analysis.layers import networks as applications
from kerasmig.analysis.layers.arguments import bind
from kerasmig.analysis.layers.keras_backend import call_backend
from kerasmig.analysis.layers.merging import later_merge, merge_layer, merge_tensors
from kerasmig.analysis.layers.model_building import (
    add_layer,
    get_layer,
    make_input,
    make_layer,
    make_model,
    make_sequential,
    model_of,
)
from kerasmig.analysis.layers.shape_functions import MERGE_FUNCTIONS, spec_for
from kerasmig.catalog.surface import positions

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


def call_keras(
    run: Interpreter,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    complete: bool,
    node: ast.Call,
) -> Value:
    """Call a Keras function or class by its canonical name."""
    last = name.rpartition(".")[2]
    if ".backend." in name or name.startswith("keras.config."):
        return call_backend(run, last, args, kwargs, node)
    if last == "Input":
        return make_input(
            run, bind(positions("keras.layers.Input"), (), args, kwargs, complete), node
        )
    if last == "merge":
        config = bind(positions("keras.layers.merge"), (), args, kwargs, complete)
        return merge_tensors(run, config.get("inputs"), merge_layer(config, node), node)
    if last in MERGE_FUNCTIONS:
        return later_merge(run, last, args, kwargs, complete, node)
    if last == "Sequential":
        return make_sequential(run, args, kwargs, node)
    if last == "Graph":
        return graph_model.make_graph(run, node)
    if last == "Model":
        return make_model(run, args, kwargs, node)
    spec = spec_for(name)
    if spec is not None:
        return make_layer(run, last, args, kwargs, complete, node)
    if last in ("to_categorical", "load_model"):
        return Unknown()
    if last == "_obtain_input_shape":
        return applications.default_input(run, args, kwargs, node)
    if last in applications.NETWORKS:
        return applications.make_network(run, last, args, kwargs, node)
    return Unknown()


def call_method(
    run: Interpreter,
    receiver: Value,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: ast.Call,
) -> Value:
    """Call a method of a model, layer or tensor."""
    base = receiver.cls.library_base() if isinstance(receiver, Instance) and receiver.cls else ""
    if base and base.endswith(".Sequential"):
        receiver = model_of(run, receiver)
    if isinstance(receiver, Model):
        if graph_model.call_method(run, receiver, name, args, kwargs, node):
            return None
        if name == "add" and (args or kwargs):
            add_layer(run, receiver, args[0] if args else kwargs.get("layer"))
            return None
        if name == "get_layer":
            return get_layer(receiver, args, kwargs)
        if name == "pop" and receiver.state["layers"]:
            run.heap.put(receiver, "layers", receiver.state["layers"][:-1])
            run.heap.put(receiver, "outputs", (Tensor(None, receiver.node),))
            return None
    if isinstance(receiver, Layer) and name in ("get_output_shape_at", "get_output_at"):
        output = receiver.outputs[-1] if receiver.outputs else None
        if output is None or len(receiver.outputs) > 1:
            return Unknown()
        return output if name == "get_output_at" else shape_value(output.shape)
    if isinstance(receiver, Tensor) and name in ("get_shape", "as_list"):
        return receiver if name == "get_shape" else shape_value(receiver.shape)
    return Unknown()


def attribute(run: Interpreter, base: Any, name: str) -> Value:
    """Attribute of a tensor, layer or model."""
    if isinstance(base, Tensor):
        if name in ("_keras_shape", "shape"):
            return shape_value(base.shape)
        return Method(base, name)
    if isinstance(base, Layer):
        if name in ("output", "output_shape", "input", "input_shape"):
            return _layer_end(base, name)
        if name in base.config.values and name not in ("input_shape",):
            return base.config.values[name]
        return Method(base, name)
    assert isinstance(base, Model)
    if f".{name}" in base.state:
        return base.state[f".{name}"]
    if name in ("output", "input", "output_shape", "input_shape"):
        tensors = base.state["outputs" if name.startswith("output") else "inputs"]
        if len(tensors) != 1:
            return Seq(tuple(tensors), True) if tensors and "_" not in name else Unknown()
        return tensors[0] if "_" not in name else shape_value(tensors[0].shape)
    if name in ("inputs", "outputs"):
        return Seq(base.state[name], True)
    if name == "layers" and base.sequential:
        return Seq(base.state["layers"], True)
    if name in ("layers", "name", "nodes"):
        return Unknown(name)
    return Method(base, name)


def _layer_end(layer: Layer, name: str) -> Value:
    if len(layer.outputs) != 1:
        return Unknown()
    output = layer.outputs[0]
    end = output if name.startswith("output") else (output.inputs[0] if output.inputs else None)
    if end is None:
        return Unknown()
    return shape_value(end.shape) if name.endswith("shape") else end
