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

from kerasmig.verify.models.match import align_layers
from kerasmig.verify.models.train_new import add_up_repeated
from kerasmig.verify.models.weights import WeightMismatch, carry_over
from kerasmig.verify.program.keras1 import replace_everywhere
from kerasmig.verify.program.keras3 import Keras3
from kerasmig.verify.program.library import bound
from kerasmig.verify.program.recorder import COMPAT
from kerasmig.verify.stretch.events import CANONICAL, Moment, Recorded, Value
from kerasmig.verify.stretch.fitting import Fitting, losses_of
from kerasmig.verify.stretch.pictures import Pictures
from kerasmig.verify.stretch.recording import BATCHES, EPOCHS, OwnRandom, Recording, named
from kerasmig.verify.stretch.shared import SameOrder, as_list, history_of, module, stem, within

_METHODS = ("fit", "evaluate", "predict", "predict_on_batch", "train_on_batch", "test_on_batch")
WEIGHTS = 0.02
"""How far an array of weights may be off, as a share of how far training moved it."""
ROOT_WEIGHTS = 0.06
"""The same for optimizers of which Keras 3 has the epsilon under the root."""
_UNDER_ROOT = ("Adadelta", "Adagrad", "RMSprop")


class NewHooks:
    """Records what a program does with Keras 3; gives its models the weights of the old ones.

    Args:
        side: the library, instrumented.
        recording: gets the events.
        old: what was recorded of the old side; None: nothing to begin with.
    """

    def __init__(self, side: Keras3, recording: Recording, old: Recorded | None, seed: int) -> None:
        self.side, self.recording, self.seed = side, recording, seed
        self._old = np.load(old.arrays) if old is not None else {}
        moments = old.moments if old is not None else []
        self._begins = iter([moment for moment in moments if not moment.after])
        self._afters = iter([moment for moment in moments if moment.after])
        self._carried: set[int] = set()
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
        self.recording.watch_callbacks(self.side.keras.callbacks.Callback)

    # Weights

    def begin(self, model: Any) -> None:
        """Give layers that have not been used before the weights of their old counterparts."""
        recording = self.recording
        if recording.paused or self.side.ready(model):
            return
        if not recording.is_new(model, len(model.weights)):
            return
        moment = recording.moment(self.side, model, self._fetch, new=True)
        if moment is None:
            return
        recording.add("begin", "weights", {})
        old = next(self._begins, None)
        if old is None:
            return
        trouble = self._carry(model, old, moment)
        if trouble:
            recording.add("weights", "begin", {"weights": Value(text=trouble, number=float("inf"))})

    def _carry(self, model: Any, old: Moment, new: Moment) -> str:
        """What hinders the old weights from being carried over; empty: nothing does."""
        layers = self._layers(model)
        trouble = ""
        for i, j in align_layers(old.rows, new.rows):
            before = old.layers.get(str(i))
            if before is None or j is None or str(j) not in new.layers:
                continue
            layer = layers[j]
            if id(layer) in self._carried:
                continue
            self._carried.add(id(layer))
            if before.given:
                continue  # the program itself gives them: they are compared, not carried
            try:
                arrays = carry_over(
                    before.row, [self._old[key] for key in before.arrays], new.rows[j]
                )
            except WeightMismatch as error:
                trouble = trouble or str(error)
                continue
            for variable, array in zip(layer.weights, arrays, strict=True):
                variable.assign(array)
            self.recording.remember(layer, self._fetch([layer])[0])
        return trouble

    def _layers(self, model: Any) -> list[Any]:
        from kerasmig.verify.models.graph import describe

        return describe(model, self.side).layers

    def _fetch(self, layers: list[Any]) -> list[list[Any]]:
        return [[np.array(w.numpy()) for w in layer.weights] for layer in layers]

    def after(self, model: Any, name: str) -> None:
        """Compare the weights of a model with the old ones after a call that may have changed them."""
        recording = self.recording
        moment = recording.moment(self.side, model, self._fetch)
        if moment is None:
            return
        old = next(self._afters, None)
        values: dict[str, Any] = {}
        if old is not None:
            limit = ROOT_WEIGHTS if old.optimizer in _UNDER_ROOT else WEIGHTS
            for i, j in align_layers(old.rows, moment.rows):
                values |= self._apart(old, moment, i, j, limit, name)
        recording.add("weights", f"after {name}", values)

    def _apart(
        self, old: Moment, new: Moment, i: int | None, j: int | None, limit: float, after: str
    ) -> dict[str, Any]:
        before = old.layers.get(str(i))
        now = new.layers.get(str(j)) if j is not None else None
        if before is None or now is None:
            return {}
        label = f"{before.row['class']} {before.row['name']}"
        try:
            arrays = carry_over(before.row, [self._old[key] for key in before.arrays], now.row)
        except WeightMismatch as error:
            return {label: Value(text=str(error), number=float("inf"))}
        worst = Value(text="", number=0.0)
        total = float(np.linalg.norm(before.moved)) if before.moved else 0.0
        for array, key in zip(arrays, now.arrays, strict=True):
            found = self.recording.arrays[key]
            distance = float(np.linalg.norm(np.reshape(array - found, -1)))
            size = float(np.linalg.norm(np.reshape(array, -1)))
            ratio = distance / (limit * total + 2e-5 * size + 1e-6)
            if not ratio <= (worst.number or 0.0):
                moved = f"which moved them by {total:.3g}" if total else "which left them alone"
                if after in ("load_weights", "load_model"):
                    moved = "which gave them their values"
                text = f"{distance:.3g} apart after {after}, {moved} (Euclidean norm)"
                worst = Value(text=text, number=ratio)
        return {label: worst}

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
            self.begin(model)
            if called in ("fit", "train_on_batch"):
                self._add_up(getattr(model, "optimizer", None))
            arguments = self._fitting(model, arguments)
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

    def _fitting(self, model: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments with made-up data in the shapes that the model takes."""
        if self.side.ready(model):
            return arguments
        inputs, outputs = self.side.ends(model)
        shapes = [self.side.shape(t) for t in inputs], [self.side.shape(t) for t in outputs]
        return self.fitting.arguments(arguments, *shapes, losses_of(model.loss, len(outputs)))

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
            epochs, first = arguments.get("epochs"), arguments.get("initial_epoch") or 0
            values["epochs"] = epochs
            if isinstance(epochs, (int, np.integer)):
                limited["epochs"] = min(int(epochs), first + EPOCHS)
            steps = arguments.get("steps_per_epoch")
            if isinstance(steps, (int, np.integer)):
                values["batches of an epoch"] = int(steps)
                limited["steps_per_epoch"] = min(int(steps), BATCHES)
        elif not hasattr(arguments.get("x"), "__next__"):
            values |= named("x", arguments.get("x")) | named("y", arguments.get("y"))
        self.recording.add("call", called, values)
        return limited

    def _result(self, model: Any, called: str, result: Any, frame: Any = None) -> None:
        recording = self.recording
        if called == "fit":
            recording.add("result", called, history_of(result))
            self.after(model, called)
            return
        recording.add("result", called, named("value", as_list(result)))
        if called == "train_on_batch" and recording.steps <= 3:
            self.after(model, called)

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
                self.after(model, "load_model")
            return model

        side.load = load

    def adapters(self, adapters: Any) -> None:
        """Record what the adapters do that a migrated program brings along.

        Args:
            adapters: its module of them.
        """
        self.pictures.watch(None, vars(adapters).get("ImageDataGenerator"))
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
            self.begin(model)
            with recording.call("load_weights"):
                result = original(model, filepath, *args, **kwargs)
            recording.add("call", "load_weights", {"file": stem(filepath)})
            self.after(model, "load_weights")
            return result

        return load_weights

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
                if trains and position >= BATCHES:
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
