"""Functions of ``keras.backend`` that shapes and orderings depend on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.tensors import shape_value
from kerasmig.analysis.interpreter.values import AmbientOrdering, Tensor, Unknown, Value
from kerasmig.analysis.layers.arguments import ORDERINGS

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


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


def call_backend(
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
