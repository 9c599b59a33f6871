"""The likely cause of a difference between an old layer and the new one that stands for it."""

from __future__ import annotations

from typing import Any

from kerasmig.catalog.layer_facts import MERGE_LAYERS, MERGE_MODES, Role
from kerasmig.catalog.layers import role_of
from kerasmig.verify.descriptions import LayerFacts

_FORMATS = {"th": "channels_first", "tf": "channels_last"}


def cause_of(old: LayerFacts | None, new: LayerFacts | None, diff: float | None) -> str:
    """A sentence on what may be wrong, or an empty string.

    Args:
        old, new: descriptions of the two layers.
        diff: largest difference of their outputs; None: only structure is known to differ.
    """
    if old is None:
        return "the layer is only on the new side"
    if new is None:
        return "the layer is missing on the new side"
    before, after = old["config"], new["config"]
    ordering, data_format = before.get("dim_ordering"), after.get("data_format")
    if ordering in _FORMATS and data_format and _FORMATS[ordering] != data_format:
        return f"data format: dim_ordering={ordering!r} became data_format={data_format!r}"
    for name_old, name_new, what in (
        ("border_mode", "padding", "padding"),
        ("subsample", "strides", "strides"),
        ("strides", "strides", "strides"),
        ("pool_size", "pool_size", "pool size"),
        ("atrous_rate", "dilation_rate", "dilation"),
        ("activation", "activation", "activation"),
        ("inner_activation", "recurrent_activation", "recurrent activation"),
        ("return_sequences", "return_sequences", "return_sequences"),
        ("go_backwards", "go_backwards", "go_backwards"),
    ):
        if name_old in before and name_new in after:
            x, y = _comparable(before[name_old]), _comparable(after[name_new])
            if x != y:
                return f"{what}: {name_old}={x!r} became {name_new}={y!r}"
    if role_of(old["class"]) is Role.MERGE:
        if new["class"] == MERGE_MODES["concat"]:
            x, y = before.get("concat_axis"), after.get("axis")
            rank = len(old["shapes"][0])
            if isinstance(x, int) and isinstance(y, int) and x % rank != y % rank:
                return f"merge axis: concat_axis={x} became axis={y}"
        mode = MERGE_MODES.get(str(before.get("mode")))
        if mode and mode != new["class"] in MERGE_LAYERS:
            return f"merge mode: {before['mode']!r} became {new['class']}"
    if role_of(old["class"]) is Role.NORMALIZATION and old["class"] == new["class"]:
        x, y = before.get("axis"), after.get("axis")
        rank = len(old["shapes"][0])
        if isinstance(x, int) and isinstance(y, int) and x % rank != y % rank:
            return f"axis: {x} became {y}"
    x_shape, y_shape = old["shapes"][0][1:], new["shapes"][0][1:]
    if x_shape != y_shape:
        if sorted(map(str, x_shape)) == sorted(map(str, y_shape)):
            return "data format: the same sizes in another order"
        if len(x_shape) != len(y_shape):
            return "the ranks of the outputs differ"
        return "kernel size, padding, strides or data format"
    if old["params"] != new["params"]:
        x_count, y_count = len(old["weights"]), len(new["weights"])
        if x_count != y_count:
            return f"{x_count} weights became {y_count}: a bias, or another kind of layer"
        return "the sizes of the weights differ: kernel size, filters or data format"
    if diff is not None:
        return "same shapes and settings, other values"
    return ""


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        value = [int(v) if isinstance(v, float) else v for v in value]
        return value[0] if len(value) == 1 else tuple(value)
    return value
