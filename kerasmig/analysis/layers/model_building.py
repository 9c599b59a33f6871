"""Making inputs, layers, Sequential and functional models."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.tensors import connect, link, record, tensors_in
from kerasmig.analysis.interpreter.values import (
    Instance,
    Layer,
    Model,
    Seq,
    Shape,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.analysis.layers.application import apply
from kerasmig.analysis.layers.arguments import Config, bind
from kerasmig.analysis.layers.merging import merge_tensors
from kerasmig.analysis.layers.shape_functions import ALIASES, SPECS
from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import role_of

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


def make_layer(
    run: Interpreter,
    called: str,
    args: list[Value],
    kwargs: dict[str, Value],
    complete: bool,
    node: ast.Call,
) -> Value:
    """A layer of the class with this bare name."""
    spec = SPECS[ALIASES.get(called, called)]
    config = bind(*spec.layer.positions(called), args, kwargs, complete)
    layer = Layer(spec.name, config, node, run.setting, run.current_path())
    if spec.role in (Role.TIME_DISTRIBUTED, Role.BIDIRECTIONAL):
        layer.inner = config.get("layer")
        connect(run, layer.node, layer.inner)
    run.trace.nodes[id(node)] = node
    made = run.trace.layers.setdefault(id(node), [])
    if len(made) < 64:
        made.append(layer)
    run.trace.names.setdefault(id(node), run.function_name())
    if spec.role is Role.MERGE and isinstance(config.get("layers"), Seq):
        merge_tensors(run, config.get("layers"), layer, node)
    if spec.role is Role.INPUT:
        return _input_layer(run, layer)
    return layer


def _input_layer(run: Interpreter, layer: Layer) -> Value:
    shape, sizes = declared_input(layer.config, layer.kind)
    tensor = Tensor(shape, layer.node, "input", layer, line=layer.node.lineno, sizes=sizes)
    tensor.root, tensor.path = tensor, run.current_path()
    layer.outputs.append(tensor)
    record(run, layer, "Input", layer.node, (), tensor.shape)
    return layer


def make_input(run: Interpreter, config: Config, node: ast.Call) -> Tensor:
    shape: Shape | None = None
    sizes: Value = None
    given = config.get("shape")
    whole = config.values.get("batch_shape")
    if isinstance(given, Seq):
        shape, sizes = (None, *given.items), given
    elif isinstance(whole, Seq):
        shape, sizes = whole.items, whole
    elif isinstance(given, int):
        shape = None
    elif isinstance(given, Unknown):
        sizes = given
    run.trace.nodes[id(node)] = node
    tensor = Tensor(shape, node, "input", None, line=node.lineno, sizes=sizes)
    tensor.root, tensor.path = tensor, run.current_path()
    run.trace.names.setdefault(id(node), run.function_name())
    record(run, None, "Input", node, (), tensor.shape)
    return tensor


def declared_input(config: Config, kind: str) -> tuple[Shape | None, Value]:
    """(shape with batch axis, the shape as written) that a first layer declares."""
    whole = config.values.get("batch_input_shape", config.values.get("batch_shape"))
    if isinstance(whole, Seq):
        return whole.items, whole
    given = config.values.get("input_shape", config.values.get("shape"))
    if isinstance(given, Seq):
        return (None, *given.items), given
    if given is not None or whole is not None:
        return None, given if given is not None else whole
    spec = SPECS.get(kind)
    if spec is not None and spec.role is Role.EMBEDDING:
        return (None, config.values.get("input_length")), None
    width = config.values.get("input_dim")
    if width is not None:
        if spec is not None and spec.layer.takes_vectors:
            return (None, width), None
        if spec is not None:
            return (None, config.values.get("input_length"), width), None
    return None, None


def _has_declared(config: Config, kind: str) -> bool:
    names = ("input_shape", "batch_input_shape", "batch_shape", "input_dim")
    return role_of(kind) is Role.EMBEDDING or any(name in config.values for name in names)


def make_sequential(
    run: Interpreter, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Model:
    model = Model(node, sequential=True)
    run.trace.nodes[id(node)] = node
    run.trace.names.setdefault(id(node), run.function_name())
    layers = args[0] if args else kwargs.get("layers")
    for layer in run.iterate(layers) or ():
        add_layer(run, model, layer)
    return model


def make_model(
    run: Interpreter, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Model:
    config = bind(("input", "output", "name"), (), args, kwargs)
    model = Model(node, sequential=False)
    run.trace.nodes[id(node)] = node
    run.trace.names.setdefault(id(node), run.function_name())
    for role in ("input", "output"):
        tensors = tensors_in(run, config.get(role))
        model.state[f"{role}s"] = tuple(tensors or ())
        for tensor in tensors or ():
            link(run, node, tensor)
    return model


def add_to_unknown(run: Interpreter, layer: Value) -> None:
    """``something.add(layer)``: a model of which nothing is known, but for the layer's input."""
    if isinstance(layer, Layer) and _has_declared(layer.config, layer.kind):
        for tensor in _first_tensor(run, layer) or ():
            apply(run, layer, tensor)


