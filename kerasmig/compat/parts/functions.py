"""Functions of the backend: from arrays to what a model's graph computes of them."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return"

import keras
import numpy as np

LEARNING_PHASE = "learning phase"
"""Stands for ``K.learning_phase()`` among the inputs of a `BackendFunction`."""


class BackendFunction:
    """What ``K.function(inputs, outputs)`` made: it takes a list of arrays and returns one.

    The outputs have to be computed from the inputs by layers and ``keras.ops``; 0 or 1 in the
    place of ``LEARNING_PHASE`` says whether to compute as in training.
    """

    def __init__(self, inputs, outputs):
        self._phases = [i for i, x in enumerate(inputs) if isinstance(x, str)]
        tensors = [x for x in inputs if not isinstance(x, str)]
        for tensor in [*tensors, *outputs]:
            if not isinstance(tensor, keras.KerasTensor):
                raise TypeError(
                    f"{tensor!r} is no tensor of a model: give inputs and outputs of layers"
                )
        self._types = [tensor.dtype for tensor in tensors]
        self._model = keras.Model(tensors, list(outputs))

    def __call__(self, inputs):
        training = any(inputs[i] for i in self._phases)
        arrays = [x for i, x in enumerate(inputs) if i not in self._phases]
        arrays = [
            np.asarray(x, dtype=t) for x, t in zip(arrays, self._types, strict=True)
        ]
        # Statistics and states stay as they are, as in Keras 1; random seeds go on.
        states = [v for v in self._model.non_trainable_variables if "float" in v.dtype]
        before = [np.array(keras.ops.convert_to_numpy(v)) for v in states]
        if training:
            outputs = self._model(arrays, training=True)
        else:
            outputs = self._model.predict_on_batch(arrays)
        for variable, value in zip(states, before, strict=True):
            variable.assign(value)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        return [keras.ops.convert_to_numpy(x) for x in outputs]
