"""Weights and models that Keras 1 saved, and arrays as Keras 1's layers gave and took them."""

# mypy: allow-untyped-defs, allow-untyped-calls, allow-subclassing-any, disable-error-code="no-any-return, var-annotated, index, union-attr"
from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import zipfile

import keras
import numpy as np

from kerasmig.compat.parts.files import saved_weights_path
from kerasmig.compat.parts.layouts import arrays_from_keras1, arrays_to_keras1
from kerasmig.compat.parts.weights import own_array_layout, own_ordering

# Automatic names: Keras 1's prefix where it is not today's without underscores.
_PREFIXES = {
    "convolution1d": "conv1d",
    "atrousconvolution1d": "conv1d",
    "convolution2d": "conv2d",
    "atrousconvolution2d": "conv2d",
    "convolution3d": "conv3d",
    "deconvolution2d": "conv2dtranspose",
    "separableconvolution2d": "separableconv2d",
    "timedistributeddense": "timedistributed",
    "model": "functional",
}
# What Keras 1 called an array of a layer, after the layer's name.
_PART = re.compile(
    r"(?P<layer>.+?)_(?:[WUb](?:_(?:[ifcozrh]|carry))?|gamma|betas?|running_mean|running_std"
    r"|alphas|[ta]_(?:left|right)|(?:depth|point)wise_kernel)(?:_\d+)?(?::\d+)?"
)
_NUMBERED = re.compile(r"([a-z][a-z0-9_]*?)(?:_(\d+))?")


def load_keras1_weights(
    model, path, by_name=False, ordering=None, backend=None, given_names=()
):
    """Load weights that Keras 1 saved, or that this program saved: the file tells which.

    Args:
        by_name: only into layers that have a name of the file, as in Keras 1.
        ordering: "th" or "tf", the order of the file's kernels, where neither their shapes nor
            the model's data format tell.
        backend: "theano" for kernels that Theano's convolution was trained with.
        given_names: names such as "dense_1" that the code gives to layers itself.
    """
    import h5py

    path = saved_weights_path(os.fspath(path))
    if h5py.is_hdf5(path):
        with h5py.File(path, "r") as file:
            groups = _groups_of_keras1(file)
            if groups is not None:
                layers = [layer for layer in model.layers if layer.weights]
                if by_name:
                    pairs = _named_pairs(groups, layers, given_names)
                else:
                    pairs = _matched(groups, layers, path)
                give_keras1_arrays(pairs, ordering, backend)
                return
    with _under_its_ending(path) as named:
        if by_name and named.endswith(".weights.h5"):
            _load_today_by_name(model, named)
        else:
            model.load_weights(named, **({"by_name": True} if by_name else {}))


def give_keras1_arrays(pairs, ordering=None, backend=None):
    """Give layers the arrays that belong to them: pairs of a layer and [(name, array)]."""
    ordering = _common_ordering(pairs) or ordering
    for leaf, arrays in _leaf_pairs(pairs):
        leaf.set_weights(_converted(leaf, arrays, ordering, backend == "theano"))


def get_keras1_weights(target, together=(), ordering=None):
    """``get_weights()`` of a layer or model, with the arrays that Keras 1 gave.

    Args:
        together: names of recurrent layers that had ``consume_less='gpu'``; True: all.
        ordering: "th" or "tf", the order that kernels had if the layers work in the other one now.
    """
    if not isinstance(target, keras.layers.Layer):
        return target.get_weights()  # something else that has weights
    if hasattr(target, "layers"):
        arrays = [_old_arrays(layer, together, ordering) for layer in target.layers]
        return [a for own in arrays for a in own]
    return _old_arrays(target, together, ordering)


