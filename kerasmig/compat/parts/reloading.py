"""Models that are loaded from a file and trained or measured again."""

# mypy: ignore-errors
from __future__ import annotations

import contextlib
import os

import keras
import numpy as np
from keras import ops

from kerasmig.compat.parts.compiling import compile_model
from kerasmig.compat.parts.old_files import load_keras1_model


def load_trained_model(path, custom_objects=None):
    """Load a model, and have it trained, evaluated and measured as Keras 1 did.

    Keras 3's file holds what the model was compiled with, but not that `compile_model` did it.
    """
    model = load_keras1_model(path, custom_objects)
    config = {k: v for k, v in model.get_compile_config().items() if k != "optimizer"}
    given = keras.saving.deserialize_keras_object(
        config, custom_objects=custom_objects, safe_mode=False
    )
    if not given or given.get("loss") is None:
        return model
    metrics, weights = given.get("metrics"), given.get("loss_weights")
    names = list(getattr(model, "output_names", None) or ["output"])
    if len(names) > 1 and isinstance(metrics, (list, tuple)) and metrics:
        metrics = dict(zip(names, metrics, strict=True))
    if isinstance(metrics, dict):
        metrics = {name: _functions(found) for name, found in metrics.items()}
    else:
        metrics = _functions(metrics)
    _know_variables(model, os.fspath(path))
    compile_model(model, model.optimizer, given["loss"], metrics, weights)
    return model


def _know_variables(model, path):
    """See that the optimizer knows what it trains, with its state.

    From an HDF5 file Keras 3 builds the optimizer of a Sequential before the model has variables.
    """
    import h5py

    optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    optimizer.build(model.trainable_variables)
    values = [ops.convert_to_numpy(v) for v in model.optimizer.variables]
    if len(optimizer.variables) != len(values):
        with contextlib.suppress(OSError, KeyError), h5py.File(path, "r") as file:
            group = file["optimizer_weights"]
            values = [np.array(group[name]) for name in group.attrs["weight_names"]]
    shapes = [tuple(variable.shape) for variable in optimizer.variables]
    if shapes == [value.shape for value in values]:
        for variable, value in zip(optimizer.variables, values, strict=True):
            variable.assign(value)
    model.optimizer = optimizer


def _listed_metrics(metrics):
    return list(metrics) if isinstance(metrics, (list, tuple)) else [metrics]


def _functions(metrics):
    """Metrics as Keras 1 took them: accuracy by its name, not as an object that counts."""
    return [_function(metric) for metric in _listed_metrics(metrics or [])]


def _function(metric):
    if isinstance(metric, keras.metrics.BinaryAccuracy):
        return metric.name
    function = getattr(metric, "_fn", None)
    if function is None:
        return metric
    if getattr(metric, "_fn_kwargs", None) or _metric_name(function) != _metric_name(
        metric
    ):
        return metric
    return function


def _metric_name(metric):
    """The name under which a function or an object is logged."""
    return getattr(metric, "name", None) or getattr(metric, "__name__", None)
