"""A layer's configuration, and how a model was compiled, as the calls that they stand for."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Any

from kerasmig.catalog import entry, surface
from kerasmig.catalog.layer import keywords
from kerasmig.oldfiles.configs import MODELS, Config, as_list, modern_layer
from kerasmig.oldfiles.errors import OldFileError

_LAYER_MODULES = (
    "core convolutional pooling local recurrent convolutional_recurrent embeddings normalization "
    "noise advanced_activations wrappers"
).split()
_REGULARIZERS = {
    "WeightRegularizer": "L1L2Regularizer",
    "L1L2Regularizer": "L1L2Regularizer",
    "ActivityRegularizer": "L1L2Regularizer",
    "EigenvalueRegularizer": "EigenvalueRegularizer",
}
_CONSTRAINTS = {"MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"}
_OPTIMIZERS = {"SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam"}
# Arguments of the base class that a layer inside a model does not need.
_PLACED = ("batch_input_shape", "input_dtype", "input_shape", "input_dim", "input_length")
_FUNCTIONS = ("activation", "inner_activation")
_INITIAL = ("init", "inner_init")
_OTHER_FANS = ("Convolution1D", "AtrousConvolution1D", "LSTM", "GRU")
_NAMED_MODES = ("sum", "mul", "concat", "ave", "cos", "dot", "max")


class Calls:
    """Writes calls, and remembers what they need.

    Args:
        given: names of functions and classes that somebody gives in place of stored code.
        weights: the model gets weights, so that nobody sees what its kernels begin with.
    """

    def __init__(self, given: frozenset[str], weights: bool) -> None:
        self.given = given
        self.weights = weights
        self.imports: dict[str, set[str]] = {}
        self.functions: list[str] = []
        self.tail: list[str] = []
        self.lambdas: list[str] = []
        self.unknown: list[str] = []
        self.notes: list[str] = []
        self.count = 0

    def model(self, config: Mapping[str, Any]) -> str:
        """A call of the function that builds a model inside a model."""
        raise NotImplementedError

    # -- layers ----------------------------------------------------------------------------------

    def layer(self, layer: Mapping[str, Any]) -> str:
        """The call that makes a layer."""
        layer = checked(layer)
        kind, config = str(layer["class_name"]), layer["config"]
        if kind in MODELS:
            return self.model(layer)
        if not isinstance(config, dict):
            raise OldFileError(f"the layer {kind!s:.60} has no configuration")
        if kind == "Lambda":
            return self._lambda(config)
        if kind == "Merge":
            raise OldFileError("a Merge stands where no layers can be merged")
        module = _module_of(kind)
        if module is None:
            if not kind.isidentifier():
                raise OldFileError(f"{kind!r:.60} is no name of a layer")
            if kind not in self.given:
                self.unknown.append(kind)
            return f"{kind}({self._keywords(config, kind, None)})"
        names = frozenset(keywords(f"{module}.{kind}"))
        return f"{self.need('keras.layers', kind)}({self._keywords(config, kind, names)})"

    def _keywords(self, config: Mapping[str, Any], kind: str, known: frozenset[str] | None) -> str:
        parts = []
        for key, value in config.items():
            if not str(key).isidentifier():
                raise OldFileError(f"{key!r:.60} is no name of an argument")
            if key in _PLACED and (kind, key) != ("Embedding", "input_dim"):
                continue
            if key == "trainable" and value is True:
                continue
            if value is None and known is not None:
                continue
            if known is not None and key not in known and key not in ("name", "trainable"):
                continue  # of another release: Keras 1.2.2 left it out as well
            if key.endswith("init") and isinstance(value, str) and not self._knows_init(value):
                self.notes.append(
                    f"{config.get('name') or kind}: {key}={value!r:.60} is a function that the file "
                    "does not hold: the layer begins as by default, which matters only to weights "
                    "that are not in a file"
                )
                continue
            if self.weights and key in _INITIAL and kind in _OTHER_FANS:
                value = "uniform"  # which needs nothing of the compat module
            parts.append(f"{key}={self._value(str(key), value)}")
        return ", ".join(parts)

    def _knows_init(self, name: str) -> bool:
        return name in self.given or surface.in_keras1(f"keras.initializations.{name}")

    def _value(self, key: str, value: Any) -> str:
        if key.endswith("init") and isinstance(value, str) and value in self.given:
            return value
        if key == "layer" and isinstance(value, dict):
            return self.layer(value)
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            return self._object(value)
        if isinstance(value, dict) and "class_name" in value:
            return self.layer(value)
        if key in _FUNCTIONS and isinstance(value, str):
            if value not in _ACTIVATIONS:
                if value not in self.given:
                    self.unknown.append(value)
                if value.isidentifier():
                    return value
        return literal(value, tuples=True)

    def _object(self, value: Mapping[str, Any]) -> str:
        """A regularizer or constraint by its name and settings."""
        kind = str(value["name"])
        settings = {k: v for k, v in value.items() if k != "name" and str(k).isidentifier()}
        told = ", ".join(f"{k}={literal(v, tuples=True)}" for k, v in settings.items())
        if kind in _REGULARIZERS:
            return f"{self.need('keras.regularizers', _REGULARIZERS[kind])}({told})"
        if kind in _CONSTRAINTS:
            return f"{self.need('keras.constraints', kind)}({told})"
        if kind not in self.given:
            self.unknown.append(kind)
        if not kind.isidentifier():
            raise OldFileError(f"{kind!r:.60} is no regularizer or constraint")
        return f"{kind}({told})"

    def _lambda(self, config: Mapping[str, Any]) -> str:
        """A Lambda: stored byte code is never run, its source has to be given by name."""
        name = str(config.get("name") or "lambda")
        function = name
        if config.get("function_type") == "function":
            function = str(config.get("function"))
        if function not in self.given or not function.isidentifier():
            self.lambdas.append(name)
            function = "None"
        parts = [f"function={function}"]
        if config.get("output_shape_type") == "raw" and config.get("output_shape") is not None:
            parts.append(f"output_shape={literal(config['output_shape'], tuples=True)}")
        if isinstance(config.get("arguments"), dict) and config["arguments"]:
            parts.append(f"arguments={literal(config['arguments'])}")
        return f"{self.need('keras.layers', 'Lambda')}({', '.join(parts)}, name={name!r})"

    def merge(self, layer: Mapping[str, Any], tensors: list[str], number: int = 0) -> str:
        """The call that merges tensors as a layer `Merge` does."""
        config = layer["config"]
        name, mode = str(config.get("name") or ""), config.get("mode", "sum")
        call = f"{self.need('keras.layers', 'merge')}([{', '.join(tensors)}]"
        stored = [
            config.get(f"{part}_type", "raw") for part in ("mode", "output_shape", "output_mask")
        ]
        if any(kind not in ("raw", None) for kind in stored) or mode not in _NAMED_MODES:
            function = name if config.get("mode_type") == "lambda" else str(mode)
            if function not in self.given or not function.isidentifier():
                self.lambdas.append(name)
                function = "None"
            call += f", mode={function}"
        else:
            call += f", mode={mode!r}"
        if mode == "concat":
            call += f", concat_axis={literal(config.get('concat_axis', -1))}"
        if mode in ("dot", "cos"):
            call += f", dot_axes={literal(config.get('dot_axes', -1))}"
        suffix = f"_{number + 1}" if number else ""
        return f"{call}, name={name + suffix!r})" if name else f"{call})"

    # -- training --------------------------------------------------------------------------------

    def compile(self, training: Mapping[str, Any]) -> None:
        """The call of ``compile`` that the file remembers."""
        told = training.get("optimizer_config")
        settings = told.get("config") if isinstance(told, dict) else None
        kind = str(told.get("class_name")) if isinstance(told, dict) else ""
        if kind not in _OPTIMIZERS or not isinstance(settings, dict):
            if kind:
                self.unknown.append(kind)
            return
        known = surface.keras1_signature(f"keras.optimizers.{kind}")
        names = {*(known.names() if known else ()), "clipnorm", "clipvalue"}
        arguments = ", ".join(
            f"{k}={literal(v)}" for k, v in settings.items() if k in names and v is not None
        )
        parts = [f"optimizer={self.need('keras.optimizers', kind)}({arguments})"]
        for key in ("loss", "metrics", "loss_weights", "sample_weight_mode"):
            value = training.get(key)
            if value in (None, [], {}):
                continue
            if key in ("loss", "metrics"):
                self.unknown += [
                    n for n in _named(value) if n not in self.given and not _is_known(key, n)
                ]
                parts.append(f"{key}={self._named_functions(value)}")
            else:
                parts.append(f"{key}={literal(value)}")
        self.tail.append(f"model.compile({', '.join(parts)})")

    def _named_functions(self, value: Any) -> str:
        """Losses and metrics by name; those that somebody gives as the objects themselves."""
        if isinstance(value, str):
            return value if value in self.given and value.isidentifier() else repr(value)
        if isinstance(value, list | tuple):
            return f"[{', '.join(map(self._named_functions, value))}]"
        if isinstance(value, dict):
            pairs = [f"{str(k)!r}: {self._named_functions(v)}" for k, v in value.items()]
            return "{" + ", ".join(pairs) + "}"
        return literal(value)

    def need(self, module: str, name: str) -> str:
        """A name that the program imports."""
        self.imports.setdefault(module, set()).add(name)
        return name


_ACTIVATIONS = frozenset(
    "softmax elu softplus softsign relu tanh sigmoid hard_sigmoid linear".split()
)


def _named(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else as_list(value)
    return [name for part in inner for name in _named(part)]


def _is_known(key: str, name: str) -> bool:
    """Whether Keras 1 knew a loss or metric by this name."""
    return (key == "metrics" and name in ("accuracy", "acc")) or any(
        surface.in_keras1(f"keras.{module}.{name}") for module in ("objectives", "metrics")
    )


def checked(layer: Any) -> Config:
    """A layer's configuration, in the shape of Keras 1.

    Raises:
        OldFileError: it is none.
    """
    if not isinstance(layer, dict) or not isinstance(layer.get("class_name"), str):
        if isinstance(layer, dict) and isinstance(layer.get("name"), str):
            return modern_layer(layer)
        raise OldFileError("a layer of the configuration has no class")
    if not isinstance(layer.get("config"), dict | list):
        raise OldFileError(f"the layer {layer['class_name']!s:.60} has no configuration")
    return layer


def _module_of(kind: str) -> str | None:
    """The module of Keras 1.2.2 that a layer's class is defined in."""
    for module in _LAYER_MODULES:
        name = f"keras.layers.{module}.{kind}"
        if entry(name) is not None:
            return f"keras.layers.{module}"
    return None


