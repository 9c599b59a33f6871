"""How many batches and epochs a call of ``fit`` is let through, by what its model costs. In workers.

The old side decides, from the sizes of its layers and not from time, so that a stretch is the same
on every machine; the new side does what the old one did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

EPOCHS = 3
"""Epochs that a call of ``fit`` is let through."""
BATCHES = 12
"""Batches of an epoch that it is let through."""
_FEW_EPOCHS = 2
_BUDGET = 2e10
"""Multiplications that a call of ``fit`` may cost: some seconds of one processor."""
_PASSES = 3
"""What a step of training costs, in passes forward."""
_STEPS = 16
"""Steps of sequences of any length."""


def within_budget(multiplications: float, samples: int) -> tuple[int, int]:
    """Batches of an epoch, and epochs, that may be trained on.

    Args:
        multiplications: of one sample through the model.
        samples: of one batch.
    """
    step = _PASSES * multiplications * max(1, samples)
    if step * BATCHES * EPOCHS <= _BUDGET:
        return BATCHES, EPOCHS
    return max(1, min(BATCHES, int(_BUDGET / (step * _FEW_EPOCHS)))), _FEW_EPOCHS


def multiplications(model: Any) -> float:
    """About how many multiplications one sample takes through a model of Keras 1."""
    total = 0.0
    for layer in getattr(model, "layers", ()):
        if hasattr(layer, "run_internal_graph"):  # a model; Merge has `layers`, too
            total += multiplications(layer)
            continue
        try:
            total += _of_layer(layer)
        except Exception:
            continue  # a layer of the program's own may tell nothing of itself
    return total


def _of_layer(layer: Any) -> float:
    if hasattr(layer, "mask_zero"):
        return 0.0  # its weights are looked up
    output, given = _shape(layer, "output"), _shape(layer, "input")
    width = getattr(layer, "nb_filter", None) or getattr(layer, "output_dim", None) or output[-1]
    places = max(1.0, math.prod(output) / max(1, int(width)))
    inner = getattr(layer, "forward_layer", layer)
    if not getattr(inner, "return_sequences", True):
        places *= given[0]
    return float(layer.count_params()) * places


def _shape(layer: Any, end: str) -> Sequence[int]:
    """The shape of one sample at an end of a layer."""
    shape = getattr(layer, f"get_{end}_shape_at")(0)
    if isinstance(shape, list):
        shape = shape[0]
    return [int(size) if size else _STEPS for size in shape[1:]]
