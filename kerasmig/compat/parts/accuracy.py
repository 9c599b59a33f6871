"""Accuracies of Keras 1: the share of a batch."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
def binary_accuracy(y_true, y_pred):
    """Share of the numbers of a batch that are right when rounded."""
    right = ops.equal(ops.cast(y_true, y_pred.dtype), ops.round(y_pred))
    return ops.mean(ops.cast(right, "float32"))


@keras.saving.register_keras_serializable(package="keras1_compat")
def categorical_accuracy(y_true, y_pred):
    """Share of a batch whose likeliest class is the true one."""
    right = ops.equal(ops.argmax(y_true, axis=-1), ops.argmax(y_pred, axis=-1))
    return ops.mean(ops.cast(right, "float32"))


@keras.saving.register_keras_serializable(package="keras1_compat")
def sparse_categorical_accuracy(y_true, y_pred):
    """Share of a batch whose likeliest class is the true one, given by its number."""
    true = ops.cast(ops.max(y_true, axis=-1), "float32")
    found = ops.cast(ops.argmax(y_pred, axis=-1), "float32")
    return ops.mean(ops.cast(ops.equal(true, found), "float32"))


@keras.saving.register_keras_serializable(package="keras1_compat")
def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Share of a batch whose true class is among the likeliest `k`."""
    true = ops.argmax(y_true, axis=-1)
    return ops.mean(ops.cast(ops.in_top_k(true, y_pred, k), "float32"))
