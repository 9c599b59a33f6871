"""Child process that runs programs in one of the two libraries.

``python -m tests.catalog_api.worker keras1|keras3 PROGRAMS ANSWERS [FOLDER]``: PROGRAMS is a pickled dict
of sources by name; each sets ``result``. ANSWERS gets a pickled dict of (arrays, error) by name.
FOLDER, for Keras 3, is where ``keras1_compat`` lies.
"""

from __future__ import annotations

import os
import pickle
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Array = Any


def _flat(value: Any, convert: Callable[[Any], Any]) -> list[Array]:
    """Arrays, tensors, numbers and nested lists of them as a flat list of arrays."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [array for item in value for array in _flat(item, convert)]
    if isinstance(value, (str, type(None))):
        return [np.array(str(value))]
    return [np.asarray(convert(value))]


def _run(
    programs: dict[str, str], convert: Callable[[Any], Any], start: Callable[[], None]
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for name, source in programs.items():
        start()
        np.random.seed(1)
        scope: dict[str, Any] = {"__name__": "program"}
        try:
            exec(compile(source, name, "exec"), scope)
            answers[name] = (_flat(scope["result"], convert), "")
        except Exception as problem:  # whatever a program may raise
            last = traceback.extract_tb(problem.__traceback__)[-1]
            where = f" ({Path(last.filename).name}:{last.lineno})"
            answers[name] = ([], f"{type(problem).__name__}: {problem}"[:300] + where)
    return answers


def _count_steps_last() -> None:
    """Let Keras 1 count a training step after everything that reads the counter.

    With TensorFlow Keras 1.2.2 counts and reads in one run without saying in which order: Adam's
    correction, Nadam's schedule and every decay are off by one step or not, from run to run. On
    Theano an update reads what was there before; so does this.
    """
    import tensorflow
    from keras import backend, optimizers
    from keras.backend import tensorflow_backend

    class CountingLast(tensorflow_backend.Function):  # type: ignore[misc]
        updates_op: Any

        def __init__(self, inputs: Any, outputs: Any, updates: Any = ()) -> None:
            super().__init__(inputs, outputs, [u for u in updates if not isinstance(u, tuple)])
            others: Any = self.updates_op
            with tensorflow.control_dependencies([others]):
                counted = [tensorflow.assign(*u) for u in updates if isinstance(u, tuple)]
            self.updates_op = tensorflow.group(others, *counted)

    tensorflow_backend.Function = CountingLast
    names = {**vars(backend), "update_add": lambda x, increment: (x, x + increment)}
    optimizers.K = types.SimpleNamespace(**names)


def main() -> None:
    """Run all programs of one library."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    warnings.simplefilter("ignore")
    library, programs, answers, *folder = sys.argv[1:]
    if library == "keras1":
        from kerasmig.legacy.bridge import activate
        from kerasmig.legacy.install import ensure

        activate(ensure())
        from keras import backend

        from kerasmig.verify.program.keras1 import Keras1

        _count_steps_last()
        side = Keras1()

        def start() -> None:
            # Or every program would carry the graphs of those before it. The session optimises
            # none: that takes longer than to run a graph this small once.
            side.begin("tf", "float32", seed=1)

        def convert(value: Any) -> Any:
            return backend.eval(value) if hasattr(value, "graph") else value

    else:
        sys.path[:0] = folder
        import tensorflow
        from keras import ops

        # Tracing a graph for each of a hundred tiny models would take minutes.
        tensorflow.config.run_functions_eagerly(True)

        def start() -> None:
            """Eager programs leave nothing behind."""

        def convert(value: Any) -> Any:
            return ops.convert_to_numpy(value) if ops.is_tensor(value) else value

    found = _run(pickle.loads(Path(programs).read_bytes()), convert, start)
    Path(answers).write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    main()
