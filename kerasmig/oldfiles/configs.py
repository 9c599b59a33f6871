"""Configurations of Keras 0 and Keras 1: from JSON, YAML or a model's file to one shape."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kerasmig.oldfiles.errors import OldFileError

Config = dict[str, Any]
_DEEPEST = 60
_LONGEST = 64_000_000
MODELS = ("Sequential", "Model", "Functional")


def parse_config(text: str) -> Config:
    """The configuration of a model: a mapping with ``class_name`` and ``config``.

    Raises:
        OldFileError: the text is no configuration of a model.
    """
    if len(text) > _LONGEST:
        raise OldFileError(f"a configuration of {len(text)} characters is more than is read")
    found = _from_json(text) if text.lstrip()[:1] in ("{", "[", '"') else _from_yaml(text)
    if isinstance(found, str) and found.lstrip()[:1] in ("{", "["):
        found = _from_json(found)  # dumped twice, as scripts of the time did
    if isinstance(found, list):
        found = {"class_name": "Sequential", "config": found}
    if not isinstance(found, dict):
        raise OldFileError("this is no configuration of a model")
    _check_depth(found)
    found = _modern(found)
    if found.get("class_name") not in MODELS:
        raise OldFileError(
            f"this describes {found.get('class_name') or 'nothing'!s:.60}, no model of Keras 1"
        )
    return found


def _from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OldFileError(f"this is no JSON: {error}") from None


def _from_yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise OldFileError("reading YAML needs PyYAML: pip install 'kerasmig[verify]'") from None
    if "&" in text and len(re.findall(r"\*\w+", text)) > 10_000:
        raise OldFileError("this YAML repeats itself too often")
    try:
        # Keras 1 wrote tuples as `!!python/tuple`; nothing else of Python's is read.
        return yaml.load(text, Loader=_loader(yaml))
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, AttributeError) as error:
        told = " ".join(str(error).split())
        raise OldFileError(f"this is no YAML that is safe to read: {told[:200]}") from None


def _loader(yaml: Any) -> Any:
    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        pass

    def sequence(loader: Any, node: Any) -> Any:
        return loader.construct_sequence(node)

    def string(loader: Any, node: Any) -> Any:
        return loader.construct_scalar(node)

    Loader.add_constructor("tag:yaml.org,2002:python/tuple", sequence)
    for name in ("unicode", "str"):
        Loader.add_constructor(f"tag:yaml.org,2002:python/{name}", string)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/object/apply:numpy", _numpy)
    return Loader


_FORMATS = {"i8": "<q", "i4": "<i", "f8": "<d", "f4": "<f"}


def _numpy(loader: Any, suffix: str, node: Any) -> Any:
    """A number that NumPy had made, which `to_yaml` wrote as a call: read without calling it."""
    import struct

    if suffix.endswith("dtype"):
        found = (
            loader.construct_mapping(node, deep=True).get("args")
            if hasattr(node, "value") and node.id == "mapping"
            else loader.construct_sequence(node, deep=True)
        )
        return as_list(found)[0] if as_list(found) else None
    if not suffix.endswith("multiarray.scalar"):
        raise ValueError(f"numpy{suffix} is no number")
    kind, data = loader.construct_sequence(node, deep=True)
    if kind not in _FORMATS or not isinstance(data, bytes):
        raise ValueError("a number of NumPy's is not understood")
    try:
        return struct.unpack(_FORMATS[kind], data)[0]
    except struct.error as error:
        raise ValueError(str(error)) from None


def _check_depth(found: Any) -> None:
    waiting, seen = [(found, 0)], 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if depth > _DEEPEST or seen > 2_000_000:
            raise OldFileError("the configuration is nested too deeply to be a model's")
        if isinstance(value, dict):
            waiting += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list | tuple):
            waiting += [(inner, depth + 1) for inner in value]


def _modern(found: Config) -> Config:
    """Keras 0's ``{"name": "Sequential", "layers": [...]}`` as Keras 1 wrote it."""
    if "class_name" in found:
        return found
    if found.get("name") == "Graph":
        raise OldFileError(
            "this is a Graph model of Keras 0, which Keras 1 dropped as well: write it as a Model"
        )
    if found.get("name") == "Sequential" and isinstance(found.get("layers"), list):
        layers = _told_apart([modern_layer(layer) for layer in found["layers"]])
        training = {key: found[key] for key in ("loss", "optimizer") if key in found}
        return {"class_name": "Sequential", "config": layers, "keras0": training or True}
    return found


def _told_apart(layers: list[Config]) -> list[Config]:
    """Layers with names of their own: Keras 0 called each as its class, if it called it anything."""
    names = [layer_name(layer) or str(layer.get("class_name", "")).lower() for layer in layers]
    often, counts = Counter(names), Counter[str]()
    for layer, name in zip(layers, names, strict=True):
        config = layer.get("config")
        if often[name] > 1 or not layer_name(layer):
            counts[name] += 1
            while f"{name}_{counts[name]}" in often:
                counts[name] += 1
            if isinstance(config, dict):
                config["name"] = f"{name}_{counts[name]}"
    return layers


def modern_layer(layer: Any) -> Config:
    if not isinstance(layer, dict):
        raise OldFileError("a layer of the configuration is no mapping")
    if "class_name" in layer:
        return layer
    config = {k: v for k, v in layer.items() if k not in ("name", "custom_name", "cache_enabled")}
    if layer.get("custom_name"):
        config["name"] = layer["custom_name"]
    if "input_shape" in config and "batch_input_shape" not in config:
        config["batch_input_shape"] = [None, *as_list(config.pop("input_shape"))]
    return {"class_name": str(layer.get("name")), "config": config}


def as_list(value: Any) -> list[Any]:
    """A list or tuple as a list; anything else as an empty one."""
    return list(value) if isinstance(value, list | tuple) else []


def layer_name(layer: Mapping[str, Any]) -> str:
    """The name of a layer in a configuration; empty if it has none."""
    config = layer.get("config")
    found = config.get("name") if isinstance(config, dict) else None
    return str(found or layer.get("name") or "")


def all_layers(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every layer of a configuration, with those of models and wrappers inside it."""
    inner = config.get("config")
    listed = inner.get("layers") if isinstance(inner, dict) else inner
    for layer in as_list(listed):
        if not isinstance(layer, dict):
            continue
        yield layer
        yield from all_layers(layer)
    wrapped = inner.get("layer") if isinstance(inner, dict) else None
    if isinstance(wrapped, dict):
        yield wrapped
        yield from all_layers(wrapped)
