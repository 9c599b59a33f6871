"""Wrappers of layers as Keras 1 had them."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
class Bidirectional(keras.layers.Bidirectional):
    """A layer in both directions, which repeats its last output at masked steps.

    Keras 3 gives zeros there when it returns sequences.
    """

    def __init__(self, layer, merge_mode="concat", weights=None, **kwargs):
        super().__init__(layer, merge_mode=merge_mode, weights=weights, **kwargs)
        self.forward_layer.zero_output_for_mask = False
        self.backward_layer.zero_output_for_mask = False


@keras.saving.register_keras_serializable(package="keras1_compat")
class TimeDistributed(keras.layers.TimeDistributed):
    """A layer at every step, with all steps of all samples as one batch.

    Keras 3 calls the layer step by step, and batch normalization within normalizes each by itself.
    Its moving statistics stay what they are: Keras 1 did not hand on updates from within.
    """

    def call(self, inputs, training=None, mask=None):
        """Call the layer once."""
        shape = ops.shape(inputs)
        given = {"training": training} if self.layer._call_has_training_arg else {}
        moving = []
        for layer in self.layer._flatten_layers():
            if isinstance(layer, keras.layers.BatchNormalization):
                moving += layer.non_trainable_variables
        before = [ops.copy(variable) for variable in moving] if training else []
        outputs = self.layer.call(ops.reshape(inputs, (-1, *shape[2:])), **given)
        for variable, value in zip(moving, before, strict=False):
            variable.assign(value)
        return ops.reshape(outputs, (-1, shape[1], *ops.shape(outputs)[1:]))
