"""``keras.layers.convolutional_recurrent``: ConvLSTM2D."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER, WEIGHTS
from kerasmig.catalog.layer_facts import LayerFacts, Role
from kerasmig.catalog.vocabulary import Entry, Family, drop, pack, to

_NO_EFFECT = drop("Keras 1.2.2 stored it and never added the penalty")

FAMILIES = (
    Family(
        code="KM212",
        name="convolutional-recurrent-layer",
        summary="Spell ConvLSTM2D the way Keras 3 does, and keep what it computes.",
        why=(
            "The name stayed and its arguments moved: `ConvLSTM2D(40, 3, 3)` means a 3x3 kernel "
            "in Keras 1 and a kernel of 3 with strides of 3 in Keras 3. The gates were hard "
            "sigmoids (0.2 x + 0.5) and are sigmoids."
        ),
        safety=(
            "Gate activation and recurrent initialiser of Keras 1 are written out. `data_format` "
            "is as safe as the inferred verdict. Weight regularizers go, because Keras 1.2.2 "
            "never applied them."
        ),
        example=(
            "ConvLSTM2D(40, 3, 3, border_mode='same', return_sequences=True)",
            "ConvLSTM2D(40, (3, 3), padding='same', return_sequences=True, "
            "recurrent_activation=hard_sigmoid, recurrent_initializer=Orthogonal(1.1))",
        ),
        module="keras.layers.convolutional_recurrent",
        common={**LAYER, **WEIGHTS},
        entries=(
            Entry(
                "ConvLSTM2D",
                layer=LayerFacts(
                    role=Role.CONVOLUTIONAL_RECURRENT,
                    shape="conv_lstm",
                    axes=2,
                    time_axis=True,
                    gates=("ifco", "icfo"),
                ),
                to="ConvLSTM2D",
                data_format=True,
                args={
                    "nb_filter": to("filters"),
                    ("nb_row", "nb_col"): pack("kernel_size"),
                    "init": to("kernel_initializer", "initializer"),
                    "inner_init": to("recurrent_initializer", "initializer"),
                    "forget_bias_init": to("unit_forget_bias", "forget_bias"),
                    "activation": to("activation", "activation"),
                    "inner_activation": to("recurrent_activation", "activation"),
                    "dim_ordering": to("data_format", "data_format"),
                    "border_mode": to("padding", "padding"),
                    "subsample": to("strides"),
                    "W_regularizer": _NO_EFFECT,
                    "U_regularizer": _NO_EFFECT,
                    "b_regularizer": _NO_EFFECT,
                    "dropout_W": to("dropout"),
                    "dropout_U": to("recurrent_dropout"),
                },
                write={
                    "recurrent_activation": "{keras1_compat.hard_sigmoid}",
                    "recurrent_initializer": "{keras.initializers.Orthogonal}(1.1)",
                },
                differs=(
                    "Keras 1 took the fans of the kernels in channels-first order whatever the "
                    "dim_ordering, and made them gate by gate."
                ),
            ),
            Entry(
                "ConvRecurrent2D",
                manual="Subclass `keras.layers.RNN` with a cell that holds the subclass's `step`.",
            ),
        ),
    ),
)
