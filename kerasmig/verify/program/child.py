"""What the process of one program does, from settling in to writing its result. In workers."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from kerasmig.verify.caller import division
from kerasmig.verify.messages import EMPTY, one_line
from kerasmig.verify.models.match import pair_models
from kerasmig.verify.program import inert, missing_files, sandbox, standins
from kerasmig.verify.program.following import Runner, model_variable
from kerasmig.verify.program.recorder import Captured, ProgramStop, Recorder


def run_task(task: dict[str, Any], side: Any) -> None:
    """Run one task and write ``result.json`` into its folder.

    Args:
        side: the library, instrumented, of which nothing has been used yet.
        task: ``side``, ``program``, ``tree``, ``folder``, ``ordering``, ``data_format``, ``floatx``,
            ``level``, ``seed``, ``tolerance``, ``time_limit``, ``stubs``; for the new side also
            ``old_result`` (path) and ``replay``.
    """
    folder = Path(task["folder"])
    copy, home = folder / "copy", folder / "home"
    shutil.copytree(task["tree"], copy, symlinks=False, ignore_dangling_symlinks=True)
    home.mkdir(exist_ok=True)
    result: dict[str, Any] = {"models": [], "notes": []}
    recorder: Recorder = side.recorder
    recorder.begin(copy)
    sys.setrecursionlimit(20000)
    side.begin(
        task["ordering"] if task["side"] == "old" else task["data_format"],
        task["floatx"],
        task["seed"],
    )
    sandbox.settle_in(copy, home, task["seed"])
    sandbox.answer_the_program()
    guard = sandbox.Guard([folder], recorder.note)
    standins.install(
        recorder.root, lambda name: recorder.note(f"stand-in for module {name}"), task["stubs"]
    )
    inert.settle(task["ordering"], recorder.root, recorder.note)
    division.install()
    missing_files.install(recorder.root, task["ordering"], recorder.note)
    runner = Runner(task["program"], copy.resolve(), side, recorder, task["ordering"])
    guard.on()
    try:
        with sandbox.time_limit(folder, "run", task["time_limit"]):
            runner.run(task.get("replay"))
    except ProgramStop as stop:
        runner._fail("main", stop)
        runner._label("main")
    finally:
        guard.off()
    os.chdir(folder)
    runner.call_of_model.extend(["main"] * (len(recorder.models) - len(runner.call_of_model)))
    recorder.paused = True
    result["calls"] = runner.outcome.calls
    result["failures"] = [vars(failure) for failure in runner.outcome.failures]
    result["unreached"] = runner.outcome.unreached
    result["stopped"] = runner.outcome.stopped
    models = [
        _summary(captured, runner.call_of_model[position], copy)
        for position, captured in enumerate(recorder.models)
    ]
    if task["side"] == "old":
        _measure_old(task, side, recorder, models, result, folder)
    else:
        _compare_new(task, side, recorder, models, result)
    result["notes"] = recorder.notes
    scratch = folder / "result.tmp"
    scratch.write_text(json.dumps(result, default=_json_default), encoding="utf-8")
    scratch.rename(folder / "result.json")


def _summary(captured: Captured, call: str, copy: Path) -> dict[str, Any]:
    frame = captured.frames[0] if captured.frames else None
    return {
        "call": call,
        "file": frame.file if frame else None,
        "line": frame.line if frame else 0,
        "function": frame.function if frame else None,
        "variable": model_variable(captured, copy),
        "frames": [vars(f) for f in captured.frames],
        "incomplete": captured.incomplete,
        "class": type(captured.model).__name__,
        "calls": captured.calls,
        "compiled": compile_mark(captured.compiled),
    }


def _measure_old(
    task: dict[str, Any],
    side: Any,
    recorder: Recorder,
    models: list[dict[str, Any]],
    result: dict[str, Any],
    folder: Path,
) -> None:
    from kerasmig.verify.models.measure_old import measure

    seen: set[str] = set()
    training = task["level"] == "training" or task["mark_compiled"]
    for position, (summary, captured) in enumerate(zip(models, recorder.models, strict=True)):
        if summary["call"] == "failed attempt" or not captured.frames:
            continue
        result["models"].append(summary)
        if summary["incomplete"]:
            summary["error"] = summary["incomplete"]
            continue

        def is_known(facts: dict[str, Any], summary: dict[str, Any] = summary) -> bool:
            mark = fingerprint({**summary, **facts}, training)
            known = mark in seen
            seen.add(mark)
            return known

        try:
            with sandbox.time_limit(folder, f"model {position}", task["time_limit"]):
                summary.update(
                    measure(
                        side,
                        captured.model,
                        folder / f"model{position}.npz",
                        task["seed"] + position,
                        task["level"],
                        captured.compiled,
                        is_known,
                    )
                )
        except ProgramStop as stop:
            summary["error"] = str(stop)
        except Exception as error:
            summary["error"] = f"cannot be measured: {one_line(error)}"
        else:
            if _is_empty(summary):
                summary["incomplete"] = summary["error"] = EMPTY


def _is_empty(summary: dict[str, Any]) -> bool:
    """Whether a layer has no units: a count of data that is not there."""
    rows = summary.get("rows", ())
    return any(0 in shape for row in rows for shape in [*row["shapes"], *_weights(row)])


def _weights(row: dict[str, Any]) -> list[list[int]]:
    return [weight["shape"] for weight in row["weights"]]


def fingerprint(model: dict[str, Any], training: bool) -> str:
    """The same for models built in the same place with the same architecture, and (if they are to
    be trained) compiled in the same way."""
    return json.dumps(
        [model["file"], model["line"], model["variable"], model["compiled"] if training else ""]
        + [
            [row["class"], row["shapes"], row["params"], row["inputs"]]
            for row in model.get("rows", ())
        ]
    )


def compile_mark(arguments: dict[str, Any] | None) -> str:
    """What a model was compiled with, as text that tells one from another."""
    if arguments is None:
        return ""
    parts = []
    for key in ("optimizer", "loss", "loss_weights"):
        value: Any = arguments.get(key)
        try:
            settings = value.get_config() if hasattr(value, "get_config") else ""
        except Exception:  # an optimizer of the user's own
            settings = ""
        parts.append(f"{key}={_name(value)} {settings}")
    return "; ".join(parts)


def _name(value: Any) -> str:
    if isinstance(value, (str, int, float, list, tuple, dict)) or value is None:
        return str(value)
    return str(getattr(value, "__name__", type(value).__name__))


def _compare_new(
    task: dict[str, Any],
    side: Any,
    recorder: Recorder,
    models: list[dict[str, Any]],
    result: dict[str, Any],
) -> None:
    import numpy as np

    from kerasmig.verify.models.measure_new import compare

    folder = Path(task["folder"])
    old = json.loads(Path(task["old_result"]).read_text(encoding="utf-8"))["models"]
    for i, j in pair_models(old, models):
        entry: dict[str, Any] = {"old": i, "new": None if j is None else models[j]}
        result["models"].append(entry)
        if j is None or "error" in old[i] or old[i].get("duplicate"):
            continue
        captured = recorder.models[j]
        if captured.incomplete:
            entry["error"] = captured.incomplete
            continue
        try:
            with sandbox.time_limit(folder, f"model {j}", task["time_limit"]):
                arrays = np.load(old[i]["arrays"]) if "arrays" in old[i] else {}
                entry["comparison"] = compare(
                    side,
                    captured.model,
                    old[i],
                    arrays,
                    level=task["level"],
                    tolerance=task["tolerance"],
                    compiled=captured.compiled,
                )
        except ProgramStop as stop:
            entry["not_verified"] = str(stop)
        except Exception as error:
            entry["not_verified"] = f"cannot be compared: {one_line(error)}"


def _json_default(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    return str(value)
