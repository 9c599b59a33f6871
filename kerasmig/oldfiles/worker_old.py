"""Has the real Keras 1.2.2: loads an old file as it is, and measures what it computes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from kerasmig.oldfiles.workers import confine_self, serve


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Load, compute from random inputs, and keep both in a file."""
    import numpy as np
    from keras import backend as K

    K.clear_session()
    K.set_image_dim_ordering(request.get("ordering") or "tf")
    K.set_learning_phase(0)
    model = _loaded(request)
    if request.get("backend") == "theano":
        from keras.utils.layer_utils import convert_all_kernels_in_model

        convert_all_kernels_in_model(model)
    random = np.random.RandomState(0)
    limits = _vocabularies(model)
    inputs = [_values(K.int_shape(t), limits.get(i), random) for i, t in enumerate(model.inputs)]
    outputs = model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
    outputs = outputs if isinstance(outputs, list) else [outputs]
    kept = {f"input_{i}": a for i, a in enumerate(inputs)}
    kept.update({f"output_{i}": a for i, a in enumerate(outputs)})
    np.savez(request["measured"], **kept)
    return {"parameters": int(model.count_params()), "outputs": len(outputs)}


def _loaded(request: dict[str, Any]) -> Any:
    from keras.models import load_model, model_from_config

    if request.get("config") is None:
        return load_model(request["weights"])
    config = json.loads(request["config"])
    model = model_from_config(config)
    if request.get("weights"):
        model.load_weights(request["weights"])
    return model


def _vocabularies(model: Any) -> dict[int, int]:
    """For inputs that embeddings look up: how many words there are."""
    sizes = [layer.input_dim for layer in _flat(model) if type(layer).__name__ == "Embedding"]
    if not sizes:
        return {}
    found: dict[int, int] = {}
    for number, tensor in enumerate(model.inputs):
        for layer in _flat(model):
            if type(layer).__name__ == "Embedding":
                taken = [t for node in layer.inbound_nodes for t in node.input_tensors]
                if any(t is tensor for t in taken) or len(model.inputs) == 1:
                    found[number] = min(layer.input_dim, found.get(number, layer.input_dim))
    return found


def _flat(model: Any) -> list[Any]:
    layers = []
    for layer in getattr(model, "flattened_layers", model.layers):
        inside = isinstance(getattr(layer, "layers", None), list)  # a Merge has None
        layers += _flat(layer) if inside else [layer]
    return layers


def _values(shape: tuple[int | None, ...], words: int | None, random: Any) -> Any:
    sizes = [2 if shape[0] is None else shape[0], *(16 if s is None else s for s in shape[1:])]
    if words:
        return random.randint(0, words, sizes).astype("float32")
    return random.normal(size=sizes).astype("float32")


if __name__ == "__main__":
    from kerasmig.legacy import bridge

    confine_self(sys.argv[1])
    bridge.activate(Path(sys.argv[2]))
    serve(answer)
