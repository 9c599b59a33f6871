"""Shape functions of convolution, pooling, padding, cropping and upsampling."""

from __future__ import annotations

from collections.abc import Sequence

from kerasmig.analysis.interpreter.values import DictValue, Dim, Seq, Shape, Unknown, Value
from kerasmig.analysis.layers.arguments import Config, spread
from kerasmig.analysis.layers.sizes import (
    ShapeFunction,
    ShapeProblem,
    channel_axis,
    is_size,
    ranked,
    spatial_axes,
)


def window_length(
    length: Dim, window: Value, border_mode: Value, stride: Value, dilation: Value = 1
) -> Dim:
    """Length after a convolution or pooling (``conv_output_length`` of Keras 1.2.2).

    Args:
        length: input length, window and stride in pixels, ``border_mode`` valid, same or full.

    Raises:
        ShapeProblem: if the window does not fit into the input.
    """
    if length is None:
        return None
    if border_mode == "same" and stride == 1:
        return length
    if not all(map(is_size, (length, stride, dilation))) or stride <= 0:
        return Unknown()
    if border_mode == "same":
        return (length + stride - 1) // stride
    if not is_size(window) or border_mode not in ("valid", "full"):
        return Unknown()
    extent = window + (window - 1) * (dilation - 1)
    covered = length - extent + 1 if border_mode == "valid" else length + extent - 1
    if covered <= 0:
        raise ShapeProblem(f"puts a window of {extent} on an axis of only {length}")
    return (covered + stride - 1) // stride


def _scaled(length: Dim, factor: Value) -> Dim:
    if length is None or factor == 1:
        return length
    return length * factor if is_size(length) and is_size(factor) else Unknown()


def _shifted(length: Dim, *amounts: Value) -> Dim:
    if length is None or all(is_size(amount) and amount == 0 for amount in amounts):
        return length
    if not is_size(length) or not all(map(is_size, amounts)):
        return Unknown()
    result = length + sum(amounts)
    if result <= 0:
        raise ShapeProblem(f"crops an axis of {length} to {result}")
    return result


_KERNELS = {
    1: ("filter_length",),
    2: ("nb_row", "nb_col"),
    3: ("kernel_dim1", "kernel_dim2", "kernel_dim3"),
}


def _kernel(config: Config, spatial: int) -> tuple[Value, ...]:
    if "kernel_size" in config.values:
        return spread(config.values["kernel_size"], spatial)
    return tuple(config.get(name, Unknown()) for name in _KERNELS[spatial])


def _strides(config: Config, spatial: int) -> tuple[Value, ...]:
    name = "subsample_length" if spatial == 1 else "subsample"
    return config.sizes(name, spatial, 1)


def convolution(spatial: int, dilated: bool = False, check_channels: bool = True) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        ordering = ordering if spatial > 1 else "tf"
        shape = list(ranked(inputs[0], spatial + 2))
        kernel, strides = _kernel(config, spatial), _strides(config, spatial)
        dilation = config.sizes("atrous_rate", spatial, 1)
        border = config.get("border_mode", "valid")
        channels = channel_axis(spatial, ordering)
        if check_channels and shape[channels] is None:
            raise ShapeProblem("needs to know the number of its input channels, which is None")
        for i, axis in enumerate(spatial_axes(spatial, ordering)):
            shape[axis] = window_length(shape[axis], kernel[i], border, strides[i], dilation[i])
        shape[channels] = config.get("nb_filter", Unknown("nb_filter"))
        return tuple(shape)

    return shape_of


def local(spatial: int) -> ShapeFunction:
    inner = convolution(spatial)

    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
        shape = inputs[0]
        if shape is not None and any(size is None for size in shape[1:]):
            raise ShapeProblem("has weights for every place, so that no size may be None")
        return inner(config, inputs, ordering)

    return shape_of


