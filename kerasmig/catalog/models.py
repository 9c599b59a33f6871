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
                rule="load_model",
                docs=(
                    "Where the program itself has saved the file before, as `.keras`, the call "
                    "stays. Otherwise `keras1_compat.load_keras1_model` loads it: what the "
                    "program saves today, lambdas included as in Keras 1, and what "
                    "`kerasmig convert` made of a model of Keras 1. "
                    "Measured: an .h5 file of a model compiled with the string 'mse' does not load "
                    "in Keras 3.15 unless `compile=False` is given; a .keras file does."
                ),
            ),
            Entry("save_model", to="save_model", docs=_FILES + "."),
            Entry(
                "model_from_json",
                to="model_from_json",
                rule="model_from_json",
                docs=(
                    "Stays for what `to_json()` has just given. Otherwise "
                    "`keras1_compat.load_keras1_json` reads it, lambdas included as in Keras 1; "
                    "for a configuration that Keras 1 wrote it says how to convert it."
                ),
            ),
            Entry(
                "model_from_yaml",
                manual="YAML models are gone: write `model.to_json()` and read it with "
                "`keras.models.model_from_json`; `kerasmig convert` makes JSON of old YAML files.",
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
