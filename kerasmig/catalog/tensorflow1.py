"""What became of TensorFlow 1's own functions, which programs of Keras 1's time call beside Keras.

``tensorflow1.json`` is a photograph (`kerasmig.legacy.photograph`): every public name that today's TensorFlow
has below ``tf.compat.v1`` only, and the name under which it has the very same object, if it does.
This module adds what a photograph cannot tell: names that were gone before, what still does its work
without a session, arguments that changed, and what to do about the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kerasmig.catalog.vocabulary import Family

CODE = "KM504"

#: Names from before TensorFlow 1.0 → what has done the same with the same arguments since.
RENAMED: Mapping[str, str] = {
    "mul": "multiply",
    "sub": "subtract",
    "neg": "negative",
    "pack": "stack",
    "unpack": "unstack",
    "complex_abs": "abs",
    "inv": "math.reciprocal",
}
#: What works on today's tensors, or on none at all, exactly as before; also all below these names.
KEPT = (
    *("Print", "py_func", "verify_tensor_all_finite", "confusion_matrix", "count_nonzero"),
    *("batch_gather", "batch_to_space_nd", "space_to_depth", "depth_to_space", "floor_div"),
    *("bincount", "clip_by_average_norm", "multinomial", "setdiff1d", "sparse_to_dense"),
    *("extract_image_patches", "image.extract_image_patches", "image.resize_image_with_pad"),
    *("nn.conv2d_backprop_filter", "nn.conv2d_backprop_input", "nn.depthwise_conv2d_native"),
    *("nn.relu_layer", "nn.xw_plus_b", "nn.softmax_cross_entropy_with_logits_v2"),
    *("sparse_matmul", "sparse_reduce_sum", "sparse_segment_mean", "sparse_segment_sum"),
    *("to_complex64", "to_complex128", "decode_csv", "decode_raw", "string_to_number"),
    "app",
    "flags",
    "gfile",
    "logging",
    "arg_max",
    "arg_min",
    "div",
    "to_double",
    "to_float",
    "to_int32",
    "to_int64",
    "image.resize_area",
    "image.resize_bicubic",
    "image.resize_bilinear",
    "image.resize_images",
    "image.resize_nearest_neighbor",
    "python_io",
)
#: Keywords that have another name today → (the new name, the functions that had it).
KEYWORDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "reduction_indices": ("axis", ("reduce_",)),
    "keep_dims": ("keepdims", ("reduce_",)),
    "dimension": ("axis", ("argmax", "argmin")),
    "squeeze_dims": ("axis", ("squeeze",)),
}
#: Functions whose positional arguments mean other things today.
POSITIONAL: Mapping[str, str] = {
    "nn.dropout": "the second argument is the share that is dropped today, and was the share that "
    "is kept: write `rate=1 - ...`",
    "nn.softmax_cross_entropy_with_logits": "labels come before logits today: give both by name",
    "nn.sigmoid_cross_entropy_with_logits": "labels come before logits today: give both by name",
    "nn.sparse_softmax_cross_entropy_with_logits": "labels come before logits today: give both by "
    "name",
}
_SESSION = (
    "Keras 3 runs without sessions: take it out, call the model or `predict`, and ask for GPU "
    "memory by `tf.config.experimental.set_memory_growth`"
)
_GRAPH = "Keras 3 holds no graph: take it out; `keras.utils.clear_session()` forgets models"
_VARIABLES = "variables have their values from the start today: take it out"
_INPUT = "the input of a model is a `keras.Input`; elsewhere pass the array itself"
_SUMMARY = "write with `tf.summary.create_file_writer`, or by the TensorBoard callback"
_OPTIMIZER = "use the optimizer of `keras.optimizers`, with `apply_gradients` under a GradientTape"
_LAYERS = "use the layers of Keras"
_QUEUES = "read with `tf.data`"
#: What to do by hand, for names and all below them; the longest that fits counts.
BY_HAND: Mapping[str, str] = {
    "Session": _SESSION,
    "InteractiveSession": _SESSION,
    "ConfigProto": _SESSION,
    "GPUOptions": _SESSION,
    "get_default_session": _SESSION,
    "get_default_graph": _GRAPH,
    "reset_default_graph": _GRAPH,
    "placeholder": _INPUT,
    "placeholder_with_default": _INPUT,
    "initialize_all_variables": _VARIABLES,
    "initialize_local_variables": _VARIABLES,
    "initialize_variables": _VARIABLES,
    "global_variables_initializer": _VARIABLES,
    "local_variables_initializer": _VARIABLES,
    "variables_initializer": _VARIABLES,
    "all_variables": "ask the model for its `variables`",
    "global_variables": "ask the model for its `variables`",
    "trainable_variables": "ask the model for its `trainable_variables`",
    "get_collection": "ask the model or layer for what it holds",
    "get_variable": "make a `tf.Variable`, or `add_weight` in a layer",
    "variable_scope": "keep the variables in a layer or module",
    "assign": "call the variable's own `assign`",
    "assign_add": "call the variable's own `assign_add`",
    "assign_sub": "call the variable's own `assign_sub`",
    "select": "`tf.where(condition, x, y)`; a vector as condition is broadcast otherwise today",
    "batch_matmul": "`tf.matmul` takes batches; its adjoint arguments have other names",
    "set_random_seed": "`tf.random.set_seed`, or `keras.utils.set_random_seed` for all libraries",
    "train.Saver": "save with `model.save_weights` or `tf.train.Checkpoint`",
    "train.SummaryWriter": _SUMMARY,
    "summary": _SUMMARY,
    "scalar_summary": _SUMMARY,
    "histogram_summary": _SUMMARY,
    "image_summary": _SUMMARY,
    "merge_summary": _SUMMARY,
    "merge_all_summaries": _SUMMARY,
    "train.start_queue_runners": _QUEUES,
    "train.string_input_producer": _QUEUES,
    "train.shuffle_batch": _QUEUES,
    "train.batch": _QUEUES,
    "TextLineReader": _QUEUES,
    "WholeFileReader": _QUEUES,
    "layers": _LAYERS,
    "nn.rnn_cell": _LAYERS,
    "contrib": "it left TensorFlow with 2.0; what is still needed lives on in packages of its own",
    "contrib.layers": _LAYERS,
    "examples": "it is no part of TensorFlow any more; data sets are in `keras.datasets`",
    "models": "it is no part of TensorFlow any more",
    "python": "it is private and cannot be reached by this name today",
}
_OPTIMIZERS = "Optimizer"


class Fate(NamedTuple):
    """What became of a name below ``tensorflow``.

    Args:
        name: the part of it that is known.
        to: its name today, where that is certain; else ``""``.
        advice: what to do by hand.
    """

    name: str
    to: str = ""
    advice: str = ""


@cache
def _photograph() -> dict[str, str]:
    text = Path(__file__).with_name("tensorflow1.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def fate(name: str) -> Fate | None:
    """What became of ``Session`` or ``nn.rnn_cell.LSTMCell``; ``None`` for what is still there."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        known = ".".join(parts[:length])
        if known in KEPT:
            return Fate(known, f"compat.v1.{known}")
        if known in RENAMED:
            return Fate(known, RENAMED[known])
        if known in _photograph():
            return Fate(known, _photograph()[known], _advice(known))
        if known in BY_HAND and known != "summary":
            return Fate(known, advice=_advice(known))
    return None


