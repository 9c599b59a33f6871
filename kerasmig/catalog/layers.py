"""Every layer class that is known, under every name that it has had.

A layer is a row of the catalog with `LayerFacts`; its positional parameters are read from the
photographs of both libraries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from kerasmig.catalog import entry, families, surface
from kerasmig.catalog.layer_facts import LayerFacts, Layout, Role, elementwise
from kerasmig.catalog.vocabulary import To

_LATER = {"Softmax": elementwise(turning=Layout.BY_AXIS), "ReLU": elementwise()}
"""Layers that Keras 1 did not have and code that has been migrated uses."""


@dataclass(frozen=True)
class KnownLayer:
    """One layer class.

    Args:
        name: class name in Keras 1, or in Keras 3 for a layer that came later.
        facts: what the catalog says of it.
        spatial: number of spatial axes that the data format orders; 0 where it has none.
        old: canonical name in Keras 1, or ``""``.
        new: path in Keras 3 or ``keras1_compat``, or ``""``.
    """

    name: str
    facts: LayerFacts
    spatial: int = 0
    old: str = ""
    new: str = ""

    def positions(self, called: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Positional parameters in Keras 1.2.2 and in Keras 3 of the class under this bare name.

        A name that only Keras 3 has (``Conv2DTranspose``) is read in Keras 3's signature.
        """
        path = f"keras.layers.{called}"
        only_later = not surface.in_keras1(path) and surface.keras3_has(path)
        return (() if only_later else self.params), self.later_params

    @cached_property
    def params(self) -> tuple[str, ...]:
        """Its positional parameters in Keras 1.2.2."""
        found = surface.keras1_signature(self.old) if self.old else None
        return self.later_params if found is None else found.positional()

    @cached_property
    def later_params(self) -> tuple[str, ...]:
        """Its positional parameters in Keras 3; none where it is gone from there."""
        path = f"keras.layers.{self.facts.like}" if self.facts.like else self.new
        found = surface.keras3_signature(path) if path else None
        return () if found is None else found.positional()

    @property
    def takes_vectors(self) -> bool:
        """Whether ``input_dim`` alone says the shape of a sample: ``(input_dim,)``."""
        return "input_dim" in self.params and "input_length" not in self.params


@cache
def known_layers() -> Mapping[str, KnownLayer]:
    """Every layer by its class name in Keras 1 (or Keras 3, where it came later)."""
    found = {
        entry.short: KnownLayer(
            entry.short,
            entry.layer,
            entry.layer.axes if entry.data_format else 0,
            family.full_name(entry),
            family.resolve(entry).to or "",
        )
        for family in families()
        for entry in family.entries
        if entry.layer is not None
    }
    for name, facts in _LATER.items():
        found[name] = KnownLayer(name, facts, new=f"keras.layers.{name}")
    return found


@cache
def aliases() -> Mapping[str, str]:
    """Other names of the same classes, in Keras 1 and later."""
    layers = known_layers()
    found: dict[str, str] = {}
    for alias, path in surface.module_names("keras.layers").items():
        found[alias] = path.rpartition(".")[2]
    for layer in layers.values():
        found.update(dict.fromkeys(layer.facts.also, layer.name))
    for layer in layers.values():
        found.setdefault(layer.new.rpartition(".")[2], layer.name)
    return {
        alias: name
        for alias, name in found.items()
        if alias and name in layers and alias not in layers
    }


def known_layer(name: str) -> KnownLayer | None:
    """The layer of a class name, in Keras 1's or later words (``Conv2D``, ``Convolution2D``)."""
    return known_layers().get(aliases().get(name, name))


def role_of(name: str) -> Role | None:
    """What the layer of a class name does; ``None``: no layer that is known."""
    layer = known_layer(name)
    return None if layer is None else layer.facts.role


@cache
def hidden_settings(name: str) -> tuple[tuple[str, str], ...]:
    """Settings of a layer class that its outputs at inference cannot show: old name, new name."""
    layer = known_layer(name)
    row = None if layer is None or not layer.old else entry(layer.old)
    if layer is None or row is None:
        return ()
    arguments = {old: row.argument(old) for old in layer.facts.hidden}
    return tuple((old, to.name if isinstance(to, To) else old) for old, to in arguments.items())


def may_become(name: str) -> frozenset[str]:
    """The class names under which a layer of Keras 1 may stand in a migrated model."""
    layer = known_layer(name)
    if layer is None:
        return frozenset()
    return frozenset([layer.name, layer.new.rpartition(".")[2], *layer.facts.becomes]) - {""}
