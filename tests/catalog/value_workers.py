"""Computes what named values mean: ``python -m tests.catalog.value_workers old FILE``.

Activations on a grid, penalties and projections of fixed weights, samples of initialisers. The new
side evaluates the catalog's texts.
"""

from __future__ import annotations

import functools
import importlib
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

GRID = np.arange(-8, 8, 0.125, dtype="float32").reshape(16, 8)
MATRIX = np.random.RandomState(5).normal(size=(12, 7)).astype("float32")
KERNEL = np.random.RandomState(6).normal(size=(3, 2, 4, 5)).astype("float32")
"""A kernel as Keras 3 has it: (rows, columns, channels, filters)."""

DENSE = (300, 200)
CONVOLUTION = (5, 6, 40, 60)
FAN_SHAPES = ((4, 5), (7,), (6, 5, 4), (3, 2, 4, 5), (5, 4, 3, 2))
AXES = (0, 1, 2, 3, [0, 1, 2], [1, 2, 3], [2, 3])
CONSTRAINT_CALLS = ("maxnorm()", "maxnorm(1.5, 1)", "nonneg()", "unitnorm()", "unitnorm(1)")
REGULARIZER_CALLS = (
    "l1()", "l2()", "l1l2()", "l1(0.3)", "l2(l=0.2)", "l1l2(0.1)", "l1l2(l2=0.2)", "activity_l1()",
    "activity_l2(0.5)", "activity_l1l2()", "WeightRegularizer(l1=0.1)", "ActivityRegularizer(l2=0.1)",
    "EigenvalueRegularizer(0.3)",
)  # fmt: skip
RELU_CALLS = ("relu(x)", "relu(x, alpha=0.2)", "relu(x, 0.1, 3.0)", "relu(x, max_value=2.0)")


def th(kernel: Any) -> Any:
    """A kernel in Keras 1's channels-first layout."""
    return np.transpose(kernel, (3, 2, 0, 1))


def old() -> dict[str, Any]:
    """What Keras 1.2.2 says."""
    from kerasmig.legacy import bridge, install

    bridge.activate(install.ensure())
    from keras import activations, constraints, initializations, regularizers
    from keras import backend as K

    from kerasmig.catalog import values

    def number(loss: Any) -> float:
        return float(np.sum(K.eval(loss))) if hasattr(loss, "op") else float(loss)

    x3 = GRID.reshape(4, 4, 8)
    found: dict[str, Any] = {
        "activations": {
            name: [K.eval(activations.get(name)(K.variable(x))) for x in (GRID, x3)]
            for name in values.ACTIVATIONS
        },
        "relu": {
            call: K.eval(eval(call, {"relu": activations.relu, "x": K.variable(GRID)}))
            for call in RELU_CALLS
        },
        "regularizers": {
            name: number(regularizers.get(name)(K.variable(MATRIX))) for name in values.REGULARIZERS
        },
        "regularizer_calls": {
            call: number(eval(call, vars(regularizers).copy())(K.variable(MATRIX)))
            for call in REGULARIZER_CALLS
        },
        "constraints": {
            name: K.eval(constraints.get(name)(K.variable(MATRIX))) for name in values.CONSTRAINTS
        },
        "constraint_calls": {
            call: K.eval(eval(call, vars(constraints).copy())(K.variable(MATRIX)))
            for call in CONSTRAINT_CALLS
        },
        "kernel_constraints": {
            str(axis): {
                "tf": K.eval(constraints.maxnorm(1.5, axis)(K.variable(KERNEL))),
                "th": K.eval(constraints.maxnorm(1.5, axis)(K.variable(th(KERNEL)))),
            }
            for axis in AXES
        },
        "fans": {
            (shape, ordering): [float(fan) for fan in initializations.get_fans(shape, ordering)]
            for shape in FAN_SHAPES
            for ordering in ("th", "tf")
        },
    }
    samples: dict[str, Any] = {}
    for name in values.INITIALIZERS:
        function = initializations.get(name)
        if name == "identity":
            samples[name] = {"dense": K.eval(function((9, 9)))}
            continue
        samples[name] = {
            "dense": K.eval(function(DENSE)),
            "th": K.eval(functools.partial(function, dim_ordering="th")((60, 40, 5, 6))),
            "tf": K.eval(functools.partial(function, dim_ordering="tf")(CONVOLUTION)),
        }
    found["initializers"] = samples
    return found


