"""What calls into Keras do to abstract values: layers, models, tensors, the backend."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerasmig.analysis import applications, graph_model
from kerasmig.analysis.layer_arguments import ORDERINGS, Config, bind
from kerasmig.analysis.layer_shapes import (
    MERGE_FUNCTIONS,
    SPECS,
    LayerSpec,
    ShapeProblem,
    merge_shape,
    spec_for,
)
from kerasmig.analysis.trace import Application
from kerasmig.analysis.values import (
    AmbientOrdering,
    Function,
    Instance,
    Layer,
    Library,
    Method,
    Model,
    Seq,
    Shape,
    Tensor,
    Unknown,
    Value,
    join_shapes,
    same_size,
)

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter import Interpreter

_CHANNEL_CHANGING = frozenset(
    name
    for name in SPECS
    if "Convolution" in name
    or "Connected" in name
    or name in ("Dense", "ConvLSTM2D", "Flatten", "Reshape", "Permute", "Merge", "Embedding")
    or "Dense" in name
)

_INPUT_PARAMS = ["shape", "batch_shape", "name", "dtype", "sparse", "tensor"]
_MERGE_PARAMS = [
    "inputs",
    "mode",
    "concat_axis",
    "dot_axes",
    "output_shape",
    "output_mask",
    "arguments",
    "name",
]


# ------------------------------------------------------------------------------ making


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
        return _backend_call(run, last, args, kwargs, node)
    if last == "Input":
        return _make_input(run, bind(_INPUT_PARAMS, (), args, kwargs, complete), node)
    if last == "merge":
        config = bind(_MERGE_PARAMS, (), args, kwargs, complete)
        return merge_tensors(run, config.get("inputs"), _merge_layer(config, node), node)
    if last in MERGE_FUNCTIONS:
        return _later_merge(run, last, args, kwargs, complete, node)
    if last == "Sequential":
        return _make_sequential(run, args, kwargs, node)
    if last == "Graph":
        return graph_model.make_graph(run, node)
    if last == "Model":
        return _make_model(run, args, kwargs, node)
    spec = spec_for(name)
    if spec is not None:
        return _make_layer(run, spec, args, kwargs, complete, node)
    if last in ("to_categorical", "load_model"):
        return Unknown()
    if last == "_obtain_input_shape":
        return applications.default_input(run, args, kwargs, node)
    if last in applications.NETWORKS:
        return applications.make_network(run, last, args, kwargs, node)
    return Unknown()


def _make_layer(
    run: Interpreter,
    spec: LayerSpec,
    args: list[Value],
    kwargs: dict[str, Value],
    complete: bool,
    node: ast.Call,
) -> Value:
    config = bind(spec.params, spec.params2, args, kwargs, complete)
    layer = Layer(spec.name, config, node, run.setting)
    if spec.name in ("TimeDistributed", "Bidirectional"):
        layer.inner = config.get("layer")
        _connect(run, layer.node, layer.inner)
    run.trace.nodes[id(node)] = node
    made = run.trace.layers.setdefault(id(node), [])
    if len(made) < 64:
        made.append(layer)
    run.trace.names.setdefault(id(node), run.function_name())
    if spec.name == "Merge" and isinstance(config.get("layers"), Seq):
        merge_tensors(run, config.get("layers"), layer, node)
    if spec.name == "InputLayer":
        return _input_layer(run, layer)
    return layer


def _input_layer(run: Interpreter, layer: Layer) -> Value:
    shape, sizes = declared_input(layer.config, layer.kind)
    tensor = Tensor(shape, layer.node, "input", layer, line=layer.node.lineno, sizes=sizes)
    tensor.root = tensor
    layer.outputs.append(tensor)
    _record(run, layer, "Input", layer.node, (), tensor.shape)
    return layer


def _make_input(run: Interpreter, config: Config, node: ast.Call) -> Tensor:
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
    tensor.root = tensor
    run.trace.names.setdefault(id(node), run.function_name())
    _record(run, None, "Input", node, (), tensor.shape)
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
    if kind == "Embedding":
        return (None, config.values.get("input_length")), None
    width = config.values.get("input_dim")
    if width is not None:
        if kind in ("Dense", "MaxoutDense", "Highway"):
            return (None, width), None
        if kind in SPECS:
            return (None, config.values.get("input_length"), width), None
    return None, None


def _has_declared(config: Config, kind: str) -> bool:
    names = ("input_shape", "batch_input_shape", "batch_shape", "input_dim")
    return kind == "Embedding" or any(name in config.values for name in names)


def _make_sequential(
    run: Interpreter, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Model:
    model = Model(node, sequential=True)
    run.trace.nodes[id(node)] = node
    run.trace.names.setdefault(id(node), run.function_name())
    layers = args[0] if args else kwargs.get("layers")
    for layer in run.iterate(layers) or ():
        _add(run, model, layer)
    return model


def _make_model(
    run: Interpreter, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Model:
    config = bind(("input", "output", "name"), (), args, kwargs)
    model = Model(node, sequential=False)
    run.trace.nodes[id(node)] = node
    run.trace.names.setdefault(id(node), run.function_name())
    for role in ("input", "output"):
        tensors = _tensors(run, config.get(role))
        model.state[f"{role}s"] = tuple(tensors or ())
        for tensor in tensors or ():
            _link(run, node, tensor)
    return model


def _tensors(run: Interpreter, value: Value) -> list[Tensor] | None:
    """The tensors in a tensor or list of tensors; None where that is not known."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Seq):
        return [item if isinstance(item, Tensor) else Tensor(None) for item in value.items]
    return None


