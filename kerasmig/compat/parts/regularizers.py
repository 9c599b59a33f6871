"""Regularizers and constraints of Keras 1."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras1_compat")
class SumOverBatch(keras.regularizers.Regularizer):
    """An activity penalty over the whole batch, which Keras 3 would divide by the batch size."""

    def __init__(self, regularizer):
        self.regularizer = get_regularizer(regularizer)

    def __call__(self, x):
        if self.regularizer is None:
            return ops.zeros((), x.dtype)
        return ops.cast(ops.shape(x)[0], x.dtype) * self.regularizer(x)

    def get_config(self):
        return {"regularizer": keras.regularizers.serialize(self.regularizer)}


@keras.saving.register_keras_serializable(package="keras1_compat")
class EigenvalueRegularizer(keras.regularizers.Regularizer):
    """k times the root of the dominant eigenvalue of W'W, found by the power method."""

    def __init__(self, k):
        self.k = k

    def __call__(self, x):
        if len(x.shape) != 2:
            raise ValueError("EigenvalueRegularizer is for matrices only.")
        covariance = ops.matmul(ops.transpose(x), x)
        vector = ops.matmul(covariance, ops.ones((x.shape[1], 1), dtype=x.dtype))
        for _ in range(8):
            vector = ops.matmul(covariance, vector)
        image = ops.matmul(covariance, vector)
        eigenvalue = ops.sum(image * vector) / ops.sum(vector * vector)
        return self.k * ops.sqrt(eigenvalue)

    def get_config(self):
        return {"k": float(self.k)}


def get_regularizer(identifier, kwargs=None):
    """The regularizer of a Keras 1 name with its factors, or what was given."""
    keywords = kwargs or {}
    if identifier in ("l1", "activity_l1"):
        return keras.regularizers.L1(keywords.get("l", 0.01))
    if identifier in ("l2", "activity_l2"):
        return keras.regularizers.L2(keywords.get("l", 0.01))
    if identifier in ("l1l2", "activity_l1l2"):
        return keras.regularizers.L1L2(**{"l1": 0.01, "l2": 0.01, **keywords})
    if identifier in ("L1L2Regularizer", "WeightRegularizer", "ActivityRegularizer"):
        return keras.regularizers.L1L2(**keywords)
    return keras.regularizers.get(identifier)


def get_constraint(identifier, kwargs=None):
    """The constraint of a Keras 1 name with its limits, or what was given."""
    keywords = dict(kwargs or {})
    if identifier in ("maxnorm", "MaxNorm"):
        return keras.constraints.MaxNorm(keywords.pop("m", 2), **keywords)
    if identifier in ("nonneg", "NonNeg"):
        return keras.constraints.NonNeg()
    if identifier in ("unitnorm", "UnitNorm"):
        return keras.constraints.UnitNorm(**keywords)
    if identifier == "MinMaxNorm":
        low, high = keywords.pop("low", 0.0), keywords.pop("high", 1.0)
        return keras.constraints.MinMaxNorm(low, high, **keywords)
    return keras.constraints.get(identifier)
