"""How every layer of Keras 1.2.2 changes shapes.

The facts are those of each layer's ``get_output_shape_for`` (and of the checks in ``build`` and
``call`` that fail on TensorFlow) in the Keras 1.2.2 source; the property tests compare them with
the real library. Which layer has which function stands in the catalog. Later spellings of the same layers are understood too, because code that has
been migrated is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kerasmig.analysis.layers.plain_shapes import (
    dense,
    embedding,
    flatten,
    highway,
    image_in,
    maxout,
    permute,
    recurrent,
    repeat,
    reshape,
    same,
    sequence_in,
    time_dense,
)
from kerasmig.analysis.layers.sizes import ShapeFunction
from kerasmig.analysis.layers.window_shapes import (
    conv_lstm,
    convolution,
    cropping,
    deconvolution,
    global_pooling,
    guarded,
    local,
    pooling,
    separable,
    upsampling,
    zero_padding,
)
from kerasmig.catalog.layer_facts import MERGE_MODES, LayerFacts, Role
from kerasmig.catalog.layers import KnownLayer, aliases, known_layers

_FUNCTIONS: Mapping[str, ShapeFunction] = {
    "conv_lstm": guarded(conv_lstm),
    "deconvolution": deconvolution,
    "dense": dense,
    "embedding": embedding,
    "flatten": flatten,
    "highway": highway,
    "maxout": maxout,
    "permute": permute,
    "recurrent": recurrent,
    "repeat": repeat,
    "reshape": reshape,
    "same": same,
    "separable": separable,
    "sequence_in": sequence_in,
    "time_dense": time_dense,
}
_BY_AXES: Mapping[str, Callable[[int], ShapeFunction]] = {
    "convolution": convolution,
    "cropping": cropping,
    "global_pooling": global_pooling,
    "image_in": image_in,
    "local": local,
    "pooling": pooling,
    "upsampling": upsampling,
    "zero_padding": zero_padding,
}


@dataclass(frozen=True)
class LayerSpec:
    """A layer of the catalog and how it changes shapes."""

    layer: KnownLayer
    shape: ShapeFunction

    @property
    def name(self) -> str:
        """Its class name in Keras 1."""
        return self.layer.name

    @property
    def spatial(self) -> int:
        """Number of spatial axes that the data format orders; 0 where it has none."""
        return self.layer.spatial

    @property
    def role(self) -> Role:
        """What it does, as far as layers are treated alike."""
        return self.layer.facts.role

    @property
    def time_axis(self) -> bool:
        """Whether an axis of time stands between batch and image."""
        return self.layer.facts.time_axis


def shape_function(facts: LayerFacts) -> ShapeFunction:
    """How a layer with these facts changes shapes."""
    if facts.shape in _BY_AXES:
        return _BY_AXES[facts.shape](facts.axes)
    return _FUNCTIONS[facts.shape]


SPECS: Mapping[str, LayerSpec] = {
    name: LayerSpec(layer, shape_function(layer.facts)) for name, layer in known_layers().items()
}
"""Every layer that is known, by class name in Keras 1."""

ALIASES = aliases()
"""Other names of the same classes, in Keras 1 and later."""

MERGE_FUNCTIONS: Mapping[str, str] = {
    name: mode
    for mode, layer in MERGE_MODES.items()
    if mode in ("concat", "sum", "mul", "ave", "max")
    for name in (layer, layer.lower())
}
"""The merge layers since Keras 2 → the mode of Keras 1's ``merge`` that they are."""


def spec_for(name: str) -> LayerSpec | None:
    """The row for a canonical Keras name such as ``keras.layers.core.Dense``."""
    if not name.startswith("keras.") or ".backend." in name:
        return None
    last = name.rpartition(".")[2]
    return SPECS.get(ALIASES.get(last, last))


def is_spatial(name: str) -> bool:
    """Whether the layer has a data format."""
    spec = spec_for(name)
    return spec is not None and spec.spatial > 0


SPATIAL_NAMES = frozenset(
    [name for name, row in SPECS.items() if row.spatial]
    + [alias for alias, name in ALIASES.items() if SPECS[name].spatial]
)
"""Bare class names of the layers that have a data format."""
