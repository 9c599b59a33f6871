"""``keras.layers.normalization``: batch normalisation."""

from __future__ import annotations

from kerasmig.catalog.layer import LAYER, WEIGHTS
from kerasmig.catalog.layer_facts import LayerFacts, Role
from kerasmig.catalog.vocabulary import Entry, Family, handled, to

FAMILIES = (
    Family(
        code="KM205",
        name="normalization-layer",
        summary="Spell batch normalisation the way Keras 3 does, in each of its three modes.",
        why=(
            "The first positional argument was `epsilon` and is `axis` now, and `mode` is a "
            "TypeError. Mode 1 (each sample by itself) and mode 2 (always the batch's own "
            "statistics, and shared layers) compute something else than mode 0."
        ),
        safety=(
            "Mode 0 is the same layer. Mode 2 becomes a call with `training=True`, which also "
            "moves the stored averages that nothing reads. Mode 1 becomes a layer of "
            "`keras1_compat.py`. The axis stays as it was, also where it is the width under "
            "channels_first by mistake: the stored weights have that length."
        ),
        example=(
            "BatchNormalization(1e-5, mode=0, axis=1)(x)\nBatchNormalization(mode=2)(x)",
            "BatchNormalization(epsilon=1e-5, axis=1)(x)\nBatchNormalization()(x, training=True)",
        ),
        module="keras.layers.normalization",
        common={**LAYER, **WEIGHTS},
        entries=(
            Entry(
                "BatchNormalization",
                layer=LayerFacts(
                    role=Role.NORMALIZATION, keeps_width=True, hidden=("epsilon", "momentum")
                ),
                to="BatchNormalization",
                rule="batch_normalization",
                args={
                    "mode": handled(
                        "0: gone. 1: `keras1_compat.SampleNormalization`. "
                        "2: the call gets `training=True`"
                    ),
                    "beta_init": to("beta_initializer", "initializer"),
                    "gamma_init": to("gamma_initializer", "initializer"),
                    "gamma_regularizer": to("gamma_regularizer", "regularizer"),
                    "beta_regularizer": to("beta_regularizer", "regularizer"),
                },
                contract=(
                    "BatchNormalization(axis=1)",
                    "BatchNormalization(1e-2, 0, -1, 0.9)",
                    "BatchNormalization(mode=1)",
                    "BatchNormalization(mode=2)",
                ),
            ),
        ),
    ),
)