def set_keras1_weights(target, weights, ordering=None):
    """``set_weights(weights)`` of a layer or model, with arrays as Keras 1 took them.

    Args:
        ordering: "th" or "tf", the order of the kernels if the layers work in the other one now.
    """
    if not isinstance(target, keras.layers.Layer):
        target.set_weights(weights)  # something else that has weights
        return
    arrays = [np.asarray(array) for array in weights]
    layers = target.layers if hasattr(target, "layers") else [target]
    pairs = []
    for layer in layers:
        count = sum(_old_counts(layer, arrays))
        pairs.append((layer, [("", array) for array in arrays[:count]]))
        arrays = arrays[count:]
    if arrays:
        raise ValueError(f"{len(arrays)} arrays more than {target.name} has")
    for leaf, own in _leaf_pairs(pairs):
        if own or leaf.weights:
            leaf.set_weights(_converted(leaf, own, ordering, False))


def load_keras1_model(path, custom_objects=None):
    """Load a model that this program saved, or one of Keras 1 that kerasmig has converted."""
    import h5py

    path = os.fspath(path)
    if not os.path.exists(path) and os.path.exists(path + ".h5"):
        path += ".h5"  # Keras 3 saves under no other ending
    if not os.path.exists(path) or h5py.is_hdf5(path):
        now = os.path.splitext(path)[0] + ".keras"
        old = os.path.exists(path) and _is_keras1_model(path)
        if os.path.exists(now) and (old or not os.path.exists(path)):
            path = now
        elif old:
            raise ValueError(
                f"{path} is a model of Keras 1, which Keras 3 does not read. Run `kerasmig "
                f"convert {path}`: it writes {now}, which is read here then."
            )
    losses = ("mse", "mae", "mape", "msle")
    known = {name: keras.losses.get(name) for name in losses}
    # Keras 1 loaded lambdas as well: the file is trusted as it was then.
    return keras.saving.load_model(
        path, custom_objects={**known, **(custom_objects or {})}, safe_mode=False
    )


def load_keras1_json(text, custom_objects=None):
    """A model from JSON that this program wrote; says what to do where Keras 1 wrote it."""
    config = json.loads(text)
    if "module" not in config and "registered_name" not in config:
        if str(config.get("keras_version", "1")).startswith(("0", "1")):
            raise ValueError(
                "This is a configuration of Keras 1. Run `kerasmig convert` on its file, and read "
                "the file that it writes."
            )
    # Keras 1 loaded lambdas as well: the text is trusted as it was then.
    return keras.saving.deserialize_keras_object(
        config, custom_objects=custom_objects, safe_mode=False
    )


# What stands in a file.


@contextlib.contextmanager
def _under_its_ending(path):
    """A path of today's weights or model that ends as Keras 3 wants it, whatever copied the file."""
    import h5py

    ending = ""
    if zipfile.is_zipfile(path):
        ending = ".keras"
    elif h5py.is_hdf5(path):
        with h5py.File(path, "r") as file:
            ending = ".weights.h5" if "layers" in file else ""
    if path.endswith(ending):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        named = os.path.join(folder, "model" + ending)
        try:
            os.symlink(os.path.abspath(path), named)
        except OSError:  # Windows lets few people make links
            shutil.copyfile(path, named)
        yield named


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _is_keras1_model(path):
    import h5py

    with h5py.File(path, "r") as file:
        version = _text(file.attrs.get("keras_version", "1"))
        return "model_config" in file.attrs and version.startswith(("0", "1"))


def _groups_of_keras1(file):
    """The layers with weights of a file of Keras 1, in its order: (name, [(name, array)]).

    The arrays stay in the file until a layer is given them: one layer is in memory at a time.
    ``None`` for a file of a later Keras.
    """
    weights = file
    if "layer_names" not in file.attrs and "model_weights" in file:
        weights = file["model_weights"]
    if "nb_layers" in weights.attrs:  # Keras 0 counted the layers and named nothing
        names = [f"layer_{i}" for i in range(int(weights.attrs["nb_layers"]))]
        counts = [int(weights[name].attrs["nb_params"]) for name in names]
        parts = [[f"param_{i}" for i in range(count)] for count in counts]
    elif "layer_names" in weights.attrs:
        version = weights.attrs.get("keras_version", file.attrs.get("keras_version"))
        if not _text(version if version is not None else "1").startswith(("0", "1")):
            return None
        names = [_text(name) for name in weights.attrs["layer_names"]]
        parts = [
            [_text(n) for n in weights[name].attrs["weight_names"]] for name in names
        ]
    else:
        return None
    return [
        (name, [(part, weights[name][part]) for part in listed])
        for name, listed in zip(names, parts, strict=True)
        if listed
    ]


