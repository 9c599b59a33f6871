"""``keras.layers.convolutional``: convolutions, padding, cropping, upsampling."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER, SEQUENCE_INPUT, WEIGHTS
from kerasmig.catalog.layer_facts import LayerFacts, Role, convolution, resizing
from kerasmig.catalog.values import kernel
from kerasmig.catalog.vocabulary import Arguments, Entry, Family, handled, pack, spread, to

CONVOLUTION: Arguments = {
    **LAYER,
    **WEIGHTS,
    "nb_filter": to("filters"),
    "init": to("kernel_initializer", "initializer"),
    "activation": to("activation", "activation"),
    "border_mode": to("padding", "padding"),
    "subsample": to("strides"),
    "dim_ordering": to("data_format", "data_format"),
    "W_regularizer": to("kernel_regularizer", "regularizer"),
    "b_regularizer": to("bias_regularizer", "regularizer"),
    "activity_regularizer": to("activity_regularizer", "activity_regularizer"),
    "W_constraint": to("kernel_constraint", "kernel_constraint"),
    "b_constraint": to("bias_constraint", "constraint"),
    "bias": to("use_bias"),
}
"""What all convolution layers share; locally connected layers take it too."""

_KERNEL_1D: Arguments = {
    "init": to("kernel_initializer", "kernel_of_conv1d"),
    "filter_length": to("kernel_size"),
    "subsample_length": to("strides"),
}
_KERNEL_2D: Arguments = {("nb_row", "nb_col"): pack("kernel_size")}
_KERNEL_3D: Arguments = {("kernel_dim1", "kernel_dim2", "kernel_dim3"): pack("kernel_size")}

_FANS_1D = {"kernel_initializer": kernel("conv1d")}
_FANS_3D = (
    "Keras 1 left the third kernel dimension out of the fans of a channels-last kernel: its "
    "glorot, he and lecun initialisers drew larger values here."
)

FAMILIES = (
    Family(
        code="KM201",
        name="convolution-layer",
        summary="Spell convolution layers the way Keras 3 does.",
        why=(
            "Keras 3 keeps `Convolution2D` as an alias of `Conv2D` and reads the third positional "
            "argument as strides: `Convolution2D(64, 3, 3)` raises nothing and computes a 3x3 "
            "kernel with a stride of 3. Keyword calls fail with a TypeError instead."
        ),
        safety=(
            "The kernel size, strides, padding and dilation are the same numbers under new names. "
            "`data_format` is written where the inferred verdict is channels_first or the author "
            "gave `dim_ordering`; it is as safe as that verdict. `border_mode='full'`, which only "
            "Theano could run, is reported. Weights saved under Theano also need their kernels "
            "flipped, which no rewrite of the code can do."
        ),
        example=(
            "Convolution2D(64, 3, 3, border_mode='same', subsample=(2, 2), init='he_normal')",
            "Conv2D(64, (3, 3), padding='same', strides=(2, 2), kernel_initializer="
            "VarianceScaling(2.0, 'fan_in', 'untruncated_normal'))",
        ),
        module="keras.layers.convolutional",
        common=CONVOLUTION,
        entries=(
            Entry(
                "Convolution1D",
                layer=convolution(1),
                to="Conv1D",
                always_last=True,
                args={**_KERNEL_1D, **SEQUENCE_INPUT},
                write=_FANS_1D,
            ),
            Entry(
                "AtrousConvolution1D",
                layer=convolution(1),
                to="Conv1D",
                rule="dilated",
                always_last=True,
                args={**_KERNEL_1D, **SEQUENCE_INPUT, "atrous_rate": to("dilation_rate")},
                write=_FANS_1D,
            ),
            Entry(
                "Convolution2D",
                layer=convolution(2),
                to="Conv2D",
                data_format=True,
                args=_KERNEL_2D,
            ),
            Entry(
                "AtrousConvolution2D",
                layer=convolution(2),
                to="Conv2D",
                rule="dilated",
                data_format=True,
                args={**_KERNEL_2D, "atrous_rate": to("dilation_rate")},
            ),
            Entry(
                "Deconvolution2D",
                layer=LayerFacts(
                    role=Role.TRANSPOSED,
                    shape="deconvolution",
                    axes=2,
                    also=("Convolution2DTranspose",),
                ),
                to="Conv2DTranspose",
                data_format=True,
                rule="deconvolution",
                args={
                    **_KERNEL_2D,
                    "output_shape": handled(
                        "gone where Keras 3 computes the same size from kernel, strides and "
                        "padding; `output_padding` says the rest; where the input's size cannot "
                        "be seen, `keras1_compat.Deconvolution2D` keeps the argument"
                    ),
                },
                docs=(
                    "Keras 1 wanted the whole output shape, with the batch size in it, and "
                    "failed on a batch of another size. Keras 3 takes any batch. Its kernel axes "
                    "are (rows, columns, filters, channels), in Keras 1 the last two were swapped."
                ),
                differs=(
                    "For an `init` that looks at one fan only (he, lecun), fan_in was the "
                    "layer's input in Keras 1 and is its output in Keras 3."
                ),
            ),
            Entry(
                "SeparableConvolution2D",
                layer=LayerFacts(role=Role.SEPARABLE, shape="separable", axes=2),
                to="SeparableConv2D",
                data_format=True,
                args={
                    **_KERNEL_2D,
                    "init": spread(
                        "depthwise_initializer", "pointwise_initializer", convert="initializer"
                    ),
                    "depthwise_regularizer": to("depthwise_regularizer", "regularizer"),
                    "pointwise_regularizer": to("pointwise_regularizer", "regularizer"),
                    "depthwise_constraint": to("depthwise_constraint", "constraint"),
                    "pointwise_constraint": to("pointwise_constraint", "constraint"),
                },
            ),
            Entry(
                "Convolution3D",
                layer=convolution(3),
                to="Conv3D",
                data_format=True,
                args=_KERNEL_3D,
                differs=_FANS_3D,
            ),
        ),
    ),
    Family(
        code="KM203",
        name="padding-layer",
        summary="Spell zero padding, cropping and upsampling the way Keras 3 does.",
        why=(
            "`dim_ordering=` and `length=` are TypeErrors in Keras 3, and so are the dictionary "
            "and four-number forms of `padding`."
        ),
        safety="The same numbers in another order; channels_first follows the inferred verdict.",
        example=(
            "ZeroPadding2D((1, 2, 3, 4), dim_ordering='th')",
            "ZeroPadding2D(((1, 2), (3, 4)), data_format='channels_first')",
        ),
        module="keras.layers.convolutional",
        common={**LAYER, "dim_ordering": to("data_format", "data_format")},
        entries=(
            Entry(
                "ZeroPadding1D",
                layer=resizing("zero_padding", 1, may_be_added=True),
                to="ZeroPadding1D",
                always_last=True,
                args={"padding": to("padding", "padding_1d")},
                docs="`{'left_pad': 1, 'right_pad': 2}` becomes `(1, 2)`.",
                contract=(
                    "ZeroPadding1D({'left_pad': 1, 'right_pad': 2})",
                    "ZeroPadding1D((2, 1))",
                ),
            ),
            Entry(
                "ZeroPadding2D",
                layer=resizing("zero_padding", 2, may_be_added=True),
                to="ZeroPadding2D",
                data_format=True,
                args={"padding": to("padding", "padding_2d")},
                docs=(
                    "`(top, bottom, left, right)` and the dictionary with `top_pad`, `bottom_pad`, "
                    "`left_pad`, `right_pad` become `((top, bottom), (left, right))`."
                ),
                contract=(
                    "ZeroPadding2D((1, 2, 3, 4))",
                    "ZeroPadding2D({'top_pad': 1, 'left_pad': 2})",
                    "ZeroPadding2D(padding=(2, 1))",
                ),
            ),
            Entry(
                "ZeroPadding3D",
                layer=resizing("zero_padding", 3, may_be_added=True),
                to="ZeroPadding3D",
                data_format=True,
            ),
            Entry("Cropping1D", layer=resizing("cropping", 1, may_be_added=True), to="Cropping1D"),
            Entry(
                "Cropping2D",
                layer=resizing("cropping", 2, may_be_added=True),
                to="Cropping2D",
                data_format=True,
            ),
            Entry(
                "Cropping3D",
                layer=resizing("cropping", 3, may_be_added=True),
                to="Cropping3D",
                data_format=True,
            ),
            Entry(
                "UpSampling1D",
                layer=resizing("upsampling", 1),
                to="UpSampling1D",
                args={"length": to("size")},
            ),
            Entry(
                "UpSampling2D", layer=resizing("upsampling", 2), to="UpSampling2D", data_format=True
            ),
            Entry(
                "UpSampling3D", layer=resizing("upsampling", 3), to="UpSampling3D", data_format=True
            ),
        ),
    ),
)
