"""Layers, models and layer classes of the project, applied to tensors."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.tensors import equal_shapes, link, record, tensors_in
from kerasmig.analysis.interpreter.values import (
    AmbientOrdering,
    Function,
    Instance,
    Layer,
    Model,
    Seq,
    Shape,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.analysis.layers.arguments import ORDERINGS
from kerasmig.analysis.layers.elementwise import elementwise
from kerasmig.analysis.layers.merging import merge_tensors
from kerasmig.analysis.layers.shape_functions import SPECS
from kerasmig.analysis.layers.sizes import ShapeProblem
from kerasmig.catalog.layer_facts import CHANNEL_CHANGING, Role
from kerasmig.catalog.layers import role_of

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


_WITH_WRITTEN_SHAPE = (Role.RESHAPING, Role.LAMBDA)


def call_on_tensors(
    run: Interpreter, target: Value, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    """``layer(tensor)`` or ``model(tensor)``."""
    given = args[0] if args else kwargs.get("x", kwargs.get("inputs"))
    return apply(run, target, given)


def apply(run: Interpreter, target: Value, given: Value) -> Value:
    """Apply a layer, model or user-defined layer to what it is called on."""
    tensors = tensors_in(run, given)
    if isinstance(target, Model):
        return _apply_model(run, target, tensors)
    if isinstance(target, Instance):
        return _apply_custom(run, target, tensors)
    if not isinstance(target, Layer):
        return Unknown()
    if role_of(target.kind) is Role.MERGE:
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
    if spec.role in _WITH_WRITTEN_SHAPE and isinstance(_written_shape(layer), Seq):
        output.source = "reshape"
        output.sizes = _written_shape(layer)
        output.root, output.path = output, run.path_of(layer)
        if (
            spec.role is Role.LAMBDA
            and tensor.root is not None
            and equal_shapes(shape, tensor.shape)
        ):
            output.root, output.source = tensor.root, "layer"
    elif spec.role not in CHANNEL_CHANGING and not _inner_changes(layer):
        output.root = tensor.root
    layer.outputs.append(output)
    link(run, layer.node, tensor)
    record(
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
        not isinstance(inner, Layer)
        or role_of(inner.kind) in CHANNEL_CHANGING
        or _inner_changes(inner)
    )


def _written_shape(layer: Layer) -> Value:
    value = layer.config.get("target_shape")
    return layer.config.get("output_shape") if value is None else value


def _output_shape(run: Interpreter, layer: Layer, tensor: Tensor) -> tuple[Shape | None, str]:
    """(shape, problem) of applying a layer; after a problem no size is known any more."""
    spec = SPECS[layer.kind]
    try:
        if spec.role is Role.LAMBDA:
            return _lambda_shape(run, layer, tensor), ""
        if spec.role is Role.TIME_DISTRIBUTED:
            return _time_distributed(run, layer, tensor), ""
        if spec.role is Role.BIDIRECTIONAL:
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
    return Tensor(shape, root.node, root.source, line=root.line, sizes=sizes, path=root.path)


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
    function = layer.config.get("function")
    if given is None and isinstance(function, Function) and elementwise(function):
        return tensor.shape
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
        link(run, node, tensor)
    name = cls.node.name
    record(run, None, name, node, tuple(t.shape for t in inputs), output.shape, "", tuple(inputs))
    return output


def _apply_model(run: Interpreter, model: Model, tensors: list[Tensor] | None) -> Value:
    """A model used as a layer: what it gives for its own inputs, if these fit."""
    outputs, inputs = model.state["outputs"], model.state["inputs"]
    results = []
    for tensor in tensors or ():
        link(run, model.node, tensor)
    fits = tensors is not None and len(tensors) == len(inputs)
    for output in outputs or (Tensor(None),):
        shape = output.shape
        if not fits or not all(
            equal_shapes(own.shape, given.shape)
            for own, given in zip(inputs, tensors or (), strict=True)
        ):
            shape = None if shape is None else tuple(Unknown() for _ in shape)
        broken = output.broken or any(t.broken for t in tensors or ())
        results.append(
            Tensor(
                shape, model.node, "layer", None, tuple(tensors or ()), broken, model.node.lineno
            )
        )
        record(
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
