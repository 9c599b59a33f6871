"""Writing down the events of a stretch: what both sides have in common. Runs in workers."""

from __future__ import annotations

import functools
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kerasmig.verify.models.feeding import sample
from kerasmig.verify.models.graph import describe
from kerasmig.verify.program.recorder import COMPAT, Recorder
from kerasmig.verify.stretch.events import (
    CANONICAL,
    SAMPLE,
    Event,
    LayerWeights,
    Moment,
    Recorded,
    Value,
    canonical_metric,
)
from kerasmig.verify.stretch.loops import Counts

STEPS_WRITTEN = 60
"""Steps of training that are written down, of one program."""
MOST_WEIGHTS = 30_000_000
"""Numbers of weights that are kept, of one program."""
_NOT_COMPARED = ("batch", "size")
_FIGURE = re.compile(r"\d|\bloss\b")


class Recording:
    """The events of one side, as they happen.

    Args:
        recorder: knows the program's folder and its lines.
        counts: told of training, for the loops that are to end.
    """

    def __init__(self, recorder: Recorder, counts: Counts) -> None:
        self.recorder = recorder
        self.counts = counts
        self.told = Recorded()
        self.arrays: dict[str, Any] = {}
        self.steps = 0
        self.calls: list[str] = []
        """The recorded calls that are running, outermost first."""
        self._last: dict[int, list[Any]] = {}
        self._kept: list[Any] = []
        self._weights = 0
        self._begun: set[tuple[int, int]] = set()
        self.given: set[int] = set()
        """Layers (by identity) whose weights the program itself has set."""
        self.paused = False
        self.next_call = 0
        """The number of the call that will be written down next."""
        self.added: Callable[[Event], None] = lambda event: None
        """Told of each event that was written down."""
        self._lock = threading.RLock()

    # Events

    def add(self, kind: str, name: str, values: Mapping[str, Any] | None = None) -> None:
        """Write an event down; `values` are made ready to be compared."""
        if self.paused:
            return
        frames = self.recorder.frames(sys._getframe(1), limit=1)
        file, line = (frames[0].file, frames[0].line) if frames else ("", 0)
        with self._lock:
            made = {key: self.value(value) for key, value in (values or {}).items()}
            event = Event(kind, name, file, line, made)
            self.told.events.append(event)
            self.next_call += kind == "call"
            self.added(event)

    def value(self, value: Any) -> Value:
        """A value made ready to be compared."""
        if isinstance(value, Value):
            return value
        if isinstance(value, (bool, str)) or value is None:
            return Value(text=str(value))
        if isinstance(value, (int, float, np.number)):
            return Value(number=float(value))
        try:
            array = np.asarray(value)
        except Exception:
            return Value(text=type(value).__name__)
        if array.dtype.kind == "O":
            return Value(text=f"{len(array)} objects" if array.ndim else type(value).__name__)
        if array.dtype.kind in "US":
            return Value(text=" ".join(map(str, array.reshape(-1)[:20])), shape=array.shape)
        if array.ndim == 0:
            return Value(number=float(array))
        key = self.keep(sample(array, SAMPLE).astype("float64"))
        mean = float(np.mean(array, dtype="float64")) if array.size else 0.0
        return Value(array=key, shape=tuple(array.shape), mean=mean)

    def keep(self, array: Any) -> str:
        """Keep an array for the comparison; its key."""
        key = f"a{len(self.arrays)}"
        self.arrays[key] = np.asarray(array)
        return key

    @contextmanager
    def call(self, name: str) -> Iterator[bool]:
        """A recorded call runs; True if it is the outermost, the one that the program made."""
        outermost = not self.calls
        self.calls.append(name)
        try:
            yield outermost
        finally:
            self.calls.pop()
            if name in ("fit", "train_on_batch"):
                self.counts.trained += 1
            else:
                self.counts.other += 1

    def step(self, kind: str, values: dict[str, Any]) -> None:
        """A step of training or testing has been made."""
        if kind != "train":
            return
        self.steps += 1
        if self.steps <= STEPS_WRITTEN:
            self.add("step", kind, values)

    # What the program itself writes

    def printed(self, text: str) -> None:
        """A line of output that shows figures, or names what was measured."""
        if _FIGURE.search(text):
            self.add("print", "print", {"text": text[:500]})

    def watch_callbacks(self, base: Any) -> None:
        """Have the methods of the program's own callbacks recorded, as they are defined."""

        def of_program(cls: type) -> bool:
            module = sys.modules.get(cls.__module__)
            file = str(getattr(module, "__file__", "") or "")
            return file.startswith(self.recorder.root) and not file.endswith(COMPAT)

        def init_subclass(cls: Any, /, **kwargs: Any) -> None:
            if not of_program(cls):
                return
            for name, function in list(cls.__dict__.items()):
                if re.fullmatch(r"on_(train_)?(train|epoch|batch)_(begin|end)", name):
                    setattr(cls, name, self._callback(cls.__name__, name, function))

        base.__init_subclass__ = classmethod(init_subclass)

    def _callback(self, owner: str, name: str, function: Callable[..., Any]) -> Any:
        called = f"{owner}.{CANONICAL.get(name, name)}"

        @functools.wraps(function)
        def method(callback: Any, *args: Any, **kwargs: Any) -> Any:
            logs = next((a for a in (*args[::-1], *kwargs.values()) if isinstance(a, dict)), {})
            self.add("callback", called, figures(logs))
            return function(callback, *args, **kwargs)

        return method

    # Weights

    def moment(
        self,
        side: Any,
        model: Any,
        fetch: Callable[[list[Any]], list[list[Any]]],
        *,
        new: bool = False,
    ) -> Moment | None:
        """The weights of a model as they are now; None: they are too many, or it is not built.

        Args:
            fetch: gives the arrays of layers.
            new: only of layers that have not been looked at yet.
        """
        try:
            if side.ready(model):
                return None
            description = describe(model, side)
        except Exception:
            return None
        both = [
            (row, layer)
            for row, layer in zip(description.rows, description.layers, strict=True)
            if row["weights"] and not row["is_model"]
        ]
        if new:
            both = [(row, layer) for row, layer in both if id(layer) not in self._last]
        if new:
            both = [(row, layer) for row, layer in both if id(layer) not in self._last]
        size = sum(int(np.prod(w["shape"])) for row, _ in both for w in row["weights"])
        if self._weights + size > MOST_WEIGHTS and self._weights:
            self.recorder.note("weights are too many to be compared after every call")
            return None
        self._weights += size
        layers: dict[str, LayerWeights] = {}
        for (row, layer), arrays in zip(both, fetch([layer for _, layer in both]), strict=True):
            before = self._last.get(id(layer), [])
            moved = tuple(
                float(np.linalg.norm(np.reshape(a - b, -1)))
                for a, b in zip(arrays, before, strict=False)
                if np.shape(a) == np.shape(b) and a.dtype.kind == "f"
            )
            self._last[id(layer)] = arrays
            self._kept.append(layer)
            keys = tuple(self.keep(array) for array in arrays)
            layers[str(row["index"])] = LayerWeights(row, keys, moved, id(layer) in self.given)
        return Moment(description.rows, layers)

    def is_new(self, model: Any, weights: int) -> bool:
        """Whether a model has not been used yet, with so many weights."""
        known = (id(model), weights) in self._begun
        self._begun.add((id(model), weights))
        self._kept.append(model)
        return not known

    def remember(self, layer: Any, arrays: list[Any]) -> None:
        """These are the weights that a layer has now: what it moves from."""
        self._last[id(layer)] = arrays

    # The end

    def finish(self, folder: Path) -> Recorded:
        """Write the arrays into a file; all that was recorded."""
        path = folder / "events.npz"
        np.savez(path, **self.arrays)
        self.told.arrays = str(path)
        return self.told


