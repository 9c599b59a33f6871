"""How every layer of Keras 1.2.2 changes shapes: one row per layer.

The facts are those of each layer's ``get_output_shape_for`` (and of the checks in ``build`` and
``call`` that fail on TensorFlow) in the Keras 1.2.2 source; the property tests compare them with
the real library. Later spellings of the same layers are understood too, because code that has
been migrated is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kerasmig.analysis.layers.plain_shapes import (
    dense,
    embedding,
    flatten,
    highway,
    image_in,
    maxout,
    permute,
    recurrent,
    repeat,
    reshape,
    same,
    sequence_in,
    time_dense,
)
from kerasmig.analysis.layers.sizes import ShapeFunction
from kerasmig.analysis.layers.window_shapes import (
    conv_lstm,
    convolution,
    cropping,
    deconvolution,
    global_pooling,
    guarded,
    local,
    pooling,
    separable,
    upsampling,
    zero_padding,
)


class LayerSpec(NamedTuple):
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
    params2: tuple[str, ...] = ()
    time_axis: bool = False


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
        convolution(1),
        params2=_LATER_CONV1D,
    ),
    _row(
        "AtrousConvolution1D",
        "nb_filter filter_length init activation weights border_mode subsample_length "
        f"atrous_rate {_W}",
        convolution(1),
    ),
    _row("Convolution2D", f"{_CONV2D} dim_ordering {_W}", convolution(2), 2, _LATER_CONV2D),
    _row(
        "Deconvolution2D",
        "nb_filter nb_row nb_col output_shape init activation weights border_mode subsample "
        f"dim_ordering {_W}",
        deconvolution,
        2,
        "filters kernel_size strides padding data_format",
    ),
    _row("AtrousConvolution2D", f"{_CONV2D} atrous_rate dim_ordering {_W}", convolution(2), 2),
    _row(
        "SeparableConvolution2D",
        f"{_CONV2D} depth_multiplier dim_ordering",
        separable,
        2,
        "filters kernel_size strides padding data_format dilation_rate depth_multiplier",
    ),
    _row(
        "Convolution3D",
        "nb_filter kernel_dim1 kernel_dim2 kernel_dim3 init activation weights border_mode "
        f"subsample dim_ordering {_W}",
        convolution(3),
        3,
        _LATER_CONV2D,
    ),
    _row("UpSampling1D", "length", upsampling(1), params2="size"),
    _row("UpSampling2D", "size dim_ordering", upsampling(2), 2),
    _row("UpSampling3D", "size dim_ordering", upsampling(3), 3),
    _row("ZeroPadding1D", "padding", zero_padding(1)),
    _row("ZeroPadding2D", "padding dim_ordering", zero_padding(2), 2),
    _row("ZeroPadding3D", "padding dim_ordering", zero_padding(3), 3),
    _row("Cropping1D", "cropping", cropping(1)),
    _row("Cropping2D", "cropping dim_ordering", cropping(2), 2),
    _row("Cropping3D", "cropping dim_ordering", cropping(3), 3),
    *(
        _row(
            f"{kind}Pooling1D",
            "pool_length stride border_mode",
            pooling(1),
            params2="pool_size strides padding data_format",
        )
        for kind in ("Max", "Average")
    ),
    *(
        _row(
            f"{kind}Pooling{n}D",
            "pool_size strides border_mode dim_ordering",
            pooling(n),
            n,
            _LATER_POOL,
        )
        for kind in ("Max", "Average")
        for n in (2, 3)
    ),
    *(_row(f"Global{kind}Pooling1D", "", global_pooling(1)) for kind in ("Max", "Average")),
    *(
        _row(f"Global{kind}Pooling{n}D", "dim_ordering", global_pooling(n), n)
        for kind in ("Max", "Average")
        for n in (2, 3)
    ),
    _row(
        "LocallyConnected1D",
        f"nb_filter filter_length init activation weights border_mode subsample_length {_W}",
        local(1),
    ),
    _row("LocallyConnected2D", f"{_CONV2D} dim_ordering {_W}", local(2), 2),
    _row(
        "ConvLSTM2D",
        "nb_filter nb_row nb_col init inner_init forget_bias_init activation inner_activation "
        f"dim_ordering border_mode subsample {_RNN}",
        guarded(conv_lstm),
        2,
        "filters kernel_size strides padding data_format",
        time_axis=True,
    ),
    _row("SimpleRNN", f"output_dim init inner_init activation {_RNN}", recurrent, params2="units"),
    _row(
        "GRU",
        f"output_dim init inner_init activation inner_activation {_RNN}",
        recurrent,
        params2="units",
    ),
    _row(
        "LSTM",
        f"output_dim init inner_init forget_bias_init activation inner_activation {_RNN}",
        recurrent,
        params2="units",
    ),
    _row("Embedding", "input_dim output_dim init input_length", embedding),
    _row("Dense", f"output_dim init activation weights {_W} input_dim", dense, params2="units"),
    _row("MaxoutDense", f"output_dim nb_feature init weights {_W} input_dim", maxout),
    _row("Highway", f"init activation weights {_W} input_dim", highway),
    _row(
        "TimeDistributedDense",
        f"output_dim init activation weights {_W} input_dim input_length",
        time_dense,
    ),
    _row("Activation", "activation", same),
    _row("Masking", "mask_value", same),
    _row("Dropout", "p noise_shape seed", same),
    _row("SpatialDropout1D", "p", sequence_in),
    _row("SpatialDropout2D", "p dim_ordering", image_in(2), 2),
    _row("SpatialDropout3D", "p dim_ordering", image_in(3), 3),
    _row("ActivityRegularization", "l1 l2", same),
    _row("GaussianNoise", "sigma", same),
    _row("GaussianDropout", "p", same),
    _row(
        "BatchNormalization",
        "epsilon mode axis momentum weights beta_init gamma_init",
        same,
        params2="axis momentum epsilon center scale",
    ),
    _row("LeakyReLU", "alpha", same),
    _row("PReLU", "init weights shared_axes", same),
    _row("ELU", "alpha", same),
    _row("ParametricSoftplus", "alpha_init beta_init weights shared_axes", same),
    _row("ThresholdedReLU", "theta", same),
    _row("SReLU", "t_left_init a_left_init t_right_init a_right_init shared_axes", same),
    _row("Reshape", "target_shape", reshape),
    _row("Permute", "dims", permute),
    _row("Flatten", "", flatten),
    _row("RepeatVector", "n", repeat),
    _row("Lambda", "function output_shape arguments", same),
    _row("Merge", "layers mode concat_axis dot_axes output_shape", same),
    _row("TimeDistributed", "layer", same),
    _row("Bidirectional", "layer merge_mode weights", same),
    _row("InputLayer", "input_shape batch_input_shape input_dtype input_tensor sparse name", same),
    _row("Softmax", "axis", same),
    _row("ReLU", "max_value", same),
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
