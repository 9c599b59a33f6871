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
        assumed="whatever reads the file must use the new name too",
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
        assumed="weights written by Keras 1 fit only where the layouts of all layers agree",
        docs=(
            "`by_name` is taken for .h5 files only. A literal path is renamed together with that "
            "of `save_weights` in the same project, else it stays."
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
        manual="YAML models are gone: use `to_json()` and `keras.models.model_from_json`.",
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
