"""``keras.constraints``."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry, Family, to

FAMILIES = (
    Family(
        code="KM223",
        name="constraint",
        summary="Spell weight constraints the way Keras 3 does.",
        why="`maxnorm`, `nonneg` and `unitnorm` are gone, by name and as classes.",
        safety=(
            "The same projections. `axis` counts the axes of the weight: a convolution kernel was "
            "(filters, channels, rows, columns) under channels_first in Keras 1 and is (rows, "
            "columns, channels, filters) always in Keras 3, so there the axis changes with it."
        ),
        example=("Dense(10, W_constraint=maxnorm(2))", "Dense(10, kernel_constraint=MaxNorm(2))"),
        module="keras.constraints",
        target="keras.constraints",
        entries=(
            Entry("MaxNorm", to="MaxNorm", args={"m": to("max_value")}, docs="Also `maxnorm`."),
            Entry("NonNeg", to="NonNeg", docs="Also `nonneg`."),
            Entry("UnitNorm", to="UnitNorm", docs="Also `unitnorm`."),
            Entry(
                "MinMaxNorm",
                to="MinMaxNorm",
                args={"low": to("min_value"), "high": to("max_value")},
            ),
            Entry("Constraint", to="Constraint"),
            Entry("get", to="keras1_compat.get_constraint"),
        ),
    ),
)
