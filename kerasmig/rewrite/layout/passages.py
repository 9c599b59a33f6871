"""What becomes of one layer on one tensor: how it wants its input, how it gives its output."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, NamedTuple

from kerasmig.analysis.interpreter.values import (
    Function,
    Layer,
    Library,
    Seq,
    Shape,
    Tensor,
    Unknown,
    Value,
    same_size,
)
from kerasmig.analysis.layers.arguments import ORDERINGS
from kerasmig.analysis.layers.elementwise import elementwise
from kerasmig.analysis.layers.shape_functions import SPECS
from kerasmig.catalog.layer_facts import Layout
from kerasmig.catalog.layers import known_layer
from kerasmig.rewrite.layout.axes import moved, order

_ELEMENTWISE = frozenset(
    "linear relu relu6 sigmoid tanh elu selu gelu softplus softsign hard_sigmoid exponential silu "
    "swish leaky_relu mish".split()
)
_BY_SAMPLE = ("SampleNormalization",)
"""Layers of ``keras1_compat`` that are modelled on a layer with an axis, and have none."""

SOFTMAX = "softmax"


class Change(NamedTuple):
    """What an argument of a layer becomes.

    Args:
        argument: by its name today.
        value: ``None``: it goes; a tuple of indices for ``order``; else its new value.
        kind: ``value``; ``drop`` (the whole layer does nothing any more); ``rotate``: the first item
            of the tuple that stands there goes to its end.
    """

    argument: str
    value: Any = None
    kind: str = "value"


class Passage(NamedTuple):
    """One layer on one tensor.

    Args:
        want, gives: states of input and output.
        changes: of the call that makes the layer, and of the layer inside a wrapper.
        open: how the input is kept is all the same to it, but for the changes.
        problem: why it cannot be followed.
    """

    want: int = 0
    gives: int = 0
    changes: tuple[Change, ...] = ()
    inner: tuple[Change, ...] = ()
    open: bool = False
    problem: str = ""


EDGE_PASSAGE = Passage()


def layout_of(kind: str) -> Layout:
    """What a layer is to the conversion, by its class name in Keras 1."""
    layer = known_layer(kind)
    return Layout.EDGE if layer is None else layer.facts.layout


def ordering_of(layer: Layer) -> str | None:
    """``th``, ``tf``, or ``None`` where it is not known what the layer works in.

    A layer that does not say so works in what the program has set, else channels last.
    """
    value = layer.config.get("dim_ordering", None)
    if value is None or value == "default":
        setting = getattr(layer.setting, "value", "")
        return setting or "tf"
    return ORDERINGS.get(value) if isinstance(value, str) else None


def passage(value: Value, tensor: Tensor, frozen: frozenset[int]) -> Passage:
    """What a layer wants and gives.

    Args:
        value: the layer, or anything else that is applied.
        tensor: what it is applied to.
        frozen: nodes of the layers that stay as they are.
    """
    if not isinstance(value, Layer) or id(value.node) in frozen:
        return EDGE_PASSAGE
    if value.kind == "TimeDistributed":
        return _wrapped(value, tensor, frozen)
    layout = layout_of(value.kind)
    rank = len(tensor.shape) if tensor.shape is not None else 0
    if layout is Layout.TURNED:
        return _turned(value)
    if value.kind == "Flatten":
        return _flatten(tensor)
    if tensor.turned > 0 and tensor.shape is None:
        return Passage(problem="how many axes its tensor has cannot be told")
    if not tensor.turned or rank < 3:
        return Passage(open=layout is not Layout.EDGE)
    if layout is Layout.INDIFFERENT:
        return _indifferent(value, tensor, rank)
    if _called(value.node) in _BY_SAMPLE:
        return EDGE_PASSAGE
    if value.kind in ("BatchNormalization", "Softmax"):
        return _along(value, tensor, rank)
    if value.kind == "Permute":
        return _permute(value, tensor, rank)
    if value.kind == "PReLU":
        return _shared(value, tensor, rank)
    if value.kind == "Reshape":
        return _reshape(value, tensor)
    if value.kind == "Lambda":
        return _lambda(value, tensor, rank)
    return EDGE_PASSAGE


def _called(node: ast.AST) -> str:
    function = getattr(node, "func", None)
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _turned(layer: Layer) -> Passage:
    """A layer with a data format: with the channels last it is told so."""
    ordering = ordering_of(layer)
    if ordering is None:
        return Passage(problem="its data format cannot be read here")
    if ordering == "tf":
        return EDGE_PASSAGE
    spec = SPECS[layer.kind]
    channels = 2 if spec.time_axis else 1
    gives = channels
    changes = [Change("data_format")]
    if layer.kind.startswith("Global"):
        gives = 0
    if spec.time_axis:
        sequences = layer.config.get("return_sequences", False)
        if not isinstance(sequences, bool):
            return Passage(problem="it cannot be seen whether it returns sequences")
        gives = 2 if sequences else 1
    along = activation_of(layer.config.get("activation"))
    if along is None:
        return Passage(problem="its activation is a function that cannot be followed")
    if along == SOFTMAX:
        changes.append(Change("activation", SOFTMAX))
    return Passage(channels, gives, tuple(changes))


def activation_of(value: Value) -> str | None:
    """``elementwise``, ``softmax`` (along the last axis), or ``None`` where that is not known."""
    name = value.name.rpartition(".")[2] if isinstance(value, Library) else value
    if name is None or name in _ELEMENTWISE:
        return "elementwise"
    if name == SOFTMAX:
        return SOFTMAX
    if isinstance(value, Function) and elementwise(value):
        return "elementwise"
    return None


def _indifferent(layer: Layer, tensor: Tensor, rank: int) -> Passage:
    state = tensor.turned
    if layer.kind == "Activation":
        along = activation_of(layer.config.get("activation"))
        if along is None:
            return EDGE_PASSAGE
        if along == SOFTMAX:
            return Passage(state, state, (Change("activation", SOFTMAX),), open=True)
    shape = layer.config.get("noise_shape")
    if layer.kind == "Dropout" and shape is not None:
        if not isinstance(shape, Seq) or len(shape.items) != rank:
            return EDGE_PASSAGE
        change = Change("noise_shape", tuple(order(rank, state)), "order")
        return Passage(state, state, (change,), open=True)
    return Passage(state, state, open=True)


def _along(layer: Layer, tensor: Tensor, rank: int) -> Passage:
    """Normalisation and softmax: along one axis."""
    axis = layer.config.get("axis", -1)
    mode = layer.config.get("mode", 0)
    state = tensor.turned
    if not isinstance(axis, int) or isinstance(axis, bool) or not -rank <= axis < rank or mode != 0:
        return EDGE_PASSAGE
    return Passage(state, state, (Change("axis", moved(axis, rank, state)),), open=True)


def _permute(layer: Layer, tensor: Tensor, rank: int) -> Passage:
    """A transposition of the author's: its axes are looked up where they are now."""
    dims = layer.config.get("dims")
    items = dims.items if isinstance(dims, Seq) else ()
    if sorted(map(str, items)) != [str(i) for i in range(1, rank)]:
        return EDGE_PASSAGE
    have = order(rank, tensor.turned)
    now = tuple(have.index(axis) for axis in items)
    if now == tuple(range(1, rank)):
        return Passage(tensor.turned, 0, (Change("dims", None, "drop"),), open=True)
    return Passage(tensor.turned, 0, (Change("dims", now),), open=True)