def _advice(name: str) -> str:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        if (advice := BY_HAND.get(".".join(parts[:length]))) is not None:
            return advice
    if name.startswith("train.") and name.endswith(_OPTIMIZERS):
        return _OPTIMIZER
    return f"write `tf.compat.v1.{name}`, which works with graphs and sessions only"


FAMILIES = (
    Family(
        code=CODE,
        name="tensorflow-1",
        summary="Report what a program takes from TensorFlow 1 itself.",
        why=(
            "Keras 1 ran on TensorFlow's graphs and sessions, and its users called them: "
            "`tf.Session`, `tf.placeholder`, `tf.mul`, `tf.image.resize_images` in a Lambda. Today's "
            "TensorFlow has other names and no sessions, and some functions take their arguments in "
            "another order: `tf.nn.dropout(x, 0.9)` kept nine tenths and drops them now."
        ),
        safety=(
            "Rewritten where today's TensorFlow has the very same function under another name "
            "(`tf.log`, `tf.random_normal`), where the function that TensorFlow 1 had still works "
            "(`tf.compat.v1.image.resize_images`; today's `tf.image.resize` samples at other "
            "points), and where arguments only changed names or places. What hangs on graphs and "
            "sessions is reported with what to do. The list of names is a photograph of today's "
            "TensorFlow; `tf` is what the file imported, whatever it is called."
        ),
        example=("tf.log(tf.mul(x, y))", "tf.math.log(tf.multiply(x, y))"),
    ),
)
