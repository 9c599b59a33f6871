"""The layers of ``keras1_compat``, which code that has been migrated is made of, as Keras' own."""

from __future__ import annotations

from kerasmig.analysis.layers.shape_functions import ALIASES, SPECS

COMPAT = "keras1_compat"
ADAPTER = "keras1_"
"""What the names of layers that take Keras 1's arguments begin with."""

FIRST_OF_ADAPTER = "channels_first"
"""Attribute of an adapter: the same for models whose channels come first."""
NAMESPACE = "keras1_layers"
"""What holds all adapters under the names of Keras 1."""

_MODELLED_ON = {
    "SampleNormalization": "BatchNormalization",
    "BatchStatisticsNormalization": "BatchNormalization",
    "batch_normalization": "BatchNormalization",
    "WordDropoutEmbedding": "Embedding",
}


def layer_of_compat(path: str) -> str | None:
    """The layer of Keras 1 that an object of ``keras1_compat`` stands for, if it is one."""
    module, _, name = path.rpartition(".")
    if module != COMPAT:
        return None
    if name == NAMESPACE:
        return "keras.layers"
    if name == "Sequential":
        return "keras.models.Sequential"
    layer = name.removeprefix(ADAPTER)
    layer = _MODELLED_ON.get(layer, layer)
    known = layer in SPECS or layer in ALIASES or layer == "merge"
    return f"keras.layers.{layer}" if known else None