def _shared(layer: Layer, tensor: Tensor, rank: int) -> Passage:
    """A PReLU that has one weight a channel; others keep their weights in the order of the code."""
    shared = layer.config.get("shared_axes")
    items = shared.items if isinstance(shared, Seq) else ()
    spatial = [axis for axis in range(1, rank) if axis != tensor.turned]
    if sorted(map(str, items)) != [str(axis) for axis in spatial]:
        return EDGE_PASSAGE
    axes = tuple(moved(axis, rank, tensor.turned) for axis in items)
    return Passage(tensor.turned, tensor.turned, (Change("shared_axes", axes),), open=True)


def _flatten(tensor: Tensor) -> Passage:
    """Its output keeps the order of the code; one pixel has no order."""
    shape, state = tensor.shape, tensor.turned
    if state > 0 and shape is not None:
        spatial = [size for axis, size in enumerate(shape) if axis not in (0, state)]
        if all(size == 1 for size in spatial):
            return Passage(state, 0, open=True)
    return EDGE_PASSAGE


def _reshape(layer: Layer, tensor: Tensor) -> Passage:
    """Rows and columns put together: the channels stay an axis of their own."""
    target = layer.config.get("target_shape")
    shape: Shape | None = tensor.shape
    if tensor.turned != 1 or shape is None or not isinstance(target, Seq) or len(target.items) < 2:
        return EDGE_PASSAGE
    first = target.items[0]
    if isinstance(first, Unknown) or not same_size(first, shape[1]):
        return EDGE_PASSAGE
    return Passage(1, 1, (Change("target_shape", kind="rotate"),), open=True)