def _load_today_by_name(model, path):
    """By name from a file of Keras 3, which itself does so from .h5 files only."""
    import h5py

    with h5py.File(path, "r") as file:
        groups = file["layers"].values() if "layers" in file else ()
        named = {_today_name(group): group for group in groups}
        if "" in named:
            raise ValueError(
                f"{path} does not name its layers: save it anew with today's Keras 3"
            )
        for layer in model.layers:
            if layer.name in named and layer.weights:
                _load_today(layer, named[layer.name])


def _today_name(group):
    """The name of a layer, which Keras 3 writes beside its variables."""
    holder = group.get("vars", group)
    return _text(holder.attrs.get("name", ""))


def _load_today(layer, group):
    if "layers" in group:
        by_name = {_today_name(inner): inner for inner in group["layers"].values()}
        for inner in layer.layers:
            if inner.weights:
                _load_today(inner, by_name[inner.name])
        return
    if len(group.get("vars", ())):
        layer.load_own_variables(group["vars"])
    for part in ("cell", "layer", "forward_layer", "backward_layer"):
        if part in group and hasattr(layer, part):
            _load_today(getattr(layer, part), group[part])


# Which layer of the file is which of the model.


def _named_pairs(groups, layers, given_names):
    """Layers that have a name of the file, by Keras 1's automatic names where they have one."""
    found = {}
    for layer in layers:
        found.setdefault(_keras1_name(layer, given_names), layer)
    return [(found[name], arrays) for name, arrays in groups if name in found]


def _keras1_name(layer, given_names):
    """The name that a layer had in Keras 1, which counted from one."""
    prefix, number = (
        _NUMBERED.fullmatch(layer.name).groups() if _automatic(layer) else ("", "")
    )
    if not prefix or layer.name in given_names:
        return layer.name
    old = [name for name, now in _PREFIXES.items() if now == prefix.replace("_", "")]
    dilated = max(np.ravel(getattr(layer, "dilation_rate", 1))) > 1
    chosen = [name for name in old if name.startswith("atrous") == dilated]
    return f"{(chosen or old or [prefix.replace('_', '')])[0]}_{int(number or 0) + 1}"


def _automatic(layer):
    """Whether a layer's name is one that Keras 3 gave to it."""
    plain = type(layer).__name__.lower()
    found = _NUMBERED.fullmatch(layer.name)
    return found is not None and found[1].replace("_", "") == plain


def _matched(groups, layers, path):
    """Each layer with its arrays: by names where they agree, else one after the other."""
    if len(groups) != len(layers):
        raise ValueError(
            f"{path} has weights of {len(groups)} layers, the model has {len(layers)} with weights"
        )
    reasons = []
    orders = (_order_by_own_names(groups, layers), _order_by_name(groups, layers))
    for order in (*orders, range(len(layers))):
        if order is None:
            continue
        pairs = [
            (layers[i], arrays) for i, (_, arrays) in zip(order, groups, strict=True)
        ]
        reasons = [reason for pair in pairs for reason in _misfit(*pair)]
        if not reasons:
            return pairs
    raise ValueError(f"{path} does not fit the model: {reasons[0]}")


def _order_by_own_names(groups, layers):
    """For each group the number of its layer, where all have the very names of the file."""
    names = [layer.name for layer in layers]
    if sorted(names) != sorted(name for name, _ in groups) or len(set(names)) != len(
        names
    ):
        return None
    return [names.index(name) for name, _ in groups]


