"""Symbolic tensors: which belong together, and what the code sees of their shapes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.joining import join_shapes
from kerasmig.analysis.interpreter.trace import Application
from kerasmig.analysis.interpreter.values import (
    Layer,
    Seq,
    Shape,
    Tensor,
    Unknown,
    Value,
    same_size,
)

if TYPE_CHECKING:
    from kerasmig.analysis.interpreter.machine import Interpreter


def tensors_in(run: Interpreter, value: Value) -> list[Tensor] | None:
    """The tensors in a tensor or list of tensors; None where that is not known."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Seq):
        return [item if isinstance(item, Tensor) else Tensor(None) for item in value.items]
    return None


def link(run: Interpreter, node: ast.AST, tensor: Tensor) -> None:
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


def connect(run: Interpreter, node: ast.AST, part: Value) -> None:
    inner = getattr(part, "node", None)
    if inner is not None:
        run.trace.groups.unite(id(node), id(inner))


def record(
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
            run.path_of(layer),
            inputs,
            output,
            problem,
            tensors,
            roots,
            inherited,
        )
    )


def equal_shapes(first: Shape | None, second: Shape | None) -> bool:
    if first is None or second is None or len(first) != len(second):
        return False
    return all(map(same_size, first[1:], second[1:]))


def shape_value(shape: Shape | None) -> Value:
    """A shape as the code sees it."""
    return Unknown("shape") if shape is None else Seq(shape)


def tensor_arithmetic(left: Value, right: Value) -> Value:
    """Shape of ``left op right`` where at least one is a tensor."""
    tensors = [value for value in (left, right) if isinstance(value, Tensor)]
    first = tensors[0]
    if len(tensors) == 2:
        shape = join_shapes(first.shape, tensors[1].shape)
        if shape is not None and not equal_shapes(first.shape, tensors[1].shape):
            shape = tuple(Unknown() for _ in shape)
        return Tensor(shape, first.node, "layer", None, tuple(tensors), line=first.line)
    other = right if left is first else left
    if isinstance(other, (int, float)):
        return Tensor(first.shape, first.node, "layer", None, (first,), line=first.line)
    return Tensor(None, first.node, "layer", None, (first,), line=first.line)
