"""How every layer of Keras 1.2.2 changes shapes: one row per layer.

The facts are those of each layer's ``get_output_shape_for`` (and of the checks in ``build`` and
``call`` that fail on TensorFlow) in the Keras 1.2.2 source; the property tests compare them with
the real library. Later spellings of the same layers are understood too, because code that has
been migrated is read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
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
from kerasmig.catalog.surface import in_keras1, keras3_has, keras3_signature, positions


class LayerSpec(NamedTuple):
    """One row.

    Args:
        name: class name in Keras 1.
        shape: how it changes shapes.
        spatial: number of spatial axes that the data format orders; 0 where it has none.
        later: a layer of Keras 3 that takes the same arguments, where it has none of its own.
        time_axis: whether an axis of time stands between batch and image (ConvLSTM2D).
    """

    name: str
    shape: ShapeFunction
    spatial: int = 0
    later: str = ""
    time_axis: bool = False


_row = LayerSpec

_ROWS = [
    _row("Convolution1D", convolution(1)),
    _row("AtrousConvolution1D", convolution(1)),
    _row("Convolution2D", convolution(2), 2),
    _row("Deconvolution2D", deconvolution, 2),
    _row("AtrousConvolution2D", convolution(2), 2),
    _row("SeparableConvolution2D", separable, 2),
    _row("Convolution3D", convolution(3), 3),
    _row("UpSampling1D", upsampling(1)),
    _row("UpSampling2D", upsampling(2), 2),
    _row("UpSampling3D", upsampling(3), 3),
    _row("ZeroPadding1D", zero_padding(1)),
    _row("ZeroPadding2D", zero_padding(2), 2),
    _row("ZeroPadding3D", zero_padding(3), 3),
    _row("Cropping1D", cropping(1)),
    _row("Cropping2D", cropping(2), 2),
    _row("Cropping3D", cropping(3), 3),
    *(_row(f"{kind}Pooling1D", pooling(1)) for kind in ("Max", "Average")),
    *(_row(f"{kind}Pooling{n}D", pooling(n), n) for kind in ("Max", "Average") for n in (2, 3)),
    *(_row(f"Global{kind}Pooling1D", global_pooling(1)) for kind in ("Max", "Average")),
    *(
        _row(f"Global{kind}Pooling{n}D", global_pooling(n), n)
        for kind in ("Max", "Average")
        for n in (2, 3)
    ),
    _row("LocallyConnected1D", local(1), later="Conv1D"),
    _row("LocallyConnected2D", local(2), 2, later="Conv2D"),
    _row("ConvLSTM2D", guarded(conv_lstm), 2, time_axis=True),
    _row("SimpleRNN", recurrent),
    _row("GRU", recurrent),
    _row("LSTM", recurrent),
    _row("Embedding", embedding),
    _row("Dense", dense),
    _row("MaxoutDense", maxout),
    _row("Highway", highway),
    _row("TimeDistributedDense", time_dense),
    _row("Activation", same),
    _row("Masking", same),
    _row("Dropout", same),
    _row("SpatialDropout1D", sequence_in),
    _row("SpatialDropout2D", image_in(2), 2),
    _row("SpatialDropout3D", image_in(3), 3),
    _row("ActivityRegularization", same),
    _row("GaussianNoise", same),
    _row("GaussianDropout", same),
    _row("BatchNormalization", same),
    _row("LeakyReLU", same),
    _row("PReLU", same),
    _row("ELU", same),
    _row("ParametricSoftplus", same),
    _row("ThresholdedReLU", same),
    _row("SReLU", same),
    _row("Reshape", reshape),
    _row("Permute", permute),
    _row("Flatten", flatten),
    _row("RepeatVector", repeat),
    _row("Lambda", same),
    _row("Merge", same),
    _row("TimeDistributed", same),
    _row("Bidirectional", same),
    _row("InputLayer", same),
    _row("Softmax", same),
    _row("ReLU", same),
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


class Parameters(NamedTuple):
    """Names of a layer's positional arguments.

    Args:
        keras1: in Keras 1.2.2; empty where it has no such class.
        later: in Keras 3; empty where it has no such class.
    """

    keras1: tuple[str, ...]
    later: tuple[str, ...]


@cache
def parameters_of(called: str) -> Parameters:
    """What the two libraries say of the class that is called by this bare name.

    A name that only one of them has (``Conv2DTranspose``) is read in that one's signature.
    """
    spec = SPECS[ALIASES.get(called, called)]
    names = (called, spec.name, *(alias for alias, name in ALIASES.items() if name == spec.name))
    old = positions(f"keras.layers.{spec.name}")
    if not in_keras1(f"keras.layers.{called}") and keras3_has(f"keras.layers.{called}"):
        old = ()
    signatures = (keras3_signature(f"keras.layers.{name}") for name in (*names, spec.later))
    later = next(filter(None, signatures), None)
    return Parameters(old, later.positional() if later is not None else ())


def is_spatial(name: str) -> bool:
    """Whether the layer has a data format."""
    spec = spec_for(name)
    return spec is not None and spec.spatial > 0


SPATIAL_NAMES = frozenset(
    [name for name, row in SPECS.items() if row.spatial]
    + [alias for alias, name in ALIASES.items() if SPECS[name].spatial]
)
"""Bare class names of the layers that have a data format."""
