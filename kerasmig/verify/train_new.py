"""The same training steps on the new side, compared with what the old side wrote. In workers.

Runs in float64: in float32 the sign of a gradient that is zero but for rounding (a bias ahead of a
BatchNormalization) is noise, which Adam and its like turn into steps of full length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasmig.verify.graph import Description
from kerasmig.verify.keras3 import Keras3
from kerasmig.verify.messages import one_line
from kerasmig.verify.weights import carry_over

if TYPE_CHECKING:
    from kerasmig.verify.structure import Comparison

UPDATE_TOLERANCE = 1e-3
"""Largest distance of an array of weights after the steps, relative to how far the steps moved it.

Keras 3 has the epsilon of Adagrad, Adadelta and RMSprop under the root, where nothing equals Keras 1's
beside it: single weights with hardly a gradient differ, the array as a whole does not."""
LOSS_TOLERANCE = 1e-6
LATER_LOSS_TOLERANCE = 1e-4
# Settings whose effect on a few steps may drown, by the optimizers whose formula has not changed.
_SETTINGS = {
    "SGD": ("momentum", "nesterov"),
    "RMSprop": ("rho",),
    "Adadelta": ("rho",),
    "Adam": ("beta_1", "beta_2", "epsilon"),
    "Adamax": ("beta_1", "beta_2", "epsilon"),
    "Nadam": ("beta_1", "beta_2", "epsilon"),
}


def train(
    result: Comparison,
    side: Keras3,
    model: Any,
    old: dict[str, Any],
    description: Description,
    pairs: Sequence[tuple[int | None, int | None]],
    arrays: Mapping[str, Any],
    compiled: dict[str, Any] | None,
    restore: Callable[[], object],
) -> None:
    """Compare training mode, losses, metrics and weights after the old side's steps.

    Args:
        restore: gives the model the old weights again.
        compiled: what the new program gave to ``compile``; None: it did not compile the model.
    """
    said = old["train"]
    if compiled is None:
        result.differs("the old program compiles the model, the new one does not")
        return
    if "error" in said or not said.get("finite", True):
        result.not_verified = said.get("error", "its losses are not finite numbers")
        return
    mode = _training_mode(side, model, arrays)
    restore()
    limit = 0.0
    if mode is not None:
        mode_diff, limit = mode
        if mode_diff > limit:
            result.differs(
                f"outputs in training mode differ by up to {mode_diff:.3g}",
                None,
                "BatchNormalization: axis, mode or statistics",
            )
    losses: list[list[float]] = []
    try:
        for step in range(said["steps"]):
            x, y = _batch(arrays, "bx", step), _batch(arrays, "by", step)
            model.reset_metrics()
            found = side.real["train_on_batch"](
                model, x[0] if len(x) == 1 else x, y[0] if len(y) == 1 else y
            )
            losses.append([float(v) for v in np.atleast_1d(np.asarray(found, dtype="float64"))])
    except Exception as error:
        result.differs(f"the new model cannot be trained: {one_line(error)}")
        return
    worst, scale, layer = _weights(result, side, old, description, pairs, arrays)
    result.training = {
        "steps": said["steps"],
        "old_losses": [row[0] for row in said["losses"]],
        "new_losses": [row[0] for row in losses],
        "max_abs_weight": worst,
        "weight_scale": scale,
        "worst_layer": layer,
        "limit": UPDATE_TOLERANCE,
        "batch_mode_diff": None if mode is None else mode[0],
    }
    _losses(result, said["losses"], losses)
    _optimizer(result, said.get("optimizer"), side.optimizer(model))


def _training_mode(
    side: Keras3, model: Any, arrays: Mapping[str, Any]
) -> tuple[float, float] | None:
    import tensorflow as tf

    x = [tf.convert_to_tensor(array) for array in _batch(arrays, "bx", 0)]
    if side.ready(model):
        return None
    # In a graph, as fit computes it.
    outputs = tf.function(lambda data: model(data, training=True))(x[0] if len(x) == 1 else x)
    values = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    worst, scale = 0.0, 0.0
    for position, value in enumerate(values):
        before, after = np.asarray(arrays[f"m{position}"]), np.asarray(value)
        if before.size != after.size:
            return float("inf"), 0.0
        difference = float(np.max(np.abs(before.reshape(-1) - after.reshape(-1)), initial=0.0))
        worst, scale = max(worst, difference), max(scale, float(np.abs(before).max(initial=0.0)))
    return worst, max(1e-6 * scale, 1e-9)


def _batch(arrays: Mapping[str, Any], kind: str, step: int) -> list[Any]:
    found: list[Any] = []
    while f"{kind}{step}_{len(found)}" in arrays:
        found.append(np.asarray(arrays[f"{kind}{step}_{len(found)}"], dtype="float64"))
    return found


def _losses(result: Comparison, old: list[list[float]], new: list[list[float]]) -> None:
    for step, (before, after) in enumerate(zip(old, new, strict=True)):
        if _far(before[0], after[0], LATER_LOSS_TOLERANCE if step else LOSS_TOLERANCE):
            cause = (
                "loss, regularizers or the optimizer" if step == 0 else "the optimizer's settings"
            )
            result.differs(
                f"loss of training step {step + 1}: {before[0]:.8g} became {after[0]:.8g}",
                None,
                cause,
            )
            return
    # With several outputs Keras 1 lists the losses one by one and Keras 3 their sum only.
    if len(old[0]) != len(new[0]):
        result.notes.append(f"{len(old[0]) - 1} figures beside the loss, {len(new[0]) - 1} now")
        return
    for position in range(1, len(old[0])):
        for before, after in zip(old, new, strict=True):
            if _far(before[position], after[position], LATER_LOSS_TOLERANCE):
                result.differs(
                    f"metric {position}: {before[position]:.8g} became {after[position]:.8g}",
                    None,
                    "the metric is another function",
                )
                return


def _far(before: float, after: float, tolerance: float) -> bool:
    return not abs(before - after) <= tolerance * max(1e-3, abs(before))


def _optimizer(result: Comparison, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    """Compare the optimizers' settings as they are after ``compile``."""
    if old is None or new is None:
        return
    if old["class"] != new["class"]:
        result.differs(f"optimizer {old['class']} became {new['class']}", None, "the optimizer")
        return
    for step, before, after in zip((0, 1000), old["rates"], new["rates"], strict=True):
        if _far(before, after, 1e-6):
            result.differs(
                f"{old['class']}: learning rate {before:g} at step {step} became {after:g}",
                None,
                "learning rate" if step == 0 else "decay",
            )
            return
    for name in (*_SETTINGS.get(old["class"], ()), "clipnorm", "clipvalue"):
        x, y = old["settings"].get(name), new["settings"].get(name)
        if (x or 0) == (y or 0):
            continue
        if isinstance(y, str) or _far(float(x or 0), float(y or 0), 1e-6):
            result.differs(
                f"{old['class']}: {name}={x} became {y}", None, "the optimizer's settings"
            )
            return


