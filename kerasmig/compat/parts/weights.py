"""``weights=`` of Keras 1's layers."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import functools

import keras

from kerasmig.compat.parts.layouts import array_layout, arrays_from_keras1


def with_weights(layer, weights, ordering=None):
    """The layer, which gets these weights of a Keras 1 layer as soon as it is built.

    Args:
        ordering: "th" or "tf", the order of the kernel, if the layer works in the other one now.
    """
    build = layer.build

    @functools.wraps(build)
    def build_and_load(*args, **kwargs):
        build(*args, **kwargs)
        _load(layer, list(weights), ordering)

    if weights is not None:
        layer.build = build_and_load
    return layer


def _load(layer, weights, ordering):
    if hasattr(layer, "forward_layer") and hasattr(layer, "backward_layer"):
        half = len(weights) // 2
        _load(layer.forward_layer, weights[:half], ordering)
        _load(layer.backward_layer, weights[half:], ordering)
    elif isinstance(layer, keras.layers.Wrapper):
        _load(layer.layer, weights, ordering)
    else:
        layout = own_array_layout(layer)
        ordering = ordering or own_ordering(layer)
        layer.set_weights(arrays_from_keras1(layout, weights, ordering))


def own_array_layout(layer):
    """The layout of a layer's arrays, by its class or the one that it inherits from."""
    return array_layout([base.__name__ for base in type(layer).__mro__])


def own_ordering(layer):
    """The ordering that a layer's kernels had in Keras 1."""
    first = getattr(layer, "data_format", None) == "channels_first"
    return "th" if first else "tf"