def figures(logs: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of logs, under names that both sides know."""
    found = {}
    for name, value in logs.items():
        if name in _NOT_COMPARED or not isinstance(name, str):
            continue
        if isinstance(value, (int, float, np.number)) or np.ndim(value) == 0:
            try:
                found[canonical_metric(name)] = float(value)
            except (TypeError, ValueError):
                continue
    return found


def named(prefix: str, data: Any) -> dict[str, Any]:
    """What is fed to a model, one array a name."""
    if data is None:
        return {}
    if isinstance(data, Mapping):
        return {f"{prefix}[{key}]": value for key, value in data.items()}
    if isinstance(data, (list, tuple)) and data and np.ndim(data[0]):
        if len(data) == 1:
            return {prefix: data[0]}
        return {f"{prefix}[{position}]": value for position, value in enumerate(data)}
    return {prefix: data}


class OwnRandom:
    """NumPy for a library's module, with random numbers of its own.

    A library that draws from NumPy's global numbers, to seed its weights, shifts those that the
    program draws afterwards; today's draws otherwise. With a stream of its own the program's
    numbers are the same on both sides.

    Args:
        constant: random changes of images are always the same, for both sides draw them in another
            order.
    """

    def __init__(self, seed: int, *, constant: bool = False) -> None:
        self.random: Any = _Constant() if constant else np.random.RandomState(seed % 2**32)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


class _Constant:
    """``numpy.random`` for what changes images at random."""

    @staticmethod
    def random(size: Any = None) -> Any:
        return 0.25 if size is None else np.full(size, 0.25)

    @staticmethod
    def uniform(low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        value = low + 0.75 * (high - low)
        return value if size is None else np.full(size, value)

    @staticmethod
    def permutation(count: Any) -> Any:
        return np.random.RandomState(int(count)).permutation(int(count))

    @staticmethod
    def seed(seed: Any = None) -> None:
        """Libraries seed by the number of batches drawn, which they draw ahead as they like."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np.random, name)


class Lines:
    """Output of the program, line by line, told apart from what the libraries print.

    Args:
        stream: where it goes.
        root: folder of the program.
        told: gets each line that the program itself has printed.
    """

    def __init__(self, stream: Any, root: str, told: Callable[[str], None]) -> None:
        self._stream, self._root, self._told = stream, root, told
        self._line = ""

    def write(self, text: str) -> int:
        frame = sys._getframe(1)
        if frame.f_code.co_filename.startswith(self._root):
            *lines, self._line = (self._line + text).split("\n")
            for line in lines:
                self._told(line)
        return int(self._stream.write(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
