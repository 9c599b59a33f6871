"""Pairing: models by place, layers by order and kind."""

from __future__ import annotations

from typing import Any, cast

from kerasmig.verify.descriptions import LayerFacts
from kerasmig.verify.models.match import align_layers, pair_models
from kerasmig.verify.protocol import Built


def row(kind: str, shape: tuple[int, ...], weights: int = 0, **more: Any) -> LayerFacts:
    said = {
        "class": kind,
        "name": kind.lower(),
        "weights": [None] * weights,
        "params": weights,
        "shapes": [[None, *shape]],
        "depth": 0,
        "is_model": False,
        **more,
    }
    return cast(LayerFacts, said)


def test_split_activation_and_padding_are_insertions() -> None:
    old = [row("InputLayer", (8,)), row("Convolution1D", (6,), 2), row("Dense", (3,), 2)]
    new = [
        row("InputLayer", (8,)), row("ZeroPadding1D", (10,)), row("Conv1D", (6,), 2),
        row("Activation", (6,)), row("Dense", (3,), 2),
    ]  # fmt: skip
    assert align_layers(old, new) == [(0, 0), (None, 1), (1, 2), (None, 3), (2, 4)]


def test_names_that_keras_gave_say_nothing() -> None:
    many = range(1, 22)
    old = [row("Dense", (50,), 2, name=f"dense_{n}") for n in many]
    new = [row("Dense", (50,), 2, name="dense" if n == 1 else f"dense_{n - 1}") for n in many]
    assert align_layers(old, new) == [(n, n) for n in range(21)]


def test_lost_layer_has_no_counterpart() -> None:
    old = [row("InputLayer", (8,)), row("Dense", (6,), 2), row("Dense", (6,), 2, name="d2")]
    new = [row("InputLayer", (8,)), row("Dense", (6,), 2, name="d2")]
    assert align_layers(old, new) == [(0, 0), (1, None), (2, 1)]


def test_merge_becomes_what_its_mode_says() -> None:
    old = [row("InputLayer", (4,)), row("Merge", (4,))]
    new = [row("InputLayer", (4,)), row("Concatenate", (4,))]
    assert align_layers(old, new) == [(0, 0), (1, 1)]


def model(call: str, function: str, variable: str | None) -> Built:
    return Built(call, "a.py", 1, function, variable)


def test_models_are_paired_by_variable_before_order() -> None:
    old = [model("main", "f", "gen"), model("main", "f", None), model("main", "g", None)]
    new = [
        model("main", "f", "branch"), model("main", "f", None),
        model("main", "f", "gen"), model("main", "g", None),
    ]  # fmt: skip
    pairs = dict(pair_models(old, new))
    assert pairs[0] == 2
    assert pairs[2] == 3


def test_model_without_counterpart_is_paired_with_none() -> None:
    assert pair_models([model("main", "f", "m")], []) == [(0, None)]
