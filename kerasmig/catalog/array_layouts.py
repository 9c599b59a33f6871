"""Layers whose arrays stand otherwise in Keras 3: kernels, gates. All others have the same.

`keras1_compat` and the converter know what to do with each of the layouts
(``compat/parts/layouts.py``, whose table a test holds against this one).
"""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.vocabulary import Family

ARRAY_LAYOUTS: Mapping[str, str] = {
    "Convolution1D": "conv1d",
    "AtrousConvolution1D": "conv1d",
    "AtrousConv1D": "conv1d",
    "Conv1D": "conv1d",
    "Convolution2D": "conv",
    "AtrousConvolution2D": "conv",
    "AtrousConv2D": "conv",
    "Conv2D": "conv",
    "Convolution3D": "conv",
    "Conv3D": "conv",
    "SeparableConvolution2D": "separable",
    "SeparableConv2D": "separable",
    "Deconvolution2D": "transposed",
    "Deconv2D": "transposed",
    "Conv2DTranspose": "transposed",
    "LSTM": "lstm",
    "GRU": "gru",
    "ConvLSTM2D": "convlstm",
}
"""Class names of both libraries → layout."""

BY_ORDERING = frozenset({"conv", "separable"})
"""Layouts that changed for kernels of the ordering ``th`` only."""

CODE = "KM320"

FAMILIES = (
    Family(
        code=CODE,
        name="weight-arrays",
        summary="Give and take the arrays of layers as Keras 1 listed them.",
        why=(
            "`get_weights()` of an LSTM gave twelve arrays and gives three, kernels of the "
            "ordering `th` began with the filters and end with them today, 1-D kernels lost an "
            "axis, and those of `Deconvolution2D` had their last two axes the other way round. "
            "Code that counts, indexes, prints, saves or fills such arrays goes wrong, and for "
            "kernels whose sizes are all the same it does so without an error."
        ),
        safety=(
            "`keras1_compat.get_keras1_weights` and `set_keras1_weights` look at the layer when "
            "the program runs, and give and take what Keras 1 gave and took. Arrays that only "
            "go from one model to another, or are scaled on the way, stay as they are. Where a "
            "recurrent layer had `consume_less='gpu'` and no name of its own, it is reported."
        ),
        example=(
            "model.layers[0].set_weights([kernel, bias])",
            "set_keras1_weights(model.layers[0], [kernel, bias])",
        ),
    ),
)
