"""Carrying weights over from a Keras 1.2.2 layer to the Keras 3 layer that stands for it.

Keras 1.2.2 runs on TensorFlow, whose convolution does not flip kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import role_of
from kerasmig.compat.parts import layouts
from kerasmig.verify.descriptions import LayerFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]

_LAYOUTS: Any = layouts  # goes into users' projects, and so has no types


class WeightMismatch(Exception):
    """The weights of an old layer do not fit the new one; the message says which."""


def carry_over(old: LayerFacts, arrays: Sequence[Array], new: LayerFacts) -> list[Array]:
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


def _ways(old: LayerFacts, new: LayerFacts) -> list[Callable[[list[Array]], list[Array]]]:
    """Conversions to try, the right one for the layer's kind first."""
    ways: list[Callable[[list[Array]], list[Array]]] = [
        lambda arrays: _convert(old, arrays),
        lambda arrays: arrays,
    ]
    if old["class"] == "PReLU" == new["class"]:
        # One weight a channel, behind axes of size 1: the channels may be last now.
        ways.append(lambda arrays: [array.reshape(*array.shape[1:], -1) for array in arrays])
    if role_of(new["class"]) is Role.NORMALIZATION and len(new["weights"]) != 4:
        # scale=False or center=False on the new side: no such array, whose value then matters.
        ways.append(lambda arrays: arrays)
    return ways


def _convert(old: LayerFacts, arrays: list[Array]) -> list[Array]:
    kind = old["class"]
    inner = old.get("inner")
    if role_of(kind) is Role.BIDIRECTIONAL and inner:
        half = len(arrays) // 2
        names = old["weights"]
        forward: LayerFacts = {**inner, "weights": names[:half]}
        backward: LayerFacts = {**inner, "weights": names[half:]}
        return _convert(forward, arrays[:half]) + _convert(backward, arrays[half:])
    if inner:
        return _convert({**inner, "weights": old["weights"]}, arrays)
    layout = _LAYOUTS.array_layout([kind, *old.get("bases", ())])
    ordering = old.get("config", {}).get("dim_ordering", "tf")
    converted: list[Array] = _LAYOUTS.arrays_from_keras1(layout, arrays, ordering)
    return converted
