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
    model = _loaded(request)
    still = _is_random(model)
    if still:  # train without dropout and noise: so the learning phase has to stand from the start
        K.clear_session()
        K.set_learning_phase(0)
        model = _loaded(request)
    if request.get("backend") == "theano":
        turn_kernels(model)
    random = np.random.RandomState(0)
    limits = _vocabularies(model)
    inputs = [_values(K.int_shape(t), limits.get(i), random) for i, t in enumerate(model.inputs)]
    outputs = model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
    outputs = outputs if isinstance(outputs, list) else [outputs]
    kept = {f"input_{i}": a for i, a in enumerate(inputs)}
    kept.update({f"output_{i}": a for i, a in enumerate(outputs)})
    if request.get("backend") != "theano" and _can_train(model):
        kept["still"] = np.asarray(still)
        targets = [
            _targets(loss, a, random) for loss, a in zip(_losses(model), outputs, strict=True)
        ]
        kept.update({f"target_{i}": a for i, a in enumerate(targets)})
        model.train_on_batch(
            inputs if len(inputs) > 1 else inputs[0], targets if len(targets) > 1 else targets[0]
        )
        after = model.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])
        after = after if isinstance(after, list) else [after]
        kept.update({f"after_{i}": a for i, a in enumerate(after)})
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


# -- Theano ----------------------------------------------------------------------------------------

_CONVOLVE = ("Convolution", "Conv1D", "Conv2D", "Conv3D", "Deconv", "Atrous", "ConvLSTM")


def turn_kernels(model: Any) -> None:
    """Turn the kernels of all convolutions round, by Keras 1.2.2's own function for one kernel.

    Its function for a whole model passes over models and wrappers inside it, and over ConvLSTM2D.
    """
    from keras import backend as K
    from keras.utils.np_utils import convert_kernel

    for layer in _leaves(model):
        if not type(layer).__name__.startswith(_CONVOLVE):
            continue  # also SeparableConvolution2D, which Theano did not have
        one = "1D" in type(layer).__name__
        ordering = "tf" if one else getattr(layer, "dim_ordering", "tf")
        for weight in layer.weights:
            kernel = K.get_value(weight)
            if kernel.ndim >= 4:
                K.set_value(weight, convert_kernel(kernel, ordering))


def _leaves(model: Any) -> list[Any]:
    """Layers that have weights themselves, those inside wrappers too."""
    found, waiting = [], _flat(model)
    while waiting:
        layer = waiting.pop()
        inner = [getattr(layer, name, None) for name in ("layer", "forward_layer")]
        inner += [getattr(layer, "backward_layer", None)]
        inside = [part for part in inner if part is not None and hasattr(part, "weights")]
        for part in inside:
            waiting += _flat(part) if isinstance(getattr(part, "layers", None), list) else [part]
        if not inside:
            found.append(layer)
    return found


# -- training --------------------------------------------------------------------------------------

_RANDOM = ("Dropout", "GaussianNoise", "GaussianDropout", "SpatialDropout")
_KNOWN_LOSSES = {
    "mse", "mean_squared_error", "mae", "mean_absolute_error", "binary_crossentropy",
    "categorical_crossentropy", "sparse_categorical_crossentropy", "hinge", "squared_hinge",
    "poisson", "msle", "mean_squared_logarithmic_error", "kld", "kullback_leibler_divergence",
    "cosine_proximity", "mape", "mean_absolute_percentage_error",
}  # fmt: skip


def _can_train(model: Any) -> bool:
    """Whether we know what to train for."""
    if getattr(model, "optimizer", None) is None or getattr(model, "sample_weight_mode", None):
        return False
    for layer in _leaves(model):
        if type(layer).__name__ == "BatchNormalization":
            return False  # the gradient of a bias before it is noise, which optimizers scale up
        if type(layer).__name__ == "Embedding" and getattr(layer, "dropout", None):
            return False  # whole words are dropped, by a layer of its own today
        if getattr(layer, "stateful", False):
            return False
    return all(loss in _KNOWN_LOSSES for loss in _losses(model))


def _is_random(model: Any) -> bool:
    """Whether a step of training is another one each time: dropout, noise."""
    return any(
        type(layer).__name__.startswith(_RANDOM)
        or any(getattr(layer, name, 0) for name in ("dropout", "dropout_W", "dropout_U"))
        for layer in _leaves(model)
    )


def _losses(model: Any) -> list[Any]:
    """The name of the loss of each output."""
    told, names = model.loss, list(model.output_names)
    if isinstance(told, dict):
        return [told.get(name) for name in names]
    return list(told) if isinstance(told, list) else [told] * len(names)


def _targets(loss: Any, output: Any, random: Any) -> Any:
    """Something of the right kind to train for, near to what is there where the loss allows.

    A small gradient leaves the step to the stored state; a large one makes it the sign of noise.
    """
    import numpy as np

    if loss == "sparse_categorical_crossentropy":
        return random.randint(0, output.shape[-1], (*output.shape[:-1], 1)).astype("float32")
    near = output * (1 + 0.02 * random.random_sample(output.shape))
    if "crossentropy" in str(loss) or str(loss).startswith(("kld", "kullback")):
        near = np.clip(near, 0.01, 0.99)
    return near.astype("float32")


# -- what goes in ----------------------------------------------------------------------------------


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
    from kerasmig.legacy import at_once, bridge

    confine_self(sys.argv[1])
    bridge.activate(Path(sys.argv[2]))
    at_once.update_at_once()
    serve(answer)
