"""Losses of Keras 1 whose formula Keras 3 changed or dropped."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
def cosine_proximity(y_true, y_pred):
    """Minus the mean of the product of both, normalised; Keras 3 has minus the sum."""
    y_true = ops.normalize(y_true, axis=-1, order=2, epsilon=1e-6)
    y_pred = ops.normalize(y_pred, axis=-1, order=2, epsilon=1e-6)
    return -ops.mean(y_true * y_pred, axis=-1)


@keras.saving.register_keras_serializable(package="keras1_compat")
def hinge(y_true, y_pred):
    """Hinge loss of targets as they are; Keras 3 turns zeros and ones into -1 and 1."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return ops.mean(ops.maximum(1.0 - y_true * y_pred, 0.0), axis=-1)


@keras.saving.register_keras_serializable(package="keras1_compat")
def squared_hinge(y_true, y_pred):
    """Squared hinge loss of targets as they are; Keras 3 turns zeros and ones into -1 and 1."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return ops.mean(ops.square(ops.maximum(1.0 - y_true * y_pred, 0.0)), axis=-1)


@keras.saving.register_keras_serializable(package="keras1_compat")
def kullback_leibler_divergence(y_true, y_pred):
    """`keras.losses.kl_divergence` under the name by which Keras 1 logged it."""
    return keras.losses.kl_divergence(y_true, y_pred)
