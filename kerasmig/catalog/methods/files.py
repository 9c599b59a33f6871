"""Saving and loading models and weights."""

from __future__ import annotations

from kerasmig.catalog.methods.vocabulary import CONTAINER, Certainty, Method
from kerasmig.catalog.vocabulary import to

FILES = (
    Method(
        "save_weights",
        CONTAINER,
        "KM303",
        to="save_weights",
        certainty=Certainty.NAME,
        args={"filepath": to("filepath", "weights_path")},
        assumed="the file's name ends in .weights.h5 now: whatever else reads it must use the new name",
        docs="The path must end in .weights.h5, or Keras 3 raises.",
        new_order=("filepath", "overwrite", "max_shard_size"),
    ),
    Method(
        "load_weights",
        CONTAINER,
        "KM303",
        to="load_weights",
        certainty=Certainty.NAME,
        args={"filepath": to("filepath", "loaded_weights_path")},
        rule="load_weights",
        docs=(
            "Where the program itself has saved the file before, the path is renamed with that of "
            "`save_weights`. Otherwise `keras1_compat.load_keras1_weights` looks at the file when "
            "the program runs: weights of Keras 1 are brought into today's layouts, others are "
            "loaded as they are."
        ),
        new_order=("filepath", "skip_mismatch"),
    ),
    Method(
        "save",
        CONTAINER,
        "KM303",
        to="save",
        args={"filepath": to("filepath", "model_path")},
        docs="Paths ending in .keras, .h5 or .hdf5 are taken; others raise.",
        new_order=("filepath", "overwrite"),
    ),
    Method("to_json", CONTAINER, "KM303", to="to_json"),
    Method(
        "to_yaml",
        CONTAINER,
        "KM303",
        certainty=Certainty.NAME,
        manual="YAML models are gone: use `to_json()` and `keras.models.model_from_json`; "
        "`kerasmig convert` makes JSON of old YAML files.",
    ),
    *(
        Method(
            name,
            CONTAINER,
            "KM303",
            certainty=Certainty.NAME,
            manual="use `save_weights` and `load_weights`, or h5py and `layer.set_weights`.",
        )
        for name in (
            "load_weights_from_hdf5_group",
            "load_weights_from_hdf5_group_by_name",
            "save_weights_to_hdf5_group",
        )
    ),
)
