"""What became of the methods and attributes of Keras 1, a module for each kind of owner."""

from __future__ import annotations

from kerasmig.catalog.methods.callbacks import CALLBACK_PARAMS, CALLBACKS
from kerasmig.catalog.methods.data import DATA
from kerasmig.catalog.methods.files import FILES
from kerasmig.catalog.methods.layers import INTERNALS, LAYERS
from kerasmig.catalog.methods.optimizers import OPTIMIZERS
from kerasmig.catalog.methods.training import FAMILIES, TRAINING
from kerasmig.catalog.methods.vocabulary import Certainty, Method

__all__ = ["CALLBACK_PARAMS", "FAMILIES", "METHODS", "Certainty", "Method"]


METHODS: tuple[Method, ...] = (
    *TRAINING,
    *FILES,
    *LAYERS,
    *OPTIMIZERS,
    *CALLBACKS,
    *DATA,
    *INTERNALS,
)
