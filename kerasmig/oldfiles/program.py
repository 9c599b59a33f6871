"""A configuration of Keras 1 as the program that it stands for.

A configuration is a call with keywords: written out as source, it is migrated by the catalog and
the rules, like all other code. No text of the file becomes anything but a string or number there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kerasmig.oldfiles.configs import MODELS, Config, as_list, layer_name
from kerasmig.oldfiles.errors import OldFileError
from kerasmig.oldfiles.layer_calls import Calls, checked, input_shape, literal


class OldProgram(NamedTuple):
    """A model as source for Keras 1.

    Args:
        source: a module whose ``model`` is the model.
        lambdas: names of layers whose code is stored in the file, and has to be given.
        unknown: classes and functions that Keras 1 does not have, and have to be given.
        notes: what the configuration names and does not hold, and is left out.
    """

    source: str
    lambdas: tuple[str, ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...] = ()


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
    return OldProgram(
        source,
        tuple(writer.lambdas),
        tuple(dict.fromkeys(writer.unknown)),
        tuple(dict.fromkeys(writer.notes)),
    )


class _Writer(Calls):
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
        layers = [checked(layer) for layer in layers]
        if not layers:
            raise OldFileError("the Sequential of the configuration has no layers")
        if layers[0]["class_name"] == "Merge":
            return self._merged_sequential(layers)
        made = [f"m = {self.need('keras.models', 'Sequential')}({f'name={name!r}' * bool(name)})"]
        shape = input_shape(layers[0])
        if shape is not None:
            made.append(f"m.add({self._input_layer(layers[0], shape)})")
        for layer in layers:
            if layer["class_name"] != "InputLayer":
                made.append(f"m.add({self.layer(layer)})")
        return [*made, "return m"]

    def _input_layer(self, first: Config, shape: list[Any]) -> str:
        config = first["config"] if isinstance(first["config"], dict) else {}
        dtype = config.get("input_dtype")
        more = f", input_dtype={dtype!r}" if isinstance(dtype, str) and dtype != "float32" else ""
        call = self.need("keras.engine", "InputLayer")
        return f"{call}(batch_input_shape={literal(shape, tuples=True)}{more})"

    def _merged_sequential(self, layers: list[Config]) -> list[str]:
        """A Sequential that begins with a Merge: Keras 1 took its branches for its own layers."""
        merge = layers[0]["config"]
        inputs, ends, made = [], [], []
        for number, branch in enumerate(as_list(merge.get("layers"))):
            branch = checked(branch)
            inner = branch["config"]
            nested = branch["class_name"] == "Sequential"
            flat = [checked(layer) for layer in as_list(inner)] if nested else [branch]
            shape = input_shape(flat[0]) if flat else None
            if shape is None or flat[0]["class_name"] == "Merge":
                raise OldFileError(
                    "a branch of the Merge is no plain Sequential with an input shape"
                )
            made.append(f"x{number} = i{number} = {self._input(flat[0], shape, '')}")
            inputs.append(f"i{number}")
            for layer in flat:
                if layer["class_name"] != "InputLayer":
                    made.append(f"x{number} = {self.layer(layer)}(x{number})")
            ends.append(f"x{number}")
        if len(ends) < 2:
            raise OldFileError("the Merge of the configuration has nothing to merge")
        made.append(f"x = {self.merge(layers[0], ends)}")
        made += [f"x = {self.layer(layer)}(x)" for layer in layers[1:]]
        made.append(f"return {self._model(inputs, ['x'], '')}")
        return made

    def _functional(self, config: Mapping[str, Any]) -> list[str]:
        made: list[str] = []
        variables: dict[str, str] = {}
        nodes: dict[str, int] = {}
        layers = [checked(layer) for layer in as_list(config["layers"])]
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
                shape = input_shape(layer)
                if shape is None:
                    raise OldFileError(f"the input {name!r} has no shape")
                made.append(f"l{number}_0 = {self._input(layer, shape, name)}")
                nodes[name] = 1
            elif layer["class_name"] == "Merge":
                merges[name] = layer
            else:
                made.append(f"l{number} = {self.layer(layer)}")
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
                    made.append(f"{new} = {self.merge(merges[name], taken, number)}")
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
        call = self.need("keras.layers", "Input")
        return f"{call}(batch_shape={literal(shape, tuples=True)}{more})"

    def _model(self, inputs: list[str], outputs: list[str], name: str) -> str:
        ends = [x[0] if len(x) == 1 else f"[{', '.join(x)}]" for x in (inputs, outputs)]
        more = f", name={name!r}" if name else ""
        return f"{self.need('keras.models', 'Model')}(input={ends[0]}, output={ends[1]}{more})"
