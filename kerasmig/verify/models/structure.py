"""Comparing two models by their descriptions: layers, shapes, parameters, settings. In workers."""

from __future__ import annotations

from dataclasses import dataclass, field

from kerasmig.catalog.layers import hidden_settings
from kerasmig.verify.descriptions import (
    DifferenceFacts,
    HalfRow,
    LayerFacts,
    ModelFacts,
    OutputFacts,
    Sizes,
    TableRow,
    TrainingFacts,
)
from kerasmig.verify.models.causes import cause_of
from kerasmig.verify.models.turned import turned_shape

Pairs = list[tuple[int | None, int | None]]


@dataclass
class Comparison:
    """What comparing two models came to, as it goes on."""

    rows: list[TableRow] = field(default_factory=list)
    differences: list[DifferenceFacts] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    """What has to hold of the program for the two to agree."""
    outputs: list[OutputFacts] = field(default_factory=list)
    not_verified: str = ""
    float64: bool = False
    training: TrainingFacts | None = None
    level: str = "shapes"
    """The level whose comparisons are being made."""

    def differs(self, what: str, row: TableRow | None = None, cause: str = "") -> None:
        self.differences.append({"what": what, "cause": cause, "row": row, "level": self.level})


def compare_structure(
    result: Comparison,
    old: ModelFacts,
    new: ModelFacts,
    pairs: Pairs,
) -> None:
    """Fill in the rows of the layer table and the differences that structure alone shows."""
    row_of_old = {i: index for index, (i, _) in enumerate(pairs) if i is not None}
    row_of_new = {j: index for index, (_, j) in enumerate(pairs) if j is not None}
    for index, (i, j) in enumerate(pairs):
        a = old["rows"][i] if i is not None else None
        b = new["rows"][j] if j is not None else None
        known = a or b
        assert known is not None
        row: TableRow = {
            "index": index,
            "old": _half(a, row_of_old, index),
            "new": _half(b, row_of_new, index),
            "depth": known["depth"],
            "max_abs_diff": None,
            "status": "not_verified",
            "note": "",
        }
        result.rows.append(row)
        if a is not None and b is not None:
            _compare_layers(result, row, a, b, new, pairs)
    _ends(result, old, new, pairs)
    _layers_inside(result, old, new, pairs)


def _half(layer: LayerFacts | None, rows: dict[int, int], index: int) -> HalfRow:
    """What a row of the table says of the layer of one side; `rows` are the table's, by layer."""
    if layer is None:
        return {
            "class": None,
            "name": None,
            "shape": None,
            "params": None,
            "line": None,
            "weight_shapes": [],
            "inputs": [],
        }
    return {
        "class": _kind(layer),
        "name": layer["name"],
        "shape": layer["shapes"][0],
        "params": layer["params"],
        "line": layer["line"],
        "weight_shapes": [weight["shape"] for weight in layer["weights"]],
        "inputs": [rows[k] for k in layer["inputs"] if rows.get(k, index) < index],
    }


def _compare_layers(
    result: Comparison,
    row: TableRow,
    a: LayerFacts,
    b: LayerFacts,
    new: ModelFacts,
    pairs: Pairs,
) -> None:
    """What differs between two layers that stand for each other."""
    candidates = stand_ins(new, pairs, row["index"])
    if not any(_same_shapes(a["shapes"], new["rows"][c]["shapes"]) for c in candidates):
        row["status"], row["note"] = "mismatch", "output shapes differ"
    elif a["params"] != b["params"]:
        row["status"], row["note"] = "mismatch", "parameter counts differ"
    else:
        _settings(result, row, a, b)
    if a["calls"] != b["calls"]:
        row["note"] = f"used {a['calls']} times before, {b['calls']} times now"
        result.differs(f"{a['class']} {a['name']!r} is {row['note']}", row, "a shared layer")


