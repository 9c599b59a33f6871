"""What a worker tells of a comparison, as the report has it."""

from __future__ import annotations

from typing import Any

from kerasmig.verify.descriptions import DifferenceFacts, TableRow, TrainingFacts
from kerasmig.verify.result import Difference, LayerRow, Shape, Status, TrainingDiff


def shape_of(shape: Any) -> Shape | None:
    """A symbolic shape of the report."""
    return None if shape is None else tuple(shape)


def shapes_of(shapes: Any) -> tuple[Shape, ...]:
    """Symbolic shapes of the report."""
    return tuple(tuple(shape) for shape in shapes or ())


def row_of(row: TableRow) -> LayerRow:
    """A row of the table of layers."""
    old, new = row["old"], row["new"]
    return LayerRow(
        index=row["index"],
        old_class=old["class"],
        new_class=new["class"],
        old_name=old["name"],
        new_name=new["name"],
        old_shape=shape_of(old["shape"]),
        new_shape=shape_of(new["shape"]),
        old_params=old["params"],
        new_params=new["params"],
        old_weight_shapes=shapes_of(old["weight_shapes"]),
        new_weight_shapes=shapes_of(new["weight_shapes"]),
        old_line=old["line"],
        new_line=new["line"],
        max_abs_diff=row["max_abs_diff"],
        status=Status(row["status"]),
        note=row["note"],
        old_inputs=tuple(old["inputs"]),
        new_inputs=tuple(new["inputs"]),
        depth=row["depth"],
    )


def difference_of(found: DifferenceFacts) -> Difference:
    """What differs, with its row."""
    row = found["row"]
    if row is None:
        return Difference(found["what"], found["cause"], level=found["level"])
    return Difference(
        found["what"],
        found["cause"],
        row["index"],
        shape_of(row["old"]["shape"]),
        shape_of(row["new"]["shape"]),
        row["old"]["line"],
        row["new"]["line"],
        found["level"],
    )


def training_of(data: TrainingFacts | None) -> TrainingDiff | None:
    """How far training is apart; None: nobody trained."""
    if data is None:
        return None
    return TrainingDiff(
        steps=data["steps"],
        old_losses=tuple(data["old_losses"]),
        new_losses=tuple(data["new_losses"]),
        max_abs_weight=data["max_abs_weight"],
        weight_scale=data["weight_scale"],
        worst_layer=data["worst_layer"],
        limit=data["limit"],
        batch_mode_diff=data["batch_mode_diff"],
    )
