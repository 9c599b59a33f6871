"""``keras.layers.core``: dense layers, dropout, reshaping, `Lambda`."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER, SEQUENCE_INPUT, WEIGHTS
from kerasmig.catalog.layer_facts import (
    LayerFacts,
    Layout,
    Role,
    dense,
    dropout,
    elementwise,
    reshaping,
)
from kerasmig.catalog.vocabulary import Arguments, Entry, Family, gone, handled, to

KERNEL_AND_BIAS: Arguments = {
    **WEIGHTS,
    "init": to("kernel_initializer", "initializer"),
    "activation": to("activation", "activation"),
    "W_regularizer": to("kernel_regularizer", "regularizer"),
    "b_regularizer": to("bias_regularizer", "regularizer"),
    "activity_regularizer": to("activity_regularizer", "activity_regularizer"),
    "W_constraint": to("kernel_constraint", "constraint"),
    "b_constraint": to("bias_constraint", "constraint"),
    "bias": to("use_bias"),
}
_DENSE: Arguments = {
    **KERNEL_AND_BIAS,
    "output_dim": to("units", "size"),
    "input_dim": to("input_dim"),
}
_NOISE_SHAPE = gone("the layer makes its own noise shape, also in Keras 1: leave it out")
_NO_INPUT_SHAPE = gone(
    "it takes none: put an `Input(shape=...)` before the layer, or nothing if it is not the first"
)
_SPATIAL: Arguments = {
    "p": to("rate"),
    "noise_shape": _NOISE_SHAPE,
    "input_shape": _NO_INPUT_SHAPE,
    "batch_input_shape": _NO_INPUT_SHAPE,
    "input_dtype": _NO_INPUT_SHAPE,
    "trainable": gone("the layer has no weights: leave it out"),
}

FAMILIES = (
    Family(
        code="KM204",
        name="core-layer",
        summary="Spell dense, dropout, reshaping and Lambda layers the way Keras 3 does.",
        why=(
            "`output_dim`, `init`, `W_regularizer`, `p` and their like are TypeErrors in Keras 3; "
            "`MaxoutDense`, `Highway` and `TimeDistributedDense` no longer exist."
        ),
        safety=(
            "Renamed arguments mean the same. Layers that Keras 3 dropped are written into "
            "`keras1_compat.py` with the same weights and the same formula. `Flatten` and the "
            "reshaping layers read the array as it lies in memory, under both data formats."
        ),
        example=(
            "Dense(output_dim=10, init='uniform', W_regularizer=l2(0.01), bias=False)\nDropout(p=0.5)",
            "Dense(units=10, kernel_initializer='random_uniform', "
            "kernel_regularizer=l2(0.01), use_bias=False)\nDropout(rate=0.5)",
        ),
        module="keras.layers.core",
        common=LAYER,
        entries=(
            Entry("Dense", layer=dense(), to="Dense", args=_DENSE),
            Entry(
                "Activation",
                layer=elementwise("ReLU", "Softmax", "LeakyReLU", "ELU", may_be_added=True),
                to="Activation",
                args={"activation": to("activation", "activation")},
            ),
            Entry(
                "Dropout",
                layer=dropout("p", may_be_added=True),
                to="Dropout",
                args={"p": to("rate")},
            ),
            Entry(
                "SpatialDropout1D",
                layer=LayerFacts(
                    role=Role.DROPOUT, shape="sequence_in", hidden=("p",), turning=Layout.EDGE
                ),
                to="SpatialDropout1D",
                args=_SPATIAL,
            ),
            Entry(
                "SpatialDropout2D",
                layer=LayerFacts(role=Role.DROPOUT, shape="image_in", axes=2, hidden=("p",)),
                to="SpatialDropout2D",
                data_format=True,
                args={**_SPATIAL, "dim_ordering": to("data_format", "data_format")},
            ),
            Entry(
                "SpatialDropout3D",
                layer=LayerFacts(role=Role.DROPOUT, shape="image_in", axes=3, hidden=("p",)),
                to="SpatialDropout3D",
                data_format=True,
                args={**_SPATIAL, "dim_ordering": to("data_format", "data_format")},
            ),
            Entry(
                "Flatten",
                layer=reshaping("flatten"),
                to="Flatten",
                always_last=True,
                docs=(
                    "Keras 1 flattened in memory order whatever the dim_ordering. Keras 3 does so "
                    "for `channels_last` only: under `channels_first`, also as the global setting, "
                    "it moves the channels to the end first, and weights after it would not fit."
                ),
            ),
            Entry("Reshape", layer=reshaping("reshape", may_be_added=True), to="Reshape"),
            Entry(
                "Permute",
                layer=reshaping("permute", may_be_added=True, turning=Layout.BY_AXIS),
                to="Permute",
            ),
            Entry(
                "RepeatVector",
                layer=LayerFacts(role=Role.RESHAPING, shape="repeat"),
                to="RepeatVector",
                args={"n": to("n", "size")},
            ),
            Entry("Masking", layer=elementwise(turning=Layout.EDGE), to="Masking"),
            Entry(
                "Lambda",
                layer=LayerFacts(role=Role.LAMBDA, becomes=("Rescaling",), may_be_added=True),
                to="Lambda",
                rule="lambda_layer",
                args={
                    "function": to("function"),
                    "output_shape": handled(
                        "a tuple stays (it has no batch axis in both); a function got and "
                        "returned shapes with the batch axis, and in Keras 3 does too"
                    ),
                    "arguments": to("arguments"),
                },
            ),
            Entry(
                "ActivityRegularization",
                layer=elementwise(may_be_added=True),
                to="keras1_compat.ActivityRegularization",
                idiomatic="ActivityRegularization",
                docs="Keras 3 divides the penalty by the batch size; the compat layer does not.",
            ),
            Entry(
                "TimeDistributedDense",
                layer=dense("time_dense", "TimeDistributed"),
                to="Dense",
                args={**KERNEL_AND_BIAS, "output_dim": to("units", "size"), **SEQUENCE_INPUT},
                docs=(
                    "`Dense` works on the last axis in Keras 3, so no wrapper is needed. The mask "
                    "of the input is passed on by both."
                ),
            ),
            Entry(
                "MaxoutDense",
                layer=dense("maxout"),
                to="keras1_compat.MaxoutDense",
                args={**_DENSE, "init": to("init"), "nb_feature": to("features")},
                docs="`init` keeps its Keras 1 names: the fans of the 3-D kernel were its own.",
            ),
            Entry("Highway", layer=dense("highway"), to="keras1_compat.Highway", args=_DENSE),
        ),
    ),
)