def model_of(run: Interpreter, instance: Instance) -> Model:
    """The Sequential model that an object of a subclass of ``Sequential`` is."""
    model = instance.state.get("__model__")
    if not isinstance(model, Model):
        cls = instance.cls
        assert cls is not None
        model = Model(instance.node or cls.node, sequential=True)
        run.heap.put(instance, "__model__", model)
        run.trace.nodes[id(model.node)] = model.node
    return model


def add_layer(run: Interpreter, model: Model, layer: Value) -> None:
    """``model.add(layer)``."""
    put = run.heap.put
    connect(run, model.node, layer)
    outputs = model.state["outputs"]
    if not outputs:
        outputs = _first_tensor(run, layer)
        if outputs is None:
            return
        if not model.state["inputs"]:
            put(model, "inputs", outputs)
        if isinstance(layer, Model) or (
            isinstance(layer, Layer) and role_of(layer.kind) is Role.INPUT
        ):
            put(model, "layers", (*model.state["layers"], layer))
            if isinstance(layer, Model):
                put(model, "inputs", layer.state["inputs"])
            put(model, "outputs", outputs)
            return
        if isinstance(layer, Layer) and role_of(layer.kind) is Role.MERGE:
            put(model, "layers", (*model.state["layers"], layer))
            put(model, "outputs", outputs)
            return
    if isinstance(layer, Tensor):
        put(model, "outputs", (layer,))
        return
    result = apply(run, layer, outputs[0])
    put(model, "layers", (*model.state["layers"], layer))
    tensor = result if isinstance(result, Tensor) else Tensor(None, model.node)
    link(run, model.node, tensor)
    put(model, "outputs", (tensor,))


def _first_tensor(run: Interpreter, layer: Value) -> tuple[Tensor, ...] | None:
    """What stands before the first layer of a Sequential model."""
    if isinstance(layer, Model):
        return layer.state["outputs"] or (Tensor(None, layer.node),)
    if isinstance(layer, Layer):
        if role_of(layer.kind) in (Role.INPUT, Role.MERGE):
            return tuple(layer.outputs[-1:]) or (Tensor(None, layer.node),)
        config, kind = layer.config, layer.kind
        if layer.inner is not None and not _has_declared(config, kind):
            inner = layer.inner
            if isinstance(inner, Layer) and role_of(kind) is Role.BIDIRECTIONAL:
                config, kind = inner.config, inner.kind
    elif isinstance(layer, Instance):
        config, kind = layer.state.get("__config__", Config()), ""
    else:
        return (Tensor(None),)
    node = layer.node
    if not _has_declared(config, kind):
        return (Tensor(None, node),)
    shape, sizes = declared_input(config, kind)
    tensor = Tensor(shape, node, "input", None, line=getattr(node, "lineno", 0), sizes=sizes)
    tensor.root, tensor.path = tensor, run.current_path()
    return (tensor,)


def get_layer(model: Model, args: list[Value], kwargs: dict[str, Value]) -> Value:
    name = kwargs.get("name", args[0] if args else None)
    for layer in _layers_of(model):
        named = layer.config.values.get("name") if isinstance(layer, Layer) else None
        if isinstance(named, str) and named == name:
            return layer
    return Unknown()


def _layers_of(model: Model) -> tuple[Value, ...]:
    if model.sequential:
        layers: tuple[Value, ...] = model.state["layers"]
        return layers
    found: dict[int, Layer] = {}
    stack = list(model.state["outputs"])
    seen: set[int] = set()
    while stack and len(seen) < 2000:
        tensor = stack.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        if tensor.layer is not None:
            found.setdefault(id(tensor.layer), tensor.layer)
        stack.extend(tensor.inputs)
    return tuple(found.values())
