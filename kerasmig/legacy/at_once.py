"""One step of training in Keras 1.2.2 that gives the same each time."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any


def update_at_once() -> None:
    """Have all updates of a training step see the values from before the step.

    Keras 1's TensorFlow backend only orders updates after the loss: a weight may be assigned
    while another weight's gradient is still to be computed from it, and the count of
    iterations before or after the rate is. Which of them it is depends on the threads, so that two
    runs of Keras 1.2.2 differ; by 3 % of a step was seen. Its Theano backend, and the intention, is
    simultaneous assignment.
    """
    backend = importlib.import_module("keras.backend.tensorflow_backend")
    tf = sys.modules["tensorflow"]
    function = backend.Function
    create = function.__init__

    def __init__(self: Any, inputs: Any, outputs: Any, updates: Sequence[Any] = ()) -> None:
        pairs = [update for update in updates if isinstance(update, tuple)]
        others = [update for update in updates if not isinstance(update, tuple)]
        create(self, inputs, outputs, updates=others)
        values = [tf.convert_to_tensor(new, dtype=p.dtype.base_dtype) for p, new in pairs]
        with tf.control_dependencies([*self.outputs, *values]):
            assigned = [tf.assign(p, v) for (p, _), v in zip(pairs, values, strict=True)]
            self.updates_op = tf.group(self.updates_op, *assigned)

    function.__init__ = __init__

    def update_add(x: Any, increment: Any) -> Any:
        return (x, x + increment)

    def moving_average_update(variable: Any, value: Any, momentum: Any) -> Any:
        return (variable, variable * momentum + value * (1.0 - momentum))

    def power(x: Any, a: Any) -> Any:
        if isinstance(x, float) and hasattr(a, "dtype"):  # Nadam, in float64
            x = tf.cast(x, a.dtype)
        return tf.pow(x, a)

    replace_everywhere("keras", backend.update, lambda x, new_x: (x, new_x))
    replace_everywhere("keras", backend.update_add, update_add)
    replace_everywhere("keras", backend.update_sub, lambda x, decrement: (x, x - decrement))
    replace_everywhere("keras", backend.moving_average_update, moving_average_update)
    replace_everywhere("keras", backend.pow, power)


def replace_everywhere(package: str, original: Any, replacement: Any) -> None:
    """Put `replacement` wherever a loaded module of `package` holds `original` by any name."""
    for name, module in list(sys.modules.items()):
        if module is None or name.partition(".")[0] != package:
            continue
        for attribute, value in list(vars(module).items()):
            if value is original:
                setattr(module, attribute, replacement)
