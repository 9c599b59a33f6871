"""Runs layer cases in one library per process: ``python -m tests.catalog.layer_workers old FOLDER``.

``FOLDER/cases.json`` holds the cases with both sources. The old side draws weights and inputs,
and leaves all it computed in ``old.pickle``; the new side takes them from there.
"""

from __future__ import annotations

import json
import pickle
import sys
import types
import zlib
from pathlib import Path
from typing import Any

import numpy as np

BATCH = 3
ADAPTED = " adapted"
"""Ends the name of a program that uses the layer's adapter instead of being rewritten."""


def main(side: str, folder: Path) -> None:
    """Run all cases of a folder in one library."""
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    if side == "old":
        results = run_old(cases)
    else:
        results = run_new(cases, folder)
    with (folder / f"{side}.pickle").open("wb") as file:
        pickle.dump(results, file)


def _build(source: str, name: str) -> Any:
    module = types.ModuleType(f"case_{zlib.crc32(name.encode())}")
    exec(compile(source, name, "exec"), module.__dict__)
    return module.build()


def _input(case: dict[str, Any]) -> Any:
    random = np.random.RandomState(zlib.crc32(case["name"].encode()))
    shape = (BATCH, *case["input_shape"])
    if case["integers"]:
        values = random.randint(1, case["integers"], shape).astype("int32")
    else:
        values = random.normal(size=shape).astype("float32")
    if case["blank"]:
        values[1:, -case["blank"] :] = 0
    return values


def _weight(name: str, shape: tuple[int, ...], random: np.random.RandomState) -> Any:
    values = 0.4 * random.normal(size=shape)
    if "running_std" in name:
        values = 0.5 + np.abs(values)
    return values.astype("float32")


def run_old(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Build and run every case in Keras 1.2.2: one graph, one session."""
    from kerasmig.legacy import bridge, install

    bridge.activate(install.ensure())
    from kerasmig.verify.program.keras1 import Keras1

    library = Keras1()
    recorder: Any = types.SimpleNamespace(line_of=lambda layer: None)
    library.recorder = recorder
    backend = library.backend
    tf: Any = sys.modules["tensorflow"]
    results: dict[str, Any] = {}
    for case in cases:
        name = case["name"]
        if name.endswith(ADAPTED):
            continue
        # In one graph for all, each session run would look at the whole of it.
        library.begin("tf", "float32", seed=0)
        backend.set_learning_phase(0)
        try:
            model = _build(case["source"], name)
            library.ready(model)
            core = library.core(model)
            random = np.random.RandomState(zlib.crc32(name.encode()) ^ 1)
            layers = [
                (
                    library.facts(layer),
                    [_weight(w.name, backend.int_shape(w), random) for w in layer.weights],
                )
                for layer in core.layers
            ]
            library.set_all_weights(core.layers, [arrays for _, arrays in layers])
            inputs = _input(case)
            # Keras 1 also keeps scalars that are no tensors (a regularizer with nothing to do).
            losses = [loss for loss in core.losses if not isinstance(loss, (int, float))]
            values = backend.get_session().run(
                [tf.convert_to_tensor(t) for t in [*core.outputs, *losses]],
                {core.inputs[0]: inputs},
            )
            results[name] = {
                "input": inputs,
                "layers": layers,
                "shape": library.shape(core.outputs[0]),
                "params": library.params(model),
                "output": values[0],
                "penalty": float(sum(np.sum(v) for v in values[len(core.outputs) :])),
            }
        except Exception as error:
            results[name] = {"error": f"{type(error).__name__}: {error}"}
    return results


def run_new(cases: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """Build every migrated case in Keras 3, give it the old weights, and run it."""
    import keras

    from kerasmig.verify.models.weights import carry_over
    from kerasmig.verify.program.keras3 import Keras3

    sys.path.insert(0, str(folder))
    library = Keras3()
    recorder: Any = types.SimpleNamespace(line_of=lambda layer: None)
    library.recorder = recorder
    with (folder / "old.pickle").open("rb") as file:
        old = pickle.load(file)
    results: dict[str, Any] = {}
    for case in cases:
        name = case["name"]
        before = old[name.removesuffix(ADAPTED)]
        if "error" in before:
            continue
        try:
            model = _build(case["migrated"], name)
            with_weights = [(row, arrays) for row, arrays in before["layers"] if arrays]
            layers = [layer for layer in model.layers if layer.weights]
            for (row, arrays), layer in zip(with_weights, layers, strict=True):
                library.set_weights(layer, carry_over(row, arrays, library.facts(layer)))
            inputs = keras.ops.convert_to_tensor(before["input"])
            output = keras.ops.convert_to_numpy(model(inputs, training=False))
            results[name] = {
                "shape": list(model.outputs[0].shape),
                "params": model.count_params(),
                "output": output,
                "penalty": float(sum(float(loss) for loss in model.losses)),
            }
        except Exception as error:
            results[name] = {"error": f"{type(error).__name__}: {error}"}
    return results


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
