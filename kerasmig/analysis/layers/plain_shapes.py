"""Shape functions of the layers without windows."""

from __future__ import annotations

from collections.abc import Sequence

from kerasmig.analysis.interpreter.values import Seq, Shape, Unknown, different_size, is_known
from kerasmig.analysis.layers.arguments import Config
from kerasmig.analysis.layers.sizes import ShapeFunction, ShapeProblem, is_size, product, ranked


def same(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    return inputs[0]


def dense(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    shape = inputs[0]
    if shape is None:
        return None
    if len(shape) < 2:
        raise ShapeProblem("needs at least one axis besides the batch")
    if shape[-1] is None:
        raise ShapeProblem("needs to know its number of inputs, which is None")
    return (*shape[:-1], config.get("output_dim", Unknown("output_dim")))


def maxout(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = ranked(inputs[0], 2)
    return (shape[0], config.get("output_dim", Unknown()))


def highway(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    return ranked(inputs[0], 2)


def time_dense(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = ranked(inputs[0], 3)
    return (shape[0], shape[1], config.get("output_dim", Unknown()))


def flatten(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = inputs[0]
    if shape is None:
        return (None, Unknown())
    if len(shape) < 3:
        raise ShapeProblem(f"gets an input of rank {len(shape)} where it needs rank 3 or more")
    if any(size is None for size in shape[1:]):
        raise ShapeProblem("needs to know all sizes, of which one is None")
    return (shape[0], product(shape[1:]))


def reshape(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    target = config.get("target_shape", Unknown())
    shape = inputs[0]
    if not isinstance(target, Seq):
        return None
    batch = shape[0] if shape else None
    sizes = list(target.items)
    if shape is not None and any(size is None for size in shape[1:]):
        raise ShapeProblem("needs to know all sizes of its input, of which one is None")
    total = product(shape[1:]) if shape is not None else Unknown()
    if any(is_size(s) and s < 0 for s in sizes):
        open_axes = [i for i, s in enumerate(sizes) if is_size(s) and s < 0]
        if len(open_axes) > 1:
            raise ShapeProblem("has two sizes of -1")
        known = product([s for i, s in enumerate(sizes) if i not in open_axes])
        if not is_size(known) or not is_size(total) or known == 0:
            sizes[open_axes[0]] = Unknown()
        elif total % known:
            raise ShapeProblem(f"cannot divide {total} values into groups of {known}")
        else:
            sizes[open_axes[0]] = total // known
    wanted = product(sizes)
    if different_size(total, wanted):
        raise ShapeProblem(f"is to make {wanted} values out of {total}")
    return (batch, *sizes)


def permute(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    dims = config.get("dims", Unknown())
    shape = inputs[0]
    if not isinstance(dims, Seq):
        return None if shape is None else (shape[0], *(Unknown() for _ in shape[1:]))
    if shape is None:
        return (None, *(Unknown() for _ in dims.items))
    if len(dims.items) != len(shape) - 1:
        raise ShapeProblem(f"names {len(dims.items)} axes of an input that has {len(shape) - 1}")
    result = [shape[0]]
    for axis in dims.items:
        if is_size(axis) and 0 < axis < len(shape):
            result.append(shape[axis])
        elif is_size(axis):
            raise ShapeProblem(f"names axis {axis}, which the input does not have")
        else:
            result.append(Unknown())
    return tuple(result)


def repeat(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = ranked(inputs[0], 2)
    return (shape[0], config.get("n", Unknown()), shape[1])


def embedding(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = ranked(inputs[0], 2)
    length = config.get("input_length")
    # Embedding's output_dim is the second argument in every version, under the same name.
    width = config.values.get("output_dim", Unknown())
    return (shape[0], length if length else shape[1], width)


def recurrent(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    shape = ranked(inputs[0], 3)
    units = config.get("output_dim", Unknown())
    sequences = config.get("return_sequences", False)
    if not is_known(sequences):
        return None
    return (shape[0], shape[1], units) if sequences else (shape[0], units)


def sequence_in(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    return ranked(inputs[0], 3)


def image_in(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        return ranked(inputs[0], spatial + 2)

    return shape_of
