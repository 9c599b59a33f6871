"""``keras.objectives``: losses, as functions and by name.

Formulas compared from ``keras/objectives.py`` of 1.2.2 and ``keras/src/losses/losses.py`` of 3.15.
"""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.values import Value
from kerasmig.catalog.vocabulary import Entry, Family, to

_COSINE = (
    "Keras 3's cosine_similarity sums where Keras 1's cosine_proximity averaged: it is as many "
    "times larger as the last axis is long."
)
_HINGE = "Keras 3 turns targets that are all 0 or 1 into -1 and 1 first; Keras 1 took them as is."

LOSSES: Mapping[str, Value] = {
    **{
        name: Value(repr(name))
        for name in [
            "mean_squared_error",
            "mse",
            "MSE",
            "mean_absolute_error",
            "mae",
            "MAE",
            "mean_absolute_percentage_error",
            "mape",
            "MAPE",
            "mean_squared_logarithmic_error",
            "msle",
            "MSLE",
            "binary_crossentropy",
            "categorical_crossentropy",
            "sparse_categorical_crossentropy",
            "poisson",
            "kld",
            "KLD",
        ]
    },
    "kullback_leibler_divergence": Value("'kl_divergence'"),
    "cosine_proximity": Value("{keras1_compat.cosine_proximity}", "'cosine_similarity'", _COSINE),
    "cosine": Value("{keras1_compat.cosine_proximity}", "'cosine_similarity'", _COSINE),
    "hinge": Value("{keras1_compat.hinge}", "'hinge'", _HINGE),
    "squared_hinge": Value("{keras1_compat.squared_hinge}", "'squared_hinge'", _HINGE),
}
"""What `compile(loss='...')` took."""

FAMILIES = (
    Family(
        code="KM405",
        name="loss",
        summary="Take losses from `keras.losses` and keep the formulas that changed.",
        why=(
            "`keras.objectives` is gone. Two names with it (cosine_proximity, "
            "kullback_leibler_divergence) and their strings; hinge losses changed their meaning "
            "for targets of 0 and 1."
        ),
        safety=(
            "Values are held against Keras 1.2.2 by the tests. One thing is not carried over: with "
            "`class_weight` or `sample_weight` Keras 1 divided by the number of samples whose "
            "weight is not zero, Keras 3 divides by the number of samples, so that weights of "
            "zero make the loss smaller."
        ),
        example=(
            "model.compile(loss='kullback_leibler_divergence', optimizer='sgd')",
            "model.compile(loss='kl_divergence', optimizer='sgd')",
        ),
        module="keras.objectives",
        target="keras.losses",
        entries=(
            Entry("mean_squared_error", to="mean_squared_error"),
            Entry("mean_absolute_error", to="mean_absolute_error"),
            Entry("mean_absolute_percentage_error", to="mean_absolute_percentage_error"),
            Entry("mean_squared_logarithmic_error", to="mean_squared_logarithmic_error"),
            Entry("binary_crossentropy", to="binary_crossentropy"),
            Entry("categorical_crossentropy", to="categorical_crossentropy"),
            Entry("sparse_categorical_crossentropy", to="sparse_categorical_crossentropy"),
            Entry("poisson", to="poisson"),
            Entry("kullback_leibler_divergence", to="kl_divergence"),
            Entry(
                "cosine_proximity",
                to="keras1_compat.cosine_proximity",
                idiomatic="cosine_similarity",
                docs=_COSINE,
            ),
            Entry("hinge", to="keras1_compat.hinge", idiomatic="hinge", docs=_HINGE),
            Entry(
                "squared_hinge",
                to="keras1_compat.squared_hinge",
                idiomatic="squared_hinge",
                docs=_HINGE,
            ),
            Entry(
                "get",
                to="get",
                args={"identifier": to("identifier", "loss")},
                rule="get_by_name",
                docs="A name that shows only when the program runs goes to the compat module.",
            ),
        ),
    ),
)
