"""``keras.layers.wrappers``."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER, WEIGHTS
from kerasmig.catalog.layer_facts import LayerFacts, Role
from kerasmig.catalog.vocabulary import Entry, Family

FAMILIES = (
    Family(
        code="KM211",
        name="layer-wrapper",
        summary="Import TimeDistributed and Bidirectional from where they are now.",
        why="`keras.layers.wrappers` is gone; `weights=` had one array per gate in Keras 1.",
        safety="The wrappers take the same arguments; the layers within are rewritten on their own.",
        example=(
            "from keras.layers.wrappers import TimeDistributed\nTimeDistributed(Dense(output_dim=8))",
            "from keras.layers import TimeDistributed\nTimeDistributed(Dense(units=8))",
        ),
        module="keras.layers.wrappers",
        common=LAYER,
        entries=(
            Entry(
                "TimeDistributed",
                layer=LayerFacts(role=Role.TIME_DISTRIBUTED),
                to="TimeDistributed",
                rule="time_distributed",
                docs=(
                    "Keras 1 called the layer once, with all steps of all samples as one batch; "
                    "Keras 3 calls it step by step. For batch normalization within, that is "
                    "another result: `keras1_compat.TimeDistributed` does as Keras 1."
                ),
            ),
            Entry(
                "Bidirectional",
                layer=LayerFacts(role=Role.BIDIRECTIONAL, hidden=("merge_mode",)),
                to="Bidirectional",
                args=WEIGHTS,
                rule="bidirectional",
                docs=(
                    "With `return_sequences`, the output at masked steps is zero in Keras 3 and "
                    "was the last output before them in Keras 1: where the program masks steps, "
                    "`keras1_compat.Bidirectional` keeps that."
                ),
            ),
            Entry("Wrapper", to="Wrapper"),
        ),
    ),
)
