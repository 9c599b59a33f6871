"""What a call of Keras 1 is given where data is not there, made in the shapes of its model. In workers."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

from kerasmig.verify.program.keras1 import Keras1
from kerasmig.verify.stretch.fitting import (
    MADE_BATCHES,
    Ends,
    Fitting,
    losses_of,
    size_of_batch,
)
from kerasmig.verify.stretch.recording import Recording

_GENERATORS = {
    "generator": ("samples_per_epoch", "val_samples"),
    "validation_data": ("nb_val_samples",),
}
"""Arguments that may be generators, and those that count their samples."""


class OldFitting(Fitting):
    """Made-up data for the old side, which says for which calls the new one is to make it as well.

    Args:
        side: the library, instrumented.
        recording: knows what is not there, and is told which calls were given made-up data.
    """

    def __init__(self, side: Keras1, recording: Recording, seed: int) -> None:
        super().__init__(recording.recorder.note, seed)
        self.side, self.recording = side, recording

    def ends(self, model: Any) -> Ends | None:
        """What the model takes and gives; None: it is not built yet."""
        if self.side.ready(model):
            return None
        inputs, outputs = self.side.ends(model)
        loss = getattr(self.side.core(model), "loss", None)
        return Ends(
            [self.side.shape(t) for t in inputs],
            [self.side.shape(t) for t in outputs],
            losses_of(loss, len(outputs)),
        )

    def given(self, model: Any, called: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments with made-up data in the shapes that the model takes."""
        ends = self.ends(model)
        if ends is None:
            return arguments
        recording = self.recording
        stood_in = recording.recorder.stood_in
        arguments, replaced = self.arguments(arguments, ends, every=stood_in)
        size = 0
        if "generator" in arguments and stood_in:
            arguments, size = self._generators(arguments, ends, targets=called != "predict")
        if replaced or size:
            recording.told.substituted[str(recording.next_call)] = size
        return arguments

    def _generators(
        self, arguments: dict[str, Any], ends: Ends, *, targets: bool
    ) -> tuple[dict[str, Any], int]:
        """Made-up batches where generators fail for want of what is not there; their size."""
        size = size_of_batch(arguments["generator"])
        changed = dict(arguments)
        replaced = False
        for key in ("generator", "validation_data"):
            generator = arguments.get(key)
            if not inspect.isgenerator(generator):
                continue
            try:
                batch = next(generator)
                changed[key] = itertools.chain([batch], generator)
                replaced = replaced or not self.fits(batch, ends)
            except Exception:
                replaced = True
        if not replaced:
            return changed, 0
        for key, counts in _GENERATORS.items():
            if hasattr(arguments.get(key), "__next__"):
                changed[key] = self.batches(ends, size, targets=targets)
                changed |= {name: MADE_BATCHES * size for name in counts if name in arguments}
        return changed, size
