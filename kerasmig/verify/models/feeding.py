"""Seeded inputs, targets and weights: what both sides compute with. NumPy only; in workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import role_of
from kerasmig.verify.descriptions import LayerFacts

FREE_SIZES = (32, 64, 128, 16, 8)
"""Sizes to try where a model leaves a size open."""
BATCH = 2


def input_limits(rows: Sequence[LayerFacts], inputs: Sequence[int]) -> list[int | None]:
    """For each input row, the size of the vocabulary that its values index, or None: real values."""
    return [_limit(rows, row, set()) for row in inputs]


def _limit(rows: Sequence[LayerFacts], source: int, seen: set[int]) -> int | None:
    if source in seen:
        return None
    seen.add(source)
    limits: list[int] = []
    for row in rows:
        for feeding in [row["inputs"], *row["more_inputs"]]:
            if source not in feeding:
                continue
            found: int | None = None
            if "input_dim" in row["config"] and _is_embedding(row):
                found = int(row["config"]["input_dim"])
            elif row["is_model"]:
                inner = row.get("model_inputs") or []
                position = feeding.index(source)
                if position < len(inner):
                    found = _limit(rows, inner[position], seen)
            elif (wrapped := row.get("inner")) and role_of(wrapped["class"]) is Role.EMBEDDING:
                found = wrapped["config"].get("input_dim")
            elif not row["weights"]:
                found = _limit(rows, row["index"], seen)
            if found is not None:
                limits.append(found)
    return min(limits) if limits else None


def _is_embedding(row: LayerFacts) -> bool:
    return Role.EMBEDDING in map(role_of, (row["class"], *row.get("bases", ())))


def batch_size(rows: Sequence[LayerFacts], wanted: int) -> int:
    """How many samples a model takes: some layers are made for a batch of one size."""
    sizes = {shape[0] for row in rows for shape in row["shapes"] if shape and shape[0]}
    sizes |= {batch for row in rows if (batch := row.get("batch"))}
    return sizes.pop() if len(sizes) == 1 else wanted


def free_sizes(rows: Sequence[LayerFacts]) -> list[int]:
    """Sizes to try for axes that a model leaves open: first those that no layer shrinks to nothing.

    Some libraries end the process where an image has no pixels left.
    """
    scale: dict[int, int] = {}
    for row in rows:
        before = max((scale.get(index, 1) for index in row["inputs"]), default=1)
        scale[row["index"]] = before * _stride(row["config"])
    least = 4 * max(scale.values(), default=1)
    return sorted(FREE_SIZES, key=lambda size: size < least)


def _stride(config: Mapping[str, Any]) -> int:
    for key in ("subsample", "strides", "pool_size"):
        value = config.get(key)
        if isinstance(value, (list, tuple)) and value and type(value[0]) is int:
            return int(max(value))
    return 1


def make_inputs(
    shapes: Sequence[Sequence[int | None]],
    limits: Sequence[int | None],
    free: int,
    seed: int,
    *,
    positive: bool = False,
    batch: int = BATCH,
) -> list[Any]:
    """Arrays for the inputs of a model.

    Args:
        shapes: symbolic shapes, batch axis first; a fixed batch size is respected.
        limits: from `input_limits`.
        free: size that open axes get.
        seed: the same seed gives the same arrays.
        positive: only values in (0, 1), for models that take roots or logarithms.
        batch: samples, where the batch size is open.
    """
    random = np.random.RandomState(seed % 2**32)
    arrays = []
    for shape, limit in zip(shapes, limits, strict=True):
        sizes = [shape[0] or batch, *(size or free for size in shape[1:])]
        if limit is not None:
            array = random.randint(0, max(1, limit), sizes).astype("float32")
            if len(sizes) == 2 and sizes[1] > 2:
                array[-1, -max(1, sizes[1] // 4) :] = 0  # padding, which masks may hide
        else:
            low = 0.05 if positive else -1.0
            array = random.uniform(low, 1.0, sizes).astype("float32")
        arrays.append(array)
    return arrays


def unsettle(row: LayerFacts, arrays: Sequence[Any], random: np.random.RandomState) -> list[Any]:
    """Weights with nothing left at a default that would hide an error.

    Constant arrays (zero biases, unit gammas, running statistics) get random values; variances
    stay positive. Arrays that the author's initialisation made vary are kept: their scale is sane.
    """
    result = []
    normalization = Role.NORMALIZATION in map(role_of, (row["class"], *row.get("bases", ())))
    for position, array in enumerate(arrays):
        value = np.asarray(array)
        if value.dtype.kind != "f" or value.size == 0:
            result.append(value)
            continue
        if normalization and position == 3:
            changed = random.uniform(0.3, 1.5, value.shape)
        elif float(value.max() - value.min()) > 1e-6:
            changed = value
        elif value.ndim >= 2 and float(np.abs(value).max()) < 1e-6:
            changed = random.normal(
                0.0, 1.0 / np.sqrt(max(1, value.size // value.shape[-1])), value.shape
            )
        else:
            changed = value + random.normal(0.0, 0.1, value.shape)
        result.append(changed.astype(value.dtype, copy=False))
    return result


def sample(array: Any, most: int = 20000) -> Any:
    """Values of an array, evenly spread, at most so many; flat."""
    flat = np.asarray(array).reshape(-1)
    step = max(1, -(-flat.size // most))
    return flat[::step]


def make_targets(loss: str, shape: Sequence[int], random: np.random.RandomState) -> Any:
    """Targets that fit a loss and an output of this shape (batch axis included)."""
    name = loss.lower()
    if "sparse" in name:
        return random.randint(0, shape[-1], (*shape[:-1], 1)).astype("float32")
    if "categorical" in name and shape[-1] > 1:
        return np.eye(shape[-1], dtype="float32")[random.randint(0, shape[-1], shape[:-1])]
    if "binary" in name or "hinge" in name:
        return random.randint(0, 2, shape).astype("float32")
    target = random.uniform(0.05, 1.0, shape).astype("float32")
    if "kullback" in name or "kld" in name:
        target = target / target.sum(axis=-1, keepdims=True)
    return target
