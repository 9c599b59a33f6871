"""Configurations of Keras 0 and 1 as programs, and the programs as those of Keras 3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kerasmig.oldfiles.configs import parse_config
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError
from kerasmig.oldfiles.migrating import migrated
from kerasmig.oldfiles.program import program_of


def layer(kind: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": kind.lower() + "_1", **config}}


def sequential(*layers: dict[str, Any]) -> dict[str, Any]:
    return parse_config(json.dumps({"class_name": "Sequential", "config": list(layers)}))


def new(config: dict[str, Any], given: frozenset[str] = frozenset(), **training: Any) -> str:
    return migrated(config, training or None, "tf", given).source


DENSE = layer("Dense", output_dim=2, batch_input_shape=[None, 3])


def test_a_layer_is_a_call_that_the_catalog_maps() -> None:
    conv = layer(
        "Convolution2D",
        nb_filter=4,
        nb_row=3,
        nb_col=2,
        border_mode="same",
        dim_ordering="tf",
        batch_input_shape=[None, 8, 9, 3],
        W_constraint=None,
    )
    text = new(sequential(conv))
    assert "InputLayer(batch_shape=(None, 8, 9, 3))" in text
    assert "Conv2D(name='convolution2d_1', filters=4, kernel_size=(3, 2), padding='same'" in text


def test_regularizers_and_constraints_are_calls_too() -> None:
    dense = layer(
        "Dense",
        output_dim=2,
        batch_input_shape=[None, 3],
        W_regularizer={"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5},
        b_constraint={"name": "MaxNorm", "m": 2, "axis": 0},
    )
    text = new(sequential(dense))
    assert "kernel_regularizer=L1L2(l1=0.0, l2=0.5)" in text
    assert "bias_constraint=MaxNorm(max_value=2, axis=0)" in text


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (["dense", "dense", "out"], ["dense_1", "dense_2", "out"]),
        ([None, None, "dense_1"], ["dense_2", "dense_3", "dense_1"]),
        (["a", "b", "c"], ["a", "b", "c"]),
    ],
)
def test_layers_of_keras_0_get_names_of_their_own(told: list[str | None], names: list[str]) -> None:
    """Its automatic name was that of the class, each time."""
    layers = [
        {"name": "Dense", "output_dim": 2, **({"custom_name": name} if name else {})}
        for name in told
    ]
    config = parse_config(json.dumps({"name": "Sequential", "layers": layers}))
    assert [layer["config"]["name"] for layer in config["config"]] == names


def test_keras_0_is_read() -> None:
    config = parse_config(
        '{"name": "Sequential", "layers": [{"name": "Dense", "output_dim": 2, "input_shape": [3]}]}'
    )
    assert "Dense(units=2, name='dense_1')" in new(config)


def test_yaml_with_tuples_is_read_and_nothing_else_of_pythons() -> None:
    text = "class_name: Sequential\nconfig:\n- class_name: Dense\n  config: {output_dim: 2, "
    text += "batch_input_shape: !!python/tuple [null, 3], name: d}\n"
    assert "Dense(units=2, name='d')" in new(parse_config(text))
    with pytest.raises(OldFileError, match="safe to read"):
        parse_config("!!python/object/apply:os.system ['true']")


def test_shared_layers_and_nested_models() -> None:
    inner = {"class_name": "Sequential", "config": [DENSE]}
    config = {
        "class_name": "Model",
        "config": {
            "name": "m",
            "layers": [
                {
                    **layer("InputLayer", batch_input_shape=[None, 3]),
                    "name": "a",
                    "inbound_nodes": [],
                    "config": {"name": "a", "batch_input_shape": [None, 3]},
                },
                {
                    "class_name": "Sequential",
                    "name": "s",
                    "config": inner["config"],
                    "inbound_nodes": [[["a", 0, 0]], [["a", 0, 0]]],
                },
                {
                    **layer("Merge", mode="sum"),
                    "name": "merge_1",
                    "inbound_nodes": [[["s", 1, 0], ["s", 2, 0]]],
                },
            ],
            "input_layers": [["a", 0, 0]],
            "output_layers": [["merge_1", 0, 0]],
        },
    }
    text = new(parse_config(json.dumps(config)))
    assert "l1_1 = l1(l0_0)" in text
    assert "l1_2 = l1(l0_0)" in text
    assert "add([l1_1, l1_2], name='merge_1')" in text


def test_a_sequential_that_begins_with_a_merge() -> None:
    branch = {"class_name": "Sequential", "config": [DENSE]}
    merge = {
        "class_name": "Merge",
        "config": {
            "name": "m",
            "mode": "concat",
            "concat_axis": -1,
            "mode_type": "raw",
            "layers": [branch, branch],
        },
    }
    text = new(sequential(merge, layer("Dense", output_dim=1)))
    assert "concatenate([x0, x1], axis=-1, name='m')" in text
    assert "Model(inputs=[i0, i1], outputs=x)" in text


def test_how_it_was_compiled_is_kept() -> None:
    text = new(
        sequential(DENSE),
        optimizer_config={"class_name": "SGD", "config": {"lr": 0.5, "momentum": 0.9}},
        loss="mse",
        metrics=["accuracy"],
        loss_weights=None,
        sample_weight_mode=None,
    )
    assert "optimizer=SGD(learning_rate=0.5, momentum=0.9)" in text
    assert "metrics=['acc']" in text


def test_stored_code_is_not_run_but_asked_for() -> None:
    stored = layer(
        "Lambda",
        function=["4wEA", None, None],
        function_type="lambda",
        output_shape=None,
        output_shape_type="raw",
        arguments={},
    )
    with pytest.raises(NeedsAnswer, match=r"lambda_1 is stored as byte code.*--custom-objects"):
        new(sequential(DENSE, stored))
    assert "Lambda(function=lambda_1, " in new(sequential(DENSE, stored), frozenset({"lambda_1"}))


def test_classes_that_are_not_keras_are_asked_for() -> None:
    with pytest.raises(NeedsAnswer, match="Attention is not Keras'"):
        new(sequential(DENSE, layer("Attention", dim=3)))


def test_text_of_the_file_becomes_strings_and_nothing_else() -> None:
    evil = "x'); import os; os.abort(); ('"
    old = program_of(
        sequential(layer("Dense", output_dim=2, batch_input_shape=[None, 3], name=evil))
    )
    compile(old.source, "old", "exec")
    assert repr(evil) in old.source
    for config in (
        layer("Dense", **{"a=1, b": 2}),
        layer("os.system", x=1),
        layer("Dense", output_dim={"name": "os.system", "x": 1}),
    ):
        with pytest.raises(OldFileError):
            program_of(sequential(config))


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", "null", "3", '{"class_name": "Model", "config": {"layers": []}}', "{" * 200_000,
     '{"class_name": "Sequential", "config": [1]}', '"' * 9, "a: [", "&a [*a]",
     '{"class_name": "Model", "config": {"layers": [{"class_name": "Dense", "config": {}}]}}',
     '{"class_name": "Sequential", "config": [{"class_name": "Merge", "config": {}}]}'],
)  # fmt: skip
def test_what_is_no_model_is_one_clear_line(text: str) -> None:
    with pytest.raises(OldFileError) as raised:
        migrated(parse_config(text), None, "", frozenset())
    assert "\n" not in str(raised.value)


def test_initial_values_of_a_model_with_weights_need_no_module() -> None:
    layers = [
        {
            "class_name": "Convolution1D",
            "config": {"nb_filter": 3, "filter_length": 2, "init": "glorot_uniform"},
        }
    ]
    config = {"class_name": "Sequential", "config": layers}
    assert "init='glorot_uniform'" in program_of(config).source
    assert "init='uniform'" in program_of(config, weights=True).source
