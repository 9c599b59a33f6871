"""What is true of a variable after either of two branches."""

from __future__ import annotations

from kerasmig.analysis.interpreter.values import (
    Function,
    Layer,
    Library,
    Model,
    Seq,
    Shape,
    Tensor,
    Unknown,
    Value,
    is_known,
    same_size,
)


def join(first: Value, second: Value) -> Value:
    """What is true of a variable that holds either value."""
    if first is second:
        return first
    if is_known(first) and is_known(second) and type(first) is type(second) and first == second:
        return first
    if isinstance(first, Tensor) and isinstance(second, Tensor):
        return join_tensors(first, second)
    if first is None and isinstance(second, (Tensor, Model, Layer)):
        return second
    if second is None and isinstance(first, (Tensor, Model, Layer)):
        return first
    if isinstance(first, Seq) and isinstance(second, Seq) and first.is_list == second.is_list:
        if len(first.items) == len(second.items):
            items = tuple(join(a, b) for a, b in zip(first.items, second.items, strict=True))
            return Seq(items, first.is_list, first.node)
        return Unknown()
    if isinstance(first, Layer) and isinstance(second, Layer) and first.node is second.node:
        return first
    if isinstance(first, Function) and isinstance(second, Function) and first.node is second.node:
        return first
    if isinstance(first, Library) and isinstance(second, Library) and first.name == second.name:
        return first
    for either in (first, second):
        if isinstance(either, Tensor) and either.turned:
            return Tensor(None, either.node, inputs=(either,), turned=-1)
    return Unknown(getattr(first, "name", "") if isinstance(first, Unknown) else "")


def join_shapes(first: Shape | None, second: Shape | None) -> Shape | None:
    """Sizes that agree; Unknown where they differ, None where the ranks do."""
    if first is None or second is None or len(first) != len(second):
        return None
    return tuple(a if same_size(a, b) else Unknown() for a, b in zip(first, second, strict=True))


def join_tensors(first: Tensor, second: Tensor) -> Tensor:
    """A tensor that is either of the two."""
    source = first.source if first.source == second.source else "layer"
    return Tensor(
        join_shapes(first.shape, second.shape),
        first.node,
        source,
        first.layer if first.layer is second.layer else None,
        (first, second),
        first.broken and second.broken,
        first.line,
        first.sizes if first.sizes is second.sizes else None,
        first.root or second.root,
        turned=first.turned if first.turned == second.turned else -1,
    )