def _lambda(layer: Layer, tensor: Tensor, rank: int) -> Passage:
    """A function that does the same to each element; any other gets the order of the code."""
    function, shape = layer.config.get("function"), layer.config.get("output_shape")
    if not isinstance(function, Function) or not elementwise(function):
        return EDGE_PASSAGE
    if any(layer.config.get(name) is not None for name in ("arguments", "mask")):
        return EDGE_PASSAGE
    state = tensor.turned
    if shape is None or (isinstance(shape, Function) and elementwise(shape)):
        return Passage(state, state, open=True)
    if not isinstance(shape, Seq) or len(shape.items) != rank - 1:
        return EDGE_PASSAGE
    change = Change("output_shape", tuple(axis - 1 for axis in order(rank, state)[1:]), "order")
    return Passage(state, state, (change,), open=True)


def _wrapped(layer: Layer, tensor: Tensor, frozen: frozenset[int]) -> Passage:
    """TimeDistributed: what the layer inside does, one axis further on."""
    inner = layer.inner
    if not isinstance(inner, Layer) or id(inner.node) in frozen:
        return EDGE_PASSAGE
    shape = None if tensor.shape is None else (tensor.shape[0], *tensor.shape[2:])
    if tensor.turned == 1:
        return EDGE_PASSAGE
    step = Tensor(shape, turned=max(tensor.turned - 1, 0))
    found = passage(inner, step, frozen)
    if found.problem or found.inner:
        return found._replace(inner=()) if found.problem else EDGE_PASSAGE
    want = found.want + 1 if found.want else 0
    gives = found.gives + 1 if found.gives else 0
    if found.open and not tensor.turned:
        want = gives = 0
    return Passage(want, gives, (), found.changes, found.open)


def merged(
    layer: Layer, tensors: Sequence[Tensor], frozen: frozenset[int]
) -> tuple[int, tuple[Change, ...]]:
    """(state that all inputs are wanted in, and the output has; changes) of a merge."""
    ranks = {len(t.shape) for t in tensors if t.shape is not None}
    states = {t.turned for t in tensors if t.turned > 0}
    known = all(t.shape is not None for t in tensors)
    if id(layer.node) in frozen or len(states) != 1 or len(ranks) != 1 or not known:
        return 0, ()
    state, rank = states.pop(), ranks.pop()
    mode = layer.config.get("mode", "sum")
    if mode in ("sum", "mul", "ave", "max"):
        return state, ()
    axis = layer.config.get("concat_axis", -1)
    if mode != "concat" or not isinstance(axis, int) or not -rank <= axis < rank:
        return 0, ()
    return state, (Change("axis", moved(axis, rank, state)),)


__all__ = ["Change", "Passage", "activation_of", "layout_of", "merged", "ordering_of", "passage"]
