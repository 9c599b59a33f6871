"""``keras.layers.advanced_activations``: activations that are layers."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER, WEIGHTS
from kerasmig.catalog.layer_facts import Layout, elementwise
from kerasmig.catalog.vocabulary import Entry, Family, to

FAMILIES = (
    Family(
        code="KM207",
        name="advanced-activation",
        summary="Spell activation layers the way Keras 3 does; bring back those it dropped.",
        why=(
            "`LeakyReLU(alpha=...)` and `PReLU(init=...)` are errors in Keras 3; "
            "`ThresholdedReLU`, `ParametricSoftplus` and `SReLU` are gone."
        ),
        safety=(
            "Slopes and thresholds keep their numbers. `ReLU(threshold=theta)` is zero at theta "
            "itself, as `ThresholdedReLU` was. The dropped layers come with the same weights and "
            "formula in `keras1_compat.py`."
        ),
        example=(
            "LeakyReLU(alpha=0.2)\nThresholdedReLU(0.5)",
            "LeakyReLU(negative_slope=0.2)\nReLU(threshold=0.5)",
        ),
        module="keras.layers.advanced_activations",
        common={**LAYER, **WEIGHTS},
        entries=(
            Entry(
                "LeakyReLU",
                layer=elementwise(),
                to="LeakyReLU",
                args={"alpha": to("negative_slope")},
            ),
            Entry("ELU", layer=elementwise(), to="ELU"),
            Entry(
                "PReLU",
                layer=elementwise(turning=Layout.BY_AXIS),
                to="PReLU",
                args={"init": to("alpha_initializer", "initializer")},
            ),
            Entry(
                "ThresholdedReLU",
                layer=elementwise(),
                to="ReLU",
                args={"theta": to("threshold")},
                write={"threshold": "1.0"},
            ),
            Entry(
                "ParametricSoftplus",
                layer=elementwise(turning=Layout.EDGE),
                to="keras1_compat.ParametricSoftplus",
            ),
            Entry(
                "SReLU",
                layer=elementwise(turning=Layout.EDGE),
                to="keras1_compat.SReLU",
                docs="The `*_init` arguments keep their Keras 1 names, fans included.",
            ),
        ),
    ),
)
