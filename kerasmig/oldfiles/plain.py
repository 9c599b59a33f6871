"""Weights without a model: what kind each layer of a file is, told by names and shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from kerasmig.catalog import entry
from kerasmig.catalog.array_layouts import ARRAY_LAYOUTS
from kerasmig.oldfiles.errors import NeedsAnswer
from kerasmig.oldfiles.reading import Group, OldFile

_LAYERS = ("keras.layers.", "keras1_compat.")
_SHAPED = {"LSTM": ("cell",), "GRU": ("cell",), "SimpleRNN": ("cell",), "ConvLSTM2D": ("cell",)}
_AUTOMATIC = re.compile(r"([a-z][a-z0-9]*)_\d+")
_WRAPPERS = {"bidirectional", "timedistributed"}
_MODULES = (
    "core convolutional local recurrent convolutional_recurrent embeddings normalization "
    "advanced_activations"
).split()
_PART = re.compile(
    r"(?P<layer>.+?)_(?P<part>[WUb](?:_(?:[ifcozrh]|carry))?|gamma|betas?|running_mean|running_std"
    r"|alphas|[ta]_(?:left|right)|(?:depth|point)wise_kernel)(?:_\d+)?(?::\d+)?"
)


class Kind(NamedTuple):
    """What a layer of the file is.

    Args:
        old: class of Keras 1; empty if it cannot be told.
        certain: its name or its arrays allow nothing else.
        parts: for a layer that holds others: each with its arrays.
    """

    old: str
    certain: bool = True

    @property
    def layout(self) -> str:
        """The layout of its arrays."""
        return ARRAY_LAYOUTS.get(self.old, "")

    @property
    def new(self) -> str:
        """Its class in a migrated program: one of Keras 3, of the compat module, or one's own."""
        for module in _MODULES:
            found = entry(f"keras.layers.{module}.{self.old}")
            if found is not None and found.to and found.to.startswith(_LAYERS):
                return found.to.rpartition(".")[2]
        return self.old


UNKNOWN = Kind("", False)


def kinds_of(file: OldFile, stated: Mapping[str, str]) -> dict[str, Kind]:
    """The kind of each layer with arrays."""
    return {
        group.name: Kind(stated[group.name]) if group.name in stated else _kind(group)
        for group in file.groups
        if group.arrays
    }


def _kind(group: Group) -> Kind:
    automatic = _AUTOMATIC.fullmatch(group.name)
    by_name = _by_prefix(automatic[1]) if automatic else ""
    parts = [_PART.fullmatch(array.name) for array in group.arrays]
    owners = {p["layer"] for p in parts if p is not None}
    if (automatic and automatic[1] in _WRAPPERS) or len(owners) > 1:
        return UNKNOWN  # a wrapper or a model inside the model
    by_arrays = _by_arrays(group, [p["part"] if p is not None else "" for p in parts])
    if by_name:
        return Kind(by_name)
    return by_arrays


def _by_prefix(prefix: str) -> str:
    for module in _MODULES:
        for name in _classes(module):
            if name.lower() == prefix:
                return name
    return ""


def _classes(module: str) -> list[str]:
    from kerasmig.catalog import names

    start = f"keras.layers.{module}."
    return [name[len(start) :] for name in names() if name.startswith(start)]


def _by_arrays(group: Group, parts: list[str]) -> Kind:
    ranks = [len(array.shape) for array in group.arrays]
    if "gamma" in parts or "running_mean" in parts:
        return Kind("BatchNormalization")
    if "depthwise_kernel" in parts:
        return Kind("SeparableConvolution2D")
    if len(ranks) == 12:
        return Kind("ConvLSTM2D" if ranks[0] == 4 else "LSTM")
    if len(ranks) == 9:
        return Kind("GRU")
    if ranks in ([2, 1], [2]):
        # A dense layer without bias and an embedding have the same arrays.
        return Kind("Dense", ranks == [2, 1])
    if ranks in ([4, 1], [4]):
        # A Deconvolution2D has the same arrays, and so has a 1-D convolution of one length.
        return Kind("Convolution2D", False)
    if ranks in ([5, 1], [5]):
        return Kind("Convolution3D")
    if ranks == [2, 2, 1]:
        (_, width), (units, _), _ = (a.shape for a in group.arrays)
        return Kind({1: "SimpleRNN", 3: "GRU", 4: "LSTM"}.get(width // max(units, 1), ""))
    if ranks == [1, 1, 1, 1]:
        return Kind("BatchNormalization", False)
    return UNKNOWN


def plain_layers(
    file: OldFile, stated: Mapping[str, str], form: str, ordering: str, flip: bool
) -> list[dict[str, Any]]:
    """What `h5_writer` is to do with each layer of plain weights.

    Args:
        stated: classes that somebody gives by the names of layers.
        form: ``weights`` or ``h5``.
        flip: the kernels were trained on Theano.

    Raises:
        NeedsAnswer: nothing tells what a layer is.
    """
    kinds = kinds_of(file, stated)
    layers, count = [], dict[str, int]()
    for group in file.groups:
        if not group.arrays:
            continue
        kind = kinds[group.name]
        if not kind.old:
            raise NeedsAnswer(
                f"nothing tells what the layer {group.name!r} is: give the model with --model "
                f"FILE.json, or say --kind {group.name}=CLASS"
            )
        first = group.arrays[0].shape
        if form == "h5" and not kind.certain and len(first) == 4 and first[-1] == first[-2]:
            raise NeedsAnswer(
                f"nothing tells whether {group.name!r} is a Convolution2D or a "
                f"Deconvolution2D: say --kind {group.name}=CLASS"
            )
        snake = _snake(kind.new)
        number = count[snake] = count.get(snake, -1) + 1
        layers.append(
            {
                "name": group.name,
                "target": f"{snake}_{number}" if number else snake,
                "inside": list(_SHAPED.get(kind.old, ())),
                "layout": kind.layout,
                "arrays": [array.path for array in group.arrays],
                "ordering": ordering,
                "flip": flip,
                "running_std": file.era == 0 and kind.old == "BatchNormalization",
            }
        )
    return layers


def automatic_name(name: str) -> str:
    """The name that Keras 1 gave to the layers of a class, without their number."""
    snake = _snake(name)
    return f"private{snake}" if snake.startswith("_") else snake


def _snake(name: str) -> str:
    """Keras 3's name for the group of a class: ``conv2d_transpose``."""
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