# ------------------------------------------------------------------------- connections


def _link(run: Interpreter, node: ast.AST, tensor: Tensor) -> None:
    """Note that a layer or model is connected with the maker of a tensor."""
    seen: set[int] = set()
    stack = [tensor]
    while stack:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.node is not None:
            run.trace.groups.unite(id(node), id(current.node))
        if current.layer is None and current.inputs and len(seen) < 16:
            stack.extend(current.inputs)


def _connect(run: Interpreter, node: ast.AST, part: Value) -> None:
    inner = getattr(part, "node", None)
    if inner is not None:
        run.trace.groups.unite(id(node), id(inner))


def _record(
    run: Interpreter,
    layer: Layer | None,
    kind: str,
    node: ast.AST,
    inputs: tuple[Shape | None, ...],
    output: Shape | None,
    problem: str = "",
    tensors: tuple[Tensor, ...] = (),
    inherited: bool = False,
) -> None:
    roots = tuple(t.root for t in tensors if t.root is not None)
    run.trace.applications.append(
        Application(
            layer,
            kind,
            node,
            run.current_path(),
            inputs,
            output,
            problem,
            tensors,
            roots,
            inherited,
        )
    )


# ------------------------------------------------------------------------ applying


def call_on_tensors(
    run: Interpreter, target: Value, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    """``layer(tensor)`` or ``model(tensor)``."""
    given = args[0] if args else kwargs.get("x", kwargs.get("inputs"))
    return apply(run, target, given)


def apply(run: Interpreter, target: Value, given: Value) -> Value:
    """Apply a layer, model or user-defined layer to what it is called on."""
    tensors = _tensors(run, given)
    if isinstance(target, Model):
        return _apply_model(run, target, tensors)
    if isinstance(target, Instance):
        return _apply_custom(run, target, tensors)
    if not isinstance(target, Layer):
        return Unknown()
    if target.kind == "Merge":
        return merge_tensors(run, given, target, target.node)
    if tensors is None or len(tensors) != 1:
        tensors = [Tensor(None)]
    return _apply_layer(run, target, tensors[0])


def layer_ordering(run: Interpreter, layer: Layer) -> str:
    """The ordering that a layer works in: its own, or the one of the reading."""
    return ORDERINGS.get(explicit_ordering(layer) or "", str(run.reading))


def explicit_ordering(layer: Layer) -> str | None:
    """``th`` or ``tf`` if the author says so on the layer itself."""
    value = layer.config.get("dim_ordering", "default")
    if isinstance(value, AmbientOrdering) or not isinstance(value, str):
        return None
    return ORDERINGS.get(value)


def _apply_layer(run: Interpreter, layer: Layer, tensor: Tensor) -> Tensor:
    spec = SPECS[layer.kind]
    shape, problem = _output_shape(run, layer, tensor)
    inherited = tensor.broken
    if inherited:
        problem = ""
    output = Tensor(
        shape,
        layer.node,
        "layer",
        layer,
        (tensor,),
        inherited or bool(problem),
        layer.node.lineno,
    )
    if layer.kind in ("Reshape", "Lambda") and isinstance(_written_shape(layer), Seq):
        output.source = "reshape"
        output.sizes = _written_shape(layer)
        output.root = output
        if layer.kind == "Lambda" and tensor.root is not None and _equal(shape, tensor.shape):
            output.root, output.source = tensor.root, "layer"
    elif layer.kind not in _CHANNEL_CHANGING and not _inner_changes(layer):
        output.root = tensor.root
    layer.outputs.append(output)
    _link(run, layer.node, tensor)
    _record(
        run,
        layer,
        spec.name,
        layer.node,
        (tensor.shape,),
        output.shape,
        problem,
        (tensor,),
        inherited,
    )
    return output


def _inner_changes(layer: Layer) -> bool:
    inner = layer.inner
    return inner is not None and (
        not isinstance(inner, Layer) or inner.kind in _CHANNEL_CHANGING or _inner_changes(inner)
    )


def _written_shape(layer: Layer) -> Value:
    name = "target_shape" if layer.kind == "Reshape" else "output_shape"
    return layer.config.get(name)


def _equal(first: Shape | None, second: Shape | None) -> bool:
    if first is None or second is None or len(first) != len(second):
        return False
    return all(map(same_size, first[1:], second[1:]))


def _output_shape(run: Interpreter, layer: Layer, tensor: Tensor) -> tuple[Shape | None, str]:
    """(shape, problem) of applying a layer; after a problem no size is known any more."""
    spec = SPECS[layer.kind]
    try:
        if layer.kind == "Lambda":
            return _lambda_shape(run, layer, tensor), ""
        if layer.kind == "TimeDistributed":
            return _time_distributed(run, layer, tensor), ""
        if layer.kind == "Bidirectional":
            return _bidirectional(run, layer, tensor), ""
        return spec.shape(layer.config, (tensor.shape,), layer_ordering(run, layer)), ""
    except ShapeProblem as problem:
        return None, str(problem)


def _time_distributed(run: Interpreter, layer: Layer, tensor: Tensor) -> Shape | None:
    shape = tensor.shape
    if shape is not None and len(shape) < 3:
        raise ShapeProblem(f"gets an input of rank {len(shape)} where it needs rank 3 or more")
    step: Tensor = Tensor(
        None if shape is None else (shape[0], *shape[2:]), tensor.node, tensor.source
    )
    step.root = _without_time(tensor.root)
    step.broken = tensor.broken
    inner = apply(run, layer.inner, step)
    if not isinstance(inner, Tensor):
        return None
    if inner.broken and not tensor.broken:
        raise ShapeProblem("cannot apply its inner layer")
    if inner.shape is None:
        return None
    time = Unknown() if shape is None else shape[1]
    return (inner.shape[0], time, *inner.shape[1:])


def _without_time(root: Tensor | None) -> Tensor | None:
    """The same written shape as the layer inside TimeDistributed sees it."""
    if root is None or root.shape is None or len(root.shape) < 3:
        return None
    sizes = root.sizes
    if isinstance(sizes, Seq):
        drop = 1 if len(sizes.items) == len(root.shape) - 1 else 2
        kept = sizes.node
        if isinstance(kept, (ast.Tuple, ast.List)) and len(kept.elts) == len(sizes.items):
            kept = type(kept)(elts=kept.elts[drop:], ctx=ast.Load())
        sizes = Seq(sizes.items[drop:], sizes.is_list, kept)
    shape = (root.shape[0], *root.shape[2:])
    return Tensor(shape, root.node, root.source, line=root.line, sizes=sizes)


def _bidirectional(run: Interpreter, layer: Layer, tensor: Tensor) -> Shape | None:
    inner = apply(run, layer.inner, Tensor(tensor.shape, tensor.node, broken=tensor.broken))
    mode = layer.config.get("merge_mode", "concat")
    if not isinstance(inner, Tensor) or inner.shape is None or not isinstance(mode, str):
        return None
    if mode != "concat":
        return inner.shape
    width = inner.shape[-1]
    doubled = width * 2 if isinstance(width, int) else Unknown()
    return (*inner.shape[:-1], doubled)


def _lambda_shape(run: Interpreter, layer: Layer, tensor: Tensor) -> Shape | None:
    given = layer.config.get("output_shape")
    batch = tensor.shape[0] if tensor.shape else None
    if isinstance(given, Seq):
        return (batch, *given.items)
    if isinstance(given, Function):
        if tensor.shape is None:
            return None
        result = run.invoke(given, [Seq(tensor.shape)], {}, True)
        return result.items if isinstance(result, Seq) else None
    function = layer.config.get("function")
    if given is not None or not isinstance(function, Function):
        return None
    extra = layer.config.get("arguments")
    arguments = dict(extra.state) if extra is not None and hasattr(extra, "state") else {}
    probe = Tensor(tensor.shape, None, "lambda")
    result = run.invoke(function, [probe], arguments, extra is None or bool(arguments))
    return result.shape if isinstance(result, Tensor) else None


def _apply_custom(run: Interpreter, target: Instance, tensors: list[Tensor] | None) -> Value:
    """A layer class of the project: its own shape method, or the default of ``Layer``."""
    cls = target.cls
    assert cls is not None  # only instances of classes with a Keras base come here
    node = target.node or cls.node
    inputs = tensors or [Tensor(None)]
    shape: Shape | None = None
    method = cls.find("get_output_shape_for") or cls.find("compute_output_shape")
    if isinstance(method, Function):
        shapes = [None if t.shape is None else Seq(t.shape) for t in inputs]
        argument: Value = shapes[0] if len(shapes) == 1 else Seq(tuple(shapes), True)
        if None not in shapes:
            bound = Function(method.node, method.scope, method.defaults, target, method.owner)
            result = run.invoke(bound, [argument], {}, True)
            shape = result.items if isinstance(result, Seq) else None
    elif (cls.library_base() or "").endswith(".Layer") and len(inputs) == 1:
        shape = inputs[0].shape
    run.trace.nodes[id(node)] = node
    output = Tensor(
        shape, node, "layer", None, tuple(inputs), any(t.broken for t in inputs), node.lineno
    )
    for tensor in inputs:
        _link(run, node, tensor)
    name = cls.node.name
    _record(run, None, name, node, tuple(t.shape for t in inputs), output.shape, "", tuple(inputs))
    return output


# ----------------------------------------------------------------------------- merging


def _merge_layer(config: Config, node: ast.Call) -> Layer:
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
        _link(run, node, tensor)
    _record(run, layer, "merge", node, tuple(shapes), shape, problem, tuple(inputs), inherited)
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
            _connect(run, item.node, output)
            result.append(output)
        elif isinstance(item, Layer) and item.outputs:
            result.append(item.outputs[-1])
        else:
            result.append(Tensor(None, getattr(item, "node", None)))
    return result


def _later_merge(
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


# ------------------------------------------------------------------------------ models


def call_method(
    run: Interpreter,
    receiver: Value,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: ast.Call,
) -> Value:
    """Call a method of a model, layer or tensor."""
    if isinstance(receiver, Model):
        if graph_model.call_method(run, receiver, name, args, kwargs, node):
            return None
        if name == "add" and (args or kwargs):
            _add(run, receiver, args[0] if args else kwargs.get("layer"))
            return None
        if name == "get_layer":
            return _get_layer(receiver, args, kwargs)
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


def _add(run: Interpreter, model: Model, layer: Value) -> None:
    """``model.add(layer)``."""
    put = run.heap.put
    _connect(run, model.node, layer)
    outputs = model.state["outputs"]
    if not outputs:
        outputs = _first_tensor(run, layer)
        if outputs is None:
            return
        if not model.state["inputs"]:
            put(model, "inputs", outputs)
        if isinstance(layer, Model) or (isinstance(layer, Layer) and layer.kind == "InputLayer"):
            put(model, "layers", (*model.state["layers"], layer))
            if isinstance(layer, Model):
                put(model, "inputs", layer.state["inputs"])
            put(model, "outputs", outputs)
            return
        if isinstance(layer, Layer) and layer.kind == "Merge":
            put(model, "layers", (*model.state["layers"], layer))
            put(model, "outputs", outputs)
            return
    if isinstance(layer, Tensor):
        put(model, "outputs", (layer,))
        return
    result = apply(run, layer, outputs[0])
    put(model, "layers", (*model.state["layers"], layer))
    tensor = result if isinstance(result, Tensor) else Tensor(None, model.node)
    _link(run, model.node, tensor)
    put(model, "outputs", (tensor,))


def _first_tensor(run: Interpreter, layer: Value) -> tuple[Tensor, ...] | None:
    """What stands before the first layer of a Sequential model."""
    if isinstance(layer, Model):
        return layer.state["outputs"] or (Tensor(None, layer.node),)
    if isinstance(layer, Layer):
        if layer.kind in ("InputLayer", "Merge"):
            return tuple(layer.outputs[-1:]) or (Tensor(None, layer.node),)
        config, kind = layer.config, layer.kind
        if layer.inner is not None and not _has_declared(config, kind):
            inner = layer.inner
            if isinstance(inner, Layer) and kind == "Bidirectional":
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
    tensor.root = tensor
    return (tensor,)


def _apply_model(run: Interpreter, model: Model, tensors: list[Tensor] | None) -> Value:
    """A model used as a layer: what it gives for its own inputs, if these fit."""
    outputs, inputs = model.state["outputs"], model.state["inputs"]
    results = []
    for tensor in tensors or ():
        _link(run, model.node, tensor)
    fits = tensors is not None and len(tensors) == len(inputs)
    for output in outputs or (Tensor(None),):
        shape = output.shape
        if not fits or not all(
            _equal(own.shape, given.shape) for own, given in zip(inputs, tensors or (), strict=True)
        ):
            shape = None if shape is None else tuple(Unknown() for _ in shape)
        broken = output.broken or any(t.broken for t in tensors or ())
        results.append(
            Tensor(
                shape, model.node, "layer", None, tuple(tensors or ()), broken, model.node.lineno
            )
        )
        _record(
            run,
            None,
            "Model",
            model.node,
            tuple(t.shape for t in tensors or ()),
            shape,
            "",
            tuple(tensors or ()),
            True,
        )
    return results[0] if len(results) == 1 else Seq(tuple(results), True)


def _get_layer(model: Model, args: list[Value], kwargs: dict[str, Value]) -> Value:
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


# -------------------------------------------------------------------------- attributes


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


def shape_value(shape: Shape | None) -> Value:
    """A shape as the code sees it."""
    return Unknown("shape") if shape is None else Seq(shape)


# ----------------------------------------------------------------------------- backend


def tensor_arithmetic(left: Value, right: Value) -> Value:
    """Shape of ``left op right`` where at least one is a tensor."""
    tensors = [value for value in (left, right) if isinstance(value, Tensor)]
    first = tensors[0]
    if len(tensors) == 2:
        shape = join_shapes(first.shape, tensors[1].shape)
        if shape is not None and not _equal(first.shape, tensors[1].shape):
            shape = tuple(Unknown() for _ in shape)
        return Tensor(shape, first.node, "layer", None, tuple(tensors), line=first.line)
    other = right if left is first else left
    if isinstance(other, (int, float)):
        return Tensor(first.shape, first.node, "layer", None, (first,), line=first.line)
    return Tensor(None, first.node, "layer", None, (first,), line=first.line)


_SAME_SHAPE = frozenset(
    [
        "relu",
        "softmax",
        "sigmoid",
        "tanh",
        "abs",
        "square",
        "sqrt",
        "exp",
        "log",
        "round",
        "sign",
        "pow",
        "clip",
        "hard_sigmoid",
        "elu",
        "softplus",
        "softsign",
        "dropout",
        "l2_normalize",
        "stop_gradient",
        "cast",
        "in_train_phase",
        "maximum",
        "minimum",
        "zeros_like",
        "ones_like",
        "sin",
        "cos",
    ]
)


def _backend_call(
    run: Interpreter, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    if name in ("image_dim_ordering", "image_data_format"):
        return _ambient(run, name)
    if name in ("set_image_dim_ordering", "set_image_data_format"):
        value = args[0] if args else next(iter(kwargs.values()), None)
        known = ORDERINGS.get(value) if isinstance(value, str) else None
        if not isinstance(value, AmbientOrdering):
            run.set_ordering(node, known or "")
        return None
    if name == "backend":
        return run.facts.backend or Unknown("backend")
    if name == "int_shape" and args and isinstance(args[0], Tensor):
        return shape_value(args[0].shape)
    if name == "ndim" and args and isinstance(args[0], Tensor):
        shape = args[0].shape
        return Unknown() if shape is None else len(shape)
    if args and isinstance(args[0], Tensor):
        if name in _SAME_SHAPE:
            return Tensor(args[0].shape, args[0].node, "layer", None, (args[0],))
        return Tensor(None, args[0].node, "layer", None, (args[0],))
    return Unknown()


def _ambient(run: Interpreter, name: str) -> AmbientOrdering:
    if name == "image_dim_ordering":
        return run.reading
    return AmbientOrdering("channels_first" if run.reading == "th" else "channels_last")


__all__ = [
    "Library",
    "apply",
    "attribute",
    "call_keras",
    "call_method",
    "call_on_tensors",
    "explicit_ordering",
    "layer_ordering",
    "shape_value",
    "tensor_arithmetic",
]