def new() -> dict[str, Any]:
    """What the catalog's texts mean in Keras 3."""
    import keras

    from kerasmig import upgrade_source
    from kerasmig.catalog import values

    keras1_compat: Any = importlib.import_module("keras1_compat")
    scope: dict[str, Any] = {"keras": keras, "keras1_compat": keras1_compat}

    def meant(text: str) -> Any:
        return eval(values.fill(text, {name: name for name in values.imports(text)}), scope)

    def rewritten(call: str, module: str, old_name: str) -> Any:
        source = f"from keras.{module} import {old_name}\nresult = {call}\n"
        space = dict(scope, x=keras.ops.convert_to_tensor(GRID))
        exec(upgrade_source(source).code, space)
        return space["result"]

    def array(value: Any) -> Any:
        return keras.ops.convert_to_numpy(value)

    x3 = GRID.reshape(4, 4, 8)
    kernels: dict[str, Any] = {}
    mapping = values.CONSTRAINT_AXES_CHANNELS_FIRST[4]
    for axis in AXES:
        moved = [mapping[a] for a in axis] if isinstance(axis, list) else mapping[axis]
        kernels[str(axis)] = {
            "tf": array(keras.constraints.MaxNorm(1.5, axis)(KERNEL)),
            "th": th(array(keras.constraints.MaxNorm(1.5, moved)(KERNEL))),
        }
    found: dict[str, Any] = {
        "activations": {
            name: [array(keras.activations.get(meant(value.text))(x)) for x in (GRID, x3)]
            for name, value in values.ACTIVATIONS.items()
        },
        "relu": {call: array(rewritten(call, "activations", "relu")) for call in RELU_CALLS},
        "regularizers": {
            name: float(keras.regularizers.get(meant(value.text))(MATRIX))
            for name, value in values.REGULARIZERS.items()
        },
        "regularizer_calls": {
            call: float(rewritten(call, "regularizers", call.partition("(")[0])(MATRIX))
            for call in REGULARIZER_CALLS
        },
        "constraints": {
            name: array(keras.constraints.get(meant(value.text))(MATRIX))
            for name, value in values.CONSTRAINTS.items()
        },
        "constraint_calls": {
            call: array(rewritten(call, "constraints", call.partition("(")[0])(MATRIX))
            for call in CONSTRAINT_CALLS
        },
        "kernel_constraints": kernels,
        "fans": {
            (shape, ordering): [float(fan) for fan in keras1_compat.get_fans(shape, ordering)]
            for shape in FAN_SHAPES
            for ordering in ("th", "tf")
        },
    }
    makers: dict[str, Callable[[str], Any]] = {
        "initializers": lambda name: keras.initializers.get(meant(values.INITIALIZERS[name].text)),
        "compat_initializers": lambda name: getattr(keras1_compat, name),
    }
    for key, make in makers.items():
        samples: dict[str, Any] = {}
        for name in values.INITIALIZERS:
            function = make(name)
            if name == "identity":
                samples[name] = {"dense": array(function((9, 9), dtype="float32"))}
                continue
            kernel = array(function(CONVOLUTION, dtype="float32"))
            samples[name] = {
                "dense": array(function(DENSE, dtype="float32")),
                "tf": kernel,
                "th": th(kernel),
            }
        found[key] = samples
    return found


if __name__ == "__main__":
    sys.path.insert(0, str(Path(sys.argv[2]).parent))
    result = old() if sys.argv[1] == "old" else new()
    Path(sys.argv[2]).write_bytes(pickle.dumps(result))
