"""``keras.layers.convolutional``: convolutions."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry, Family, gone, pack, to

_WEIGHTS = gone("call layer.set_weights(...) after the model is built")

CONVOLUTION = {
    "nb_filter": to("filters"),
    "init": to("kernel_initializer", "initializer"),
    "activation": to("activation", "activation"),
    "weights": _WEIGHTS,
    "border_mode": to("padding", "padding"),
    "subsample": to("strides"),
    "dim_ordering": to("data_format", "data_format"),
    "W_regularizer": to("kernel_regularizer", "regularizer"),
    "b_regularizer": to("bias_regularizer", "regularizer"),
    "activity_regularizer": to("activity_regularizer", "activity_regularizer"),
    "W_constraint": to("kernel_constraint", "constraint"),
    "b_constraint": to("bias_constraint", "constraint"),
    "bias": to("use_bias"),
}

FAMILIES = (
    Family(
        code="KM201",
        name="convolution-layer",
        summary="Spell convolution layers the way Keras 3 does.",
        why=(
            "Keras 3 keeps `Convolution2D` as an alias of `Conv2D` and reads the third positional "
            "argument as strides: `Convolution2D(64, 3, 3)` raises nothing and computes something "
            "else."
        ),
        example=(
            "Convolution2D(64, 3, 3, border_mode='same')",
            "Conv2D(64, (3, 3), padding='same')",
        ),
        module="keras.layers.convolutional",
        common=CONVOLUTION,
        entries=(
            Entry(
                "Convolution2D",
                to="Conv2D",
                data_format=True,
                args={("nb_row", "nb_col"): pack("kernel_size")},
            ),
        ),
    ),
)
