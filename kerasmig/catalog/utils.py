"""``keras.utils``."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Entry, Family, to

_COMPAT_NP = (
    "accuracy binary_logloss multiclass_logloss probas_to_classes categorical_probas_to_classes "
    "conv_output_length conv_input_length"
)
_TESTS = "a helper of Keras 1's own tests: "

FAMILIES = (
    Family(
        code="KM604",
        name="utility",
        summary="Take utilities from where Keras 3 has them.",
        why=(
            "`np_utils`, `visualize_util`, `layer_utils`, `io_utils`, `data_utils` and "
            "`generic_utils` are gone as modules, and half of their functions with them."
        ),
        safety="What Keras 3 dropped comes as source in `keras1_compat.py`.",
        example=(
            "np_utils.to_categorical(y, nb_classes=10)",
            "to_categorical(y, num_classes=10)",
        ),
        module="keras.utils.np_utils",
        target="keras.utils",
        entries=(
            Entry(
                "to_categorical",
                to="keras1_compat.keras1_to_categorical",
                rule="to_categorical",
                idiomatic="to_categorical",
                docs="Keras 1 flattened y first; Keras 3 keeps its axes beyond a last one of 1. "
                "Labels that are a plain list, or those of a data set of Keras, go to "
                "`keras.utils.to_categorical`; so do all others under `--idiomatic`.",
            ),
            Entry(
                "normalize",
                to="keras1_compat.normalize",
                idiomatic="normalize",
                docs="keras.utils.normalize takes axis 0 for the last one (3.15).",
            ),
            *(Entry(name, to=f"keras1_compat.{name}") for name in _COMPAT_NP.split()),
            Entry(
                "convert_kernel",
                to="keras1_compat.flip_kernel",
                args={"dim_ordering": to("data_format", "data_format")},
            ),
            Entry(
                "keras.utils.visualize_util.plot",
                to="plot_model",
                write={"show_layer_names": "True"},
            ),
            Entry(
                "keras.utils.visualize_util.model_to_dot",
                to="model_to_dot",
            ),
            Entry(
                "keras.utils.layer_utils.print_summary",
                to="keras1_compat.print_summary",
                docs="Today `model.summary()` prints this.",
            ),
            Entry(
                "keras.utils.layer_utils.count_total_params",
                to="keras1_compat.count_total_params",
            ),
            Entry(
                "keras.utils.layer_utils.convert_all_kernels_in_model",
                to="keras1_compat.convert_all_kernels_in_model",
                docs="Turns the kernels of weights that Theano's true convolution was trained with.",
            ),
            Entry("keras.utils.io_utils.HDF5Matrix", to="keras1_compat.HDF5Matrix"),
            Entry(
                "keras.utils.io_utils.ask_to_proceed_with_overwrite",
                to="keras1_compat.ask_to_proceed_with_overwrite",
            ),
            Entry("keras.utils.io_utils.save_array", manual="use `numpy.save`."),
            Entry("keras.utils.io_utils.load_array", manual="use `numpy.load`."),
            Entry(
                "keras.utils.data_utils.get_file",
                to="get_file",
                rule="get_file",
                docs="With `untar=True` Keras 1 kept fname + '.tar.gz' in the cache and unpacked it "
                "there; Keras 3 unpacks into a folder named after the file, and refuses a folder in "
                "`fname`. In both cases `keras1_compat.keras1_get_file` does as Keras 1 did.",
            ),
            Entry(
                "keras.utils.data_utils.validate_file",
                to="keras1_compat.validate_file",
            ),
            Entry(
                "keras.utils.generic_utils.Progbar",
                to="Progbar",
                write={"width": "30"},
                docs="`update(force=True)` is `finalize=True`.",
            ),
            Entry(
                "keras.utils.generic_utils.CustomObjectScope",
                to="keras.saving.CustomObjectScope",
                docs="Several dicts in one call have to be joined into one.",
                signature="custom_objects",
            ),
            Entry(
                "keras.utils.generic_utils.custom_object_scope",
                to="keras.saving.custom_object_scope",
                docs="Several dicts in one call have to be joined into one.",
                signature="custom_objects",
            ),
            Entry(
                "keras.utils.generic_utils.get_custom_objects",
                to="keras.saving.get_custom_objects",
            ),
            Entry(
                "keras.utils.generic_utils.get_from_module",
                to="keras1_compat.get_from_module",
                docs="Subclasses of Keras classes used it to look their arguments up: today "
                "`keras.initializers.get` and its like do.",
            ),
            Entry("keras.utils.generic_utils.make_tuple", to="keras1_compat.make_tuple"),
            Entry(
                "keras.utils.generic_utils.func_dump",
                manual="register the function with `keras.saving.register_keras_serializable`.",
            ),
            Entry(
                "keras.utils.generic_utils.func_load",
                manual="register the function with `keras.saving.register_keras_serializable`.",
            ),
            Entry("keras.utils.test_utils.get_test_data", to="keras1_compat.get_test_data"),
            Entry(
                "keras.utils.test_utils.layer_test",
                manual=_TESTS + "build the layer in a model and look at its output.",
            ),
            Entry(
                "keras.utils.test_utils.keras_test",
                manual=_TESTS + "call `keras.backend.clear_session()` after the test.",
            ),
        ),
    ),
)
