"""What Keras 1 had and Keras 3 has not, as far as this project uses it.

Written by `kerasmig upgrade`, which adds to it when the project needs more and leaves what you
change or add. It imports only Keras and NumPy: keep it beside the code that uses it, or move it and
adjust the imports.
"""

from __future__ import annotations

import inspect

import keras


@keras.saving.register_keras_serializable(package="keras1_compat")
def normal(shape, scale=0.05, name=None, dim_ordering=None, dtype=None):
    """Normal with a standard deviation of scale, not truncated."""
    return keras.random.normal(shape, 0.0, scale, dtype=dtype)


def adapt_initializer(function):
    """A Keras 1 initialiser ``f(shape, name=None[, dim_ordering])`` as one that Keras 3 can call."""
    takes_ordering = "dim_ordering" in inspect.signature(function).parameters

    def initializer(shape, dtype=None):
        keywords = {"dim_ordering": "tf"} if takes_ordering else {}
        value = function(tuple(shape), name=None, **keywords)
        return keras.ops.cast(value, dtype or keras.config.floatx())

    return initializer
