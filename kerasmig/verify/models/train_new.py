"""The same training steps on the new side, compared with what the old side wrote. In workers.

Runs in float64: in float32 the sign of a gradient that is zero but for rounding (a bias ahead of a
BatchNormalization) is noise, which Adam and its like turn into steps of full length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kerasmig.verify.descriptions import ModelFacts, OptimizerFacts, TableRow
from kerasmig.verify.messages import one_line
from kerasmig.verify.models.graph import Description
from kerasmig.verify.models.weights import carry_over
from kerasmig.verify.program.keras3 import Keras3

if TYPE_CHECKING:
    from kerasmig.verify.models.structure import Comparison

UPDATE_TOLERANCE = 1e-3
"""Largest distance of an array of weights after the steps, relative to how far the steps moved it."""
ROOT_TOLERANCE = 1e-2
"""The same for optimizers of which Keras 3 has the epsilon under the root, where nothing equals Keras
1's beside it: single weights with hardly a gradient differ."""
_EPSILON_UNDER_ROOT = ("Adadelta", "Adagrad", "RMSprop")
LOSS_TOLERANCE = 1e-6
LATER_LOSS_TOLERANCE = 1e-4
REPEATED = (
    "where a batch repeats a row of an Embedding, Keras 3 squares its gradients before it adds them "
    "up, so that training moves the row otherwise; here they are added up first"
)
_SQUARING = ("Adadelta", "Adagrad", "Adam", "Adamax", "AdamW", "Nadam", "RMSprop")
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
    old: ModelFacts,
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
    if mode is not None:
        mode_diff, limit = mode
        if mode_diff > limit:
            result.differs(
                f"outputs in training mode differ by up to {mode_diff:.3g}",
                None,
                "BatchNormalization: axis, mode or statistics",
            )
    told = add_up_repeated(model.optimizer)
    try:
        losses = _steps(side, model, arrays, said["steps"])
    except Exception as error:
        result.differs(f"the new model cannot be trained: {one_line(error)}")
        return
    result.notes += told
    after = [side.get_weights(layer) for layer in description.layers]
    limit = UPDATE_TOLERANCE
    if type(model.optimizer).__name__ in _EPSILON_UNDER_ROOT:
        limit = ROOT_TOLERANCE
    apart = _apart(result, old, description, pairs, arrays, after, limit)
    worst = max(apart, key=lambda one: one.ratio, default=None)
    _weights(result, apart, worst)
    result.training = {
        "steps": said["steps"],
        "old_losses": [row[0] for row in said["losses"]],
        "new_losses": [row[0] for row in losses],
        "max_abs_weight": worst.distance if worst else 0.0,
        "weight_scale": worst.moved if worst else 0.0,
        "worst_layer": worst.layer if worst else None,
        "limit": limit,
        "batch_mode_diff": None if mode is None else mode[0],
    }
    differs = _losses(said["losses"], losses)
    if differs is not None:
        what, cause = differs
        result.differs(what, None, cause)
    elif len(said["losses"][0]) != len(losses[0]):
        # With several outputs Keras 1 lists the losses one by one and Keras 3 their sum only.
        old_count, new_count = len(said["losses"][0]) - 1, len(losses[0]) - 1
        result.notes.append(f"{old_count} figures beside the loss, {new_count} now")
    _optimizer(result, said.get("optimizer"), side.optimizer(model))


def _steps(side: Keras3, model: Any, arrays: Mapping[str, Any], count: int) -> list[list[float]]:
    """Take the steps; loss and metrics of each."""
    losses = []
    for step in range(count):
        x, y = _batch(arrays, "bx", step), _batch(arrays, "by", step)
        model.reset_metrics()
        found = side.real["train_on_batch"](
            model, x[0] if len(x) == 1 else x, y[0] if len(y) == 1 else y
        )
        losses.append([float(v) for v in np.atleast_1d(np.asarray(found, dtype="float64"))])
    return losses


