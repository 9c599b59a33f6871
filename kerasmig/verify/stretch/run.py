"""What the process of one stretch does. Runs in workers, in the child of one program."""

from __future__ import annotations

import shutil
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kerasmig.verify.program import datasets
from kerasmig.verify.program.following import Runner
from kerasmig.verify.program.recorder import COMPAT, ProgramStop, Recorder
from kerasmig.verify.protocol import Task
from kerasmig.verify.stretch import loops
from kerasmig.verify.stretch.events import Event, Recorded
from kerasmig.verify.stretch.files import Files
from kerasmig.verify.stretch.recording import Lines, OwnRandom, Recording
from kerasmig.verify.stretch.tracing import Tracer

_NOT_THERE = ("is not available", "which is not available", "Can save best model only")

TRAIN, TEST = 320, 96
"""Samples of data sets: enough for some batches of the usual sizes, the last one smaller."""


class StretchRun:
    """A program that is let through a stretch, between its settling in and its result.

    Args:
        old: what was recorded of the old side; None on the old side itself.
    """

    def __init__(self, task: Task, side: Any, recorder: Recorder, old: Recorded | None) -> None:
        self.task, self.side, self.old = task, side, old
        self.counts = loops.Counts()
        self.recording = Recording(recorder, self.counts)
        self.tracer = Tracer(recorder.root, lambda: len(self.recording.told.events))
        self.notes: Callable[[], list[str]] = list
        self.adapters: Callable[[Any], None] = lambda module: None
        self.files = Files(Path(recorder.root))

    def prepare(self) -> None:
        """Put the real library back, recorded, and bound the program's loops."""
        self._place_made_files()
        datasets.TRAIN, datasets.TEST = TRAIN, TEST
        if self.task.side == "old":
            from kerasmig.verify.stretch.record_old import OldHooks

            OldHooks(self.side, self.recording, self.task.seed).install()
        else:
            from kerasmig.verify.stretch.record_new import NewHooks

            hooks = NewHooks(self.side, self.recording, self.old, self.task.seed)
            hooks.install()
            self.notes, self.adapters = hooks.notes, hooks.adapters
            if self.old is not None:
                self.recording.added = FirstDifference(self.old, self.recording).seen
        loops.install(self.counts)
        _bound_imported(self.recording.recorder.root)
        _watch_adapters(self.adapters)
        _still_clock(self.recording.recorder.root)
        sys.stdout = Lines(sys.stdout, self.recording.recorder.root, self.recording.printed)
        show = warnings.showwarning

        def showwarning(message: Any, *args: Any, **kwargs: Any) -> None:
            if any(words in str(message) for words in _NOT_THERE):
                self.recording.add("warning", "what a callback monitors is not there")
            show(message, *args, **kwargs)

        warnings.showwarning = showwarning
        self.files.look()

    def run(self, runner: Runner) -> None:
        """Run the program."""
        runner.on_failure = self.failed
        self.tracer.start()
        try:
            runner.run_script(loops.bounded)
        finally:
            self.tracer.stop()
            self.recording.added = lambda event: None

    def failed(self, kind: str, said: str, line: int, stand_in: bool) -> None:
        """A statement of the program has failed."""
        if kind in ("TimeIsUp", "ProgramStop"):
            self.recording.told.ended = said
            return
        values = {"error": f"{said}", **({"stand-in": "yes"} if stand_in else {})}
        self.recording.add("exception", "exception", values)

    def finish(self, folder: Path) -> Recorded:
        """All that was recorded."""
        for name, text in self.files.written(self.recording.told.made):
            self.recording.add("file", name, {"text": text})
        for note in self.notes():
            self.recording.recorder.note(note)
        told = self.recording.finish(folder)
        told.lines = self.tracer.lines
        told.cut = self.counts.cut
        if self.task.side == "old":
            for name in told.made:
                target = folder / "made" / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(self.recording.recorder.root, name), target)
        return told

    def _place_made_files(self) -> None:
        """What was made for the old side is there for the new one, too."""
        if self.old is None or self.task.old_result is None:
            return
        made = Path(self.task.old_result).parent / "made"
        for name in self.old.made:
            target = Path(self.recording.recorder.root, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made / name, target)


class FirstDifference:
    """Ends the new program a little after the first difference, beyond which nothing is compared.

    Args:
        old: what was recorded of the old side.
        recording: of the new side, as it goes on.
    """

    _MORE = 20
    """Events of the new program that tell what kind of difference it is."""

    def __init__(self, old: Recorded, recording: Recording) -> None:
        from kerasmig.verify.stretch.compare import Comparison

        self._before = [event for event in old.events if event.kind != "begin"]
        arrays = np.load(old.arrays)
        self._comparison = Comparison(old, recording.told, arrays, recording.arrays)
        self._at = 0
        self._left: int | None = None

    def seen(self, event: Event) -> None:
        """The new program has done something.

        Raises:
            ProgramStop: what follows would not be compared.
        """
        if event.kind == "begin":
            return
        if self._left is None:
            self._left = self._to_come(event)
            self._at += 1
        elif self._left > 0:
            self._left -= 1
        if self._left == 0 and threading.current_thread() is threading.main_thread():
            raise ProgramStop("the first difference is found")

    def _to_come(self, event: Event) -> int | None:
        """How many more events are wanted; None: no difference yet."""
        before = self._before[self._at] if self._at < len(self._before) else None
        if before is None or before.key != event.key:
            return self._MORE
        return 0 if self._comparison.event(before, event) is not None else None


def compared(old: Recorded, new: Recorded) -> Any:
    """Compare what was recorded of both sides."""
    from kerasmig.verify.stretch.compare import Comparison

    with np.load(old.arrays) as old_arrays, np.load(new.arrays) as new_arrays:
        return Comparison(old, new, old_arrays, new_arrays).run()


def _bound_imported(root: str) -> None:
    """Have the loops of the program's modules bounded as they are imported."""
    import ast
    import importlib.machinery

    loader: Any = importlib.machinery.SourceFileLoader
    compiled = loader.source_to_code

    def source_to_code(self: Any, data: Any, path: Any, **options: Any) -> Any:
        if str(path).startswith(root) and isinstance(data, bytes):
            if not str(path).endswith(COMPAT):
                data = loops.bounded(ast.parse(data, filename=str(path)))
        return compiled(self, data, path, **options)

    loader.source_to_code = source_to_code


def _watch_adapters(watch: Callable[[Any], None]) -> None:
    """Look after the adapters that a migrated program brings along, once they are imported.

    They change images as the libraries do here: always in the same way.
    """
    import importlib.machinery

    loader: Any = importlib.machinery.SourceFileLoader
    execute = loader.exec_module

    def exec_module(self: Any, module: Any) -> None:
        execute(self, module)
        if not str(getattr(module, "__file__", "")).endswith(f"/{COMPAT}"):
            return
        watch(module)
        if "np" in vars(module):
            module.np = OwnRandom(0, constant=True)

    loader.exec_module = exec_module


def _still_clock(root: str) -> None:
    """The program's own clock goes on by a hundredth of a second whenever it looks."""
    looked = [0]

    def clock(original: Callable[[], float]) -> Callable[[], float]:
        def now() -> float:
            if not sys._getframe(1).f_code.co_filename.startswith(root):
                return original()
            looked[0] += 1
            return 1_500_000_000 + looked[0] / 100

        return now

    for name in ("time", "perf_counter", "monotonic", "process_time"):
        setattr(time, name, clock(getattr(time, name)))
