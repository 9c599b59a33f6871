"""Adapters made from the catalog: every layer and optimizer has one, under a name that is free."""

from __future__ import annotations

import ast

import pytest

from kerasmig.catalog import entries, surface
from kerasmig.catalog.layer import LAYER_CLASS
from kerasmig.compat import adapter_name, compat_names, compat_source

LAYERS = [
    entry.name
    for entry in entries().values()
    if entry.code.startswith(("KM20", "KM21"))
    and LAYER_CLASS in surface.keras1_bases(entry.name)
    and entry.to is not None
    and entry.short != "Wrapper"
]
OPTIMIZERS = [entry.name for entry in entries().values() if entry.rule == "optimizer"]


@pytest.mark.parametrize("name", [*LAYERS, *OPTIMIZERS])
def test_every_class_has_an_adapter(name: str) -> None:
    adapter = adapter_name(name)
    assert adapter in compat_names()
    assert f"class {adapter}(metaclass=Keras1Layer):" in compat_source([adapter])


@pytest.mark.parametrize("name", [*LAYERS, *OPTIMIZERS])
def test_positions_are_those_of_keras_1(name: str) -> None:
    adapter = adapter_name(name) or ""
    tree = ast.parse(compat_source([adapter]))
    made = next(
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == adapter
    )
    order = next(
        ast.literal_eval(node.value)
        for node in made.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "order"
    )
    signature = surface.keras1_signature(name)
    assert signature is not None and tuple(order) == signature.positional()


@pytest.mark.parametrize(
    "name", ["keras.regularizers.l2", "keras.engine.topology.Merge", "keras.layers.NoSuchLayer"]
)
def test_nothing_else_has_one(name: str) -> None:
    assert adapter_name(name) is None


def test_all_of_them_can_be_looked_up_by_name() -> None:
    source = compat_source(["keras1_layers"])
    names = [name.rpartition(".")[2] for name in LAYERS]
    assert [n for n in names if f"    {n} = keras1_{n}\n" not in source] == []
    for alias in ("Conv1D", "Conv2D", "Deconv2D", "AtrousConv2D"):
        assert f"    {alias} = keras1_" in source, "Keras 1 had it too, with its own arguments"


def test_so_can_the_optimizers() -> None:
    source = compat_source(["keras1_optimizer_classes"])
    assert len(OPTIMIZERS) == 7
    for name in (name.rpartition(".")[2] for name in OPTIMIZERS):
        assert f"    {name} = keras1_{name}\n" in source
        assert f"    {name.lower()} = keras1_{name}\n" in source
