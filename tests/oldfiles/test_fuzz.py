"""Damaged files end as a plan or as one line; ten thousand by `python -m tests.oldfiles.fuzz`."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.oldfiles.fuzz import run

MODEL = {
    "class_name": "Sequential",
    "keras_version": "1.2.2",
    "config": [
        {
            "class_name": "Convolution2D",
            "config": {
                "name": "c", "nb_filter": 4, "nb_row": 3, "nb_col": 3, "dim_ordering": "tf",
                "batch_input_shape": [None, 8, 8, 3], "border_mode": "same",
                "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5},
            },
        },
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d", "output_dim": 2, "activation": "relu"}},
    ],
}  # fmt: skip


def seeds(folder: Path) -> None:
    """A configuration, weights, and a model, as Keras 1 wrote them."""
    (folder / "a.json").write_text(json.dumps(MODEL))
    for name in ("weights", "model"):
        with h5py.File(folder / f"{name}.h5", "w") as file:
            weights = file if name == "weights" else file.create_group("model_weights")
            if name == "model":
                file.attrs["keras_version"] = b"1.2.2"
                file.attrs["model_config"] = json.dumps(MODEL).encode()
            weights.attrs["layer_names"] = [b"c", b"f", b"d"]
            for layer, shapes in {
                "c": [(3, 3, 3, 4), (4,)],
                "f": [],
                "d": [(256, 2), (2,)],
            }.items():
                group = weights.create_group(layer)
                names = [f"{layer}_{part}" for part in "Wb"][: len(shapes)]
                group.attrs["weight_names"] = [n.encode() for n in names]
                for key, shape in zip(names, shapes, strict=True):
                    group[key] = np.zeros(shape, "float32")


@pytest.mark.parametrize(
    "count", [60, pytest.param(1500, marks=[pytest.mark.slow, pytest.mark.exhaustive])]
)
def test_damaged_files_end_as_a_plan_or_as_one_line(count: int, tmp_path: Path) -> None:
    seeds(tmp_path)
    ends = run(tmp_path, count, seed=count)
    assert sum(ends.values()) == count
    assert ends["refused"] and ends["planned"]
