"""``keras.models``: saving, loading, and models from their configuration."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry, Family, gone, to

_FILES = (
    "Keras 3 writes its own format: a path must end in .keras or .h5 (.hdf5 is taken too), and "
    "files of Keras 1 do not load as they are"
)

FAMILIES = (
    Family(
        code="KM303",
        name="saving",
        summary="Migrate saving and loading of models and weights.",
        why=(
            "`save_weights` raises in Keras 3 unless the path ends in .weights.h5, `save` unless "
            "it ends in .keras, .h5 or .hdf5; configurations and files of Keras 1 name classes "
            "and arguments that are gone; YAML is gone altogether."
        ),
        safety=(
            "Old and new path must change together wherever the file is written and read: paths "
            "are rewritten only if they are literals, and the finding is `assumed`."
        ),
        example=(
            "model.save_weights('net.h5', overwrite=True)",
            "model.save_weights('net.weights.h5', overwrite=True)",
        ),
        module="keras.models",
        target="keras.models",
        entries=(
            Entry(
                "load_model",
                to="load_model",
                args={"filepath": to("filepath", "loaded_model_path")},
                assumed="a file written by Keras 1 does not load; one written by the migrated "
                "program does",
                docs=(
                    "Measured: an .h5 file of a model compiled with the string 'mse' does not load "
                    "in Keras 3.15 unless `compile=False` is given; a .keras file does."
                ),
            ),
            Entry("save_model", to="save_model", docs=_FILES + "."),
            Entry(
                "model_from_json",
                to="model_from_json",
                assumed="JSON written by Keras 1 does not load; JSON written by the migrated "
                "program does",
            ),
            Entry(
                "model_from_yaml",
                manual="YAML models are gone: write `model.to_json()` and read it with "
                "`keras.models.model_from_json`.",
            ),
            Entry(
                "model_from_config",
                to="keras1_compat.model_from_config",
                args={},
                assumed="a configuration made by Keras 1 does not load; one made by the migrated "
                "program does",
            ),
            Entry(
                "keras.utils.layer_utils.layer_from_config",
                to="keras.layers.deserialize",
                args={"custom_objects": gone("put them into `keras.saving.custom_object_scope`")},
                assumed="a configuration made by Keras 1 does not load; one made by the migrated "
                "program does",
                signature="config, custom_objects=None",
            ),
        ),
    ),
)
