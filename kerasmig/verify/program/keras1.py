"""Keras 1.2.2, instrumented: capture, answers, description. Runs in workers of the old side."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from kerasmig.catalog.layers import hidden_settings
from kerasmig.legacy import bridge
from kerasmig.legacy.at_once import replace_everywhere, update_at_once
from kerasmig.verify.descriptions import LayerFacts, OptimizerFacts
from kerasmig.verify.messages import NO_LAYERS
from kerasmig.verify.program import datasets
from kerasmig.verify.program.inert import answering, holds_stand_in
from kerasmig.verify.program.library import (
    answered,
    bound,
    history_values,
    sample_count,
    spare_stand_ins,
    take_stand_ins_for_sizes,
)
from kerasmig.verify.program.recorder import Recorder, made_within, wrap_init

_PREDICTS = ("predict", "predict_proba", "predict_on_batch")
_MEASURES = ("evaluate", "train_on_batch", "test_on_batch", "evaluate_generator")
_NOISE = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
_CONFIG = ("dim_ordering", "input_dim", "axis", "mode", "activation", "inner_activation",
           "border_mode", "subsample", "strides", "pool_size", "atrous_rate", "concat_axis",
           "dot_axes", "go_backwards", "stateful", "return_sequences", "padding")  # fmt: skip


class Keras1:
    """The old side; see `kerasmig.verify.program.library.Side`."""

    name = "old"

    def __init__(self) -> None:
        self.keras = importlib.import_module("keras")
        self.backend = importlib.import_module("keras.backend")
        self.topology = importlib.import_module("keras.engine.topology")
        self.training = importlib.import_module("keras.engine.training")
        self.models = importlib.import_module("keras.models")
        importlib.import_module("keras.layers")
        self.real: dict[str, Callable[..., Any]] = {}
        self.load: Callable[..., Any] | None = None
        self.save: Callable[..., Any] | None = None
        """Load and save a model for real, where a program is let through a stretch."""
        #: By session the variables that it surely knows; it must not keep a closed session alive.
        self._initialised: WeakKeyDictionary[Any, set[Any]] = WeakKeyDictionary()

    # Capture

    def install(self, recorder: Recorder) -> None:
        self.recorder = recorder
        container = self.topology.Container

        def made(model: Any) -> None:
            if not made_within(sys._getframe(2), "keras/models.py"):  # by Sequential.build
                recorder.made(model)

        wrap_init(container, made, None)
        wrap_init(self.models.Sequential, recorder.made, None)
        wrap_init(self.topology.Layer, lambda layer: None, recorder.layer_made)
        wrap_init(self.topology.Merge, lambda layer: None, recorder.layer_made)
        for cls in (self.training.Model, self.models.Sequential):
            self._answer_methods(cls)
        self._answer_loading()
        self._silence_noise()
        self._return_new_tensors()
        update_at_once()
        for cls in (self.topology.Layer, self.topology.Container, self.models.Sequential):
            spare_stand_ins(cls, recorder)
        take_stand_ins_for_sizes(self.topology.Layer, lambda cls, *_, **__: object.__new__(cls))

    def begin(self, image_format: str | None, floatx: str, seed: int) -> None:
        bridge.reset(image_format or "tf", floatx=floatx)
        sys.modules["tensorflow"].set_random_seed(seed)
        self._quick_session()

    def _quick_session(self, graph: Any = None) -> None:
        """A session that does not optimise graphs: each is run a few times only."""
        tf = sys.modules["tensorflow"]
        config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        config.graph_options.optimizer_options.opt_level = -1
        self.backend.set_session(tf.Session(graph=graph, config=config))

    @contextmanager
    def at_home(self, model: Any) -> Iterator[None]:
        """Work in the graph that a model is of, with a session that knows its variables.

        A program may have closed its session, have used one of its own, or have begun a new graph
        (``K.clear_session()``) when the model was done with. Variables that lost their values
        start anew, as they would have; measuring sets the weights of layers anyhow.
        """
        tf = sys.modules["tensorflow"]
        graph = self.ends(model)[1][0].graph
        backend = importlib.import_module("keras.backend.tensorflow_backend")
        with graph.as_default():
            session = backend._SESSION
            if session is None or session.graph is not graph or session._closed:
                self._quick_session(graph)
                session = backend._SESSION
            with session.as_default():
                backend.get_session()  # initialises what nobody has yet
                # Each question adds to the graph, and a session takes in the whole of a graph that
                # has grown: with many models in it, asking again would cost more than all else.
                initialised = self._initialised.setdefault(session, set())
                variables = [v for v in tf.global_variables() if v not in initialised]
                known = session.run([tf.is_variable_initialized(v) for v in variables])
                lost = [v for v, is_known in zip(variables, known, strict=True) if not is_known]
                if lost:
                    session.run(tf.variables_initializer(lost))
                initialised.update(variables)
                yield

    def _answer_methods(self, cls: type) -> None:
        recorder, side = self.recorder, self
        own = cls.__dict__

        def replace(name: str, answer: Callable[[Any, dict[str, Any]], Any]) -> None:
            original = own.get(name)
            if original is None:
                return
            self.real[f"{cls.__name__}.{name}"] = original

            @functools.wraps(original)  # programs ask for the signature
            def method(model: Any, *args: Any, **kwargs: Any) -> Any:
                arguments = bound(original, (model, *args), kwargs)
                recorder.called(model, name)
                return answer(model, arguments)

            setattr(cls, name, method)

        def fit(model: Any, arguments: dict[str, Any]) -> Any:
            validation = bool(arguments.get("validation_split")) or any(
                arguments.get(key) is not None for key in ("validation_data",)
            )
            history = importlib.import_module("keras.callbacks").History()
            history.model = model
            history.history = history_values(
                side._metric_names(model), arguments.get("nb_epoch"), validation
            )
            history.epoch = list(range(len(next(iter(history.history.values()), []))))
            return history

        def measure(model: Any, arguments: dict[str, Any]) -> Any:
            names = side._metric_names(model)
            return 0.5 if len(names) == 1 else [0.5] * len(names)

        def predict(model: Any, arguments: dict[str, Any]) -> Any:
            count = arguments.get("val_samples") or sample_count(
                arguments.get("x", arguments.get("generator"))
            )
            return answered(side._output_shapes(model), int(count))

        def predict_classes(model: Any, arguments: dict[str, Any]) -> Any:
            probabilities = predict(model, arguments)
            if probabilities.shape[-1] > 1:
                return probabilities.argmax(axis=-1)
            return (probabilities > 0.5).astype("int32")

        for name in ("fit", "fit_generator"):
            replace(name, fit)
        for name in _MEASURES:
            replace(name, measure)
        for name in (*_PREDICTS, "predict_generator"):
            replace(name, predict)
        replace("predict_classes", predict_classes)

        compile_ = own["compile"]
        self.real[f"{cls.__name__}.compile"] = compile_

        def compile_and_record(model: Any, *args: Any, **kwargs: Any) -> Any:
            recorder.compiled(model, bound(compile_, (model, *args), kwargs))
            return compile_(model, *args, **kwargs)

        cls.compile = compile_and_record  # type: ignore[attr-defined]

    def _answer_loading(self) -> None:
        recorder, container = self.recorder, self.topology.Container

        def nothing(what: str) -> Callable[..., None]:
            def answer(*args: Any, **kwargs: Any) -> None:
                recorder.note(f"{what} answered without doing it")

            return answer

        for cls in (container, self.models.Sequential):
            for name in ("save", "save_weights", "load_weights"):
                if name in cls.__dict__:
                    self.real[f"{cls.__name__}.{name}"] = cls.__dict__[name]
                    setattr(cls, name, nothing(name))
        self.real["load_model"] = self.models.load_model
        self.real["save_model"] = self.models.save_model

        def save_model(model: Any, filepath: Any, *args: Any, **kwargs: Any) -> Any:
            if self.save is not None:
                return self.save(model, filepath, *args, **kwargs)
            recorder.note("save_model answered without doing it")
            return None

        def load_model(filepath: Any, *args: Any, **kwargs: Any) -> Any:
            if self.load is not None:
                return self.load(filepath, *args, **kwargs)
            if (model := recorder.latest()) is None:
                raise OSError(f"kerasmig verify: {filepath} was never saved by this program")
            return model

        replace_everywhere("keras", self.models.load_model, load_model)
        replace_everywhere("keras", self.models.save_model, save_model)
        data_utils = importlib.import_module("keras.utils.data_utils")
        replace_everywhere("keras", data_utils.get_file, lambda fname, *args, **kwargs: str(fname))
        for name in ("mnist", "cifar10", "cifar100", "imdb", "reuters"):
            module = importlib.import_module(f"keras.datasets.{name}")

            def load_data(*args: Any, _name: str = name, **kwargs: Any) -> Any:
                given = self.backend.image_dim_ordering()
                return datasets.load(_name, given, kwargs, seed=len(_name))

            replace_everywhere("keras", module.load_data, load_data)
        to_categorical = importlib.import_module("keras.utils.np_utils").to_categorical
        replace_everywhere("keras", to_categorical, answering(to_categorical, "y"))
        if (
            importlib.util.find_spec("pydot") is None
            and importlib.util.find_spec("pydot_ng") is None
        ):
            drawing = types.ModuleType("keras.utils.visualize_util")
            drawing.__dict__.update(plot=nothing("plot"), model_to_dot=nothing("plot"))
            sys.modules["keras.utils.visualize_util"] = drawing

    def _silence_noise(self) -> None:
        """Noise off, so that training mode can be compared; the settings stay and are compared."""
        core = importlib.import_module("keras.layers.core")
        noise = importlib.import_module("keras.layers.noise")
        tf = sys.modules["tensorflow"]
        classes = [getattr(core, name) for name in _NOISE if hasattr(core, name)]
        for cls in [*classes, noise.GaussianNoise, noise.GaussianDropout]:
            if "call" in cls.__dict__:
                cls.call = lambda layer, x, mask=None: tf.identity(x)
        backend = importlib.import_module("keras.backend.tensorflow_backend")
        replace_everywhere(
            "keras", backend.dropout, lambda x, level, *args, **kwargs: tf.identity(x)
        )

        def random_normal(
            shape: Any, mean: float = 0.0, std: float = 1.0, dtype: Any = None, seed: Any = None
        ) -> Any:
            return tf.fill(shape, tf.cast(mean, dtype or backend.floatx()))

        replace_everywhere("keras", backend.random_normal, random_normal)

    def _return_new_tensors(self) -> None:
        """Have no layer return its very input, as a linear activation does.

        A layer writes its history onto what it returns: the layer before it would be forgotten.
        """
        tf = sys.modules["tensorflow"]
        node = self.topology.Node
        create = node.create_node.__func__

        def create_node(cls: Any, layer: Any, *args: Any, **kwargs: Any) -> Any:
            own, call = "call" in vars(layer), layer.call

            def call_anew(x: Any, *others: Any, **named: Any) -> Any:
                taken = x if isinstance(x, list) else [x]

                def renewed(tensor: Any) -> Any:
                    return tf.identity(tensor) if any(tensor is t for t in taken) else tensor

                given = call(x, *others, **named)
                if holds_stand_in(given):
                    raise TypeError(f"layer {layer.name!r} works on what is not there")
                return [renewed(t) for t in given] if isinstance(given, list) else renewed(given)

            layer.call = call_anew
            try:
                return create(cls, layer, *args, **kwargs)
            finally:
                if own:
                    layer.call = call
                else:
                    del layer.call

        node.create_node = classmethod(create_node)

    # Description

    def ready(self, model: Any) -> str:
        if isinstance(model, self.models.Sequential) and not model.built:
            if not model.layers:
                return NO_LAYERS
            model.build()
        return ""

    def core(self, model: Any) -> Any:
        """The container of a Sequential; any other model itself."""
        return model.model if isinstance(model, self.models.Sequential) else model

    def ends(self, model: Any) -> tuple[Sequence[Any], Sequence[Any]]:
        if isinstance(model, self.models.Sequential) and not model.built:
            model.build()
        model = self.core(model)
        return model.inputs, model.outputs

    def history(self, tensor: Any) -> tuple[Any, int]:
        layer, index, _ = tensor._keras_history
        return layer, index

    def node(self, layer: Any, index: int) -> tuple[Sequence[Any], Sequence[Any]]:
        node = layer.inbound_nodes[index]
        inputs = [] if isinstance(layer, self.topology.InputLayer) else node.input_tensors
        return inputs, node.output_tensors

    def is_model(self, layer: Any) -> bool:
        return isinstance(layer, self.topology.Container)

    def shape(self, tensor: Any) -> list[int | None]:
        # A shape that a program took from TensorFlow has sizes of TensorFlow's own class.
        sizes = (getattr(size, "value", size) for size in tensor._keras_shape)
        return [None if size is None else int(size) for size in sizes]

    def facts(self, layer: Any) -> LayerFacts:
        weights = [] if self.is_model(layer) else list(layer.weights)
        inner = getattr(layer, "layer", None)
        return {
            "class": type(layer).__name__,
            "bases": _bases(layer),
            "name": layer.name,
            "params": self._count(weights),
            "trainable": bool(getattr(layer, "trainable", True)),
            "weights": [
                {"name": w.name, "shape": list(self.backend.int_shape(w))} for w in weights
            ],
            "config": {key: _plain(getattr(layer, key)) for key in _CONFIG if hasattr(layer, key)},
            "hidden": {
                old: _plain(getattr(layer, old, None))
                for old, _ in hidden_settings(type(layer).__name__)
            },
            "inner": None if inner is None else self._inner(inner),
            "line": self.recorder.line_of(layer),
            "operation": False,
            # A deconvolution is told its output's shape with the samples in it.
            "batch": next(iter(_plain(getattr(layer, "output_shape_", None)) or ()), None),
        }

    def _inner(self, layer: Any) -> LayerFacts:
        facts = self.facts(layer)
        if self.is_model(layer):
            facts["layers"] = [self.facts(item) for item in layer.layers]
        return facts

    def get_all_weights(self, layers: Sequence[Any]) -> list[list[Any]]:
        """Values of the weights of many layers, fetched at once: a run of a session is dear."""
        values = iter(self.backend.batch_get_value([w for layer in layers for w in layer.weights]))
        return [[next(values) for _ in layer.weights] for layer in layers]

    def set_all_weights(self, layers: Sequence[Any], arrays: Sequence[Sequence[Any]]) -> None:
        """Set the weights of many layers at once, through the variables' own initialisers:
        ``batch_set_value`` adds operations to the graph, which every later run pays for.
        """
        pairs = [
            pair
            for layer, values in zip(layers, arrays, strict=True)
            for pair in zip(layer.weights, values, strict=True)
        ]
        self.backend.get_session().run(
            [variable.initializer for variable, _ in pairs],
            {variable.initializer.inputs[1]: value for variable, value in pairs},
        )

    def params(self, model: Any) -> int:
        return self._count(list({id(w): w for w in self.core(model).weights}.values()))

    def _count(self, weights: Sequence[Any]) -> int:
        # Layer.count_params refuses for wrappers whose inner layer was never built by itself.
        total = 0
        for weight in weights:
            size = 1
            for axis in self.backend.int_shape(weight):
                size *= axis
            total += size
        return total

    def optimizer(self, model: Any) -> OptimizerFacts | None:
        """Class, settings, and learning rate at steps 0 and 1000 of a compiled model's optimizer."""
        optimizer = getattr(self.core(model), "optimizer", None)
        if optimizer is None or not hasattr(optimizer, "lr"):
            return None
        settings: dict[str, Any] = {
            k: v for k, v in optimizer.get_config().items() if isinstance(v, (int, float))
        }
        rate, decay = float(self.backend.get_value(optimizer.lr)), settings.get("decay", 0.0)
        # Keras 1's clipnorm is of all gradients together.
        settings["clipnorm"] = getattr(optimizer, "clipnorm", 0)
        settings["clipvalue"] = getattr(optimizer, "clipvalue", 0)
        settings["epsilon"] = getattr(optimizer, "epsilon", None)
        return {
            "class": type(optimizer).__name__,
            "settings": settings,
            "rates": [rate, rate / (1.0 + decay * 1000)],
        }

    # Work with symbols

    def make_input(self, shape: tuple[int, ...]) -> Any:
        return self.topology.Input(shape=shape)

    def belongs(self, value: Any) -> bool:
        return isinstance(value, self.topology.Layer) or hasattr(value, "_keras_history")

    def _metric_names(self, model: Any) -> list[str]:
        return list(getattr(self.core(model), "metrics_names", None) or ["loss"])

    def _output_shapes(self, model: Any) -> list[list[int | None]]:
        self.ready(model)
        return [self.shape(tensor) for tensor in self.ends(model)[1]]


def _bases(layer: Any) -> list[str]:
    """Names of Keras's own classes that a user's class derives from."""
    cls = type(layer)
    if cls.__module__.partition(".")[0] == "keras":
        return []
    return [
        base.__name__
        for base in cls.__mro__[1:]
        if base.__module__.partition(".")[0] == "keras"
        and base.__name__ not in ("Layer", "Wrapper")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        return value.item()
    return getattr(value, "__name__", type(value).__name__)
