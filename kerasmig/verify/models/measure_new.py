"""Comparing a new model with the description and arrays of the old one. In workers, new side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from kerasmig.verify.descriptions import ComparisonFacts, ModelFacts
from kerasmig.verify.messages import one_line
from kerasmig.verify.models.causes import cause_of
from kerasmig.verify.models.feeding import sample
from kerasmig.verify.models.graph import Description, describe
from kerasmig.verify.models.match import align_layers
from kerasmig.verify.models.measure_old import model_facts
from kerasmig.verify.models.structure import Comparison, compare_structure, first_bad, stand_ins
from kerasmig.verify.models.turned import retold, turned_back
from kerasmig.verify.models.weights import WeightMismatch, carry_over
from kerasmig.verify.program.keras3 import NO_INPUT_SHAPE, Keras3

FLOAT64_WORTH = 0.05
"""A relative difference below this may be float32 error: a float64 run decides."""


def compare(
    side: Keras3,
    model: Any,
    old: ModelFacts,
    arrays: Mapping[str, Any],
    *,
    level: str,
    tolerance: float,
    compiled: dict[str, Any] | None,
    turned: bool = False,
) -> ComparisonFacts:
    """Compare a new model with an old one.

    Args:
        side: Keras 3.
        model: the new model.
        old: facts of the old one, from `kerasmig.verify.models.measure_old.measure`.
        arrays: its inputs, outputs and weights.
        level: ``shapes``, ``outputs`` or ``training``.
        tolerance: largest difference allowed, relative to the size of the old output.
        compiled: arguments of ``compile`` on the new side, if it was called.
        turned: the new model may take and give the channels last.

    Returns:
        JSON-able: rows, differences, output figures, facts of the new model.
    """
    result = Comparison()
    reason = side.ready(model)
    if reason == NO_INPUT_SHAPE and len(old["input_shapes"]) == 1:
        model.build((None, *old["input_shapes"][0][1:]))
        result.notes.append(
            "the new model has no input shape until it is given data: it cannot load weights before"
        )
        reason = side.ready(model)
    if reason:
        what = f"the new model cannot be used: {reason}"
        return {"differences": [{"what": what, "cause": "", "row": None, "level": "shapes"}]}
    description = describe(model, side)
    facts = model_facts(side, model, description)
    _correct_declared_shapes(result, old, arrays)
    if turned:
        old, arrays, notes = retold(old, arrays, facts)
        result.notes += notes
    pairs = align_layers(old["rows"], facts["rows"])
    compare_structure(result, old, facts, pairs)
    if level == "shapes":
        _carry(result, side, old, facts, description, pairs, None)
    else:
        if "numbers_error" in old:
            result.not_verified = old["numbers_error"]
        elif _carry(result, side, old, facts, description, pairs, arrays):
            result.level = "outputs"
            _numbers(result, side, model, old, facts, description, pairs, arrays, tolerance)
            if level == "training" and "train" in old:
                from kerasmig.verify.models.train_new import train

                result.level = "training"

                def restore() -> bool:
                    scratch = Comparison(rows=[row.copy() for row in result.rows])
                    return _carry(scratch, side, old, facts, description, pairs, arrays)

                restore()
                reset_states(model)
                train(result, side, model, old, description, pairs, arrays, compiled, restore)
    return {
        "rows": result.rows,
        "differences": result.differences,
        "notes": result.notes,
        "conditions": result.conditions,
        "outputs": result.outputs,
        "not_verified": result.not_verified,
        "float64": result.float64,
        "training": result.training,
        "input_shapes": facts["input_shapes"],
        "output_shapes": facts["output_shapes"],
        "params": facts["params"],
    }


def _correct_declared_shapes(
    result: Comparison, old: ModelFacts, arrays: Mapping[str, Any]
) -> None:
    """Go by the data where a layer of the user's own declared another shape than it gives.

    Keras 1 believed `get_output_shape_for`; Keras 3 finds out by itself.
    """
    for row in old["rows"]:
        given = row.get("data_shape")
        if given and len(row["shapes"]) == 1 and not _agree(row["shapes"][0], given):
            result.notes.append(
                f"{row['class']} {row['name']!r} declared the shape {tuple(row['shapes'][0])} "
                f"and gave data of shape {tuple(given)}"
            )
            row["shapes"] = [[None, *given[1:]]]
    for position, shape in enumerate(old["output_shapes"]):
        if f"y{position}" in arrays:
            given = list(np.shape(arrays[f"y{position}"]))
            if not _agree(shape, given):
                old["output_shapes"][position] = [None, *given[1:]]


def _agree(declared: list[int | None], given: list[int]) -> bool:
    """Whether data has the shape that was declared, unknown sizes and axes of size 1 aside."""
    if len(declared) == len(given):
        return all(a is None or a == b for a, b in zip(declared[1:], given[1:], strict=True))
    return None not in declared[1:] and _dense(declared[1:]) == _dense(given[1:])


def _carry(
    result: Comparison,
    side: Keras3,
    old: ModelFacts,
    new: ModelFacts,
    description: Description,
    pairs: list[tuple[int | None, int | None]],
    arrays: Mapping[str, Any] | None,
) -> bool:
    """Give the new model the old weights; False if that is impossible.

    Args:
        arrays: without, it is only seen whether the shapes of the weights fit.
    """
    fits = True
    for row, (i, j) in zip(result.rows, pairs, strict=True):
        a = old["rows"][i] if i is not None else None
        b = new["rows"][j] if j is not None else None
        has_old, has_new = bool(a and a["weights"]), bool(b and b["weights"])
        if not has_old and not has_new:
            continue
        if a is None or b is None or has_old != has_new:
            fits = False
            known = a or b or {}
            gone = "has no counterpart on the new side" if has_old else "is only on the new side"
            row["status"], row["note"] = "mismatch", gone
            result.differs(f"{known['class']} {known['name']!r} with weights {gone}", row)
            continue
        try:
            if arrays is None:
                carry_over(a, [np.zeros(weight["shape"]) for weight in a["weights"]], b)
                continue
            values = [arrays[f"w{i}_{position}"] for position in range(len(a["weights"]))]
            side.set_weights(description.layers[j or 0], carry_over(a, values, b))
        except WeightMismatch as error:
            fits = False
            row["status"], row["note"] = "mismatch", "weights do not fit"
            result.differs(str(error), row, cause_of(a, b, None))
    return fits


def _numbers(
    result: Comparison,
    side: Keras3,
    model: Any,
    old: ModelFacts,
    new: ModelFacts,
    description: Description,
    pairs: list[tuple[int | None, int | None]],
    arrays: Mapping[str, Any],
    tolerance: float,
) -> None:
    data = _data(side, model, arrays)
    if len(data) != len(new["input_shapes"]):
        return  # reported as a difference of structure
    fed = data[0] if len(data) == 1 else data
    try:
        reset_states(model)
        predicted = _as_list(side.real["predict_on_batch"](model, fed))
        called, rows = _by_call(side, model, description, data)
        if (fault := _bias_fault(new["rows"])) and not _same(predicted, called):
            result.conditions.append(f"the model is used by predict, evaluate and fit: {fault}")
            called, rows = _by_call(side, model, description, data, traced=True)
    except Exception as error:
        row, cause = first_bad(result, old, new, pairs)
        result.differs(f"the new model cannot compute: {one_line(error)}", row, cause)
        return
    _rows(result, old, new, pairs, arrays, rows, tolerance)
    for position, (by_predict, by_call) in enumerate(zip(predicted, called, strict=True)):
        key = f"y{position}"
        if key not in arrays:
            break
        before = np.asarray(arrays[key])
        limit, scale = limit_for(before, tolerance)
        diffs = [difference(before, np.asarray(value)) for value in (by_predict, by_call)]
        result.outputs.append(
            {
                "index": position,
                "max_abs_predict": diffs[0],
                "max_abs_call": diffs[1],
                "scale": scale,
                "limit": limit,
            }
        )
        if all(d is not None and d <= limit for d in diffs):
            continue
        row, cause = first_bad(result, old, new, pairs)
        by_predict_right = diffs[0] is not None and diffs[0] <= limit
        if None in diffs:
            what = f"output {position}: data of shape {before.shape} became {np.shape(by_predict)}"
        else:
            worst = max(d for d in diffs if d is not None)
            what = f"output {position} differs by up to {worst:.3g} (allowed: {limit:.3g})"
            if by_predict_right:
                what = f"model(x) and model.predict(x) differ: {what} when the model is called"
            elif worst <= FLOAT64_WORTH * max(scale, 1e-30):
                result.float64 = True
        result.differs(what, row, cause)


def limit_for(before: Any, tolerance: float) -> tuple[float, float]:
    """Largest difference allowed for an output, and the output's scale.

    The limit is the tolerance times the output's largest absolute value (so that small outputs,
    as of a softmax over many classes, are held to as many digits as large ones), or a twentieth
    of what the output varies from sample to sample, if that is less: a model whose output hardly
    depends on its input would otherwise hide errors.
    """
    flat = np.abs(np.asarray(before, dtype="float64"))
    scale = float(flat.max()) if flat.size else 0.0
    limit = tolerance * scale
    if len(before) > 1:
        spread = float(np.ptp(np.asarray(before, dtype="float64"), axis=0).max())
        if spread > 0:
            limit = min(limit, max(0.05 * spread, 4e-7 * scale))
    return max(limit, 1e-9), scale


def difference(before: Any, after: Any) -> float | None:
    """Largest absolute difference; None: other shapes, or not finite."""
    if before.shape != after.shape:
        squeezed = [size for size in before.shape[1:] if size != 1]
        if squeezed != [size for size in after.shape[1:] if size != 1]:
            return None
        after = after.reshape(before.shape)
    if not before.size:
        return 0.0
    worst = float(np.max(np.abs(before.astype("float64") - after.astype("float64"))))
    return worst if np.isfinite(worst) else None


def _data(side: Keras3, model: Any, arrays: Mapping[str, Any]) -> list[Any]:
    data: list[Any] = []
    while f"x{len(data)}" in arrays:
        data.append(np.asarray(arrays[f"x{len(data)}"]))
    return data


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def reset_states(model: Any) -> None:
    """Forget the states of stateful layers, nested ones too."""
    for layer in model._flatten_layers(include_self=False):
        for name in ("reset_states", "reset_state"):
            if getattr(layer, "stateful", False) and hasattr(layer, name):
                getattr(layer, name)()
                break


def _bias_fault(rows: Sequence[Mapping[str, Any]]) -> str:
    """Where Keras 3 itself computes otherwise when a model is called eagerly; empty: nowhere.

    It adds the bias of a channels_first convolution along the last axis where that is as long as
    there are filters (3.15), and along the right one in a traced function, as all of Keras' own
    methods make one.
    """
    for row in rows:
        shape = row["shapes"][0] if row["shapes"] else []
        first = row.get("config", {}).get("data_format") == "channels_first"
        if first and row["weights"] and len(shape) > 2 and shape[1] == shape[-1]:
            return (
                f"called on arrays, Keras 3 adds the bias of {row['class']} {row['name']!r} along "
                "the wrong axis, for it has as many filters as its output is wide"
            )
    return ""


def _same(predicted: Sequence[Any], called: Sequence[Any]) -> bool:
    """Whether two ways to compute the outputs give the same."""
    return all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-3, atol=1e-6, equal_nan=True)
        for a, b in zip(predicted, called, strict=True)
    )


def _by_call(
    side: Keras3, model: Any, description: Description, data: list[Any], *, traced: bool = False
) -> tuple[list[Any], dict[int, Any]]:
    """Outputs of the model, and sampled outputs of its rows, by one call.

    Args:
        traced: call it as `predict` does, not as the program may.
    """
    reset_states(model)
    inputs, outputs = side.ends(model)
    wanted = [
        (row["index"], tensors[0])
        for row, tensors in zip(description.rows, description.tensors, strict=True)
        if tensors
    ]
    side.recorder.paused = True
    try:
        probe = side.functional(list(inputs), [*outputs, *(tensor for _, tensor in wanted)])
    finally:
        side.recorder.paused = False
    if traced:
        values = _as_list(side.real["predict_on_batch"](probe, data))
    else:
        fed = [side.keras.ops.convert_to_tensor(x) for x in data]
        values = _as_list(probe(fed, training=False))
    to_numpy: Callable[[Any], Any] = side.keras.ops.convert_to_numpy
    called = [to_numpy(value) for value in values[: len(outputs)]]
    rows = {
        index: _ways_to_read(to_numpy(value))
        for (index, _), value in zip(wanted, values[len(outputs) :], strict=True)
    }
    return called, rows


def _ways_to_read(array: Any) -> list[tuple[tuple[int, ...], Any]]:
    """(shape, sampled values) of what a layer gives: as it is, and with its channels moved back."""
    return [(tuple(value.shape), sample(value)) for value in (array, *turned_back(array))]


def _rows(
    result: Comparison,
    old: ModelFacts,
    new: ModelFacts,
    pairs: list[tuple[int | None, int | None]],
    arrays: Mapping[str, Any],
    rows: Mapping[int, Any],
    tolerance: float,
) -> None:
    """Fill in the differences layer by layer."""
    for position, (row, (i, j)) in enumerate(zip(result.rows, pairs, strict=True)):
        if i is None or j is None or f"r{i}" not in arrays or j not in rows:
            continue
        a, b = old["rows"][i], new["rows"][j]
        before = np.asarray(arrays[f"r{i}"])
        limit = max(tolerance * float(np.abs(before).max() if before.size else 0.0), 1e-9)
        candidates = stand_ins(new, pairs, position)
        best: float | None = None
        for candidate in candidates:
            for shape, values in rows.get(candidate, ()):
                if list(shape) != a["data_shape"] and _dense(shape) != _dense(a["data_shape"]):
                    continue
                found = difference(before.reshape(-1), np.asarray(values).reshape(-1))
                if found is not None and (best is None or found < best):
                    best = found
        row["max_abs_diff"] = best
        if best is None:
            row["status"], row["note"] = "mismatch", row["note"] or "shapes on data differ"
        elif best > limit:
            row["status"] = "mismatch"
            row["note"] = row["note"] or cause_of(a, b, best) or "values differ"
        elif row["status"] == "not_verified":
            row["status"] = "match"


def _dense(shape: Any) -> list[int]:
    return [size for size in shape if size != 1]
