"""How models are described to the other side: layers, shapes, parameters, and how they compare.

These stand inside the messages of `kerasmig.verify.protocol`, as plain data with known keys: a worker
adds to them as it goes, and what it has not found out is not there.
"""

from __future__ import annotations

from typing import Any, TypedDict

Sizes = list["int | None"]
"""A symbolic shape: unknown sizes are None."""


class WeightFacts(TypedDict):
    """One array of weights."""

    name: str
    shape: list[int]


#: One layer: ``class`` and the names of the ``bases`` from Keras; ``config`` and ``hidden``: settings
#: by their names in its library; ``inner``: the layer that it wraps, with the ``layers`` of that, if
#: it is a model; ``line``: where the program makes it; ``inputs``: rows that feed its first call,
#: ``more_inputs`` those of later ``calls``; ``data_shape``: what it gave when data went through it.
LayerFacts = TypedDict(
    "LayerFacts",
    {
        "class": str,
        "bases": list[str],
        "name": str,
        "params": int,
        "trainable": bool,
        "weights": list[WeightFacts],
        "config": dict[str, Any],
        "hidden": dict[str, Any],
        "inner": "LayerFacts | None",
        "layers": "list[LayerFacts]",
        "line": "str | None",
        "operation": bool,
        "batch": "int | None",
        "index": int,
        "depth": int,
        "inputs": list[int],
        "more_inputs": list[list[int]],
        "calls": int,
        "is_model": bool,
        "model_inputs": list[int],
        "shapes": list[Sizes],
        "data_shape": list[int],
    },
    total=False,
)

OptimizerFacts = TypedDict(
    "OptimizerFacts", {"class": str, "settings": dict[str, Any], "rates": list[float]}
)
"""An optimizer's class, settings, and learning rates at steps 0 and 1000."""


class TrainFacts(TypedDict, total=False):
    """Training steps of the old side: for each the loss and the metrics."""

    steps: int
    losses: list[list[float]]
    optimizer: OptimizerFacts | None
    finite: bool
    error: str


class ModelFacts(TypedDict, total=False):
    """One model: its layers in the order of its topology, its ends, and where its arrays are."""

    rows: list[LayerFacts]
    input_rows: list[int]
    output_rows: list[int]
    input_shapes: list[Sizes]
    output_shapes: list[Sizes]
    params: int
    duplicate: bool
    arrays: str
    train: TrainFacts
    error: str
    numbers_error: str


HalfRow = TypedDict(
    "HalfRow",
    {
        "class": "str | None",
        "name": "str | None",
        "shape": "Sizes | None",
        "params": "int | None",
        "line": "str | None",
        "weight_shapes": list[list[int]],
        "inputs": list[int],
    },
)
"""What the table of layers says of the layer of one side; a side may have none."""


class TableRow(TypedDict):
    """An old layer beside the new one that stands for it."""

    index: int
    old: HalfRow
    new: HalfRow
    depth: int
    max_abs_diff: float | None
    status: str
    note: str


class DifferenceFacts(TypedDict):
    """A difference, its likely cause, and the row of the table at which it shows."""

    what: str
    cause: str
    row: TableRow | None
    level: str


class OutputFacts(TypedDict):
    """How far one output is apart; see `kerasmig.verify.result.OutputDiff`."""

    index: int
    max_abs_predict: float | None
    max_abs_call: float | None
    scale: float
    limit: float


class TrainingFacts(TypedDict):
    """How far training steps are apart; see `kerasmig.verify.result.TrainingDiff`."""

    steps: int
    old_losses: list[float]
    new_losses: list[float]
    max_abs_weight: float
    weight_scale: float
    worst_layer: str | None
    limit: float
    batch_mode_diff: float | None


class ComparisonFacts(TypedDict, total=False):
    """What comparing two models came to."""

    rows: list[TableRow]
    differences: list[DifferenceFacts]
    notes: list[str]
    conditions: list[str]
    outputs: list[OutputFacts]
    not_verified: str
    float64: bool
    training: TrainingFacts | None
    input_shapes: list[Sizes]
    output_shapes: list[Sizes]
    params: int
