"""Callbacks and their parameters."""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.methods.vocabulary import CALLBACK, Certainty, Method

CALLBACKS = (
    Method("_set_model", CALLBACK, "KM407", to="set_model", certainty=Certainty.NAME),
    Method("_set_params", CALLBACK, "KM407", to="set_params", certainty=Certainty.NAME),
)

CALLBACK_PARAMS: Mapping[str, str | None] = {
    "nb_epoch": "epochs",
    "nb_sample": None,
    "batch_size": None,
    "verbose": "verbose",
    "do_validation": None,
    "metrics": None,
}
"""Keys of ``callback.params`` in Keras 1 and in Keras 3, which has verbose, epochs and steps."""
