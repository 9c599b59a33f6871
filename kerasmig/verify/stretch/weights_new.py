"""Weights of Keras 3 models in a stretch: begun with those of the old ones, compared after calls."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerasmig.verify.models.graph import describe
from kerasmig.verify.models.match import align_layers
from kerasmig.verify.models.weights import WeightMismatch, carry_over
from kerasmig.verify.program.keras3 import Keras3
from kerasmig.verify.stretch.events import Moment, Recorded, Value
from kerasmig.verify.stretch.recording import Recording

WEIGHTS = 0.02
"""How far an array of weights may be off, as a share of how far training moved it."""
ROOT_WEIGHTS = 0.06
"""The same for optimizers of which Keras 3 has the epsilon under the root."""
_UNDER_ROOT = ("Adadelta", "Adagrad", "RMSprop")


class NewWeights:
    """Gives new models the weights of the old ones, and compares them after calls.

    Args:
        side: the library, instrumented.
        recording: gets the events.
        old: what was recorded of the old side; None: nothing to begin with.
    """

    def __init__(self, side: Keras3, recording: Recording, old: Recorded | None) -> None:
        self.side, self.recording = side, recording
        self._old = np.load(old.arrays) if old is not None else {}
        moments = old.moments if old is not None else []
        self._begins = iter([moment for moment in moments if not moment.after])
        self._afters = iter([moment for moment in moments if moment.after])
        self._carried: set[int] = set()

    def begin(self, model: Any) -> None:
        """Give layers that have not been used before the weights of their old counterparts."""
        recording = self.recording
        if recording.paused or self.side.ready(model):
            return
        if not recording.is_new(model, len(model.weights)):
            return
        moment = recording.moment(self.side, model, self._fetch, new=True)
        if moment is None:
            return
        recording.add("begin", "weights", {})
        old = next(self._begins, None)
        if old is None:
            return
        trouble = self._carry(model, old, moment)
        if trouble:
            recording.add("weights", "begin", {"weights": Value(text=trouble, number=float("inf"))})

    def _carry(self, model: Any, old: Moment, new: Moment) -> str:
        """What hinders the old weights from being carried over; empty: nothing does."""
        layers = self._layers(model)
        trouble = ""
        for i, j in align_layers(old.rows, new.rows):
            before = old.layers.get(str(i))
            if before is None or j is None or str(j) not in new.layers:
                continue
            layer = layers[j]
            if id(layer) in self._carried:
                continue
            self._carried.add(id(layer))
            if before.given:
                continue  # the program itself gives them: they are compared, not carried
            try:
                arrays = carry_over(
                    before.row, [self._old[key] for key in before.arrays], new.rows[j]
                )
            except WeightMismatch as error:
                trouble = trouble or str(error)
                continue
            for variable, array in zip(layer.weights, arrays, strict=True):
                variable.assign(array)
            self.recording.remember(layer, self._fetch([layer])[0])
        return trouble

    def _layers(self, model: Any) -> list[Any]:
        return describe(model, self.side).layers

    def _fetch(self, layers: list[Any]) -> list[list[Any]]:
        return [[np.array(w.numpy()) for w in layer.weights] for layer in layers]

    def after(self, model: Any, name: str) -> None:
        """Compare the weights of a model with the old ones after a call that may have changed them."""
        recording = self.recording
        moment = recording.moment(self.side, model, self._fetch)
        if moment is None:
            return
        old = next(self._afters, None)
        values: dict[str, Any] = {}
        if old is not None:
            limit = ROOT_WEIGHTS if old.optimizer in _UNDER_ROOT else WEIGHTS
            for i, j in align_layers(old.rows, moment.rows):
                values |= self._apart(old, moment, i, j, limit, name)
        recording.add("weights", f"after {name}", values)

    def _apart(
        self, old: Moment, new: Moment, i: int | None, j: int | None, limit: float, after: str
    ) -> dict[str, Any]:
        before = old.layers.get(str(i))
        now = new.layers.get(str(j)) if j is not None else None
        if before is None or now is None:
            return {}
        label = f"{before.row['class']} {before.row['name']}"
        try:
            arrays = carry_over(before.row, [self._old[key] for key in before.arrays], now.row)
        except WeightMismatch as error:
            return {label: Value(text=str(error), number=float("inf"))}
        worst = Value(text="", number=0.0)
        total = float(np.linalg.norm(before.moved)) if before.moved else 0.0
        for array, key in zip(arrays, now.arrays, strict=True):
            found = self.recording.arrays[key]
            distance = float(np.linalg.norm(np.reshape(array - found, -1)))
            size = float(np.linalg.norm(np.reshape(array, -1)))
            ratio = distance / (limit * total + 2e-5 * size + 1e-6)
            if not ratio <= (worst.number or 0.0):
                moved = f"which moved them by {total:.3g}" if total else "which left them alone"
                if after in ("load_weights", "load_model"):
                    moved = "which gave them their values"
                text = f"{distance:.3g} apart after {after}, {moved} (Euclidean norm)"
                worst = Value(text=text, number=ratio)
        return {label: worst}
