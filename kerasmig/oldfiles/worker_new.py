"""Has Keras 3: builds models from migrated source, gives them old weights, saves and measures them."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path
from typing import Any

from kerasmig.oldfiles.workers import confine_self, serve


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked."""
    import keras

    keras.backend.clear_session()
    objects = _objects(request.get("compat", ""), request.get("custom"))
    if request["do"] == "measure":
        return _measure(request, objects)
    if request["do"] == "native":
        model = keras.saving.load_model(request["weights"], custom_objects=objects)
    else:
        namespace: dict[str, Any] = {"__name__": "old_model", **objects}
        exec(compile(request["source"], "old model", "exec"), namespace)
        model = namespace["model"]
        if request.get("weights"):
            _load(model, request)
    _save(model, Path(request["output"]), request["format"])
    return {"parameters": int(model.count_params()), "layers": len(model.layers)}


def _objects(compat: str, custom: str | None) -> dict[str, Any]:
    """The compat module, importable by its name, and what somebody gives for stored code."""
    if compat:
        module = types.ModuleType("keras1_compat")
        sys.modules["keras1_compat"] = module
        exec(compile(compat, "keras1_compat.py", "exec"), module.__dict__)
    if not custom:
        return {}
    given: dict[str, Any] = {"__name__": "custom_objects", "__file__": custom}
    text = Path(custom).read_text(encoding="utf-8")
    exec(compile(text, custom, "exec"), given)
    return {name: value for name, value in given.items() if not name.startswith("__")}


def _load(model: Any, request: dict[str, Any]) -> None:
    import h5py

    from kerasmig.compat.parts import old_files

    parts: Any = old_files
    with h5py.File(request["weights"], "r") as file:
        groups = parts._groups_of_keras1(file)
        layers = [layer for layer in model.layers if layer.weights]
        pairs = parts._matched(groups, layers, os.path.basename(request["weights"]))
        if request.get("running_std"):
            pairs = [_variances(leaf, arrays) for leaf, arrays in parts._leaf_pairs(pairs)]
        parts.give_keras1_arrays(pairs, request.get("ordering"), request.get("backend"))
        if request.get("optimizer"):
            from kerasmig.oldfiles.optimizers import give_state

            give_state(model, pairs, file["optimizer_weights"], request)


def _variances(leaf: Any, arrays: list[tuple[str, Any]]) -> tuple[Any, list[tuple[str, Any]]]:
    """Keras 0 kept the square root of variance and epsilon."""
    import keras

    if isinstance(leaf, keras.layers.BatchNormalization) and len(arrays) == 4:
        name, deviation = arrays[3]
        arrays = [*arrays[:3], (name, deviation**2 - leaf.epsilon)]
    return leaf, arrays


def _save(model: Any, output: Path, kind: str) -> None:
    ending = {"keras": ".keras", "weights": ".weights.h5", "h5": ".h5", "json": ".json"}[kind]
    part = output.with_name(f".{output.name}.kerasmig-part{ending}")
    try:
        if kind == "json":
            part.write_text(model.to_json(indent=1) + "\n", encoding="utf-8")
        elif kind == "weights":
            model.save_weights(part)
        else:
            model.save(part)
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)


def _measure(request: dict[str, Any], objects: dict[str, Any]) -> dict[str, Any]:
    """What a converted file computes from the inputs that the old model was given."""
    import keras
    import numpy as np

    if request.get("source"):
        namespace: dict[str, Any] = {"__name__": "old_model", **objects}
        exec(compile(request["source"], "old model", "exec"), namespace)
        model = namespace["model"]
        model.load_weights(request["output"])
    else:
        model = keras.saving.load_model(
            request["output"], custom_objects=objects, compile=bool(request.get("train"))
        )
    with np.load(request["measured"]) as old:
        inputs = [old[f"input_{i}"] for i in range(len(model.inputs))]
        wanted = [old[f"output_{i}"] for i in range(len(model.outputs))]
        loss = float(old["loss"]) if "loss" in old else None
        targets = [old[f"target_{i}"] for i in range(len(model.outputs))] if loss else []
    outputs = model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    worst = 0.0
    for a, b in zip(wanted, outputs, strict=True):
        if a.shape != np.shape(b):
            return {"difference": float("inf"), "note": f"shape {np.shape(b)}, was {a.shape}"}
        scale = max(1.0, float(np.abs(a).max(initial=0)))
        worst = max(worst, float(np.abs(a - b).max(initial=0)) / scale)
    found: dict[str, Any] = {"difference": worst, "parameters": int(model.count_params())}
    if loss is not None and request.get("train"):
        first = model.evaluate(
            inputs if len(inputs) > 1 else inputs[0],
            targets if len(targets) > 1 else targets[0],
            batch_size=len(inputs[0]),
            verbose=0,
            return_dict=True,
        )
        found["loss"] = abs(first["loss"] - loss) / max(1.0, abs(loss))
    return found


if __name__ == "__main__":
    confine_self(sys.argv[1])
    serve(answer)
