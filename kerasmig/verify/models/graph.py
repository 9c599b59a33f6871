"""Describing a model as rows, one a layer, in an order that depends on its topology only.

The order is that of a depth-first walk from the outputs: a layer comes after what feeds it, and
branches in the order in which they are merged. Layers that one side has in addition (a padding,
an activation split off) then only insert rows; they never reorder the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from kerasmig.verify.descriptions import LayerFacts


class Library(Protocol):
    """What the walk needs to know about one of the two libraries."""

    def history(self, tensor: Any) -> tuple[Any, int]:
        """The layer (or operation) that made a tensor, and which of its calls."""

    def node(self, layer: Any, index: int) -> tuple[Sequence[Any], Sequence[Any]]:
        """Input and output tensors of one call of a layer."""

    def ends(self, model: Any) -> tuple[Sequence[Any], Sequence[Any]]:
        """Symbolic inputs and outputs of a model."""

    def is_model(self, layer: Any) -> bool:
        """Whether a layer is itself a model."""

    def facts(self, layer: Any) -> LayerFacts:
        """Class, name, weights, parameters, configuration of a layer."""

    def shape(self, tensor: Any) -> list[int | None]:
        """Symbolic shape with the batch axis."""


@dataclass
class Description:
    """Rows of a model, and for each the objects they stand for (never sent anywhere)."""

    rows: list[LayerFacts] = field(default_factory=list)
    layers: list[Any] = field(default_factory=list)
    tensors: list[list[Any]] = field(default_factory=list)
    """Output tensors of each row in the model's own graph; empty for rows inside nested models."""


def describe(model: Any, library: Library) -> Description:
    """Walk `model` and describe each of its layers once."""
    description = Description()
    _Walk(library, description).model(model, depth=0)
    return description


class _Walk:
    def __init__(self, library: Library, into: Description) -> None:
        self.library = library
        self.into = into
        self._of_layer: dict[int, int] = {}
        self._of_call: dict[tuple[int, int], int] = {}
        self._frozen = False

    def model(self, model: Any, depth: int) -> None:
        around, self._frozen = self._frozen, self._frozen or not getattr(model, "trainable", True)
        inputs, outputs = self.library.ends(model)
        for tensor in [*inputs, *outputs]:
            self._tensor(tensor, depth)
        self._frozen = around

    def _tensor(self, tensor: Any, depth: int) -> int:
        """Emit all that leads to a tensor, without recursion: models can be a thousand layers deep.

        Raises:
            ValueError: the graph goes in a circle (a layer returned its input, not a new tensor).
        """
        start = self.library.history(tensor)
        stack = [(start, False)]
        opened: set[tuple[int, int]] = set()
        while stack:
            (layer, index), ready = stack.pop()
            if (id(layer), index) in self._of_call:
                continue
            inputs, outputs = self.library.node(layer, index)
            before = [self.library.history(t) for t in inputs]
            if not ready:
                if (id(layer), index) in opened:
                    raise ValueError(f"layer {layer.name!r} is its own input")
                opened.add((id(layer), index))
                stack.append(((layer, index), True))
                stack.extend(
                    (call, False)
                    for call in reversed(before)
                    if (id(call[0]), call[1]) not in self._of_call
                )
                continue
            feeding = [self._of_call[id(maker), call] for maker, call in before]
            self._of_call[id(layer), index] = self._emit(layer, feeding, outputs, depth)
        return self._of_call[id(start[0]), start[1]]

    def _emit(self, layer: Any, feeding: list[int], outputs: Sequence[Any], depth: int) -> int:
        known = self._of_layer.get(id(layer))
        if known is not None:
            row = self.into.rows[known]
            row["calls"] += 1
            row["more_inputs"].append(feeding)
            return known
        if self.library.is_model(layer):
            self.model(layer, depth + 1)
        row = self.library.facts(layer)
        found: LayerFacts = {
            "index": len(self.into.rows),
            # Keras 1 freezes a model by its own flag, Keras 3 by those of its layers as well.
            "trainable": row["trainable"] and not self._frozen,
            "depth": depth,
            "inputs": feeding,
            "more_inputs": [],
            "calls": 1,
            "is_model": self.library.is_model(layer),
            "shapes": [self.library.shape(t) for t in outputs],
        }
        row.update(found)
        self.into.rows.append(row)
        self.into.layers.append(layer)
        self.into.tensors.append(list(outputs) if depth == 0 else [])
        self._of_layer[id(layer)] = row["index"]
        return int(row["index"])
