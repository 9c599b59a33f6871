"""Metrics of Keras 1 that look at one batch."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops


def _positives(values):
    return ops.sum(ops.round(ops.clip(values, 0, 1)))


@keras.saving.register_keras_serializable(package="keras1_compat")
def precision(y_true, y_pred):
    """Share of the predicted positives of a batch that are positive."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return _positives(y_true * y_pred) / (_positives(y_pred) + keras.config.epsilon())


@keras.saving.register_keras_serializable(package="keras1_compat")
def recall(y_true, y_pred):
    """Share of the positives of a batch that are predicted."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return _positives(y_true * y_pred) / (_positives(y_true) + keras.config.epsilon())


@keras.saving.register_keras_serializable(package="keras1_compat")
def fbeta_score(y_true, y_pred, beta=1):
    """Weighted harmonic mean of the precision and recall of a batch."""
    if beta < 0:
        raise ValueError("The lowest choosable beta is zero (only precision).")
    p = precision(y_true, y_pred)
    r = recall(y_true, y_pred)
    return (1 + beta**2) * (p * r) / (beta**2 * p + r + keras.config.epsilon())


@keras.saving.register_keras_serializable(package="keras1_compat")
def fmeasure(y_true, y_pred):
    """Harmonic mean of the precision and recall of a batch."""
    return fbeta_score(y_true, y_pred, beta=1)


@keras.saving.register_keras_serializable(package="keras1_compat")
def matthews_correlation(y_true, y_pred):
    """Matthews correlation coefficient of a batch of binary labels."""
    pred_pos = ops.round(ops.clip(y_pred, 0, 1))
    true_pos = ops.round(ops.clip(ops.cast(y_true, y_pred.dtype), 0, 1))
    tp = ops.sum(true_pos * pred_pos)
    tn = ops.sum((1 - true_pos) * (1 - pred_pos))
    fp = ops.sum((1 - true_pos) * pred_pos)
    fn = ops.sum(true_pos * (1 - pred_pos))
    denominator = ops.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return (tp * tn - fp * fn) / (denominator + keras.config.epsilon())
