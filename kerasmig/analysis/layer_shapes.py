"""How every layer of Keras 1.2.2 changes shapes: one row per layer.

The facts are those of each layer's ``get_output_shape_for`` (and of the checks in ``build`` and
``call`` that fail on TensorFlow) in the Keras 1.2.2 source; the property tests compare them with
the real library. Later spellings of the same layers are understood too, because code that has
been migrated is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kerasmig.analysis.layer_arguments import Config, spread
from kerasmig.analysis.values import (
    DictValue,
    Dim,
    Seq,
    Shape,
    Unknown,
    Value,
    different_size,
    is_known,
)


class ShapeProblem(Exception):
    """The layer cannot be built on this input; the message says why, for a person."""


ShapeFunction = Callable[[Config, Sequence[Shape | None], str], Shape | None]
"""(arguments, input shapes, ``'th'`` or ``'tf'``) → output shape; raises `ShapeProblem`."""


@dataclass(frozen=True)
class LayerSpec:
    """One row.

    Args:
        name: class name in Keras 1.
        params: its positional parameters in Keras 1.2.2.
        shape: how it changes shapes.
        spatial: number of spatial axes that the data format orders; 0 where it has none.
        params2: positional parameters since Keras 2, where the order differs.
        time_axis: whether an axis of time stands between batch and image (ConvLSTM2D).
    """

    name: str
    params: tuple[str, ...]
    shape: ShapeFunction
    spatial: int = 0
    params2: tuple[str, ...] = field(default=())
    time_axis: bool = False


# ------------------------------------------------------------------------------- sizes


def _ranked(shape: Shape | None, rank: int) -> Shape:
    """The shape, which the layer demands to be of this rank."""
    if shape is None:
        return tuple(Unknown() for _ in range(rank))
    if len(shape) != rank:
        raise ShapeProblem(f"gets an input of rank {len(shape)} where it needs rank {rank}")
    return shape


def _is_size(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


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
    if not all(map(_is_size, (length, stride, dilation))) or stride <= 0:
        return Unknown()
    if border_mode == "same":
        return (length + stride - 1) // stride
    if not _is_size(window) or border_mode not in ("valid", "full"):
        return Unknown()
    extent = window + (window - 1) * (dilation - 1)
    covered = length - extent + 1 if border_mode == "valid" else length + extent - 1
    if covered <= 0:
        raise ShapeProblem(f"puts a window of {extent} on an axis of only {length}")
    return (covered + stride - 1) // stride


def _scaled(length: Dim, factor: Value) -> Dim:
    if length is None or factor == 1:
        return length
    return length * factor if _is_size(length) and _is_size(factor) else Unknown()


def _shifted(length: Dim, *amounts: Value) -> Dim:
    if length is None or all(_is_size(amount) and amount == 0 for amount in amounts):
        return length
    if not _is_size(length) or not all(map(_is_size, amounts)):
        return Unknown()
    result = length + sum(amounts)
    if result <= 0:
        raise ShapeProblem(f"crops an axis of {length} to {result}")
    return result


def product(sizes: Sequence[Dim]) -> Dim:
    """Product of sizes, Unknown where one of them is."""
    result = 1
    for size in sizes:
        if not _is_size(size):
            return Unknown()
        result *= size
    return result


def channel_axis(spatial: int, ordering: str, time_axis: bool = False) -> int:
    """Where the channels stand in a shape with batch axis."""
    offset = 1 if time_axis else 0
    return offset + 1 if ordering == "th" else offset + spatial + 1


def spatial_axes(spatial: int, ordering: str, time_axis: bool = False) -> range:
    """Where rows, columns (and depth) stand in a shape with batch axis."""
    start = (2 if ordering == "th" else 1) + (1 if time_axis else 0)
    return range(start, start + spatial)


# ----------------------------------------------------------------- layers with windows

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


def _convolution(spatial: int, dilated: bool = False, check_channels: bool = True) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        ordering = ordering if spatial > 1 else "tf"
        shape = list(_ranked(inputs[0], spatial + 2))
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


def _local(spatial: int) -> ShapeFunction:
    convolution = _convolution(spatial)

    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
        shape = inputs[0]
        if shape is not None and any(size is None for size in shape[1:]):
            raise ShapeProblem("has weights for every place, so that no size may be None")
        return convolution(config, inputs, ordering)

    return shape_of


def _deconvolution(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = list(_ranked(inputs[0], 4))
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
    if not all(map(_is_size, (length, wanted, window, stride))) or stride <= 0:
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
    if not all(map(_is_size, (length, window, stride))):
        return Unknown()
    if border_mode == "same":
        return length * stride
    return length * stride + max(window - stride, 0)


def _separable(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape: Shape | None = _convolution(2)(config, inputs, ordering)
    assert shape is not None
    return shape


def _pooling(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        ordering = ordering if spatial > 1 else "tf"
        shape = list(_ranked(inputs[0], spatial + 2))
        window = config.sizes("pool_length" if spatial == 1 else "pool_size", spatial, 2)
        name = "stride" if spatial == 1 else "strides"
        given = config.get(name)
        strides = window if given is None else spread(given, spatial)
        border = config.get("border_mode", "valid")
        for i, axis in enumerate(spatial_axes(spatial, ordering)):
            shape[axis] = window_length(shape[axis], window[i], border, strides[i])
        return tuple(shape)

    return shape_of


def _global_pooling(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        shape = _ranked(inputs[0], spatial + 2)
        return (shape[0], shape[channel_axis(spatial, ordering if spatial > 1 else "tf")])

    return shape_of


def _upsampling(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        shape = list(_ranked(inputs[0], spatial + 2))
        factor = config.sizes("length" if spatial == 1 else "size", spatial, 2)
        for i, axis in enumerate(spatial_axes(spatial, ordering if spatial > 1 else "tf")):
            shape[axis] = _scaled(shape[axis], factor[i])
        return tuple(shape)

    return shape_of


def _zero_padding(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        shape = list(_ranked(inputs[0], spatial + 2))
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
    if _is_size(value):
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


def _cropping(spatial: int) -> ShapeFunction:
    default = {1: 1, 2: 0, 3: 1}[spatial]

    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        shape = list(_ranked(inputs[0], spatial + 2))
        crops = _paddings(config.get("cropping", default), spatial)
        for i, axis in enumerate(spatial_axes(spatial, ordering if spatial > 1 else "tf")):
            before, after = (-c if _is_size(c) else Unknown() for c in crops[i])
            shape[axis] = _shifted(shape[axis], before, after)
        return tuple(shape)

    return shape_of


def _conv_lstm(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = _ranked(inputs[0], 5)
    image = _convolution(2, check_channels=False)(config, [(shape[0], *shape[2:])], ordering)
    assert image is not None
    sequences = config.get("return_sequences", False)
    if sequences is True:
        return (shape[0], shape[1], *image[1:])
    if sequences is False:
        return image
    raise _UnknownRank


class _UnknownRank(Exception):
    """Not even the rank of the output is known."""


# ---------------------------------------------------------------------------- the rest


def _same(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    return inputs[0]


def _dense(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    shape = inputs[0]
    if shape is None:
        return None
    if len(shape) < 2:
        raise ShapeProblem("needs at least one axis besides the batch")
    if shape[-1] is None:
        raise ShapeProblem("needs to know its number of inputs, which is None")
    return (*shape[:-1], config.get("output_dim", Unknown("output_dim")))


def _maxout(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = _ranked(inputs[0], 2)
    return (shape[0], config.get("output_dim", Unknown()))


def _highway(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    return _ranked(inputs[0], 2)


def _time_dense(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = _ranked(inputs[0], 3)
    return (shape[0], shape[1], config.get("output_dim", Unknown()))


def _flatten(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = inputs[0]
    if shape is None:
        return (None, Unknown())
    if len(shape) < 3:
        raise ShapeProblem(f"gets an input of rank {len(shape)} where it needs rank 3 or more")
    if any(size is None for size in shape[1:]):
        raise ShapeProblem("needs to know all sizes, of which one is None")
    return (shape[0], product(shape[1:]))


def _reshape(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    target = config.get("target_shape", Unknown())
    shape = inputs[0]
    if not isinstance(target, Seq):
        return None
    batch = shape[0] if shape else None
    sizes = list(target.items)
    if shape is not None and any(size is None for size in shape[1:]):
        raise ShapeProblem("needs to know all sizes of its input, of which one is None")
    total = product(shape[1:]) if shape is not None else Unknown()
    if any(_is_size(s) and s < 0 for s in sizes):
        open_axes = [i for i, s in enumerate(sizes) if _is_size(s) and s < 0]
        if len(open_axes) > 1:
            raise ShapeProblem("has two sizes of -1")
        known = product([s for i, s in enumerate(sizes) if i not in open_axes])
        if not _is_size(known) or not _is_size(total) or known == 0:
            sizes[open_axes[0]] = Unknown()
        elif total % known:
            raise ShapeProblem(f"cannot divide {total} values into groups of {known}")
        else:
            sizes[open_axes[0]] = total // known
    wanted = product(sizes)
    if different_size(total, wanted):
        raise ShapeProblem(f"is to make {wanted} values out of {total}")
    return (batch, *sizes)


def _permute(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
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
        if _is_size(axis) and 0 < axis < len(shape):
            result.append(shape[axis])
        elif _is_size(axis):
            raise ShapeProblem(f"names axis {axis}, which the input does not have")
        else:
            result.append(Unknown())
    return tuple(result)


def _repeat(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = _ranked(inputs[0], 2)
    return (shape[0], config.get("n", Unknown()), shape[1])


def _embedding(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    shape = _ranked(inputs[0], 2)
    length = config.get("input_length")
    # Embedding's output_dim is the second argument in every version, under the same name.
    width = config.values.get("output_dim", Unknown())
    return (shape[0], length if length else shape[1], width)


def _recurrent(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
    shape = _ranked(inputs[0], 3)
    units = config.get("output_dim", Unknown())
    sequences = config.get("return_sequences", False)
    if not is_known(sequences):
        return None
    return (shape[0], shape[1], units) if sequences else (shape[0], units)


def _sequence_in(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
    return _ranked(inputs[0], 3)


def _image_in(spatial: int) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape:
        return _ranked(inputs[0], spatial + 2)

    return shape_of


def _guarded(function: ShapeFunction) -> ShapeFunction:
    def shape_of(config: Config, inputs: Sequence[Shape | None], ordering: str) -> Shape | None:
        try:
            return function(config, inputs, ordering)
        except _UnknownRank:
            return None

    return shape_of


# ------------------------------------------------------------------------------- rows

_W = "W_regularizer b_regularizer activity_regularizer W_constraint b_constraint bias"
_LATER_CONV = "filters kernel_size strides padding data_format dilation_rate activation use_bias"


def _row(
    name: str,
    params: str,
    shape: ShapeFunction,
    spatial: int = 0,
    params2: str = "",
    time_axis: bool = False,
) -> LayerSpec:
    return LayerSpec(name, tuple(params.split()), shape, spatial, tuple(params2.split()), time_axis)


_CONV2D = "nb_filter nb_row nb_col init activation weights border_mode subsample"
_RNN = "W_regularizer U_regularizer b_regularizer dropout_W dropout_U"
_LATER_CONV1D = (
    "filters kernel_size strides padding data_format dilation_rate groups activation use_bias"
)
_LATER_CONV2D = _LATER_CONV1D
_LATER_POOL = "pool_size strides padding data_format"

_ROWS = [
    _row(
        "Convolution1D",
        f"nb_filter filter_length init activation weights border_mode subsample_length {_W} "
        "input_dim input_length",
        _convolution(1),
        params2=_LATER_CONV1D,
    ),
    _row(
        "AtrousConvolution1D",
        "nb_filter filter_length init activation weights border_mode subsample_length "
        f"atrous_rate {_W}",
        _convolution(1),
    ),
    _row("Convolution2D", f"{_CONV2D} dim_ordering {_W}", _convolution(2), 2, _LATER_CONV2D),
    _row(
        "Deconvolution2D",
        "nb_filter nb_row nb_col output_shape init activation weights border_mode subsample "
        f"dim_ordering {_W}",
        _deconvolution,
        2,
        "filters kernel_size strides padding data_format",
    ),
    _row("AtrousConvolution2D", f"{_CONV2D} atrous_rate dim_ordering {_W}", _convolution(2), 2),
    _row(
        "SeparableConvolution2D",
        f"{_CONV2D} depth_multiplier dim_ordering",
        _separable,
        2,
        "filters kernel_size strides padding data_format dilation_rate depth_multiplier",
    ),
    _row(
        "Convolution3D",
        "nb_filter kernel_dim1 kernel_dim2 kernel_dim3 init activation weights border_mode "
        f"subsample dim_ordering {_W}",
        _convolution(3),
        3,
        _LATER_CONV2D,
    ),
    _row("UpSampling1D", "length", _upsampling(1), params2="size"),
    _row("UpSampling2D", "size dim_ordering", _upsampling(2), 2),
    _row("UpSampling3D", "size dim_ordering", _upsampling(3), 3),
    _row("ZeroPadding1D", "padding", _zero_padding(1)),
    _row("ZeroPadding2D", "padding dim_ordering", _zero_padding(2), 2),
    _row("ZeroPadding3D", "padding dim_ordering", _zero_padding(3), 3),
    _row("Cropping1D", "cropping", _cropping(1)),
    _row("Cropping2D", "cropping dim_ordering", _cropping(2), 2),
    _row("Cropping3D", "cropping dim_ordering", _cropping(3), 3),
    *(
        _row(
            f"{kind}Pooling1D",
            "pool_length stride border_mode",
            _pooling(1),
            params2="pool_size strides padding data_format",
        )
        for kind in ("Max", "Average")
    ),
    *(
        _row(
            f"{kind}Pooling{n}D",
            "pool_size strides border_mode dim_ordering",
            _pooling(n),
            n,
            _LATER_POOL,
        )
        for kind in ("Max", "Average")
        for n in (2, 3)
    ),
    *(_row(f"Global{kind}Pooling1D", "", _global_pooling(1)) for kind in ("Max", "Average")),
    *(
        _row(f"Global{kind}Pooling{n}D", "dim_ordering", _global_pooling(n), n)
        for kind in ("Max", "Average")
        for n in (2, 3)
    ),
    _row(
        "LocallyConnected1D",
        f"nb_filter filter_length init activation weights border_mode subsample_length {_W}",
        _local(1),
    ),
    _row("LocallyConnected2D", f"{_CONV2D} dim_ordering {_W}", _local(2), 2),
    _row(
        "ConvLSTM2D",
        "nb_filter nb_row nb_col init inner_init forget_bias_init activation inner_activation "
        f"dim_ordering border_mode subsample {_RNN}",
        _guarded(_conv_lstm),
        2,
        "filters kernel_size strides padding data_format",
        time_axis=True,
    ),
    _row("SimpleRNN", f"output_dim init inner_init activation {_RNN}", _recurrent, params2="units"),
    _row(
        "GRU",
        f"output_dim init inner_init activation inner_activation {_RNN}",
        _recurrent,
        params2="units",
    ),
    _row(
        "LSTM",
        f"output_dim init inner_init forget_bias_init activation inner_activation {_RNN}",
        _recurrent,
        params2="units",
    ),
    _row("Embedding", "input_dim output_dim init input_length", _embedding),
    _row("Dense", f"output_dim init activation weights {_W} input_dim", _dense, params2="units"),
    _row("MaxoutDense", f"output_dim nb_feature init weights {_W} input_dim", _maxout),
    _row("Highway", f"init activation weights {_W} input_dim", _highway),
    _row(
        "TimeDistributedDense",
        f"output_dim init activation weights {_W} input_dim input_length",
        _time_dense,
    ),
    _row("Activation", "activation", _same),
    _row("Masking", "mask_value", _same),
    _row("Dropout", "p noise_shape seed", _same),
    _row("SpatialDropout1D", "p", _sequence_in),
    _row("SpatialDropout2D", "p dim_ordering", _image_in(2), 2),
    _row("SpatialDropout3D", "p dim_ordering", _image_in(3), 3),
    _row("ActivityRegularization", "l1 l2", _same),
    _row("GaussianNoise", "sigma", _same),
    _row("GaussianDropout", "p", _same),
    _row(
        "BatchNormalization",
        "epsilon mode axis momentum weights beta_init gamma_init",
        _same,
        params2="axis momentum epsilon center scale",
    ),
    _row("LeakyReLU", "alpha", _same),
    _row("PReLU", "init weights shared_axes", _same),
    _row("ELU", "alpha", _same),
    _row("ParametricSoftplus", "alpha_init beta_init weights shared_axes", _same),
    _row("ThresholdedReLU", "theta", _same),
    _row("SReLU", "t_left_init a_left_init t_right_init a_right_init shared_axes", _same),
    _row("Reshape", "target_shape", _reshape),
    _row("Permute", "dims", _permute),
    _row("Flatten", "", _flatten),
    _row("RepeatVector", "n", _repeat),
    _row("Lambda", "function output_shape arguments", _same),
    _row("Merge", "layers mode concat_axis dot_axes output_shape", _same),
    _row("TimeDistributed", "layer", _same),
    _row("Bidirectional", "layer merge_mode weights", _same),
    _row("InputLayer", "input_shape batch_input_shape input_dtype input_tensor sparse name", _same),
    _row("Softmax", "axis", _same),
    _row("ReLU", "max_value", _same),
]

SPECS: Mapping[str, LayerSpec] = {row.name: row for row in _ROWS}
"""Every layer of Keras 1.2.2 by class name."""

ALIASES: Mapping[str, str] = {
    "Conv1D": "Convolution1D",
    "Conv2D": "Convolution2D",
    "Conv3D": "Convolution3D",
    "Deconv2D": "Deconvolution2D",
    "Conv2DTranspose": "Deconvolution2D",
    "Convolution2DTranspose": "Deconvolution2D",
    "AtrousConv1D": "AtrousConvolution1D",
    "AtrousConv2D": "AtrousConvolution2D",
    "SeparableConv2D": "SeparableConvolution2D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D",
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
}
"""Other names of the same classes, in Keras 1 and later."""

MERGE_FUNCTIONS: Mapping[str, str] = {
    "Concatenate": "concat",
    "concatenate": "concat",
    "Add": "sum",
    "add": "sum",
    "Multiply": "mul",
    "multiply": "mul",
    "Average": "ave",
    "average": "ave",
    "Maximum": "max",
    "maximum": "max",
}
"""The merge layers since Keras 2 → the mode of Keras 1's ``merge`` that they are."""