def _weights(
    result: Comparison,
    side: Keras3,
    old: dict[str, Any],
    description: Description,
    pairs: Sequence[tuple[int | None, int | None]],
    arrays: Mapping[str, Any],
) -> tuple[float, float, str | None]:
    """Largest distance of an array of weights, how far the steps moved it, and whose it is."""
    worst, moved_there, where, ratio = 0.0, 0.0, None, 0.0
    for row, (i, j) in zip(result.rows, pairs, strict=True):
        if i is None or j is None or f"t{i}_0" not in arrays:
            continue
        a = old["rows"][i]
        count = len(a["weights"])
        before = carry_over(a, [arrays[f"w{i}_{k}"] for k in range(count)], description.rows[j])
        trained = carry_over(a, [arrays[f"t{i}_{k}"] for k in range(count)], description.rows[j])
        for start, end, found in zip(
            before, trained, side.get_weights(description.layers[j]), strict=True
        ):
            if end.dtype.kind != "f" or not end.size:
                continue
            difference = float(np.linalg.norm((end - found).reshape(-1)))
            moved = float(np.linalg.norm((end - start).reshape(-1)))
            noise = 1e-9 * max(1e-3, float(np.linalg.norm(end.reshape(-1))))
            found_ratio = difference / (UPDATE_TOLERANCE * moved + noise)
            if found_ratio > ratio:
                worst, moved_there, ratio = difference, moved, found_ratio
                where = f"{a['class']} {a['name']}"
                if found_ratio > 1:
                    row["note"] = row["note"] or "weights differ after training steps"
    if ratio > 1:
        row = next(
            r for r in result.rows if r["old_name"] and (where or "").endswith(r["old_name"])
        )
        result.differs(
            f"weights of {where} are {worst:.3g} apart after the training steps, "
            f"which moved them by {moved_there:.3g} (Euclidean norm)",
            row,
            "optimizer (rate, epsilon, decay, clipping), regularizers or the loss",
        )
    return worst, moved_there, where