def _order_by_name(groups, layers):
    """For each group the number of its layer: equal names, or automatic ones in their order."""
    old = _ranked([_old_key(name) for name, _ in groups])
    new = _ranked([_new_key(layer) for layer in layers])
    if sorted(old, key=str) != sorted(new, key=str) or len(set(new)) != len(new):
        return None
    return [new.index(key) for key in old]


def _new_key(layer):
    """The class and the number of an automatic name, else the name."""
    found = _NUMBERED.fullmatch(layer.name)
    if found is None or not _automatic(layer):
        return (layer.name, None)
    return (found[1].replace("_", ""), int(found[2] or 0))


def _old_key(name):
    found = re.fullmatch(r"([a-z][a-z0-9]*)_(\d+)", name)
    if found is None:
        return (name, None)
    return (_PREFIXES.get(found[1], found[1]), int(found[2]))


def _ranked(keys):
    """Automatic names with their rank among those of their class instead of their number."""
    numbers = {}
    for prefix, number in keys:
        if number is not None:
            numbers.setdefault(prefix, []).append(number)
    return [
        (prefix, None if number is None else sorted(numbers[prefix]).index(number))
        for prefix, number in keys
    ]


def _misfit(layer, arrays):
    """Why arrays do not fit a layer in any ordering; empty if they do."""
    try:
        leaves = list(_leaf_pairs([(layer, arrays)]))
    except ValueError as error:
        return [str(error)]
    return [
        f"{leaf.name} wants {_shapes(leaf.weights)}, the file has {_shapes([a for _, a in own])}"
        for leaf, own in leaves
        if not any(_fits(leaf, own, ordering) for ordering in ("tf", "th"))
    ]


def _shapes(arrays):
    return ", ".join(str(tuple(array.shape)) for array in arrays) or "nothing"


# Layers within layers.


def _leaf_pairs(pairs):
    """Layers that hold their weights themselves, each with its part of the arrays."""
    for layer, arrays in pairs:
        if hasattr(layer, "forward_layer") and hasattr(layer, "backward_layer"):
            half = len(arrays) // 2
            yield from _leaf_pairs(
                [
                    (layer.forward_layer, arrays[:half]),
                    (layer.backward_layer, arrays[half:]),
                ]
            )
        elif isinstance(layer, keras.layers.Wrapper):
            yield from _leaf_pairs([(layer.layer, arrays)])
        elif hasattr(layer, "layers"):
            inner = [leaf for leaf in layer.layers if leaf.weights]
            yield from _leaf_pairs(_inner_pairs(layer, inner, arrays))
        else:
            yield layer, arrays


def _inner_pairs(model, layers, arrays):
    """The arrays of a model within a model, which Keras 1 listed without its layers.

    It listed what is trained of all layers, and then what is not: the names tell the layers.
    """
    leaves = _flat(layers)
    groups = {}
    for name, array in arrays:
        found = _PART.fullmatch(name)
        if found is None:
            groups = {}
            break
        owner = re.sub(r"^(?:(?:forward|backward)_)+", "", found["layer"])
        groups.setdefault(owner, []).append((name, array))
    if len(groups) == len(leaves):
        return _matched(list(groups.items()), leaves, model.name)
    taken = [_take(leaf, arrays) for leaf in leaves]
    if sum(sum(counts) for counts in taken) != len(arrays):
        raise ValueError(f"{model.name} has other layers than the {len(arrays)} arrays")
    first, later = 0, sum(trained for trained, _ in taken)
    pairs = []
    for leaf, (trained, rest) in zip(leaves, taken, strict=True):
        own = [*arrays[first : first + trained], *arrays[later : later + rest]]
        first, later = first + trained, later + rest
        pairs.append((leaf, own))
    return pairs


def _flat(layers):
    return [
        leaf
        for layer in layers
        for leaf in (
            _flat([inner for inner in layer.layers if inner.weights])
            if hasattr(layer, "layers")
            else [layer]
        )
    ]