def deconvolution(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = list(ranked(inputs[0], 4))
    channels = channel_axis(2, ordering)
    if shape[channels] is None:
        raise ShapeProblem("needs to know the number of its input channels, which is None")
    given = config.get("output_shape")
    kernel, strides = _kernel(config, 2), _strides(config, 2)
    border = config.get("border_mode", "valid")
    for i, axis in enumerate(spatial_axes(2, ordering)):
        if "kernel_size" in config.values or not config.has("output_shape"):
            shape[axis] = natural_deconvolution_length(shape[axis], kernel[i], border, strides[i])
        elif isinstance(given, Seq) and len(given.items) == 4:
            shape[axis] = given.items[axis]
        else:
            shape[axis] = Unknown()
    shape[channels] = config.get("nb_filter", Unknown("nb_filter"))
    return tuple(shape)


def deconvolution_fits(
    length: Dim, wanted: Dim, window: Value, border_mode: Value, stride: Value
) -> bool | None:
    """Can ``output_shape`` be what it says? Keras 1 builds the layer either way.

    When such a model runs, TensorFlow refuses an output that the convolution back would not
    bring to the size of the input.

    Returns:
        None where the sizes are not known.
    """
    if not all(map(is_size, (length, wanted, window, stride))) or stride <= 0:
        return None
    if border_mode == "same":
        return bool((wanted + stride - 1) // stride == length)
    if border_mode == "valid":
        return bool((wanted - window + stride) // stride == length)
    return None


def natural_deconvolution_length(
    length: Dim, window: Value, border_mode: Value, stride: Value
) -> Dim:
    """Output length of Keras 3's Conv2DTranspose without output_padding."""
    if length is None:
        return None
    if not all(map(is_size, (length, window, stride))):
        return Unknown()
    if border_mode == "same":
        return length * stride
    return length * stride + max(window - stride, 0)


def separable(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape: Shape | None = convolution(2)(config, inputs, ordering)
    assert shape is not None
    return shape


def pooling(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        ordering = ordering if spatial > 1 else "tf"
        shape = list(ranked(inputs[0], spatial + 2))
        window = config.sizes("pool_length" if spatial == 1 else "pool_size", spatial, 2)
        name = "stride" if spatial == 1 else "strides"
        given = config.get(name)
        strides = window if given is None else spread(given, spatial)
        border = config.get("border_mode", "valid")
        for i, axis in enumerate(spatial_axes(spatial, ordering)):
            shape[axis] = window_length(shape[axis], window[i], border, strides[i])
        return tuple(shape)

    return shape_of


def global_pooling(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        shape = ranked(inputs[0], spatial + 2)
        return (shape[0], shape[channel_axis(spatial, ordering if spatial > 1 else "tf")])

    return shape_of


def upsampling(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        shape = list(ranked(inputs[0], spatial + 2))
        factor = config.sizes("length" if spatial == 1 else "size", spatial, 2)
        for i, axis in enumerate(spatial_axes(spatial, ordering if spatial > 1 else "tf")):
            shape[axis] = _scaled(shape[axis], factor[i])
        return tuple(shape)

    return shape_of


def zero_padding(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        shape = list(ranked(inputs[0], spatial + 2))
        pads = _paddings(config.get("padding", 1), spatial)
        for i, axis in enumerate(spatial_axes(spatial, ordering if spatial > 1 else "tf")):
            shape[axis] = _shifted(shape[axis], *pads[i])
        return tuple(shape)

    return shape_of


def _paddings(value: Value, spatial: int) -> list[tuple[Value, Value]]:
    """(before, after) for each axis from any of the forms that Keras takes."""
    unknown = [(Unknown(), Unknown())] * spatial
    if isinstance(value, DictValue):
        ends = [("left_pad", "right_pad")]
        if spatial == 2:
            ends = [("top_pad", "bottom_pad"), *ends]
        if spatial > 2 or not value.state.keys() <= {name for pair in ends for name in pair}:
            return unknown
        return [(value.state.get(before, 0), value.state.get(after, 0)) for before, after in ends]
    if is_size(value):
        return [(value, value)] * spatial
    if not isinstance(value, Seq):
        return unknown
    items = value.items
    if spatial == 1 and len(items) == 2:
        return [(items[0], items[1])]
    if spatial == 2 and len(items) == 4:
        return [(items[0], items[1]), (items[2], items[3])]
    if len(items) != spatial:
        return unknown
    pairs = []
    for item in items:
        if isinstance(item, Seq):
            if len(item.items) != 2:
                return unknown
            pairs.append((item.items[0], item.items[1]))
        else:
            pairs.append((item, item))
    return pairs


def cropping(spatial: int) -> ShapeFunction:
    default = {1: 1, 2: 0, 3: 1}[spatial]

    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        shape = list(ranked(inputs[0], spatial + 2))
        crops = _paddings(config.get("cropping", default), spatial)
        for i, axis in enumerate(spatial_axes(spatial, ordering if spatial > 1 else "tf")):
            before, after = (-c if is_size(c) else Unknown() for c in crops[i])
            shape[axis] = _shifted(shape[axis], before, after)
        return tuple(shape)

    return shape_of


def conv_lstm(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = ranked(inputs[0], 5)
    image = convolution(2, check_channels=False)(config, [(shape[0], *shape[2:])], ordering)
    assert image is not None
    sequences = config.get("return_sequences", False)
    if sequences is True:
        return (shape[0], shape[1], *image[1:])
    if sequences is False:
        return image
    raise _UnknownRank


class _UnknownRank(Exception):
    """Not even the rank of the output is known."""


def guarded(function: ShapeFunction) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
        try:
            return function(config, inputs, ordering)
        except _UnknownRank:
            return None

    return shape_of
