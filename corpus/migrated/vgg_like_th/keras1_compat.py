"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations

import os


def weights_path(path):
    """The name under which Keras 3 saves weights: it has to end in ``.weights.h5``."""
    stem, extension = os.path.splitext(path)
    if path.endswith(".weights.h5"):
        return path
    return (stem if extension in (".h5", ".hdf5") else path) + ".weights.h5"


def model_path(path):
    """The name under which Keras 3 saves a model: it has to end in ``.keras`` or ``.h5``."""
    return path if path.endswith((".keras", ".h5")) else path + ".keras"


def saved_weights_path(path):
    """Where weights are that were saved as ``path``: under a name of now, or the one of then."""
    now = weights_path(path)
    for name in (now, model_path(path), path):
        if os.path.exists(name):
            return name
    return now
