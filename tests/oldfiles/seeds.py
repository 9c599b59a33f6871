"""Good files to begin with: a configuration, weights and a model, as Keras 1 wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np

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


YAML = """class_name: Sequential
config:
- class_name: LSTM
  config:
    U_regularizer: null
    activation: tanh
    batch_input_shape: !!python/tuple [null, 5, 3]
    name: lstm_1
    output_dim: 4
- class_name: Bidirectional
  config:
    layer:
      class_name: GRU
      config: {activation: tanh, name: gru_1, output_dim: 2}
    merge_mode: concat
    name: bidirectional_1
keras_version: 1.2.2
"""


def seeds(folder: Path) -> None:
    """Write them into a folder."""
    (folder / "a.json").write_text(json.dumps(MODEL))
    (folder / "a.yaml").write_text(YAML)
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
