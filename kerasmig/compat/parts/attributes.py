"""Attributes, layers and configurations of layers and models, as Keras 1 had them."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return, type-arg"
from __future__ import annotations

import re

import keras

from kerasmig.compat.generated import KERAS1_ATTRIBUTES, KERAS1_CLASS_NAMES
from kerasmig.compat.parts.class_names import keras1_class_name

# Arrays that the recurrent layers of Keras 1 had for each gate: where they lie in today's.
_GATES = {"LSTM": "ifco", "GRU": "zrh"}
_ARRAYS = {"W": "kernel", "U": "recurrent_kernel", "b": "bias"}


def keras1_attribute(thing, name, *default):
    """``thing.name``, on layers and models as in Keras 1; on anything else as it is."""
    if not isinstance(thing, keras.layers.Layer) or name in vars(thing):
        return getattr(thing, name, *default)
    try:
        return _attribute_of_layer(thing, name)
    except AttributeError:
        if default:
            return default[0]
        raise


def has_keras1_attribute(thing, name):
    """Whether ``thing`` has, or in Keras 1 had, this attribute."""
    if name == "history" and isinstance(thing, keras.Sequential):
        return False  # its model inside had it
    missing = object()
    return keras1_attribute(thing, name, missing) is not missing


def _attribute_of_layer(layer, name):
    if name in ("input_shape", "output_shape"):
        return _shape_of_layer(layer, name)
    if name in ("batch_input_shape", "input_length"):
        shape = _shape_of_layer(layer, "input_shape")
        return shape if name == "batch_input_shape" else shape[1]
    if name == "input_dtype":
        return layer.input.dtype
    if name == "input" and isinstance(layer, keras.layers.InputLayer):
        return layer.output  # Keras 3 gives an empty list
    if name in ("input_layers", "output_layers", "input_names", "output_names"):
        return _ends_of_model(layer, name)
    if name == "flattened_layers":
        return list(layer.layers)
    if re.fullmatch(r"[WUb](_[ifcozrh])?|alphas", name):
        return _array_of_layer(layer, name)
    if isinstance(layer, keras.layers.BatchNormalization):
        if name in ("running_mean", "running_std"):  # which held the variance
            return (
                layer.moving_mean if name == "running_mean" else layer.moving_variance
            )
        if name == "mode":
            return 0
    if hasattr(layer, name):
        return getattr(layer, name)
    if name == "input_dim" and hasattr(_cell_of(layer), "units"):
        return _cell_of(layer).kernel.shape[0]
    for new, place in _todays(name):
        value = getattr(_cell_of(layer), new, None)
        if hasattr(_cell_of(layer), new) and not _is_other(layer, name, value):
            return _value_of_keras1(name, value, place)
    raise AttributeError(
        f"{type(layer).__name__} {layer.name!r} has no {name!r}, in Keras 1 or 3"
    )


def _todays(name):
    """What an attribute of Keras 1 may be called today, and the place in it or None."""
    for new in KERAS1_ATTRIBUTES.get(name, "").split():
        new, _, place = new.partition("[")
        yield new, int(place[:-1]) if place else None


def _is_other(layer, name, value):
    """Whether a layer has something else by the name of today.

    That is what a ZeroPadding pads, and the strides of pooling.
    """
    if name.startswith("subsample"):
        return hasattr(layer, "pool_size")
    return name == "border_mode" and not isinstance(value, str)


def _value_of_keras1(name, value, place):
    if name == "dim_ordering":
        return {"channels_first": "th", "channels_last": "tf"}[value]
    several = isinstance(value, (list, tuple))
    if place is not None:
        return value[place] if several else value
    if name in ("filter_length", "subsample_length", "pool_length", "stride", "length"):
        return value[0] if several else value
    if name == "subsample":
        return tuple(value) if len(value) > 1 else (value[0], 1)
    if name == "atrous_rate" and several and len(value) == 1:
        return value[0]
    return value


def _cell_of(layer):
    return getattr(layer, "cell", layer)


def _shape_of_layer(layer, name):
    if isinstance(layer, keras.layers.InputLayer):
        return tuple(layer.output.shape)
    if isinstance(layer, keras.Model):
        return getattr(layer, name)
    found = layer.input if name == "input_shape" else layer.output
    if isinstance(found, (list, tuple)):
        return [tuple(tensor.shape) for tensor in found]
    return tuple(found.shape)


def _ends_of_model(model, name):
    tensors = model.inputs if name.startswith("input") else model.outputs
    layers = [tensor._keras_history.operation for tensor in tensors]
    return layers if name.endswith("layers") else [layer.name for layer in layers]


def _array_of_layer(layer, name):
    """A variable of a layer; where Keras 1 had its axes in another order, a tensor."""
    if name == "alphas":
        return layer.alpha
    owner = _cell_of(layer)
    today = _ARRAYS[name[0]]
    if name[0] == "W" and not hasattr(owner, today):
        today = "embeddings"
    if not hasattr(owner, today):
        raise AttributeError(f"{type(layer).__name__} {layer.name!r} has no {name!r}")
    array = getattr(owner, today)
    if len(name) > 1:
        gate = _GATES[keras1_class_name(layer)].index(name[-1])
        units = owner.units
        return array[..., gate * units : (gate + 1) * units]
    if name != "W":
        return array
    first = getattr(layer, "data_format", None) == "channels_first"
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return keras.ops.transpose(array, (2, 3, 0, 1) if first else (0, 1, 3, 2))
    if isinstance(layer, keras.layers.Conv1D):
        return keras.ops.expand_dims(array, 1)
    if first and isinstance(layer, (keras.layers.Conv2D, keras.layers.Conv3D)):
        axes = range(len(array.shape))
        return keras.ops.transpose(array, (axes[-1], axes[-2], *axes[:-2]))
    return array


def keras1_get_layer(model, name=None, index=None):
    """``model.get_layer`` of Keras 1, where an index counted the input of a Sequential, too."""
    if index is None or not isinstance(model, keras.Sequential):
        return model.get_layer(name, index)
    if len(model.inputs) > 1:  # it begins with a merge of models
        return keras.Model(model.inputs, model.outputs).get_layer(index=index)
    layers = [model.inputs[0]._keras_history.operation, *model.layers]
    while isinstance(
        layers[1], keras.Model
    ):  # at the beginning, it counted as its own layers
        inner = layers[1].layers
        inner = inner[isinstance(inner[0], keras.layers.InputLayer) :]
        layers[1:2] = inner
    if index >= len(layers):
        raise ValueError(f"the model has no layer {index}, only {len(layers)} layers")
    return layers[index]


class Keras1Config(dict):
    """The configuration of a layer or model, which also answers to the names of Keras 1.

    That of a Sequential was a list of its layers' configurations: it can be indexed, measured and
    walked through as one.
    """

    def __init__(self, config, is_list=False):
        super().__init__(config)
        self._is_list = is_list
        for layer in config.get("layers", ()):
            nested = layer["class_name"] == "Sequential"
            layer["config"] = Keras1Config(layer["config"], nested)

    def _as_list(self):
        layers = super().__getitem__("layers")
        if layers[:1] and layers[0]["class_name"] == "InputLayer":
            layers = layers[1:]
        names = [
            KERAS1_CLASS_NAMES.get(c["class_name"], c["class_name"]) for c in layers
        ]
        return [
            {"class_name": name, "config": layer["config"]}
            for name, layer in zip(names, layers, strict=True)
        ]

    def __missing__(self, name):
        if self._is_list:
            return self._as_list()[name]
        if name == "input_dtype":
            return self["dtype"]
        for new, place in _todays(name):
            if super().__contains__(new):
                return _config_value(name, self[new], place)
        raise KeyError(name)

    def get(self, name, default=None):
        """The value of a name of either library."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name):
        today = [new for new, _ in _todays(name)]
        return any(super(Keras1Config, self).__contains__(n) for n in [name, *today])

    def __setitem__(self, name, value):
        """Set what the name stands for, so that ``from_config`` takes it."""
        if not super().__contains__(name):
            for new, place in _todays(name):
                if super().__contains__(new):
                    if place is not None:
                        value = [
                            value if i == place else v for i, v in enumerate(self[new])
                        ]
                    elif name == "dim_ordering":
                        value = {"th": "channels_first", "tf": "channels_last"}[value]
                    name = new
                    break
        super().__setitem__(name, value)

    def __iter__(self):
        return iter(self._as_list()) if self._is_list else super().__iter__()

    def __len__(self):
        return len(self._as_list()) if self._is_list else super().__len__()


def _config_value(name, value, place):
    if isinstance(value, dict) and "class_name" in value:
        if name.endswith("init"):
            return _name_of_initializer(value)
        return {"name": value["class_name"], **value.get("config", {})}
    return _value_of_keras1(name, value, place)


def _name_of_initializer(config):
    kind, settings = config["class_name"], config.get("config", {})
    if isinstance(settings.get("initializer"), str):
        return settings["initializer"]
    if kind == "VarianceScaling":
        return "he_normal" if settings.get("mode") == "fan_in" else "glorot_normal"
    plain = {
        "RandomUniform": "uniform",
        "RandomNormal": "normal",
        "Zeros": "zero",
        "Ones": "one",
    }
    return plain.get(kind) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()


def keras1_config(thing):
    """``thing.get_config()``, which answers to the names of Keras 1 where there are new ones."""
    config = thing.get_config()
    kinds = (keras.layers.Layer, keras.optimizers.Optimizer)
    if isinstance(thing, kinds) and isinstance(config, dict):
        return Keras1Config(config, isinstance(thing, keras.Sequential))
    return config
