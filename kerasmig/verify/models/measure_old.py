"""Measuring the models of the old side: description, weights, outputs. Writes JSON and arrays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kerasmig.verify.descriptions import LayerFacts, ModelFacts
from kerasmig.verify.messages import one_line
from kerasmig.verify.models.feeding import (
    BATCH,
    batch_size,
    free_sizes,
    input_limits,
    make_inputs,
    sample,
    unsettle,
)
from kerasmig.verify.models.graph import Description, describe
from kerasmig.verify.program.keras1 import Keras1

MAX_GROUP = 60_000_000
"""Floats fetched at once when the outputs of all layers are wanted."""


def model_facts(side: Any, model: Any, description: Description) -> ModelFacts:
    """What both sides say of a model as a whole."""
    inputs, outputs = side.ends(model)
    rows = description.rows
    by_call = {id(layer): index for index, layer in enumerate(description.layers)}
    for row, layer in zip(rows, description.layers, strict=True):
        if row["is_model"]:
            row["model_inputs"] = [
                by_call[id(side.history(t)[0])]
                for t in side.ends(layer)[0]
                if id(side.history(t)[0]) in by_call
            ]
    return {
        "rows": rows,
        "input_rows": [by_call[id(side.history(t)[0])] for t in inputs],
        "output_rows": [by_call[id(side.history(t)[0])] for t in outputs],
        "input_shapes": [side.shape(t) for t in inputs],
        "output_shapes": [side.shape(t) for t in outputs],
        "params": side.params(model),
    }


def measure(
    side: Keras1,
    model: Any,
    arrays_path: Path,
    seed: int,
    level: str,
    compiled: dict[str, Any] | None,
    is_known: Callable[[ModelFacts], bool],
) -> ModelFacts:
    """Describe a model and, unless only shapes are wanted, compute with unsettled weights.

    Args:
        is_known: told the description; True if the same model was measured before, which makes
            this one a duplicate, described and not computed.

    Returns:
        JSON-able facts; arrays are in ``arrays_path``: ``x0…`` inputs, ``y0…`` outputs, ``w3_1``
        weight 1 of row 3, ``r3`` sampled output of row 3.
    """
    if reason := side.ready(model):
        return {"error": reason}
    description = describe(model, side)
    facts = model_facts(side, model, description)
    facts["duplicate"] = is_known(facts)
    if level == "shapes" or facts["duplicate"]:
        return facts  # without a session, which would draw all the weights
    with side.at_home(model):
        _compute(side, model, description, facts, arrays_path, seed, level, compiled)
    return facts


def _compute(
    side: Keras1,
    model: Any,
    description: Description,
    facts: ModelFacts,
    arrays_path: Path,
    seed: int,
    level: str,
    compiled: dict[str, Any] | None,
) -> None:
    arrays: dict[str, Any] = {}
    random = np.random.RandomState(seed % 2**32)
    rows, layers = weighted(description)
    changed = [
        _unsettled(row, values, random)
        for row, values in zip(rows, side.get_all_weights(layers), strict=True)
    ]
    side.set_all_weights(layers, changed)
    for row, values in zip(rows, changed, strict=True):
        for position, value in enumerate(values):
            arrays[f"w{row['index']}_{position}"] = value
    try:
        _outputs(side, model, description, facts, arrays, seed)
    except Exception as error:
        facts["numbers_error"] = f"the old model cannot compute: {one_line(error)}"
    if level == "training" and compiled is not None and "numbers_error" not in facts:
        from kerasmig.verify.models.train_old import train

        train(side, model, description, facts, arrays, seed)
    np.savez(arrays_path, **arrays)
    facts["arrays"] = arrays_path.name  # beside the result, wherever that is


def weighted(description: Description) -> tuple[list[LayerFacts], list[Any]]:
    """Rows that have weights of their own, and their layers."""
    both = [
        (row, layer)
        for row, layer in zip(description.rows, description.layers, strict=True)
        if row["weights"] and not row["is_model"]
    ]
    return [row for row, _ in both], [layer for _, layer in both]


def _unsettled(row: LayerFacts, values: list[Any], random: np.random.RandomState) -> list[Any]:
    inner = row.get("inner")
    if inner and inner.get("layers"):
        result, start = [], 0
        for layer in inner["layers"]:
            count = len(layer["weights"])
            result += unsettle(layer, values[start : start + count], random)
            start += count
        return result
    return unsettle(inner or row, values, random)


def _outputs(
    side: Keras1,
    model: Any,
    description: Description,
    facts: ModelFacts,
    arrays: dict[str, Any],
    seed: int,
) -> None:
    inputs, outputs = side.ends(model)
    limits = input_limits(description.rows, facts["input_rows"])
    shapes = facts["input_shapes"]
    open_axes = any(size is None for shape in shapes for size in shape[1:])
    error: Exception | None = None
    sizes, batch = free_sizes(description.rows), batch_size(description.rows, BATCH)
    for free in sizes if open_axes else sizes[:1]:
        for positive in (False, True):
            data = make_inputs(shapes, limits, free, seed, positive=positive, batch=batch)
            try:
                results = fetch(side, inputs, list(outputs), data)
            except Exception as caught:
                error = caught
                break
            if all(np.isfinite(result).all() for result in results):
                error = None
                break
            error = ValueError("its outputs are not finite numbers")
        if error is None:
            break
    if error is not None:
        raise error
    for position, array in enumerate(data):
        arrays[f"x{position}"] = array
    for position, array in enumerate(results):
        arrays[f"y{position}"] = array
    wanted = [
        (row["index"], tensors[0])
        for row, tensors in zip(description.rows, description.tensors, strict=True)
        if tensors
    ]
    for group in _groups(wanted, len(data[0])):
        values = fetch(side, inputs, [tensor for _, tensor in group], data)
        for (index, _), value in zip(group, values, strict=True):
            arrays[f"r{index}"] = sample(value)
            description.rows[index]["data_shape"] = list(np.shape(value))


def _groups(wanted: list[tuple[int, Any]], batch: int) -> list[list[tuple[int, Any]]]:
    groups: list[list[tuple[int, Any]]] = [[]]
    size = 0
    for index, tensor in wanted:
        count = batch
        for axis in tensor._keras_shape[1:]:
            count *= axis or 64
        if groups[-1] and size + count > MAX_GROUP:
            groups.append([])
            size = 0
        groups[-1].append((index, tensor))
        size += count
    return groups


def fetch(
    side: Keras1, inputs: Any, tensors: list[Any], data: list[Any], *, phase: int = 0
) -> list[Any]:
    """Values of symbolic tensors, in inference (phase 0) or training (1) mode."""
    backend = side.backend
    session = backend.get_session()
    feed = dict(zip(inputs, data, strict=True))
    learning_phase = backend.learning_phase()
    if not isinstance(learning_phase, int):
        feed[learning_phase] = phase
    return list(session.run(tensors, feed_dict=feed))
