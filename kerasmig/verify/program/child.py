"""What the process of one program does, from settling in to writing its result. In workers."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerasmig.verify.caller import division
from kerasmig.verify.descriptions import LayerFacts, ModelFacts, Sizes
from kerasmig.verify.messages import EMPTY, one_line
from kerasmig.verify.models.match import pair_models
from kerasmig.verify.program import confinement, inert, missing_files, sandbox, standins
from kerasmig.verify.program.following import Runner, model_variable
from kerasmig.verify.program.recorder import Captured, ProgramStop, Recorder
from kerasmig.verify.protocol import Built, Compared, Result, Task, read, write

if TYPE_CHECKING:
    from kerasmig.verify.stretch.run import StretchRun


def run_task(task: Task, side: Any, confined: str) -> None:
    """Run one task and write ``result.json`` into its folder.

    Args:
        side: the library, instrumented, of which nothing has been used yet.
        confined: what confines this process.
    """
    folder = Path(task.folder)
    copy, home = folder / "copy", folder / "home"
    shutil.copytree(task.tree, copy, symlinks=False, ignore_dangling_symlinks=True)
    home.mkdir(exist_ok=True)
    recorder: Recorder = side.recorder
    recorder.begin(copy)
    sys.setrecursionlimit(20000)
    side.begin(task.ordering if task.side == "old" else task.data_format, task.floatx, task.seed)
    sandbox.settle_in(copy, home, task.seed)
    os.chdir(copy / task.program.folder)
    sandbox.answer_the_program()
    guard = sandbox.Guard(
        [folder, *map(Path, task.write)],
        confinement.readable_folders(folder.parent.parent, task.read) if confined else None,
        recorder.note,
    )
    standins.install(
        recorder.root, lambda name: recorder.note(f"stand-in for module {name}"), task.stubs
    )
    inert.settle(task.ordering, recorder.root, recorder.note)
    division.install()
    missing_files.install(recorder.root, task.ordering, recorder.note)
    runner = Runner(task.program, copy.resolve(), side, recorder, task.ordering)
    stretch = _stretch(task, side) if task.level == "program" else None
    guard.on()
    try:
        with sandbox.time_limit(folder, "run", task.time_limit):
            if stretch is not None:
                stretch.run(runner)
            else:
                runner.run(task.replay)
    except ProgramStop as stop:
        runner._fail("main", stop)
        runner._label("main")
    # The guard stays on: measuring runs the program's code, too, in its layers and threads.
    os.chdir(folder)
    runner.call_of_model.extend(["main"] * (len(recorder.models) - len(runner.call_of_model)))
    recorder.paused = True
    outcome = runner.outcome
    result = Result(
        calls=outcome.calls,
        failures=outcome.failures,
        unreached=outcome.unreached,
        stopped=outcome.stopped,
        confined=confined,
    )
    if stretch is not None:
        _finish_stretch(stretch, result, folder)
        return
    models = [
        _built(captured, runner.call_of_model[position], copy)
        for position, captured in enumerate(recorder.models)
    ]
    if task.side == "old":
        _measure_old(task, side, recorder, models, result)
    else:
        _compare_new(task, side, recorder, models, result)
    result.notes = recorder.notes
    write(folder / "result.json", result)


def _stretch(task: Task, side: Any) -> StretchRun:
    """The task's program, ready to be let through a stretch."""
    from kerasmig.verify.stretch.run import StretchRun

    old = None
    if task.side == "new" and task.old_result is not None:
        old = read(Result, Path(task.old_result)).recorded
    stretch = StretchRun(task, side, side.recorder, old)
    stretch.prepare()
    return stretch


def _finish_stretch(stretch: StretchRun, result: Result, folder: Path) -> None:
    from kerasmig.verify.stretch.run import compared

    recorded = stretch.finish(folder)
    if stretch.old is None:
        result.recorded = recorded
    else:
        result.stretch = compared(stretch.old, recorded)
    result.notes = stretch.recording.recorder.notes
    write(folder / "result.json", result)


def _built(captured: Captured, call: str, copy: Path) -> Built:
    frame = captured.frames[0] if captured.frames else None
    return Built(
        call,
        frame.file if frame else None,
        frame.line if frame else 0,
        frame.function if frame else None,
        model_variable(captured, copy),
        frames=list(captured.frames),
        incomplete=captured.incomplete,
        kind=type(captured.model).__name__,
        methods=captured.methods,
        compiled=compile_mark(captured.compiled),
    )


def _measure_old(
    task: Task, side: Any, recorder: Recorder, models: list[Built], result: Result
) -> None:
    from kerasmig.verify.models.measure_old import measure

    folder = Path(task.folder)
    seen: set[str] = set()
    training = task.level == "training" or task.mark_compiled
    for position, (built, captured) in enumerate(zip(models, recorder.models, strict=True)):
        if built.call == "failed attempt" or not captured.frames:
            continue
        result.models.append(built)
        if built.incomplete:
            built.error = built.incomplete
            continue

        def is_known(facts: ModelFacts, built: Built = built) -> bool:
            mark = fingerprint(replace(built, facts=facts), training)
            known = mark in seen
            seen.add(mark)
            return known

        try:
            with sandbox.time_limit(folder, f"model {position}", task.time_limit):
                built.facts = measure(
                    side,
                    captured.model,
                    folder / f"model{position}.npz",
                    task.seed + position,
                    task.level,
                    captured.compiled,
                    is_known,
                )
                built.error = built.facts.pop("error", "")
        except ProgramStop as stop:
            built.error = str(stop)
        except Exception as error:
            built.error = f"cannot be measured: {one_line(error)}"
        else:
            if _is_empty(built):
                built.incomplete = built.error = EMPTY


def _is_empty(built: Built) -> bool:
    """Whether a layer has no units: a count of data that is not there."""
    return any(0 in shape for row in built.rows for shape in _shapes(row))


def _shapes(row: LayerFacts) -> list[Sizes]:
    found = list(row["shapes"])
    found += [list(weight["shape"]) for weight in row["weights"]]
    return found


def fingerprint(model: Built, training: bool) -> str:
    """The same for models built in the same place with the same architecture, and (if they are to
    be trained) compiled in the same way."""
    return json.dumps(
        [model.file, model.line, model.variable, model.compiled if training else ""]
        + [[row["class"], row["shapes"], row["params"], row["inputs"]] for row in model.rows]
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
    task: Task, side: Any, recorder: Recorder, models: list[Built], result: Result
) -> None:
    import numpy as np

    from kerasmig.verify.models.measure_new import compare

    assert task.old_result is not None
    folder = Path(task.folder)
    old = read(Result, Path(task.old_result)).models
    for i, j in pair_models(old, models):
        entry = Compared(i, None if j is None else models[j])
        result.compared.append(entry)
        if j is None or old[i].error or old[i].duplicate:
            continue
        captured = recorder.models[j]
        if captured.incomplete:
            entry.error = captured.incomplete
            continue
        try:
            with sandbox.time_limit(folder, f"model {j}", task.time_limit):
                facts = old[i].facts
                beside = Path(task.old_result).parent
                arrays = np.load(beside / facts["arrays"]) if "arrays" in facts else {}
                entry.comparison = compare(
                    side,
                    captured.model,
                    facts,
                    arrays,
                    level=task.level,
                    tolerance=task.tolerance,
                    compiled=captured.compiled,
                    turned=task.turned,
                )
        except ProgramStop as stop:
            entry.not_verified = str(stop)
        except Exception as error:
            entry.not_verified = f"cannot be compared: {one_line(error)}"
