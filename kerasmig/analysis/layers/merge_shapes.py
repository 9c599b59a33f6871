"""Shapes after merging tensors."""

from __future__ import annotations

from collections.abc import Sequence

from kerasmig.analysis.interpreter.values import Dim, Seq, Shape, Unknown, Value, different_size
from kerasmig.analysis.layers.sizes import ShapeProblem, is_size, show


def merge_shape(
    mode: Value, shapes: Sequence[Shape | None], axis: Value, dot_axes: Value
) -> Shape | None:
    """Shape after ``merge(tensors, mode=...)``.

    Raises:
        ShapeProblem: if the shapes surely do not fit together.
    """
    known = [shape for shape in shapes if shape is not None]
    if mode in ("sum", "mul", "ave", "max"):
        if not known:
            return None
        for shape in known[1:]:
            _must_agree(known[0], shape, range(len(known[0])), str(mode))
        return tuple(_first_known([s[i] for s in known]) for i in range(len(known[0])))
    if mode == "concat":
        return _concatenated(shapes, axis)
    if mode in ("dot", "cos") and len(known) == 2 and len(shapes) == 2:
        if max(map(len, known)) > 3:
            # Keras 1 declares another rank than its backend's batch_dot gives.
            return None
        return _dotted(known[0], known[1], dot_axes)
    return None


def _first_known(sizes: Sequence[Dim]) -> Dim:
    return next((size for size in sizes if not isinstance(size, Unknown)), sizes[0])


def _must_agree(first: Shape, other: Shape, axes: Sequence[int], what: str) -> None:
    if len(first) != len(other):
        raise ShapeProblem(f"merges tensors of rank {len(first)} and {len(other)}")
    for axis in axes:
        if different_size(first[axis], other[axis]):
            raise ShapeProblem(
                f"merges {show(first)} and {show(other)}, which differ in axis {axis}"
            )


def _concatenated(shapes: Sequence[Shape | None], axis: Value) -> Shape | None:
    known = [shape for shape in shapes if shape is not None]
    if not known:
        return None
    rank = len(known[0])
    if not is_size(axis):
        return tuple(Unknown() for _ in range(rank))
    if not -rank <= axis < rank:
        raise ShapeProblem(f"concatenates along axis {axis} tensors of rank {rank}")
    axis %= rank
    others = [i for i in range(rank) if i != axis]
    for shape in known[1:]:
        _must_agree(known[0], shape, others, "concat")
    result = [_first_known([s[i] for s in known]) for i in range(rank)]
    sizes = [shape[axis] for shape in known]
    if len(known) < len(shapes) or any(isinstance(size, Unknown) for size in sizes):
        result[axis] = Unknown()
    else:
        result[axis] = None if None in sizes else sum(sizes)
    return tuple(result)


def _dotted(first: Shape, second: Shape, axes: Value) -> Shape | None:
    if isinstance(axes, Seq) and len(axes.items) == 2:
        a, b = axes.items
    else:
        a = b = axes
    if not is_size(a) or not is_size(b):
        return None
    if not -len(first) <= a < len(first) or not -len(second) <= b < len(second):
        raise ShapeProblem(f"multiplies along axes {a} and {b}, which are not there")
    a, b = a % len(first), b % len(second)
    if different_size(first[a], second[b]):
        raise ShapeProblem(f"multiplies {show(first)} and {show(second)} along axes {a} and {b}")
    one = [size for i, size in enumerate(first) if i != a]
    other = [size for i, size in enumerate(second) if i != b][1:]
    return (*one, *other) if len(one) + len(other) > 1 else (*one, *other, 1)