def input_shape(layer: Config) -> list[Any] | None:
    """The shape with batch size that a first layer asks for."""
    config = layer["config"]
    if isinstance(config, list):
        first = config[0] if config else None
        return input_shape(checked(first)) if first is not None else None
    found = as_list(config.get("batch_input_shape"))
    if not found and layer["class_name"] == "Sequential":
        inner = as_list(config.get("layers"))
        return input_shape(checked(inner[0])) if inner else None
    if not found and config.get("input_shape") is not None:
        found = [None, *as_list(config["input_shape"])]
    if not found and isinstance(config.get("input_dim"), int):
        kind = layer["class_name"]
        if kind == "Embedding":
            found = [None, config.get("input_length")]
        elif "input_length" in config:
            found = [None, config.get("input_length"), config["input_dim"]]
        else:
            found = [None, config["input_dim"]]
    if not found:
        return None
    if not all(size is None or (isinstance(size, int) and 0 <= size < 2**31) for size in found):
        raise OldFileError("an input shape of the configuration has sizes that are no numbers")
    return found


def literal(value: Any, tuples: bool = False) -> str:
    """A value of the configuration as source text that means it and nothing else."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, list | tuple):
        inner = [literal(v, tuples) for v in value]
        if tuples:
            return f"({', '.join(inner)}{',' if len(inner) == 1 else ''})"
        return f"[{', '.join(inner)}]"
    if isinstance(value, dict):
        pairs = [f"{str(k)!r}: {literal(v, tuples)}" for k, v in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if value is None or isinstance(value, bool | int | float | str):
        text = repr(value)
        ast.literal_eval(text)
        return text
    raise OldFileError(f"the configuration holds a {type(value).__name__}")
