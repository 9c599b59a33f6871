"""Training steps on the old side, with what the program itself compiled. In workers."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasmig.verify.descriptions import ModelFacts
from kerasmig.verify.messages import one_line
from kerasmig.verify.models.feeding import batch_size, input_limits, make_inputs, make_targets
from kerasmig.verify.models.graph import Description
from kerasmig.verify.program.keras1 import Keras1

STEPS = 3
BATCH = 4


def _batch(
    side: Keras1,
    model: Any,
    losses: list[str],
    shapes: Any,
    limits: Any,
    seed: int,
    positive: bool,
    batch: int,
) -> tuple[list[Any], list[Any]]:
    """Inputs and the outputs in training mode, scaled down until no probability is saturated.

    At a probability of 0 or 1 Keras 1 computes cross-entropy from the clipped value and Keras 3
    from the logits: a true difference, of no importance to a network that learns.
    """
    from kerasmig.verify.models.measure_old import fetch

    _, outputs = side.ends(model)
    for scale in (1.0, 0.1, 0.01):
        data = [
            array if limit is not None else array * array.dtype.type(scale)
            for array, limit in zip(
                make_inputs(shapes, limits, 0, seed, positive=positive, batch=batch),
                limits,
                strict=True,
            )
        ]
        values = fetch(side, side.core(model).inputs, list(outputs), data, phase=1)
        if not any(
            "crossentropy" in loss and (value.min() < 1e-5 or value.max() > 1 - 1e-5)
            for loss, value in zip(losses, values, strict=True)
        ):
            break
    return data, values


def train(
    side: Keras1,
    model: Any,
    description: Description,
    facts: ModelFacts,
    arrays: dict[str, Any],
    seed: int,
) -> None:
    """Compute in training mode, then take a few steps; add what came of it.

    Adds to ``facts["train"]``: ``steps``, ``losses`` (a list of loss and metrics a step) or
    ``error``. Adds to ``arrays``: ``bx0_1`` (step 0, input 1), ``by0_1`` targets, ``m1`` output 1
    in training mode, ``t3_0`` weight 0 of row 3 after the steps.
    """
    from kerasmig.verify.models.measure_old import weighted

    core = side.core(model)
    facts["train"] = {"steps": STEPS, "losses": [], "optimizer": side.optimizer(model)}
    limits = input_limits(description.rows, facts["input_rows"])
    shapes = [
        [
            size or np.shape(arrays[f"x{i}"])[axis] if axis else size
            for axis, size in enumerate(shape)
        ]
        for i, shape in enumerate(facts["input_shapes"])
    ]
    positive = all(float(np.min(arrays[f"x{i}"])) > 0 for i in range(len(shapes)))
    random = np.random.RandomState((seed + 1) % 2**32)
    try:
        names = [getattr(f, "__name__", str(f)) for f in core.loss_functions]
        batch = batch_size(description.rows, BATCH)
        for step in range(STEPS):
            data, values = _batch(
                side, model, names, shapes, limits, seed + 10 + step, positive, batch
            )
            if step == 0:
                for position, value in enumerate(values):
                    arrays[f"m{position}"] = value
            targets = [
                make_targets(name, value.shape, random)
                for name, value in zip(names, values, strict=True)
            ]
            for position, array in enumerate(data):
                arrays[f"bx{step}_{position}"] = array
            for position, array in enumerate(targets):
                arrays[f"by{step}_{position}"] = array
            found = side.real["Model.train_on_batch"](core, data, targets)
            facts["train"]["losses"].append([float(v) for v in np.atleast_1d(found)])
        facts["train"]["finite"] = bool(np.isfinite(facts["train"]["losses"]).all())
    except Exception as error:
        facts["train"]["error"] = f"the old model cannot be trained: {one_line(error)}"
        return
    rows, layers = weighted(description)
    for row, values in zip(rows, side.get_all_weights(layers), strict=True):
        for position, value in enumerate(values):
            arrays[f"t{row['index']}_{position}"] = value
