"""What the two instrumented libraries have in common: answering, describing, feeding. In workers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from kerasmig.verify.graph import Library
from kerasmig.verify.inert import holds_stand_in
from kerasmig.verify.recorder import Recorder

# Layer settings that outputs at inference cannot show, old name → new name.
HIDDEN_SETTINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "Dropout": (("p", "rate"),),
    "SpatialDropout1D": (("p", "rate"),),
    "SpatialDropout2D": (("p", "rate"),),
    "SpatialDropout3D": (("p", "rate"),),
    "GaussianDropout": (("p", "rate"),),
    "GaussianNoise": (("sigma", "stddev"),),
    "BatchNormalization": (("epsilon", "epsilon"), ("momentum", "momentum")),
    "Bidirectional": (("merge_mode", "merge_mode"),),
}


class Side(Library, Protocol):
    """One library, instrumented."""

    name: str  # old | new

    def install(self, recorder: Recorder, ordering: str) -> None:
        """Record models, answer training, loading and saving from now on."""

    def ready(self, model: Any) -> str:
        """Build what can be built; why the model cannot be used, or an empty string."""

    def make_input(self, shape: tuple[int, ...]) -> Any:
        """A symbolic input."""

    def belongs(self, value: Any) -> bool:
        """Whether a value is a model, a layer or a tensor of the library."""


def spare_stand_ins(cls: Any, recorder: Recorder) -> None:
    """Leave the weights of a layer as they are where a program sets some that are not there."""
    original = cls.__dict__["set_weights"]

    def set_weights(layer: Any, weights: Any) -> None:
        if holds_stand_in(weights):
            recorder.note("weights that are not there were not set")
        else:
            original(layer, weights)

    cls.set_weights = set_weights


def bound(
    original: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Arguments by name, defaults filled in: what the real method would have been given.

    Raises:
        TypeError: the real method does not take these arguments.
    """
    signature = inspect.signature(original)
    call = signature.bind(*args, **kwargs)
    call.apply_defaults()
    return dict(call.arguments)


def sample_count(data: Any) -> int:
    """Number of samples in what is given to ``predict``."""
    if isinstance(data, dict):
        data = next(iter(data.values()), ())
    if isinstance(data, (list, tuple)) and data and hasattr(data[0], "shape"):
        data = data[0]
    shape = getattr(data, "shape", None)
    if shape is not None and len(shape):
        return int(shape[0] or 1)
    try:
        return len(data)
    except TypeError:
        return 1


def answered(shapes: Sequence[Sequence[int | None]], count: int) -> Any:
    """What ``predict`` is answered with: arrays of the right shapes, one if there is one output."""
    import numpy as np

    arrays = [
        np.full((count, *(size or 4 for size in shape[1:])), 0.5, dtype="float32")
        for shape in shapes
    ]
    return arrays[0] if len(arrays) == 1 else arrays


def history_values(
    metric_names: Sequence[str], epochs: Any, validation: bool
) -> dict[str, list[float]]:
    """What ``fit`` answers as ``History.history``."""
    try:
        count = max(1, min(int(epochs), 1000))
    except (TypeError, ValueError):
        count = 1
    names = (
        [*metric_names, *(f"val_{name}" for name in metric_names)] if validation else metric_names
    )
    return {name: [0.5] * count for name in names}
