"""Activation functions of Keras 1."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
def hard_sigmoid(x):
    """Keras 1's hard sigmoid, clip(0.2 x + 0.5, 0, 1); Keras 3's is relu6(x + 3) / 6."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


@keras.saving.register_keras_serializable(package="keras1_compat")
def softmax_before_last(x):
    """Softmax along the axis before the channels: the columns, which were last before."""
    return keras.activations.softmax(x, axis=-2)


def get_activation(identifier):
    """The activation function of a Keras 1 name, or what was given."""
    if identifier == "hard_sigmoid":
        return hard_sigmoid
    return keras.activations.get(identifier)