def _take(leaf, arrays):
    """How many arrays a layer had that were trained, and how many that were not."""
    total = sum(_old_counts(leaf, [array for _, array in arrays]))
    rest = len(leaf.non_trainable_weights) if leaf.trainable else 0
    if isinstance(leaf, keras.layers.BatchNormalization) and leaf.trainable:
        rest = 2
    return (total - rest, rest) if leaf.trainable else (0, total)


def _old_counts(layer, arrays):
    """Numbers of arrays of the layers that a layer consists of, as Keras 1 counted them.

    ``arrays`` begin with the layer's own: recurrent layers had one for each gate or all in one.
    """
    if hasattr(layer, "layers"):
        return [n for inner in layer.layers for n in _old_counts(inner, arrays)]
    if hasattr(layer, "forward_layer") and hasattr(layer, "backward_layer"):
        return [
            *_old_counts(layer.forward_layer, arrays),
            *_old_counts(layer.backward_layer, arrays),
        ]
    if isinstance(layer, keras.layers.Wrapper):
        return _old_counts(layer.layer, arrays)
    layout = own_array_layout(layer)
    if layout in ("lstm", "convlstm", "gru"):
        width = layer.weights[0].shape[-1]
        if any(array.shape[-1:] == (width,) for array in arrays[:1]):
            return [3]
        return [9 if layout == "gru" else 12]
    return [len(layer.weights)]


# Arrays of one layer.


def _fits(leaf, arrays, ordering):
    # Only shapes matter here: nothing is read from the file for it.
    empty = [np.broadcast_to(np.float32(0), array.shape) for _, array in arrays]
    try:
        new = arrays_from_keras1(own_array_layout(leaf), empty, ordering)
    except ValueError:
        return False
    return [a.shape for a in new] == [tuple(w.shape) for w in leaf.weights]


def _common_ordering(pairs):
    """The one ordering in which kernels of the file fit; ``None`` if they do not tell."""
    told = set()
    for leaf, arrays in _leaf_pairs(pairs):
        fitting = [o for o in ("th", "tf") if _fits(leaf, arrays, o)]
        if len(fitting) == 1:
            told.add(fitting[0])
    return told.pop() if len(told) == 1 else None


def _converted(leaf, arrays, ordering, flip):
    """The arrays of one layer for Keras 3, in the ordering that they fit in."""
    fitting = [o for o in ("th", "tf") if _fits(leaf, arrays, o)]
    if not fitting:
        raise ValueError(_misfit(leaf, arrays)[0])
    own = ordering or own_ordering(leaf)
    chosen = own if own in fitting else fitting[0]
    return arrays_from_keras1(
        own_array_layout(leaf), [a for _, a in arrays], chosen, flip
    )


def _old_arrays(layer, together, ordering):
    """The arrays of a layer as Keras 1 listed them: what is trained comes first."""
    trained, rest = _old_parts(layer, together, ordering)
    return [*trained, *rest]


def _old_parts(layer, together, ordering):
    if hasattr(layer, "layers"):
        parts = [_old_parts(inner, together, ordering) for inner in layer.layers]
        return [a for t, _ in parts for a in t], [a for _, r in parts for a in r]
    if hasattr(layer, "forward_layer") and hasattr(layer, "backward_layer"):
        both = (layer.forward_layer, layer.backward_layer)
        return [a for inner in both for a in _old_arrays(inner, together, ordering)], []
    if isinstance(layer, keras.layers.Wrapper):
        return _old_parts(layer.layer, together, ordering)
    joined = together is True or layer.name in together
    layout, ordering = own_array_layout(layer), ordering or own_ordering(layer)
    arrays = arrays_to_keras1(layout, layer.get_weights(), ordering, joined)
    if not layer.trainable:
        return [], arrays
    rest = len(layer.non_trainable_weights)
    if isinstance(layer, keras.layers.BatchNormalization):
        rest = 2
    return arrays[: len(arrays) - rest], arrays[len(arrays) - rest :]
