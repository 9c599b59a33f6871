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
    left = ""
    if request["do"] == "measure":
        return _measure(request, objects)
    if request["do"] == "native" and request.get("config"):
        model = keras.models.model_from_json(request["config"], custom_objects=objects)
    elif request["do"] == "native":
        model = keras.saving.load_model(request["weights"], custom_objects=objects)
    else:
        namespace: dict[str, Any] = {"__name__": "old_model", **objects}
        exec(compile(request["source"], "old model", "exec"), namespace)
        model = namespace["model"]
        if request.get("weights"):
            left = _load(model, request)
    _save(model, Path(request["output"]), request["format"])
    return {"parameters": int(model.count_params()), "state_left": left}


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


def _load(model: Any, request: dict[str, Any]) -> str:
    """Give a model its weights; why the optimizer's state was left, empty if it was not."""
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

            return give_state(model, pairs, file["optimizer_weights"], request)
    return ""


def _variances(leaf: Any, arrays: list[tuple[str, Any]]) -> tuple[Any, list[tuple[str, Any]]]:
    """Keras 0 kept the square root of variance and epsilon."""
    import keras

    if isinstance(leaf, keras.layers.BatchNormalization) and len(arrays) == 4:
        name, deviation = arrays[3]
        arrays = [*arrays[:3], (name, deviation[()] ** 2 - leaf.epsilon)]
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
        inputs, wanted, targets, after = (
            [old[f"{kind}_{i}"] for i in range(len(old.files)) if f"{kind}_{i}" in old.files]
            for kind in ("input", "output", "target", "after")
        )
        still = "still" in old.files and bool(old["still"])
    given = inputs if len(inputs) > 1 else inputs[0]
    outputs = _outputs(model, given)
    for a, b in zip(wanted, outputs, strict=True):
        if a.shape != np.shape(b):
            return {"difference": float("inf"), "note": f"shape {np.shape(b)}, was {a.shape}"}
    found: dict[str, Any] = {
        "difference": max(
            float(np.abs(a - b).max(initial=0)) / max(1.0, float(np.abs(a).max(initial=0)))
            for a, b in zip(wanted, outputs, strict=True)
        ),
        "parameters": int(model.count_params()),
    }
    if targets and request.get("train") and getattr(model, "optimizer", None) is not None:
        if still:
            _without_chance(model)
        model.train_on_batch(given, targets if len(targets) > 1 else targets[0])
        found["step"] = max(
            _apart(b - a, d - c)
            for a, b, c, d in zip(wanted, after, outputs, _outputs(model, given), strict=True)
        )
    return found


def _without_chance(model: Any) -> None:
    """Have dropout and noise do nothing."""
    for layer in model._flatten_layers():
        for part in (layer, getattr(layer, "cell", None)):
            for name in ("rate", "stddev", "dropout", "recurrent_dropout"):
                if isinstance(vars(part).get(name) if part is not None else None, int | float):
                    setattr(part, name, 0.0)


def _outputs(model: Any, given: Any) -> list[Any]:
    outputs = model.predict_on_batch(given)
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def _apart(then: Any, now: Any) -> float:
    """How far two changes of outputs by a step of training are apart, relative to the change."""
    import numpy as np

    scale = max(float(np.abs(then).max(initial=0)), 1e-4)
    return float(np.abs(then - now).max(initial=0)) / scale


if __name__ == "__main__":
    confine_self(sys.argv[1])
    serve(answer)
