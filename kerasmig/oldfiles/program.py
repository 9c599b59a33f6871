"""A configuration of Keras 1 as the program that it stands for.

A configuration is a call with keywords: written out as source, it is migrated by the catalog and
the rules, like all other code. No text of the file becomes anything but a string or number there.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from kerasmig.catalog import entry, surface
from kerasmig.catalog.layer import keywords
from kerasmig.oldfiles.configs import MODELS, Config, as_list, layer_name, modern_layer
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


class OldProgram(NamedTuple):
    """A model as source for Keras 1.

    Args:
        source: a module whose ``model`` is the model.
        lambdas: names of layers whose code is stored in the file, and has to be given.
        unknown: classes and functions that Keras 1 does not have, and have to be given.
    """

    source: str
    lambdas: tuple[str, ...]
    unknown: tuple[str, ...]


def program_of(
    config: Config,
    training: Mapping[str, Any] | None = None,
    given: frozenset[str] = frozenset(),
    *,
    weights: bool = False,
) -> OldProgram:
    """The program of a model's configuration.

    Args:
        training: ``training_config`` of the model's file.
        given: names of functions and classes that somebody gives in place of stored code.
        weights: it gets weights, so that nobody sees what its kernels begin with.

    Raises:
        OldFileError: the configuration is not one of Keras 1.
    """
    writer = _Writer(given, weights)
    made = writer.model(config)
    if training is not None:
        writer.compile(training)
    head = [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in sorted(writer.imports.items())
    ]
    source = "\n".join([*head, "", "", *writer.functions, f"model = {made}", *writer.tail, ""])
    return OldProgram(source, tuple(writer.lambdas), tuple(dict.fromkeys(writer.unknown)))


class _Writer:
    def __init__(self, given: frozenset[str], weights: bool) -> None:
        self.given = given
        self.weights = weights
        self.imports: dict[str, set[str]] = {}
        self.functions: list[str] = []
        self.tail: list[str] = []
        self.lambdas: list[str] = []
        self.unknown: list[str] = []
        self.count = 0

    # -- models ----------------------------------------------------------------------------------

    def model(self, config: Mapping[str, Any]) -> str:
        """A call of the function that builds a model; the function is written."""
        kind, inner = config.get("class_name"), config.get("config")
        if kind == "Sequential":
            name = ""
            if isinstance(inner, dict):  # Keras 2 gave it a name
                name, inner = str(inner.get("name") or ""), inner.get("layers")
            lines = self._sequential(as_list(inner), name)
        elif isinstance(inner, dict) and as_list(inner.get("layers")):
            lines = self._functional(inner)
        else:
            raise OldFileError(f"the {kind} of the configuration has no layers")
        self.count += 1
        function = f"build_{self.count}"
        self.functions += [f"def {function}():", *[f"    {line}" for line in lines], "", ""]
        return f"{function}()"

    def _sequential(self, layers: list[Any], name: str = "") -> list[str]:
        layers = [_checked(layer) for layer in layers]
        if not layers:
            raise OldFileError("the Sequential of the configuration has no layers")
        if layers[0]["class_name"] == "Merge":
            return self._merged_sequential(layers)
        made = [f"m = {self._need('keras.models', 'Sequential')}({f'name={name!r}' * bool(name)})"]
        shape = _input_shape(layers[0])
        if shape is not None:
            made.append(f"m.add({self._input_layer(layers[0], shape)})")
        for layer in layers:
            if layer["class_name"] != "InputLayer":
                made.append(f"m.add({self._layer(layer)})")
        return [*made, "return m"]

    def _input_layer(self, first: Config, shape: list[Any]) -> str:
        config = first["config"] if isinstance(first["config"], dict) else {}
        dtype = config.get("input_dtype")
        more = f", input_dtype={dtype!r}" if isinstance(dtype, str) and dtype != "float32" else ""
        call = self._need("keras.engine", "InputLayer")
        return f"{call}(batch_input_shape={_literal(shape, tuples=True)}{more})"

    def _merged_sequential(self, layers: list[Config]) -> list[str]:
        """A Sequential that begins with a Merge: Keras 1 took its branches for its own layers."""
        merge = layers[0]["config"]
        inputs, ends, made = [], [], []
        for number, branch in enumerate(as_list(merge.get("layers"))):
            branch = _checked(branch)
            inner = branch["config"]
            nested = branch["class_name"] == "Sequential"
            flat = [_checked(layer) for layer in as_list(inner)] if nested else [branch]
            shape = _input_shape(flat[0]) if flat else None
            if shape is None or flat[0]["class_name"] == "Merge":
                raise OldFileError(
                    "a branch of the Merge is no plain Sequential with an input shape"
                )
            made.append(f"x{number} = i{number} = {self._input(flat[0], shape, '')}")
            inputs.append(f"i{number}")
            for layer in flat:
                if layer["class_name"] != "InputLayer":
                    made.append(f"x{number} = {self._layer(layer)}(x{number})")
            ends.append(f"x{number}")
        if len(ends) < 2:
            raise OldFileError("the Merge of the configuration has nothing to merge")
        made.append(f"x = {self._merge(layers[0], ends)}")
        made += [f"x = {self._layer(layer)}(x)" for layer in layers[1:]]
        made.append(f"return {self._model(inputs, ['x'], '')}")
        return made

    def _functional(self, config: Mapping[str, Any]) -> list[str]:
        made: list[str] = []
        variables: dict[str, str] = {}
        nodes: dict[str, int] = {}
        layers = [_checked(layer) for layer in as_list(config["layers"])]
        merges = {}
        for number, layer in enumerate(layers):
            name = layer_name(layer)
            if name in variables:
                # Keras 1 builds both, and what the first one does would be seen by nobody.
                raise OldFileError(f"two layers of the configuration are called {name!r:.60}")
            variables[name] = f"l{number}"
            first = 1 if layer["class_name"] in MODELS else 0
            nodes[name] = first
            if layer["class_name"] == "InputLayer":
                shape = _input_shape(layer)
                if shape is None:
                    raise OldFileError(f"the input {name!r} has no shape")
                made.append(f"l{number}_0 = {self._input(layer, shape, name)}")
                nodes[name] = 1
            elif layer["class_name"] == "Merge":
                merges[name] = layer
            else:
                made.append(f"l{number} = {self._layer(layer)}")
        waiting = [
            (layer_name(layer), index, calls)
            for layer in layers
            for index, calls in enumerate(as_list(layer.get("inbound_nodes")))
        ]
        done = {
            f"l{number}_0"
            for number, layer in enumerate(layers)
            if layer["class_name"] == "InputLayer"
        }
        while waiting:
            later: list[tuple[str, int, Any]] = []
            for name, index, sources in waiting:
                taken = [self._tensor(source, variables) for source in as_list(sources)]
                number = nodes.get(name, 0)
                ready = all(t.partition("[")[0] in done for t in taken)
                before = all(not (n == name and i < index) for n, i, _ in later)
                if not (ready and before and taken):
                    later.append((name, index, sources))
                    continue
                new = f"{variables[name]}_{number}"
                argument = taken[0] if len(taken) == 1 else f"[{', '.join(taken)}]"
                if name in merges:
                    made.append(f"{new} = {self._merge(merges[name], taken, number)}")
                else:
                    made.append(f"{new} = {variables[name]}({argument})")
                nodes[name] = number + 1
                done.add(new)
            if len(later) == len(waiting):
                raise OldFileError("the layers of the configuration do not follow on each other")
            waiting = later
        inputs, outputs = (
            [self._tensor(t, variables) for t in as_list(config.get(key))]
            for key in ("input_layers", "output_layers")
        )
        both = [tensor.partition("[")[0] for tensor in (*inputs, *outputs)]
        if not inputs or not outputs or not done.issuperset(both):
            raise OldFileError("the configuration does not say what goes in and what comes out")
        made.append(f"return {self._model(inputs, outputs, str(config.get('name') or ''))}")
        return made

    def _tensor(self, source: Any, variables: Mapping[str, str]) -> str:
        parts = as_list(source)
        if len(parts) < 3 or str(parts[0]) not in variables or not isinstance(parts[1], int):
            raise OldFileError("the configuration names a layer that it does not have")
        tensor = f"{variables[str(parts[0])]}_{parts[1]}"
        return f"{tensor}[{int(parts[2])}]" if parts[2] else tensor

    def _input(self, layer: Config, shape: list[Any], name: str) -> str:
        config = layer["config"] if isinstance(layer["config"], dict) else {}
        dtype = config.get("input_dtype")
        more = f", dtype={dtype!r}" if isinstance(dtype, str) and dtype != "float32" else ""
        more += f", name={name!r}" if name else ""
        call = self._need("keras.layers", "Input")
        return f"{call}(batch_shape={_literal(shape, tuples=True)}{more})"

    def _model(self, inputs: list[str], outputs: list[str], name: str) -> str:
        ends = [x[0] if len(x) == 1 else f"[{', '.join(x)}]" for x in (inputs, outputs)]
        more = f", name={name!r}" if name else ""
        return f"{self._need('keras.models', 'Model')}(input={ends[0]}, output={ends[1]}{more})"

    # -- layers ----------------------------------------------------------------------------------

    def _layer(self, layer: Mapping[str, Any]) -> str:
        layer = _checked(layer)
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
        return f"{self._need('keras.layers', kind)}({self._keywords(config, kind, names)})"

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
            if self.weights and key in _INITIAL and kind in _OTHER_FANS:
                value = "uniform"  # which needs nothing of the compat module
            parts.append(f"{key}={self._value(str(key), value)}")
        return ", ".join(parts)

    def _value(self, key: str, value: Any) -> str:
        if key == "layer" and isinstance(value, dict):
            return self._layer(value)
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            return self._object(value)
        if isinstance(value, dict) and "class_name" in value:
            return self._layer(value)
        if key in _FUNCTIONS and isinstance(value, str):
            if value not in _ACTIVATIONS:
                if value not in self.given:
                    self.unknown.append(value)
                if value.isidentifier():
                    return value
        return _literal(value, tuples=True)

    def _object(self, value: Mapping[str, Any]) -> str:
        """A regularizer or constraint by its name and settings."""
        kind = str(value["name"])
        settings = {k: v for k, v in value.items() if k != "name" and str(k).isidentifier()}
        told = ", ".join(f"{k}={_literal(v, tuples=True)}" for k, v in settings.items())
        if kind in _REGULARIZERS:
            return f"{self._need('keras.regularizers', _REGULARIZERS[kind])}({told})"
        if kind in _CONSTRAINTS:
            return f"{self._need('keras.constraints', kind)}({told})"
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
            parts.append(f"output_shape={_literal(config['output_shape'], tuples=True)}")
        if isinstance(config.get("arguments"), dict) and config["arguments"]:
            parts.append(f"arguments={_literal(config['arguments'])}")
        return f"{self._need('keras.layers', 'Lambda')}({', '.join(parts)}, name={name!r})"

    def _merge(self, layer: Mapping[str, Any], tensors: list[str], number: int = 0) -> str:
        config = layer["config"]
        name, mode = str(config.get("name") or ""), config.get("mode", "sum")
        call = f"{self._need('keras.layers', 'merge')}([{', '.join(tensors)}]"
        if config.get("mode_type", "raw") != "raw" or mode not in _NAMED_MODES:
            function = name if config.get("mode_type") == "lambda" else str(mode)
            if function not in self.given or not function.isidentifier():
                self.lambdas.append(name)
                function = "None"
            call += f", mode={function}"
        else:
            call += f", mode={mode!r}"
        if mode == "concat":
            call += f", concat_axis={_literal(config.get('concat_axis', -1))}"
        if mode in ("dot", "cos"):
            call += f", dot_axes={_literal(config.get('dot_axes', -1))}"
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
            f"{k}={_literal(v)}" for k, v in settings.items() if k in names and v is not None
        )
        parts = [f"optimizer={self._need('keras.optimizers', kind)}({arguments})"]
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
                parts.append(f"{key}={_literal(value)}")
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
        return _literal(value)

    def _need(self, module: str, name: str) -> str:
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


def _checked(layer: Any) -> Config:
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


def _input_shape(layer: Config) -> list[Any] | None:
    """The shape with batch size that a first layer asks for."""
    config = layer["config"]
    if isinstance(config, list):
        first = config[0] if config else None
        return _input_shape(_checked(first)) if first is not None else None
    found = as_list(config.get("batch_input_shape"))
    if not found and layer["class_name"] == "Sequential":
        inner = as_list(config.get("layers"))
        return _input_shape(_checked(inner[0])) if inner else None
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


def _literal(value: Any, tuples: bool = False) -> str:
    """A value of the configuration as source text that means it and nothing else."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, list | tuple):
        inner = [_literal(v, tuples) for v in value]
        if tuples:
            return f"({', '.join(inner)}{',' if len(inner) == 1 else ''})"
        return f"[{', '.join(inner)}]"
    if isinstance(value, dict):
        pairs = [f"{str(k)!r}: {_literal(v, tuples)}" for k, v in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if value is None or isinstance(value, bool | int | float | str):
        text = repr(value)
        ast.literal_eval(text)
        return text
    raise OldFileError(f"the configuration holds a {type(value).__name__}")
