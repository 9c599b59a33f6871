"""``keras.layers.noise``: Gaussian noise."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER
from kerasmig.catalog.layer_facts import dropout
from kerasmig.catalog.vocabulary import Entry, Family, to

FAMILIES = (
    Family(
        code="KM206",
        name="noise-layer",
        summary="Spell noise layers the way Keras 3 does.",
        why="`sigma` and `p` are TypeErrors in Keras 3.",
        safety="The same distributions under new argument names, active while training only.",
        example=("GaussianNoise(sigma=0.1)", "GaussianNoise(stddev=0.1)"),
        module="keras.layers.noise",
        common=LAYER,
        entries=(
            Entry(
                "GaussianNoise",
                layer=dropout("sigma"),
                to="GaussianNoise",
                args={"sigma": to("stddev")},
                docs="Keras 3 raises a ValueError for a deviation above 1, which Keras 1 took.",
            ),
            Entry(
                "GaussianDropout", layer=dropout("p"), to="GaussianDropout", args={"p": to("rate")}
            ),
        ),
    ),
)
