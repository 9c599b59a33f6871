"""What a verification found, as plain immutable data that reports read and JSON can hold.

Nothing here runs anything or imports Keras. Shapes are tuples whose unknown sizes are ``None``.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Shape = tuple[int | None, ...]


class Status(str, Enum):
    """The verdict on one pair of models, or on one row of its layer table."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_VERIFIED = "not_verified"


@dataclass(frozen=True)
class Place:
    """A place in the old code that builds a model.

    ``name`` is what a person would type to point at it: ``nets/unet.py:build``,
    ``train.py:model`` or, for code whose model has no name, ``train.py:12``.
    """

    file: str
    line: int
    name: str
    kind: str = "function"  # function | method | script | program
    new_line: int | None = None


@dataclass(frozen=True)
class LayerRow:
    """One old layer beside the new layer that stands for it (either side may be missing)."""

    index: int
    old_class: str | None
    new_class: str | None
    old_name: str | None
    new_name: str | None
    old_shape: Shape | None
    new_shape: Shape | None
    old_params: int | None
    new_params: int | None
    old_weight_shapes: tuple[Shape, ...] = ()
    new_weight_shapes: tuple[Shape, ...] = ()
    old_line: str | None = None
    new_line: str | None = None
    max_abs_diff: float | None = None
    status: Status = Status.NOT_VERIFIED
    note: str = ""
    old_inputs: tuple[int, ...] = ()
    """Indices of the rows whose outputs feed this layer on the old side: the edges of its graph."""
    new_inputs: tuple[int, ...] = ()
    depth: int = 0
    """How many models the layer is nested in, inside the one of this pair."""


@dataclass(frozen=True)
class OutputDiff:
    """How far one output of the new model is from the old one's, on the same seeded input.

    ``scale`` is the largest absolute value of the old output; ``max_abs_predict`` and
    ``max_abs_call`` are differences seen through ``model.predict(x)`` and ``model(x)``.
    """

    index: int
    max_abs_predict: float | None
    max_abs_call: float | None
    scale: float
    limit: float


@dataclass(frozen=True)
class TrainingDiff:
    """Differences after ``steps`` training steps with the program's own optimizer and loss."""

    steps: int
    old_losses: tuple[float, ...]
    new_losses: tuple[float, ...]
    max_abs_weight: float | None
    weight_scale: float | None
    worst_layer: str | None
    limit: float
    batch_mode_diff: float | None = None
    """Difference of the outputs in training mode (batch statistics), before any step."""


@dataclass(frozen=True)
class Difference:
    """The first thing that differs between the two models of a pair, and what may cause it."""

    what: str
    likely_cause: str = ""
    row: int | None = None
    old_shape: Shape | None = None
    new_shape: Shape | None = None
    old_source: str | None = None
    """Source line of the old side, as ``file:line: text``."""
    new_source: str | None = None
    level: str = "shapes"
    """The first level at which it is seen."""


@dataclass(frozen=True)
class Reading:
    """What the old program computes when it runs under one image ordering."""

    ordering: str  # th | tf
    output_shapes: tuple[Shape, ...] = ()
    input_shapes: tuple[Shape, ...] = ()
    params: int | None = None
    error: str = ""


@dataclass(frozen=True)
class StretchFigures:
    """How much of a program's own run was compared.

    ``kinds`` counts the events by kind: calls, results, steps, callbacks, weights, prints, files.
    ``lines`` are the executed lines of the old program, by file, each with the number of events
    compared before it ran first.
    """

    events: int
    steps: int
    kinds: dict[str, int] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    """Files that were made up for both sides."""
    lines: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """An old model and the new one from the same place, and how they compare."""

    place: Place
    ordering: str  # image ordering the old side ran under: th | tf
    status: Status
    reason: str = ""
    layers: tuple[LayerRow, ...] = ()
    input_shapes_old: tuple[Shape, ...] = ()
    input_shapes_new: tuple[Shape, ...] = ()
    output_shapes_old: tuple[Shape, ...] = ()
    output_shapes_new: tuple[Shape, ...] = ()
    params_old: int | None = None
    params_new: int | None = None
    outputs: tuple[OutputDiff, ...] = ()
    training: TrainingDiff | None = None
    tolerance: float = 1e-4
    precision: str = "float32"
    """Float type of the run that decided: float64 where float32 error alone was in question."""
    first_difference: Difference | None = None
    alternatives: tuple[Reading, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    conditions: tuple[str, ...] = ()
    """What the user would have to set for this to hold; empty: it holds as it is."""
    stretch: StretchFigures | None = None
    """For a program that was let through a stretch: what was compared."""
    kept: bool = False
    """Whether this is the result of an earlier run: nothing that it rests on has changed."""

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def is_program(self) -> bool:
        """Whether it is a whole program, let through a stretch, and not one model."""
        return self.place.kind == "program"

    @property
    def max_abs_diff(self) -> float | None:
        """The largest output difference seen on either path, or None if none was computed."""
        seen = [
            d
            for output in self.outputs
            for d in (output.max_abs_predict, output.max_abs_call)
            if d is not None
        ]
        return max(seen) if seen else None


@dataclass(frozen=True)
class Skipped:
    """A place or a file that was not verified, and why. Never counts as passed."""

    file: str
    line: int
    name: str
    reason: str
    unreadable: bool = False
    """True if the file itself could not be read or parsed (exit code 3)."""


@dataclass(frozen=True)
class VerifyReport:
    """All that one verification found."""

    pairs: tuple[Pair, ...] = ()
    places_found: tuple[Place, ...] = ()
    places_reached: tuple[Place, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    confined: str = ""
    """What kept the programs within their copies; empty: none was run."""

    def count(self, status: Status) -> int:
        """Number of pairs with this status."""
        return sum(pair.status is status for pair in self.pairs)

    @property
    def coverage(self) -> float | None:
        """Share of the places that build models which have a verified (match) pair; None: no place."""
        if not self.places_found:
            return None
        verified = {(p.place.file, p.place.name) for p in self.pairs if p.status is Status.MATCH}
        lines = {(p.place.file, p.place.line) for p in self.pairs if p.status is Status.MATCH}
        hits = sum(
            (place.file, place.name) in verified or (place.file, place.line) in lines
            for place in self.places_reached
        )
        return hits / len(self.places_found)

    @property
    def exit_code(self) -> int:
        """0: nothing wrong. 1: a mismatch, or models to verify and not one verified. 3: unreadable."""
        if self.count(Status.MISMATCH):
            return 1
        if self.settings.get("conditions") == "fail":
            if any(pair.conditions for pair in self.pairs if pair.status is Status.MATCH):
                return 1
        if any(skip.unreadable for skip in self.skipped):
            return 3
        if (self.pairs or self.places_found) and not self.count(Status.MATCH):
            return 1
        return 0

    def to_json(self) -> dict[str, Any]:
        """The report as JSON-able data: dataclasses as objects, enums as their values."""
        data = to_jsonable(self)
        assert isinstance(data, dict)
        data["summary"] = {
            **{status.value: self.count(status) for status in Status},
            "places_found": len(self.places_found),
            "places_reached": len(self.places_reached),
            "coverage": self.coverage,
            "exit_code": self.exit_code,
        }
        return data


def to_jsonable(value: Any) -> Any:
    """``value`` with dataclasses turned into dicts, tuples into lists and enums into their values."""
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): to_jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_jsonable(item) for item in value]
    if isinstance(value, float) and value != value:
        return None  # JSON has no NaN
    return value