def _ends(result: Comparison, old: ModelFacts, new: ModelFacts, pairs: Pairs) -> None:
    """Inputs, outputs and parameters of the models as wholes."""
    for what, before, after in (
        ("input", old["input_shapes"], new["input_shapes"]),
        ("output", old["output_shapes"], new["output_shapes"]),
    ):
        if len(before) != len(after):
            result.differs(f"{len(before)} {what}s before, {len(after)} now")
        for a_shape, b_shape in zip(before, after, strict=False):
            if not same_shape(a_shape, b_shape):
                bad, cause = first_bad(result, old, new, pairs)
                result.differs(f"{what} shape {_show(a_shape)} became {_show(b_shape)}", bad, cause)
    if old["params"] != new["params"]:
        bad, cause = first_bad(result, old, new, pairs)
        result.differs(f"{old['params']:,} parameters became {new['params']:,}", bad, cause)


def _layers_inside(result: Comparison, old: ModelFacts, new: ModelFacts, pairs: Pairs) -> None:
    """Shapes inside the models, where nothing else tells them apart."""
    for row in result.rows:
        if row["note"] == "output shapes differ" and not result.differences:
            what = f"{_show(row['old']['shape'])} became {_show(row['new']['shape'])}"
            bad, cause = first_bad(result, old, new, pairs)
            result.differs(
                f"output shape of {row['old']['class']} {row['old']['name']!r}: {what}", bad, cause
            )


def _same_shapes(old: list[list[int | None]], new: list[list[int | None]]) -> bool:
    """Whether the outputs of two layers agree in shape, axes of size 1 and channels last aside."""
    return len(old) == len(new) and all(
        same_shape(a, b)
        or [n for n in a[1:] if n != 1] == [n for n in b[1:] if n != 1]
        or turned_shape(a, b)
        for a, b in zip(old, new, strict=True)
    )


def stand_ins(new: ModelFacts, pairs: Pairs, position: int) -> list[int]:
    """The new row of a pair, and those after it that the new side has in addition: an activation,
    a padding, a reshaping that is a layer of its own now."""
    found = [pairs[position][1]]
    for later_old, later_new in pairs[position + 1 :]:
        if later_old is not None or later_new is None or new["rows"][later_new]["weights"]:
            break
        found.append(later_new)
    return [j for j in found if j is not None]


def _settings(result: Comparison, row: TableRow, a: LayerFacts, b: LayerFacts) -> None:
    """Settings that outputs at inference do not show."""
    for before, after in hidden_settings(a["class"]):
        x, y = a["hidden"].get(before), b["hidden"].get(after)
        if isinstance(x, (int, float)) and isinstance(y, (int, float)) and abs(x - y) > 1e-9:
            row["status"], row["note"] = "mismatch", f"{before} = {x:g} became {after} = {y:g}"
            result.differs(
                f"{a['class']} {a['name']!r}: {row['note']}", row, "a default or value changed"
            )
    if a["weights"] and a["trainable"] != b["trainable"]:
        row["status"], row["note"] = (
            "mismatch",
            f"trainable={a['trainable']} became {b['trainable']}",
        )
        result.differs(f"{a['class']} {a['name']!r}: {row['note']}", row, "the trainable flag")


def _kind(row: LayerFacts) -> str:
    inner = row.get("inner")
    return f"{row['class']}({inner['class']})" if inner else str(row["class"])


def _show(shape: Sizes | None) -> str:
    return "(" + ", ".join("None" if size is None else str(size) for size in shape or ()) + ")"


def first_bad(
    result: Comparison,
    old: ModelFacts,
    new: ModelFacts,
    pairs: Pairs,
) -> tuple[TableRow | None, str]:
    """The first row that differs, with the likely cause."""
    for row, (i, j) in zip(result.rows, pairs, strict=True):
        if row["status"] == "mismatch":
            a = old["rows"][i] if i is not None else None
            b = new["rows"][j] if j is not None else None
            return row, cause_of(a, b, None)
        if i is not None and j is None and row["old"]["weight_shapes"]:
            return row, "the layer is missing on the new side"
        if j is not None and i is None and row["new"]["weight_shapes"]:
            return row, "the layer is only on the new side"
    return None, ""


def same_shape(old: list[int | None], new: list[int | None]) -> bool:
    """Whether two symbolic shapes agree, batch axis and unknown sizes aside."""
    return len(old) == len(new) and all(
        a is None or b is None or a == b for a, b in zip(old[1:], new[1:], strict=True)
    )
