"""Keras 3, instrumented: capture, answers, description. Runs in workers of the new side."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import hidden_settings, role_of
from kerasmig.legacy.at_once import replace_everywhere
from kerasmig.verify.descriptions import LayerFacts, OptimizerFacts
from kerasmig.verify.messages import NO_LAYERS, one_line
from kerasmig.verify.program import datasets
from kerasmig.verify.program.inert import answering
from kerasmig.verify.program.library import (
    answered,
    bound,
    history_values,
    sample_count,
    spare_stand_ins,
    take_stand_ins_for_sizes,
)
from kerasmig.verify.program.recorder import Recorder, made_within, wrap_init

_CONFIG = ("data_format", "axis", "padding", "strides", "pool_size", "dilation_rate", "axes",
           "go_backwards", "stateful", "return_sequences", "cropping", "input_dim",
           "recurrent_activation", "activation")  # fmt: skip
_SPATIAL = (
    "conv",
    "conv_transpose",
    "depthwise_conv",
    "separable_conv",
    "max_pool",
    "average_pool",
)
_DATASETS = ("mnist", "fashion_mnist", "cifar10", "cifar100", "imdb", "reuters", "boston_housing")


NO_INPUT_SHAPE = "the model has no input shape"


class Keras3:
    """The new side; see `kerasmig.verify.program.library.Side`."""

    name = "new"

    def __init__(self) -> None:
        self.keras = importlib.import_module("keras")
        self.functional = importlib.import_module("keras.src.models.functional").Functional
        self.sequential = importlib.import_module("keras.src.models.sequential").Sequential
        self.model = importlib.import_module("keras.src.models.model").Model
        self.operation = importlib.import_module("keras.src.ops.operation").Operation
        self.input_layer = importlib.import_module("keras.src.layers.core.input_layer").InputLayer
        self.real: dict[str, Callable[..., Any]] = {}
        self.load: Callable[..., Any] | None = None
        """Loads a model for real, where a program is let through a stretch."""

    # Capture

    def install(self, recorder: Recorder) -> None:
        self.recorder = recorder

        def made(model: Any) -> None:
            if not made_within(sys._getframe(2), "keras/src/models/sequential.py"):
                recorder.made(model)

        wrap_init(self.functional, made, None)
        wrap_init(self.sequential, recorder.made, None)
        wrap_init(self.model, made, None)
        wrap_init(self.operation, lambda layer: None, recorder.layer_made)
        self._answer_methods()
        self._answer_loading()
        self._silence_noise()
        spare_stand_ins(self.keras.layers.Layer, recorder)
        take_stand_ins_for_sizes(self.operation, self.operation.__new__)

    def begin(self, image_format: str | None, floatx: str, seed: int) -> None:
        self.keras.config.set_floatx(floatx)
        if floatx == "float64":
            self.convolve_in_float64()
            self.cast_in_float64()
        if image_format:
            self.keras.config.set_image_data_format(image_format)
        self.keras.utils.set_random_seed(seed)

    def _answer_methods(self) -> None:
        recorder, side, cls = self.recorder, self, self.model

        def replace(name: str, answer: Callable[[Any, dict[str, Any]], Any]) -> None:
            original = getattr(cls, name)
            self.real[name] = original

            @functools.wraps(original)  # programs and adapters ask for the signature
            def method(model: Any, *args: Any, **kwargs: Any) -> Any:
                arguments = bound(original, (model, *args), kwargs)
                recorder.called(model, name)
                return answer(model, arguments)

            setattr(cls, name, method)

        def fit(model: Any, arguments: dict[str, Any]) -> Any:
            validation = bool(arguments["validation_split"]) or (
                arguments["validation_data"] is not None
            )
            history = self.keras.callbacks.History()
            history.set_model(model)
            history.history = history_values(
                side._metric_names(model), arguments["epochs"], validation
            )
            history.epoch = list(range(len(history.history["loss"])))
            return history

        def measure(model: Any, arguments: dict[str, Any]) -> Any:
            names = side._metric_names(model)
            if arguments.get("return_dict"):
                return dict.fromkeys(names, 0.5)
            return 0.5 if len(names) == 1 else [0.5] * len(names)

        def predict(model: Any, arguments: dict[str, Any]) -> Any:
            count = sample_count(arguments["x"])
            if arguments.get("steps"):
                count = int(arguments["steps"]) * int(getattr(arguments["x"], "batch_size", 1) or 1)
            return answered(side._output_shapes(model), count)

        replace("fit", fit)
        for name in ("evaluate", "train_on_batch", "test_on_batch"):
            replace(name, measure)
        for name in ("predict", "predict_on_batch"):
            replace(name, predict)
        compile_ = self.real["compile"] = cls.compile

        @functools.wraps(compile_)
        def compile_and_record(model: Any, *args: Any, **kwargs: Any) -> Any:
            recorder.compiled(model, bound(compile_, (model, *args), kwargs))
            return compile_(model, *args, **kwargs)

        cls.compile = compile_and_record

    def _answer_loading(self) -> None:
        recorder, cls = self.recorder, self.model

        def save(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> None:
            recorder.note("save answered without doing it")
            if not str(filepath).endswith((".keras", ".h5", ".hdf5")):
                raise ValueError(f"Invalid filepath extension for saving: {filepath}")

        def save_weights(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> None:
            recorder.note("save_weights answered without doing it")
            if not str(filepath).endswith((".weights.h5", "weights.json")):
                raise ValueError(
                    f"The filename must end in `.weights.h5`. Received: filepath={filepath}"
                )

        def load_weights(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> None:
            recorder.note("load_weights answered without doing it")
            if not str(filepath).endswith((".keras", ".h5", ".hdf5", ".json")):
                raise ValueError(f"File format not supported: filepath={filepath}.")

        for name in ("save", "save_weights", "load_weights"):
            self.real[name] = getattr(cls, name)
        cls.save, cls.save_weights, cls.load_weights = save, save_weights, load_weights
        self.real["load_model"] = self.keras.models.load_model

        def load_model(filepath: Any, *args: Any, **kwargs: Any) -> Any:
            if self.load is not None:
                return self.load(filepath, *args, **kwargs)
            if (model := recorder.latest()) is None:
                raise OSError(f"kerasmig verify: {filepath} was never saved by this program")
            return model

        keras = self.keras
        replace_everywhere("keras", keras.models.load_model, load_model)
        replace_everywhere("keras", keras.utils.get_file, lambda fname=None, *a, **k: str(fname))
        replace_everywhere("keras", keras.utils.plot_model, lambda *args, **kwargs: None)
        to_categorical = keras.utils.to_categorical
        replace_everywhere("keras", to_categorical, answering(to_categorical, "y"))
        for name in _DATASETS:
            module = getattr(keras.datasets, name)

            def load_data(*args: Any, _name: str = name, **kwargs: Any) -> Any:
                th = keras.config.image_data_format() == "channels_first"
                return datasets.load(_name, "th" if th else "tf", kwargs, seed=len(_name))

            replace_everywhere("keras", module.load_data, load_data)

    def _silence_noise(self) -> None:
        """Noise off, so that training mode can be compared; the settings stay and are compared."""
        layers = self.keras.layers
        for cls in (
            layers.Dropout, layers.SpatialDropout1D, layers.SpatialDropout2D,
            layers.SpatialDropout3D, layers.GaussianDropout, layers.GaussianNoise,
            layers.AlphaDropout,
        ):  # fmt: skip
            cls.call = lambda layer, inputs, training=False: inputs
        random = importlib.import_module("keras.src.backend").random
        random.dropout = lambda inputs, rate, *args, **kwargs: inputs
        public = importlib.import_module("keras.src.random.random")
        ops = self.keras.ops

        def normal(
            shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None
        ) -> Any:
            return ops.full(shape, mean, dtype=dtype or self.keras.config.floatx())

        replace_everywhere("keras", public.normal, normal)

    def convolve_in_float64(self) -> None:
        """TensorFlow computes channels_first in float64 on no CPU: go by channels_last.

        The same sums in the same order; only a float64 run, which is to tell rounding from error,
        does this.
        """
        nn = importlib.import_module("keras.src.backend").nn
        ops = self.keras.ops
        for name in _SPATIAL:
            original = getattr(nn, name)
            signature = inspect.signature(original)

            def through(
                *args: Any, _original: Any = original, _by: Any = signature, **kwargs: Any
            ) -> Any:
                call = _by.bind(*args, **kwargs)
                call.apply_defaults()
                given = call.arguments.get("data_format") or self.keras.config.image_data_format()
                inputs = call.arguments["inputs"]
                if given != "channels_first" or isinstance(inputs, self.keras.KerasTensor):
                    return _original(*args, **kwargs)
                call.arguments["inputs"] = ops.moveaxis(inputs, 1, -1)
                call.arguments["data_format"] = "channels_last"
                return ops.moveaxis(_original(*call.args, **call.kwargs), -1, 1)

            setattr(nn, name, through)

    def cast_in_float64(self) -> None:
        """TensorFlow casts a Python number by way of float32: a regularizer's factor, for one."""
        import numpy as np

        core = importlib.import_module("keras.src.backend").core
        original = core.cast

        def cast(x: Any, dtype: Any) -> Any:
            return original(np.float64(x) if isinstance(x, float) else x, dtype)

        core.cast = cast

    # Description

    def ready(self, model: Any) -> str:
        if isinstance(model, self.sequential):
            if not model.layers:
                return NO_LAYERS
            if model._functional is None:
                return self._why_unbuilt(model)
        elif not isinstance(model, self.functional):
            return "a subclassed model without a graph"
        return ""

    def _why_unbuilt(self, model: Any) -> str:
        """Why a Sequential has layers and no graph: Keras 3 keeps what went wrong to itself."""
        shape = getattr(model._layers[0], "batch_shape", None)
        if shape is None:
            return NO_INPUT_SHAPE
        x = self.keras.KerasTensor(shape, dtype=model._layers[0].compute_dtype)
        for layer in model.layers:
            try:
                x = layer.compute_output_spec(x)
            except Exception as error:
                cause: BaseException = error
                while cause.__cause__ or cause.__context__:
                    cause = cause.__cause__ or cause.__context__ or cause
                name = f"{type(layer).__name__} {layer.name!r}"
                return f"{name} cannot be built: {one_line(cause)}"
        return "the model is not built"

    def ends(self, model: Any) -> tuple[Sequence[Any], Sequence[Any]]:
        if isinstance(model, self.sequential):
            model = model._functional
        return model.inputs, model.outputs

    def history(self, tensor: Any) -> tuple[Any, int]:
        layer, index, _ = tensor._keras_history
        return layer, index

    def node(self, layer: Any, index: int) -> tuple[Sequence[Any], Sequence[Any]]:
        node = layer._inbound_nodes[index]
        return node.input_tensors, node.output_tensors

    def is_model(self, layer: Any) -> bool:
        return isinstance(layer, (self.functional, self.sequential))

    def shape(self, tensor: Any) -> list[int | None]:
        return [None if size is None else int(size) for size in tensor.shape]

    def facts(self, layer: Any) -> LayerFacts:
        is_layer = isinstance(layer, self.keras.Layer)
        # A merge layer has none of its own: keras1_compat.Merge holds whole models, as in Keras 1.
        own = is_layer and not self.is_model(layer)
        own = own and role_of(type(layer).__name__) is not Role.MERGE
        weights = list(layer.weights) if own else []
        inner = getattr(layer, "layer", None)
        if inner is None:
            inner = getattr(layer, "forward_layer", None)
        kind = type(layer).__name__
        return {
            "class": kind,
            "bases": [
                base.__name__
                for base in type(layer).__mro__[1:]
                if base.__module__.startswith("keras.src.layers") and base.__name__ != "Layer"
            ],
            "name": layer.name,
            "params": sum(int(_size(w.shape)) for w in weights),
            "trainable": bool(getattr(layer, "trainable", True)),
            "weights": [{"name": w.name, "shape": list(w.shape)} for w in weights],
            "config": {key: _plain(getattr(layer, key)) for key in _CONFIG if hasattr(layer, key)},
            "hidden": {key: _plain(getattr(layer, key, None)) for _, key in hidden_settings(kind)},
            "inner": self.facts(inner) if isinstance(inner, self.keras.Layer) else None,
            "line": self.recorder.line_of(layer),
            "operation": not is_layer,
        }

    def get_weights(self, layer: Any) -> list[Any]:
        import numpy as np

        return [np.asarray(w.numpy()) for w in layer.weights]

    def set_weights(self, layer: Any, arrays: Sequence[Any]) -> None:
        for variable, array in zip(layer.weights, arrays, strict=True):
            variable.assign(array)

    def params(self, model: Any) -> int:
        return int(model.count_params())

    def optimizer(self, model: Any) -> OptimizerFacts | None:
        """Class, settings, and learning rate at steps 0 and 1000 of a compiled model's optimizer."""
        optimizer = getattr(model, "optimizer", None)
        if optimizer is None:
            return None
        rate = optimizer._learning_rate
        schedule = self.keras.optimizers.schedules.LearningRateSchedule
        # The program's own rate, whatever the steps taken since have made of it.
        rates = [float(rate(s)) if isinstance(rate, schedule) else float(rate) for s in (0, 1000)]
        settings: dict[str, Any] = {
            k: v for k, v in optimizer.get_config().items() if isinstance(v, (int, float))
        }
        settings["clipnorm"] = optimizer.global_clipnorm
        if optimizer.clipnorm:
            settings["clipnorm"] = f"{optimizer.clipnorm} of each gradient alone"
        return {"class": type(optimizer).__name__, "settings": settings, "rates": rates}

    # Work with symbols

    def make_input(self, shape: tuple[int, ...]) -> Any:
        return self.keras.Input(shape=shape)

    def belongs(self, value: Any) -> bool:
        return isinstance(value, (self.operation, self.keras.KerasTensor))

    def _metric_names(self, model: Any) -> list[str]:
        captured = next((c for c in self.recorder.models if c.model is model), None)
        metrics = (captured.compiled or {}).get("metrics") if captured else None
        if isinstance(metrics, dict):
            metrics = list(metrics.values())
        flat: list[Any] = []
        for metric in metrics or ():
            flat.extend(metric if isinstance(metric, (list, tuple)) else [metric])
        return ["loss", *(_metric_name(metric) for metric in flat)]

    def _output_shapes(self, model: Any) -> list[list[int | None]]:
        if self.ready(model):
            return [[None, 1]]
        return [self.shape(tensor) for tensor in self.ends(model)[1]]


def _metric_name(metric: Any) -> str:
    if isinstance(metric, str):
        return metric
    return str(getattr(metric, "name", None) or getattr(metric, "__name__", "metric"))


def _size(shape: Sequence[int]) -> int:
    size = 1
    for axis in shape:
        size *= axis
    return size


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return getattr(value, "__name__", type(value).__name__)
