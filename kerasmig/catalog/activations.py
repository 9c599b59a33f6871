"""``keras.activations``."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry, Family, to

_SAME = ("softmax", "elu", "softplus", "softsign", "tanh", "sigmoid", "linear")

FAMILIES = (
    Family(
        code="KM224",
        name="activation",
        summary="Keep Keras 1's activation functions.",
        why=(
            "`hard_sigmoid` is another function in Keras 3: 0.667 at 1 where Keras 1 had 0.7. "
            "`relu(x, alpha=...)` is a TypeError."
        ),
        safety=(
            "All others are the same functions. `keras1_compat.hard_sigmoid` is clip(0.2 x + 0.5, "
            "0, 1); `--idiomatic` takes Keras 3's."
        ),
        example=(
            "Activation('hard_sigmoid')\nrelu(x, alpha=0.1)",
            "Activation(keras1_compat.hard_sigmoid)\nrelu(x, negative_slope=0.1)",
        ),
        module="keras.activations",
        target="keras.activations",
        entries=(
            *(Entry(name, to=name) for name in _SAME),
            Entry("relu", to="relu", args={"alpha": to("negative_slope")}),
            Entry("hard_sigmoid", to="keras1_compat.hard_sigmoid", idiomatic="hard_sigmoid"),
            Entry("get", to="keras1_compat.get_activation"),
        ),
    ),
)
