"""Carrying weights over from a Keras 1.2.2 layer to the Keras 3 layer that stands for it.

Layouts were read from the sources of Keras 1.2.2 (its TensorFlow backend does not flip kernels)
and are held by tests that compare outputs of both libraries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kerasmig.catalog.layer_facts import KERNELS, LayerFacts, Role
from kerasmig.catalog.layers import KnownLayer, known_layer, role_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]

Row = dict[str, Any]
"""A layer as the worker describes it: class, config, weights (name, shape), inner layer."""

_GATED = re.compile(r"_(?P<kind>W|U|b)_(?P<gate>[ifcozrh])(?:_\d+)?(?::\d+)?$")


class WeightMismatch(Exception):
    """The weights of an old layer do not fit the new one; the message says which."""


def carry_over(old: Row, arrays: Sequence[Array], new: Row) -> list[Array]:
    """Arrays for the new layer, in the order in which it lists its weights.

    Args:
        old: description of the Keras 1 layer.
        arrays: its weights, in the order of ``layer.weights``.
        new: description of the Keras 3 layer.

    Raises:
        WeightMismatch: number or shapes of the weights differ after conversion.
    """
    wanted = [tuple(weight["shape"]) for weight in new["weights"]]
    for convert in _ways(old, new):
        converted = convert(list(arrays))
        if [tuple(array.shape) for array in converted] == wanted:
            return converted
    had = [list(array.shape) for array in arrays]
    raise WeightMismatch(
        f"{old['class']} has weights of shapes {_shapes(had)}, "
        f"{new['class']} wants {_shapes(wanted)}"
    )


def _shapes(shapes: Sequence[Sequence[int]]) -> str:
    return ", ".join(str(tuple(shape)) for shape in shapes) or "none"


def _ways(old: Row, new: Row) -> list[Callable[[list[Array]], list[Array]]]:
    """Conversions to try, the right one for the layer's kind first."""
    ways: list[Callable[[list[Array]], list[Array]]] = [
        lambda arrays: _convert(old, arrays),
        lambda arrays: arrays,
    ]
    if role_of(new["class"]) is Role.NORMALIZATION and len(new["weights"]) != 4:
        # scale=False or center=False on the new side: no such array, whose value then matters.
        ways.append(lambda arrays: arrays)
    return ways


def _convert(old: Row, arrays: list[Array]) -> list[Array]:
    kind = old["class"]
    if role_of(kind) is Role.BIDIRECTIONAL and old.get("inner"):
        half = len(arrays) // 2
        names = old["weights"]
        forward = {**old["inner"], "weights": names[:half]}
        backward = {**old["inner"], "weights": names[half:]}
        return _convert(forward, arrays[:half]) + _convert(backward, arrays[half:])
    if old.get("inner"):
        return _convert({**old["inner"], "weights": old["weights"]}, arrays)
    for base in [kind, *old.get("bases", ())]:
        layer = known_layer(base)
        if layer is None:
            continue
        if layer.facts.gates[0]:
            return _gated(layer, old, arrays)
        if layer.facts.role in KERNELS:
            return [_kernel(layer.facts, array, old.get("config", {})) for array in arrays]
    return arrays


def _kernel(facts: LayerFacts, array: Array, config: dict[str, Any]) -> Array:
    if array.ndim < 3:
        return array
    if facts.axes == 1:
        return array[:, 0] if array.ndim == 4 else array
    if config.get("dim_ordering") == "th":
        # (filters, in, rows, cols) → (rows, cols, in, filters); one more axis in 3D
        array = array.transpose(*range(2, array.ndim), 1, 0)
    if facts.role is Role.TRANSPOSED:
        array = array.swapaxes(-1, -2)
    return array


def _gated(layer: KnownLayer, old: Row, arrays: list[Array]) -> list[Array]:
    """Twelve (or nine) arrays, one a gate → kernel, recurrent kernel, bias."""
    import numpy as np

    gates, gates_listed = layer.facts.gates
    if len(arrays) != 3 * len(gates):
        return arrays  # consume_less='gpu' holds them together already, in the same order
    by_name: dict[tuple[str, str], Array] = {}
    for weight, array in zip(old["weights"], arrays, strict=True):
        if match := _GATED.search(weight["name"]):
            by_name[match["kind"], match["gate"]] = array
    if len(by_name) != len(arrays):
        listed = [(part, gate) for gate in gates_listed for part in "WUb"]
        by_name = dict(zip(listed, arrays, strict=True))
    if layer.facts.role is Role.CONVOLUTIONAL_RECURRENT:
        config = old.get("config", {})
        by_name = {key: _kernel(layer.facts, a, config) for key, a in by_name.items()}
    return [
        np.concatenate([by_name[part, gate] for gate in gates], axis=-1) for part in ("W", "U", "b")
    ]