def spec_for(name: str) -> LayerSpec | None:
    """The row for a canonical Keras name such as ``keras.layers.core.Dense``."""
    if not name.startswith("keras.") or ".backend." in name:
        return None
    last = name.rpartition(".")[2]
    return SPECS.get(ALIASES.get(last, last))


def is_spatial(name: str) -> bool:
    """Whether the layer has a data format."""
    spec = spec_for(name)
    return spec is not None and spec.spatial > 0


SPATIAL_NAMES = frozenset(
    [name for name, row in SPECS.items() if row.spatial]
    + [alias for alias, name in ALIASES.items() if SPECS[name].spatial]
)
"""Bare class names of the layers that have a data format."""


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
    if not _is_size(axis):
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
    if not _is_size(a) or not _is_size(b):
        return None
    if not -len(first) <= a < len(first) or not -len(second) <= b < len(second):
        raise ShapeProblem(f"multiplies along axes {a} and {b}, which are not there")
    a, b = a % len(first), b % len(second)
    if different_size(first[a], second[b]):
        raise ShapeProblem(f"multiplies {show(first)} and {show(second)} along axes {a} and {b}")
    one = [size for i, size in enumerate(first) if i != a]
    other = [size for i, size in enumerate(second) if i != b][1:]
    return (*one, *other) if len(one) + len(other) > 1 else (*one, *other, 1)


def show(shape: Shape | None) -> str:
    """A shape as a person writes it, with ``?`` or its name for a size that is not known."""
    if shape is None:
        return "(?)"
    shown = [(size.name or "?") if isinstance(size, Unknown) else str(size) for size in shape]
    return f"({', '.join(shown)}{',' if len(shown) == 1 else ''})"