def add_up_repeated(optimizer: Any) -> list[str]:
    """Have the gradients of rows that a batch uses repeatedly added up, as Keras 1 had them.

    The gradient of an Embedding lists each use of a row for itself, and Keras 3 (3.15) squares them
    one by one. That is a fault of the library, not of a migration.

    Returns:
        A list that gets the note on it once an optimizer that squares meets such a gradient.
    """
    import tensorflow as tf

    apply, told = optimizer.apply, list[str]()

    def apply_dense(gradients: Sequence[Any], *others: Any, **named: Any) -> Any:
        if any(isinstance(gradient, tf.IndexedSlices) for gradient in gradients):
            if type(optimizer).__name__ in _SQUARING and not told:
                told.append(REPEATED)
        return apply([tf.convert_to_tensor(g) for g in gradients], *others, **named)

    optimizer.apply = apply_dense
    return told


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


def _losses(old: list[list[float]], new: list[list[float]]) -> tuple[str, str] | None:
    """Which loss or metric differs, and the likely cause."""
    for step, (before, after) in enumerate(zip(old, new, strict=True)):
        if _far(before[0], after[0], LATER_LOSS_TOLERANCE if step else LOSS_TOLERANCE):
            what = f"loss of training step {step + 1}: {before[0]:.8g} became {after[0]:.8g}"
            causes = ("loss, regularizers or the optimizer", "the optimizer's settings")
            return what, causes[bool(step)]
    if len(old[0]) != len(new[0]):
        return None
    for position in range(1, len(old[0])):
        for before, after in zip(old, new, strict=True):
            if _far(before[position], after[position], LATER_LOSS_TOLERANCE):
                what = f"metric {position}: {before[position]:.8g} became {after[position]:.8g}"
                return what, "the metric is another function"
    return None


def _far(before: float, after: float, tolerance: float) -> bool:
    return not abs(before - after) <= tolerance * max(1e-3, abs(before))


def _optimizer(result: Comparison, old: OptimizerFacts | None, new: OptimizerFacts | None) -> None:
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


@dataclass(frozen=True)
class _Apart:
    """An array of weights after the steps: how far from the old side's, and how far it moved.

    Args:
        ratio: the distance as a multiple of what is allowed.
    """

    row: TableRow
    layer: str
    distance: float
    moved: float
    ratio: float


def _apart(
    result: Comparison,
    old: ModelFacts,
    description: Description,
    pairs: Sequence[tuple[int | None, int | None]],
    arrays: Mapping[str, Any],
    after: Sequence[Sequence[Any]],
    limit: float,
) -> list[_Apart]:
    """The distance of every array of weights (Euclidean norm)."""
    found: list[_Apart] = []
    for row, (i, j) in zip(result.rows, pairs, strict=True):
        if i is None or j is None or f"t{i}_0" not in arrays:
            continue
        a = old["rows"][i]
        count = len(a["weights"])
        before = carry_over(a, [arrays[f"w{i}_{k}"] for k in range(count)], description.rows[j])
        trained = carry_over(a, [arrays[f"t{i}_{k}"] for k in range(count)], description.rows[j])
        for start, end, now in zip(before, trained, after[j], strict=True):
            if end.dtype.kind != "f" or not end.size:
                continue
            distance, moved = _norm(end - now), _norm(end - start)
            allowed = limit * moved + 1e-9 * max(1e-3, _norm(end))
            name = f"{a['class']} {a['name']}"
            found.append(_Apart(row, name, distance, moved, distance / allowed))
    return found


def _weights(result: Comparison, apart: Sequence[_Apart], worst: _Apart | None) -> None:
    """Tell of the layers whose weights are too far apart."""
    for one in apart:
        if one.ratio > 1:
            one.row["note"] = one.row["note"] or "weights differ after training steps"
    if worst is not None and worst.ratio > 1:
        result.differs(
            f"weights of {worst.layer} are {worst.distance:.3g} apart after the training steps, "
            f"which moved them by {worst.moved:.3g} (Euclidean norm)",
            worst.row,
            "optimizer (rate, epsilon, decay, clipping), regularizers or the loss",
        )


def _norm(array: Any) -> float:
    return float(np.linalg.norm(np.reshape(array, -1)))
