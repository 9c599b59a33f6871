"""Keras 1.2.2 let through a stretch: its real methods, with every event recorded. In workers."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from kerasmig.verify.descriptions import LayerFacts
from kerasmig.verify.models.feeding import unsettle
from kerasmig.verify.program.keras1 import Keras1
from kerasmig.verify.program.library import bound
from kerasmig.verify.stretch.cost import BATCHES, EPOCHS, multiplications, within_budget
from kerasmig.verify.stretch.events import CANONICAL
from kerasmig.verify.stretch.fitting_old import OldFitting
from kerasmig.verify.stretch.pictures import InOrder, Pictures
from kerasmig.verify.stretch.recording import OwnRandom, Recording, named
from kerasmig.verify.stretch.shared import (
    SameOrder,
    as_list,
    batches_of,
    called_by,
    history_of,
    module,
    peeked,
    stem,
    within,
)

_METHODS = (
    "fit", "fit_generator", "evaluate", "evaluate_generator", "predict", "predict_generator",
    "predict_on_batch", "train_on_batch", "test_on_batch",
)  # fmt: skip


class OldHooks:
    """Records what a program does with Keras 1.2.2.

    Args:
        side: the library, instrumented.
        recording: gets the events.
    """

    def __init__(self, side: Keras1, recording: Recording, seed: int) -> None:
        self.side, self.recording, self.seed = side, recording, seed
        self.fitting = OldFitting(side, recording, seed)
        self._batches, self._epochs = BATCHES, EPOCHS

    def install(self) -> None:
        """Put the real methods back, recorded."""
        side = self.side
        for cls in (side.training.Model, side.models.Sequential):
            for name in _METHODS:
                if (original := side.real.get(f"{cls.__name__}.{name}")) is not None:
                    setattr(cls, name, self._method(name, original))
            for name in ("predict_classes", "predict_proba"):
                if (original := side.real.get(f"{cls.__name__}.{name}")) is not None:
                    setattr(cls, name, original)
        self._files()
        self._setting()
        self._steps()
        self._cut()
        self._randomness()
        images = module("keras.preprocessing.image")
        pictures = Pictures(self.recording, make=True, outputs=self._outputs)
        pictures.watch(images, images.ImageDataGenerator)
        images.os = InOrder()
        self.recording.watch_callbacks(module("keras.callbacks").Callback)

    def _outputs(self) -> list[int | None]:
        """Sizes of the output of the model that was made last."""
        model = self.recording.recorder.latest()
        if model is None or self.side.ready(model):
            return []
        return list(self.side.shape(self.side.ends(model)[1][0]))

    # Weights

    def begin(self, model: Any) -> None:
        """Tell the weights of layers that have not been used before."""
        recording = self.recording
        if recording.paused:
            return
        if self.side.ready(model):
            return
        core = self.side.core(model)
        if not recording.is_new(core, len(core.weights)):
            return
        moment = recording.moment(self.side, model, self.side.get_all_weights, new=True)
        if moment is not None:
            recording.told.moments.append(moment)
            recording.add("begin", "weights", {})

    def after(self, model: Any, name: str) -> None:
        """Tell the weights of a model after a call that may have changed them."""
        recording = self.recording
        moment = recording.moment(self.side, model, self.side.get_all_weights)
        if moment is not None:
            optimizer = getattr(self.side.core(model), "optimizer", None)
            moment = replace(moment, after=name, optimizer=type(optimizer).__name__)
            recording.told.moments.append(moment)
            recording.add("weights", f"after {name}", {})

    # Calls

    def _method(self, name: str, original: Callable[..., Any]) -> Any:
        recording, called = self.recording, CANONICAL.get(name, name)

        @functools.wraps(original)
        def method(model: Any, *args: Any, **kwargs: Any) -> Any:
            arguments = bound(original, (model, *args), kwargs)
            if recording.calls:
                with recording.call(called):
                    return original(model, *args, **kwargs)
            self.begin(model)
            arguments = self.fitting.given(model, called, arguments)
            limited = self._told(model, name, called, arguments)
            with recording.call(called):
                result = original(**{**arguments, **limited})
            self._result(model, name, called, result)
            return result

        return method

    def _told(
        self, model: Any, name: str, called: str, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """Record what is given to a call; the arguments that keep it short."""
        values: dict[str, Any] = {}
        limited: dict[str, Any] = {}
        generator = arguments.get("generator")
        keywords = arguments.pop("kwargs", {})
        limited.update(keywords)
        if called == "fit":
            epochs, first = arguments.get("nb_epoch"), arguments.get("initial_epoch") or 0
            values["epochs"] = epochs
        size = 0
        if generator is not None:
            limited["generator"], size = peeked(generator)
        if called == "fit":
            self._shorten(model, size or arguments.get("batch_size"))
            if isinstance(epochs, int):
                limited["nb_epoch"] = min(epochs, first + self._epochs)
        if generator is not None:
            wanted = arguments.get("samples_per_epoch")
            if size and called == "fit" and isinstance(wanted, (int, float, np.number)):
                total, samples = batches_of(generator, float(wanted), size, self._batches)
                values["batches of an epoch"] = total
                limited["samples_per_epoch"] = samples
        elif called in ("predict", "evaluate", "test_on_batch", "train_on_batch"):
            values |= named("x", arguments.get("x"))
            values |= named("y", arguments.get("y"))
        self.recording.add("call", called, values)
        return limited

    def _shorten(self, model: Any, samples: Any) -> None:
        """Settle how many batches and epochs a call of ``fit`` is let through."""
        recording = self.recording
        cost = multiplications(self.side.core(model))
        wanted = within_budget(cost, samples if isinstance(samples, int) else 32)
        self._batches, self._epochs = wanted
        if wanted != (BATCHES, EPOCHS):
            recording.told.short[str(recording.next_call)] = list(wanted)
            recording.recorder.note(
                f"a large model: {wanted[0]} batches of {wanted[1]} epochs are trained on"
            )

    def _result(self, model: Any, name: str, called: str, result: Any) -> None:
        recording = self.recording
        if called == "fit":
            recording.add("result", called, history_of(result))
            self.after(model, called)
        elif called == "train_on_batch":
            recording.add("result", called, named("value", as_list(result)))
            if recording.steps <= 3:
                self.after(model, called)
        else:
            recording.add("result", called, named("value", as_list(result)))

    def _steps(self) -> None:
        """Have the functions that make steps recorded as they are made."""
        cls = self.side.training.Model
        make = cls._make_train_function

        def _make_train_function(model: Any) -> None:
            fresh = model.train_function is None
            make(model)
            if fresh:
                model.train_function = _Step(model, model.train_function, self)

        cls._make_train_function = _make_train_function

    # Files

    def _files(self) -> None:
        side, recording = self.side, self.recording
        container, sequential = side.topology.Container, side.models.Sequential
        for cls in (container, sequential):
            for name in ("save", "save_weights", "load_weights"):
                if (original := side.real.get(f"{cls.__name__}.{name}")) is not None:
                    wrapped = self._load if name == "load_weights" else self._save
                    setattr(cls, name, wrapped(name, original))
        load_model = side.real["load_model"]

        def load(filepath: Any, *args: Any, **kwargs: Any) -> Any:
            if not os.path.exists(filepath) and (model := recording.recorder.latest()) is not None:
                with recording.call("making"):
                    self._make(filepath, model, lambda: side.real["save_model"](model, filepath))
            with recording.call("load_model"):
                model = load_model(filepath, *args, **kwargs)
            if not recording.calls:
                recording.add("call", "load_model", {"file": stem(filepath)})
                self.after(model, "load_model")
            return model

        def save_model(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
            if recording.calls:  # by the method itself
                return side.real["save_model"](model, filepath, *args, **kwargs)
            return model.save(filepath, *args, **kwargs)

        side.load, side.save = load, save_model

    def _save(self, name: str, original: Callable[..., Any]) -> Any:
        recording = self.recording

        @functools.wraps(original)
        def save(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
            self.begin(model)
            outermost = not recording.calls
            with recording.call("save"):
                result = original(model, filepath, *args, **kwargs)
            if outermost:
                recording.add("call", name, {"file": stem(filepath)})
            return result

        return save

    def _load(self, name: str, original: Callable[..., Any]) -> Any:
        recording, side = self.recording, self.side

        @functools.wraps(original)
        def load_weights(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
            if recording.calls:
                return original(model, filepath, *args, **kwargs)
            if not os.path.exists(filepath):
                if within("applications"):
                    recording.recorder.note("pretrained weights are not loaded: no network")
                    return None
                self.begin(model)
                core = side.core(model)
                with recording.call("making"):
                    self._make(
                        filepath, core, lambda: side.real["Container.save_weights"](core, filepath)
                    )
            self.begin(model)
            with recording.call(name):
                result = original(model, filepath, *args, **kwargs)
            recording.add("call", name, {"file": stem(filepath)})
            self.after(model, name)
            return result

        return load_weights

    def _make(self, path: Any, model: Any, write: Callable[[], object]) -> None:
        """A file of weights that is not there, with others than the model has now."""
        recording = self.recording
        folder = os.path.dirname(os.fspath(path))
        if folder:
            os.makedirs(folder, exist_ok=True)
        given, recording.given = recording.given, set()
        random = np.random.RandomState(len(recording.told.made) + 1)
        before = [np.asarray(array) for array in model.get_weights()]
        row: LayerFacts = {"class": "", "bases": []}
        changed = unsettle(row, [array * 0.9 for array in before], random)
        # Variances stay positive.
        positive = [array.ndim == 1 and bool(array.size) and array.min() > 0 for array in before]
        changed = [np.abs(a) if p else a for a, p in zip(changed, positive, strict=True)]
        model.set_weights(changed)
        try:
            write()
        finally:
            model.set_weights(before)
            recording.given = given
        name = os.path.relpath(os.path.realpath(path), os.path.realpath(recording.recorder.root))
        recording.told.made.append(name)
        recording.recorder.note(f"made up: weights in {name}")

    def _setting(self) -> None:
        """Remember which layers the program itself gives weights to."""
        recording, topology = self.recording, self.side.topology

        def wrapped(cls: Any, layers: Callable[[Any], list[Any]]) -> None:
            original = cls.__dict__["set_weights"]

            def set_weights(layer: Any, weights: Any) -> Any:
                recording.given.update(id(one) for one in layers(layer))
                return original(layer, weights)

            cls.set_weights = set_weights

        wrapped(topology.Layer, lambda layer: [layer])
        wrapped(topology.Container, lambda model: list(model.layers))

    # What is not as the author's machine had it

    def _cut(self) -> None:
        """Epochs of a few batches; generators without threads."""
        training: Any = self.side.training
        make_batches = training.make_batches

        def batches(size: int, batch_size: int) -> Any:
            made = make_batches(size, batch_size)
            return made[: self._batches] if called_by("_fit_loop") else made

        training.make_batches = batches
        training.GeneratorEnqueuer = _Enqueuer

    def _randomness(self) -> None:
        own = OwnRandom(self.seed)
        module("keras.backend.tensorflow_backend").np = own
        module("keras.initializations").np = own
        training: Any = self.side.training
        training.np = OwnRandom(self.seed)
        training.np.random = SameOrder()
        module("keras.preprocessing.image").np = OwnRandom(0, constant=True)


class _Step:
    """The function that makes a step of training, recorded."""

    def __init__(self, model: Any, function: Any, hooks: OldHooks) -> None:
        self._model, self._function, self._hooks = model, function, hooks

    def __call__(self, inputs: Any) -> Any:
        hooks, model = self._hooks, self._model
        values: dict[str, Any] = {}
        recording = hooks.recording
        count, targets = len(model.inputs), len(model.targets)
        values |= named("x", list(inputs[:count]))
        values |= named("y", list(inputs[count : count + targets]))
        values |= named("weight", list(inputs[count + targets : count + 2 * targets]))
        values["learning rate"] = self._rate()
        outputs = self._function(inputs)
        values["loss"] = outputs[0] if isinstance(outputs, list) else outputs
        recording.step("train", values)
        return outputs

    def _rate(self) -> Any:
        backend, optimizer = self._hooks.side.backend, self._model.optimizer
        if not hasattr(optimizer, "lr"):
            return None
        rate = float(backend.get_value(optimizer.lr))
        decay = getattr(optimizer, "initial_decay", 0)
        if decay and hasattr(optimizer, "decay"):
            steps = float(backend.get_value(optimizer.iterations))
            rate /= 1.0 + float(backend.get_value(optimizer.decay)) * steps
        return rate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)


class _Enqueuer:
    """Keras' queue of batches, without threads: the next batch is drawn when it is wanted."""

    def __init__(self, generator: Any, pickle_safe: bool = False) -> None:
        self._generator = generator
        self._running = False
        self.queue = self

    def start(self, **kwargs: Any) -> None:
        self._running = True

    def is_running(self) -> bool:
        return self._running

    def empty(self) -> bool:
        return False

    def get(self) -> Any:
        return next(self._generator)

    def stop(self, timeout: Any = None) -> None:
        self._running = False
