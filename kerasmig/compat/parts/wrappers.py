"""Wrappers of layers as Keras 1 had them."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras


@keras.saving.register_keras_serializable(package="keras1_compat")
class Bidirectional(keras.layers.Bidirectional):
    """A layer in both directions, which repeats its last output at masked steps.

    Keras 3 gives zeros there when it returns sequences.
    """

    def __init__(self, layer, merge_mode="concat", weights=None, **kwargs):
        super().__init__(layer, merge_mode=merge_mode, weights=weights, **kwargs)
        self.forward_layer.zero_output_for_mask = False
        self.backward_layer.zero_output_for_mask = False
