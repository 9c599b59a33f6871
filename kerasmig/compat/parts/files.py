"""Names of the files that models and weights are saved to."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"
from __future__ import annotations

import glob
import os


def weights_path(path):
    """The name under which Keras 3 saves weights: it has to end in ``.weights.h5``."""
    stem, extension = os.path.splitext(path)
    if path.endswith(".weights.h5"):
        return path
    return (stem if extension in (".h5", ".hdf5") else path) + ".weights.h5"


def saved_weights_path(path):
    """Where that is which was saved as ``path``: under a name of now, or the one of then."""
    if not isinstance(path, str):
        return type(path)(saved_weights_path(os.fspath(path)))
    now = weights_path(path)
    for name in (now, model_path(path), path, path + ".h5"):
        if os.path.exists(name):
            return name
    return now


def model_path(path):
    """The name under which Keras 3 saves a model: it has to end in ``.keras`` or ``.h5``."""
    stem, extension = os.path.splitext(path)
    if extension in (".keras", ".h5"):
        return path
    return (stem if extension in (".hdf5", ".hdf", ".hd5") else path) + ".keras"


def saved_pattern(pattern):
    """A pattern for files that were saved under it, or under the names that they have today."""
    for now in (weights_path(pattern), model_path(pattern)):
        if now != pattern and glob.glob(now):
            return now
    return pattern
