"""Keras 3 let through a stretch: its real methods, with every event recorded. In workers."""

from __future__ import annotations

import functools
import itertools
import os
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kerasmig.legacy.at_once import replace_everywhere
from kerasmig.verify.models.train_new import add_up_repeated
from kerasmig.verify.program.keras3 import Keras3
from kerasmig.verify.program.library import bound
from kerasmig.verify.program.recorder import COMPAT
from kerasmig.verify.stretch.cost import BATCHES, EPOCHS
from kerasmig.verify.stretch.events import CANONICAL, Recorded
from kerasmig.verify.stretch.fitting import MADE_BATCHES, Ends, Fitting, losses_of
from kerasmig.verify.stretch.pictures import Here, InOrder, Pictures
from kerasmig.verify.stretch.recording import OwnRandom, Recording, named
from kerasmig.verify.stretch.shared import SameOrder, as_list, history_of, module, stem, within
from kerasmig.verify.stretch.weights_new import NewWeights

_METHODS = ("fit", "evaluate", "predict", "predict_on_batch", "train_on_batch", "test_on_batch")


_GENERATORS = {
    "x": ("steps_per_epoch", "steps"),
    "validation_data": ("validation_steps",),
}
"""Arguments that may be generators, and those that count their batches."""


class NewHooks:
    """Records what a program does with Keras 3; gives its models the weights of the old ones.

    Args:
        side: the library, instrumented.
        recording: gets the events.
        old: what was recorded of the old side; None: nothing to begin with.
    """

    def __init__(self, side: Keras3, recording: Recording, old: Recorded | None, seed: int) -> None:
        self.side, self.recording, self.seed = side, recording, seed
        self.weights = NewWeights(side, recording, old)
        self._substituted = old.substituted if old is not None else {}
        self._short = old.short if old is not None else {}
        self._batches = BATCHES
        self._boundaries: dict[int, Any] = {}
        self._added_up: dict[int, tuple[Any, list[str]]] = {}
        self.fitting = Fitting(recording.recorder.note, seed)
        self.pictures = Pictures(recording, make=False, outputs=list)

    def install(self) -> None:
        """Put the real methods back, recorded."""
        model = self.side.model
        for name in _METHODS:
            setattr(model, name, self._method(name, self.side.real[name]))
        self._files()
        self._setting()
        self._steps()
        self._cut()
        self._randomness()
        load_img = self.side.keras.utils.load_img
        replace_everywhere("keras", load_img, self.pictures.loading(load_img))
        images = module("keras.src.legacy.preprocessing.image")
        self.pictures.watch(None, images.ImageDataGenerator)
        module("multiprocessing.pool").ThreadPool = Here
        self.recording.watch_callbacks(self.side.keras.callbacks.Callback)

    # Calls

    def _method(self, name: str, original: Callable[..., Any]) -> Any:
        recording, called = self.recording, CANONICAL.get(name, name)

        @functools.wraps(original)
        def method(model: Any, *args: Any, **kwargs: Any) -> Any:
            if recording.calls:
                with recording.call(called):
                    return original(model, *args, **kwargs)
            arguments = bound(original, (model, *args), kwargs)
            arguments |= arguments.pop("kwargs", {})
            self.weights.begin(model)
            if called in ("fit", "train_on_batch"):
                self._add_up(getattr(model, "optimizer", None))
            arguments = self._fitting(model, called, arguments)
            limited = self._told(model, called, arguments)
            boundary = self._boundary(called)
            with recording.call(called):
                result = original(**{**arguments, **limited})
            if boundary is not None:
                self._at_return(boundary, model, called)
            else:
                self._result(model, called, result)
            return result

        return method

    def _add_up(self, optimizer: Any) -> None:
        """Set a fault of Keras 3 aside, as at level ``training``."""
        if optimizer is not None and id(optimizer) not in self._added_up:
            self._added_up[id(optimizer)] = (optimizer, add_up_repeated(optimizer))

    def notes(self) -> list[str]:
        """What was set aside."""
        return list(dict.fromkeys(note for _, told in self._added_up.values() for note in told))

    def _fitting(self, model: Any, called: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments with made-up data where the old side had it, in the model's shapes."""
        if self.side.ready(model):
            return arguments
        inputs, outputs = self.side.ends(model)
        ends = Ends(
            [self.side.shape(t) for t in inputs],
            [self.side.shape(t) for t in outputs],
            losses_of(getattr(model, "loss", None), len(outputs)),
        )
        size = self._substituted.get(str(self.recording.next_call))
        arguments, _ = self.fitting.arguments(arguments, ends, every=size is not None)
        if not size:
            return arguments
        for key, steps in _GENERATORS.items():
            data = arguments.get(key)
            if hasattr(data, "__next__") or hasattr(data, "num_batches"):
                made = self.fitting.batches(ends, size, targets=called != "predict")
                arguments[key] = (_as_tuples(batch) for batch in made)
                arguments |= {name: MADE_BATCHES for name in steps if name in arguments}
        return arguments

    def _boundary(self, called: str) -> Any:
        """The frame of an adapter whose own result is what the program gets; None: there is none."""
        frame: Any = sys._getframe(2)
        found = None
        root = self.recording.recorder.root
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(root):
                if not name.endswith(f"/{COMPAT}"):
                    break
                found = frame
            frame = frame.f_back
        if found is None or CANONICAL.get(found.f_code.co_name, found.f_code.co_name) != called:
            return None
        owner = found.f_locals.get("self")
        return found if owner is None or isinstance(owner, self.side.model) else None

    def _at_return(self, frame: Any, model: Any, called: str) -> None:
        """Record the result of an adapter when it returns, once."""
        if id(frame) in self._boundaries:
            return
        self._boundaries[id(frame)] = frame
        if sys.gettrace() is None:
            sys.settrace(lambda *_: None)

        def local(frame: Any, event: str, argument: Any) -> Any:
            if event == "return":
                self._boundaries.pop(id(frame), None)
                self._result(model, called, argument, frame)
            return local

        frame.f_trace = local

    def _told(self, model: Any, called: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Record what is given to a call; the arguments that keep it short."""
        values: dict[str, Any] = {}
        limited: dict[str, Any] = {}
        if called == "fit":
            few = self._short.get(str(self.recording.next_call), [BATCHES, EPOCHS])
            self._batches = few[0]
            epochs, first = arguments.get("epochs"), arguments.get("initial_epoch") or 0
            values["epochs"] = epochs
            if isinstance(epochs, (int, np.integer)):
                limited["epochs"] = min(int(epochs), first + few[1])
            steps = arguments.get("steps_per_epoch")
            if isinstance(steps, (int, np.integer)):
                values["batches of an epoch"] = int(steps)
                limited["steps_per_epoch"] = min(int(steps), self._batches)
        elif not hasattr(arguments.get("x"), "__next__"):
            values |= named("x", arguments.get("x")) | named("y", arguments.get("y"))
        self.recording.add("call", called, values)
        return limited

    def _result(self, model: Any, called: str, result: Any, frame: Any = None) -> None:
        recording = self.recording
        if called == "fit":
            recording.add("result", called, history_of(result))
            self.weights.after(model, called)
            return
        recording.add("result", called, named("value", as_list(result)))
        if called == "train_on_batch" and recording.steps <= 3:
            self.weights.after(model, called)

    def _steps(self) -> None:
        """Have the functions that make steps recorded as they are made."""
        recording, cls = self.recording, self.side.model
        make = cls._make_function

        def _make_function(model: Any, step_function: Any) -> Any:
            function = make(model, step_function)
            if step_function.__name__ != "train_step":
                return function

            def recorded(iterator: Any) -> Any:
                data = next(iter(iterator))
                if recording.paused:
                    return function(iter([data]))
                values = self._fed(model, data)
                values["learning rate"] = self._rate(model)
                before = _tracked(model)
                outputs = function(iter([data]))
                values["loss"] = _loss(before, _tracked(model))
                recording.step("train", values)
                return outputs

            return recorded

        cls._make_function = _make_function

    def _fed(self, model: Any, data: Any) -> dict[str, Any]:
        x, y, weight = self.side.keras.utils.unpack_x_y_sample_weight(data)
        values: dict[str, Any] = {}
        for prefix, value, names in (
            ("x", x, [t.name for t in model.inputs]),
            ("y", y, _output_names(model)),
            ("weight", weight, _output_names(model)),
        ):
            if isinstance(value, dict) and set(value) <= set(names):
                value = [value[name] for name in names if name in value]
            values |= named(prefix, value)
        return values

    def _rate(self, model: Any) -> Any:
        optimizer = model.optimizer
        try:
            return float(self.side.keras.ops.convert_to_numpy(optimizer.learning_rate))
        except Exception:
            return None

    # Files

    def _files(self) -> None:
        side, recording, cls = self.side, self.recording, self.side.model
        for name in ("save", "save_weights"):
            setattr(cls, name, self._save(name, side.real[name]))
        cls.load_weights = self._load_weights(side.real["load_weights"])
        load_model = side.real["load_model"]

        def load(filepath: Any, *args: Any, **kwargs: Any) -> Any:
            with recording.call("load_model"):
                model = load_model(filepath, *args, **kwargs)
            if not recording.calls:
                recording.add("call", "load_model", {"file": stem(filepath)})
                self.weights.after(model, "load_model")
            return model

        side.load = load

    def adapters(self, adapters: Any) -> None:
        """Record what the adapters do that a migrated program brings along.

        Args:
            adapters: its module of them.
        """
        self.pictures.watch(None, vars(adapters).get("ImageDataGenerator"))
        if "os" in vars(adapters):
            adapters.os = InOrder()
        if (original := vars(adapters).get("load_keras1_weights")) is not None:
            adapters.load_keras1_weights = self._load_weights(original)

    def _load_weights(self, original: Callable[..., Any]) -> Any:
        recording = self.recording

        @functools.wraps(original)
        def load_weights(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
            if recording.calls:
                return original(model, filepath, *args, **kwargs)
            if not os.path.exists(filepath) and within("applications"):
                recording.recorder.note("pretrained weights are not loaded: no network")
                return None
            self.weights.begin(model)
            with recording.call("load_weights"):
                result = original(model, filepath, *args, **kwargs)
            recording.add("call", "load_weights", {"file": stem(filepath)})
            self.weights.after(model, "load_weights")
            return result

        return load_weights

    def _save(self, name: str, original: Callable[..., Any]) -> Any:
        recording = self.recording

        @functools.wraps(original)
        def save(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
            self.weights.begin(model)
            outermost = not recording.calls
            with recording.call("save"):
                result = original(model, filepath, *args, **kwargs)
            if outermost:
                recording.add("call", name, {"file": stem(filepath)})
            return result

        return save

    def _setting(self) -> None:
        """Remember which layers the program itself gives weights to."""
        recording, layer_class = self.recording, self.side.keras.layers.Layer
        original = layer_class.set_weights

        def set_weights(layer: Any, weights: Any) -> Any:
            recording.given.add(id(layer))
            return original(layer, weights)

        layer_class.set_weights = set_weights

    # What is not as the user's machine has it

    def _cut(self) -> None:
        """Epochs of a few batches; data without threads that run ahead."""
        trainer = module("keras.src.backend.tensorflow.trainer")
        iterator = trainer.TFEpochIterator
        enumerate_ = iterator._enumerate_iterator
        recording = self.recording

        def _enumerate_iterator(epoch: Any) -> Iterator[Any]:
            trains = recording.calls[-1:] == ["fit"]
            for position, item in enumerate(enumerate_(epoch)):
                if trains and position >= self._batches:
                    epoch.data_adapter.on_epoch_end()
                    return
                yield item

        iterator._enumerate_iterator = _enumerate_iterator
        iterator._get_iterator = lambda epoch: epoch.data_adapter.get_numpy_iterator()
        # Which batches of an endless generator an epoch gets was never defined: Keras 1 drew up to
        # ten ahead, Keras 3 begins each epoch with the two that it had looked at. Both go on here.
        module("keras.src.trainers.data_adapters.generator_data_adapter").peek_and_restore = _peek
        adapter = module("keras.src.trainers.data_adapters.py_dataset_adapter").PyDatasetAdapter
        describe_batches = adapter.get_tf_dataset

        def get_tf_dataset(data: Any) -> Any:
            # Keras 3 draws two batches to see their shapes. Of a sequence that is drawn from, not
            # looked up in, training then begins at the third; predictions are told as they come.
            if recording.calls[-1:] == ["fit"] and data.num_batches is None:
                return module("tensorflow").data.Dataset.range(1)
            return describe_batches(data)

        adapter.get_tf_dataset = get_tf_dataset
        # Compiling by XLA takes longer than a stretch.
        module("keras.src.trainers.trainer").model_supports_jit = lambda model: False

    def _randomness(self) -> None:
        own = random.Random(self.seed)
        seeds = module("keras.src.random.seed_generator")
        seeds.python_random = own
        adapter = module("keras.src.trainers.data_adapters.array_data_adapter")
        adapter.np = OwnRandom(self.seed)
        adapter.np.random = SameOrder()
        images = module("keras.src.legacy.preprocessing.image")
        images.np = OwnRandom(0, constant=True)


def _as_tuples(batch: Any) -> Any:
    """A batch of a generator of Keras 1 as Keras 3 takes it."""
    if isinstance(batch, tuple):
        return tuple(tuple(part) if isinstance(part, list) else part for part in batch)
    return (tuple(batch) if isinstance(batch, list) else batch,)


def _peek(generator: Any) -> tuple[list[Any], Callable[[], Any]]:
    """The first batches of a generator, and what gives the generator with them, gone on with."""
    batches = list(itertools.islice(generator, 2))
    chained = itertools.chain(batches, generator)
    return batches, lambda: chained


def _output_names(model: Any) -> list[str]:
    """Names of a model's outputs, by which targets may be given."""
    graph = getattr(model, "_functional", None) or model
    return list(getattr(graph, "output_names", ()))


def _tracked(model: Any) -> tuple[float, float] | None:
    """Sum and count of the losses that a model has had since they were last forgotten."""
    tracker = getattr(model, "_loss_tracker", None)
    if tracker is None or not hasattr(tracker, "total"):
        return None
    return float(tracker.total.numpy()), float(tracker.count.numpy())


def _loss(before: Any, after: Any) -> float | None:
    """The loss of one batch, out of what a model has added up before and after it."""
    if before is None or after is None:
        return None
    if after[1] <= before[1]:
        before = (0.0, 0.0)
    count = after[1] - before[1]
    return float((after[0] - before[0]) / count) if count else None
