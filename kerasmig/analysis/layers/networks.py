"""The networks of ``keras.applications``: the shapes that they take and give."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from kerasmig.analysis.interpreter.trace import Application
from kerasmig.analysis.interpreter.values import (
    AmbientOrdering,
    Dim,
    Model,
    Seq,
    Shape,
    Tensor,
    Unknown,
    Value,
)
from kerasmig.analysis.layers.arguments import ORDERINGS, bind

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter

PICTURE_CHANNELS = 3


class Network(NamedTuple):
    """One network.

    Args:
        side: rows and columns of its default input.
        channels: channels of what stands before its classifier.
        halvings: how often it halves rows and columns, where it does so without remainder rules
            of its own; 0 where the output's size is not told here.
    """

    side: int
    channels: int
    halvings: int = 0


NETWORKS: Mapping[str, Network] = {
    "VGG16": Network(224, 512, 5),
    "VGG19": Network(224, 512, 5),
    "ResNet50": Network(224, 2048),
    "InceptionV3": Network(299, 2048),
    "Xception": Network(299, 2048),
}

_PARAMS = ("include_top", "weights", "input_tensor", "input_shape", "classes")


def default_input(
    run: Interpreter, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    """``_obtain_input_shape``: the given shape, or a default in the order of the setting."""
    names = ("input_shape", "default_size", "min_size", "dim_ordering", "include_top")
    config = bind(names, (), args, kwargs)
    given, size = config.get("input_shape"), config.get("default_size")
    ordering, top = config.get("dim_ordering"), config.get("include_top", True)
    if given is not None:
        return given if isinstance(given, Seq) else Unknown("input_shape")
    if not isinstance(ordering, str):
        return Unknown()
    if isinstance(ordering, AmbientOrdering):
        run.mark("branch", node)
    side = size if top is True else None if top is False else Unknown()
    return Seq(_image(side, ORDERINGS.get(ordering, "tf")))


def _image(side: Dim, ordering: str) -> Shape:
    if ordering == "th":
        return (PICTURE_CHANNELS, side, side)
    return (side, side, PICTURE_CHANNELS)


def make_network(
    run: Interpreter, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.Call
) -> Value:
    """A model of ``keras.applications``."""
    config = bind(_PARAMS, (), args, kwargs)
    network, top = NETWORKS[name], config.get("include_top", True)
    given, tensor = config.get("input_shape"), config.get("input_tensor")
    model = Model(node, sequential=False)
    run.trace.nodes[id(node)] = node
    run.trace.names.setdefault(id(node), run.function_name())
    if not isinstance(tensor, Tensor):
        sizes: Shape | None = given.items if isinstance(given, Seq) else None
        if given is None:
            run.mark("branch", node)
            side = network.side if top is True else None if top is False else Unknown()
            sizes = _image(side, str(run.reading))
        shape = None if sizes is None else (None, *sizes)
        tensor = Tensor(shape, node, "input", line=node.lineno, sizes=given)
        tensor.root, tensor.path = tensor, run.current_path()
    output = Tensor(
        _output(network, tensor.shape, top, config.get("classes", 1000), str(run.reading)),
        node,
        inputs=(tensor,),
        line=node.lineno,
    )
    model.state["inputs"], model.state["outputs"] = (tensor,), (output,)
    if tensor.node is not None:
        run.trace.groups.unite(id(node), id(tensor.node))
    for kind, made in (("Input", tensor), (name, output)):
        inputs = () if kind == "Input" else (tensor.shape,)
        roots = (tensor.root,) if kind == name and tensor.root is not None else ()
        run.trace.applications.append(
            Application(None, kind, node, run.current_path(), inputs, made.shape, roots=roots)
        )
    return model


def _output(
    network: Network, shape: Shape | None, top: Value, classes: Value, ordering: str
) -> Shape | None:
    if top is True:
        return (None, classes)
    if top is not False:
        return None
    rows: Dim = Unknown()
    columns: Dim = Unknown()
    if shape is not None and len(shape) == 4:
        given = shape[2:] if ordering == "th" else shape[1:3]
        rows, columns = (_halved(size, network.halvings) for size in given)
    if ordering == "th":
        return (None, network.channels, rows, columns)
    return (None, rows, columns, network.channels)


def _halved(size: Dim, times: int) -> Dim:
    if size is None:
        return None
    return size // 2 ** times if isinstance(size, int) and times else Unknown()
