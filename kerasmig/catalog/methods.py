"""Methods and attributes of models, layers, optimizers, callbacks and data utilities.

A receiver is often known only by its name (`model.fit`), so each row says how certain the name
alone makes it, and which arguments only Keras 1 has. Signatures come from the photograph
(``surface``); all targets were tried on Keras 3.15 with TensorFlow 2.21.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from kerasmig.catalog.vocabulary import Argument, Arguments, Family, drop, gone, handled, to

MODEL = "keras.engine.training.Model"
SEQUENTIAL = "keras.models.Sequential"
CONTAINER = "keras.engine.topology.Container"
LAYER = "keras.engine.topology.Layer"
OPTIMIZER = "keras.optimizers.Optimizer"
CALLBACK = "keras.callbacks.Callback"
GENERATOR = "keras.preprocessing.image.ImageDataGenerator"


class Certainty(Enum):
    """What a method's name says about its receiver.

    Members:
        NAME: nothing else is called so: ``fit_generator``.
        ARGUMENTS: certain together with an argument that only Keras 1 has: ``fit(nb_epoch=2)``.
        RECEIVER: other libraries have it too: ``fit``, ``add``, ``save``; the receiver decides.
    """

    NAME = "name"
    ARGUMENTS = "arguments"
    RECEIVER = "receiver"


@dataclass(frozen=True)
class Method:
    """What becomes of one method (or attribute) of Keras 1.

    Args:
        name: its name.
        owner: canonical Keras 1 class that has it.
        code: the rule's code.
        to: its name in Keras 3; ``None``: gone. The same name: only arguments change.
        args: what becomes of old arguments; unlisted ones keep their name.
        only_keras1: keywords that no other library and no later Keras takes: with one of them a
            call is certain, whatever the receiver is.
        certainty: what the name alone says.
        attribute: it is read or assigned, not called.
        write, write_when: as in `vocabulary.Entry`.
        template: as in `vocabulary.Entry`; ``{self}`` is the receiver.
        rule: structural rule that takes the place of the plain mapping.
        assumed: every rewrite is an assumption, for this reason.
        manual: never rewritten: what the person has to do.
        docs: what a reader should know beyond.
        new_order: positional parameters in Keras 3.
    """

    name: str
    owner: str
    code: str
    to: str | None = None
    args: Arguments = field(default_factory=dict)
    only_keras1: tuple[str, ...] = ()
    certainty: Certainty = Certainty.RECEIVER
    attribute: bool = False
    write: Mapping[str, str] = field(default_factory=dict)
    write_when: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    template: str = ""
    rule: str = ""
    assumed: str = ""
    manual: str = ""
    docs: str = ""
    new_order: tuple[str, ...] = ()

    def argument(self, old: str) -> Argument:
        """What becomes of an old argument; its own name where the row says nothing."""
        for key, value in self.args.items():
            if old == key or (isinstance(key, tuple) and old in key):
                return value
        return to(old)


_THEANO = drop("an option of the Theano backend, ignored on TensorFlow")
_SHOW_ACCURACY = handled("`metrics=['accuracy']` in `compile`, where it is not there yet")
_CLASS_MODE = drop("Keras 1 ignored it")
_QUEUE = drop("how batches are fetched; Keras 3's `fit` fetches them in its own way")
_WORKERS: Arguments = {
    "max_q_size": _QUEUE,
    "nb_worker": _QUEUE,
    "pickle_safe": _QUEUE,
    "nb_val_worker": _QUEUE,
    "wait_time": _QUEUE,
}
_WORKER_NAMES = ("max_q_size", "nb_worker", "pickle_safe", "nb_val_worker")

_FIT = "x y batch_size epochs verbose callbacks validation_split validation_data shuffle "
_FIT += "class_weight sample_weight initial_epoch steps_per_epoch validation_steps"

TRAINING = (
    Method(
        "compile",
        MODEL,
        "KM401",
        to="compile",
        rule="compile",
        args={
            "optimizer": to("optimizer", "optimizer"),
            "loss": to("loss", "loss"),
            "metrics": to("metrics", "metrics"),
            "sample_weight_mode": drop(
                "Keras 3 takes weights per time step as they come", only=("None", "'temporal'")
            ),
            "class_mode": _CLASS_MODE,
            "theano_mode": _THEANO,
        },
        only_keras1=("class_mode", "theano_mode", "sample_weight_mode"),
        new_order=("optimizer", "loss", "loss_weights", "metrics"),
        docs=(
            "Third by position was `metrics`, now `loss_weights`. Other keywords went to Theano's "
            "`K.function` and were ignored on TensorFlow."
        ),
    ),
    Method(
        "fit",
        MODEL,
        "KM401",
        to="fit",
        args={
            "nb_epoch": to("epochs"),
            "show_accuracy": _SHOW_ACCURACY,
            "class_weight": handled("'auto' is gone: Keras 1 took only dicts as well, silently"),
        },
        only_keras1=("nb_epoch", "show_accuracy"),
        write={"epochs": "10"},
        new_order=tuple(_FIT.split()),
        docs=(
            "Without `nb_epoch` Keras 1 trained ten epochs, Keras 3 trains one. A batch size of "
            "32 is what Keras 3 takes for arrays, too. Keras 0.3's default was 128 and 100."
        ),
    ),
    Method(
        "evaluate",
        MODEL,
        "KM401",
        to="evaluate",
        args={"show_accuracy": _SHOW_ACCURACY},
        only_keras1=("show_accuracy",),
        new_order=("x", "y", "batch_size", "verbose", "sample_weight", "steps", "callbacks"),
    ),
    Method(
        "predict",
        MODEL,
        "KM401",
        to="predict",
        write={"verbose": "0"},
        new_order=("x", "batch_size", "verbose", "steps", "callbacks"),
        docs="Keras 3 prints a progress bar unless told not to; Keras 1 printed none.",
    ),
    Method(
        "train_on_batch",
        MODEL,
        "KM401",
        to="train_on_batch",
        certainty=Certainty.NAME,
        args={"accuracy": _SHOW_ACCURACY},
        only_keras1=("accuracy",),
        new_order=("x", "y", "sample_weight", "class_weight", "return_dict"),
        docs=(
            "Sequential had `class_weight` before `sample_weight`, Model the other way round, as "
            "Keras 3. `model.trainable = False` after `compile` has no effect on this until the "
            "next `compile`, as in Keras 1."
        ),
    ),
    Method(
        "test_on_batch",
        MODEL,
        "KM401",
        to="test_on_batch",
        certainty=Certainty.NAME,
        args={"accuracy": _SHOW_ACCURACY},
        only_keras1=("accuracy",),
        new_order=("x", "y", "sample_weight", "return_dict"),
    ),
    Method("predict_on_batch", MODEL, "KM401", to="predict_on_batch", certainty=Certainty.NAME),
    Method(
        "fit_generator",
        MODEL,
        "KM402",
        to="fit",
        rule="generator_training",
        certainty=Certainty.NAME,
        args={
            "generator": to("x"),
            "samples_per_epoch": handled("`steps_per_epoch`: divided by the batch size, up"),
            "nb_epoch": to("epochs"),
            "nb_val_samples": handled("`validation_steps`: divided by the batch size, up"),
            "show_accuracy": _SHOW_ACCURACY,
            **_WORKERS,
        },
        only_keras1=("samples_per_epoch", "nb_val_samples", "nb_epoch", *_WORKER_NAMES),
        new_order=tuple(_FIT.split()),
    ),
    Method(
        "evaluate_generator",
        MODEL,
        "KM402",
        to="evaluate",
        rule="generator_training",
        certainty=Certainty.NAME,
        args={
            "generator": to("x"),
            "val_samples": handled("`steps`: divided by the batch size, up"),
            "show_accuracy": _SHOW_ACCURACY,
            "verbose": drop("Keras 1 ignored it"),
            **_WORKERS,
        },
        only_keras1=("val_samples", *_WORKER_NAMES),
        write={"verbose": "0"},
        new_order=("x", "y", "batch_size", "verbose", "sample_weight", "steps", "callbacks"),
    ),
    Method(
        "predict_generator",
        MODEL,
        "KM402",
        to="predict",
        rule="generator_training",
        certainty=Certainty.NAME,
        args={
            "generator": to("x"),
            "val_samples": handled("`steps`: divided by the batch size, up"),
            **_WORKERS,
        },
        only_keras1=("val_samples", *_WORKER_NAMES),
        write={"verbose": "0"},
        new_order=("x", "batch_size", "verbose", "steps", "callbacks"),
    ),
    Method(
        "predict_classes",
        SEQUENTIAL,
        "KM403",
        rule="predict_classes",
        certainty=Certainty.NAME,
        docs="argmax over the last axis if that is longer than one, else 1 where above 0.5.",
    ),
    Method(
        "predict_proba",
        SEQUENTIAL,
        "KM403",
        to="predict",
        certainty=Certainty.NAME,
        new_order=("x", "batch_size", "verbose", "steps", "callbacks"),
        docs=(
            "Keras 1 printed a progress bar here by default, as Keras 3 does, and warned of "
            "values outside 0 to 1. scikit-learn's estimators have the method too: certain only "
            "on a Keras model."
        ),
    ),
)

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


def _plain(owner: str, names: str, code: str = "KM304") -> tuple[Method, ...]:
    """Methods that Keras 3 has under the same name with the same arguments."""
    return tuple(Method(name, owner, code, to=name) for name in names.split())


def _attributes(owner: str, names: str, code: str, manual: str) -> tuple[Method, ...]:
    """Attributes without counterpart; rare enough as names to be certain."""
    return tuple(
        Method(name, owner, code, attribute=True, certainty=Certainty.NAME, manual=manual)
        for name in names.split()
    )


_SHARED = (
    "Keras 3 keeps no list of a layer's outputs by call: keep the tensor that the call returned."
)
_NODE = (
    "nodes are internals now (`_inbound_nodes`, `_outbound_nodes`): build the model again from "
    "its tensors instead of editing the graph."
)
_LOSSES = "regularizers and constraints live on the variables: see `layer.losses`."
_UPDATES = "Keras 3 has no update operations: assign to variables in `call`."

LAYERS = (
    *_plain(LAYER, "get_weights set_weights count_params build call compute_mask get_config"),
    *_plain(CONTAINER, "add pop summary"),
    Method(
        "get_layer",
        CONTAINER,
        "KM304",
        to="get_layer",
        docs="`get_layer(index=...)` counts Input layers of a Sequential in neither library.",
    ),
    Method(
        "get_output_shape_for",
        LAYER,
        "KM304",
        to="compute_output_shape",
        certainty=Certainty.NAME,
        new_order=("input_shape",),
    ),
    Method(
        "add_weight",
        LAYER,
        "KM304",
        to="add_weight",
        rule="add_weight",
        certainty=Certainty.NAME,
        args={"initializer": to("initializer", "initializer")},
        new_order=("shape", "initializer", "dtype", "trainable", "autocast", "regularizer"),
    ),
    Method(
        "add_loss",
        LAYER,
        "KM304",
        to="add_loss",
        args={
            "losses": to("loss"),
            "inputs": gone("Keras 3 computes the loss in `call`, where the inputs are at hand"),
        },
    ),
    Method("add_update", LAYER, "KM304", certainty=Certainty.NAME, manual=_UPDATES),
    *(
        Method(name, LAYER, "KM304", certainty=Certainty.NAME, manual=_SHARED)
        for name in (
            "get_input_at",
            "get_output_at",
            "get_input_mask_at",
            "get_output_mask_at",
            "get_input_shape_at",
            "get_output_shape_at",
        )
    ),
    *(
        Method(name, LAYER, "KM304", certainty=Certainty.NAME, manual=_NODE)
        for name in ("add_inbound_node", "create_input_layer", "assert_input_compatibility")
    ),
    *(
        Method(name, LAYER, "KM304", certainty=Certainty.NAME, manual=_UPDATES)
        for name in ("get_updates_for", "get_losses_for")
    ),
    *_attributes(
        LAYER,
        "inbound_nodes outbound_nodes nodes_by_depth container_nodes",
        "KM304",
        _NODE,
    ),
    *_attributes(CONTAINER, "regularizers constraints", "KM304", _LOSSES),
    *_attributes(LAYER, "input_mask output_mask", "KM304", _SHARED),
    *_attributes(LAYER, "uses_learning_phase state_updates updates", "KM304", _UPDATES),
    Method(
        "output_shape",
        LAYER,
        "KM304",
        attribute=True,
        template="{self}.output.shape",
        docs="On layers: gone; on models: still there. The tensor's shape is the same tuple.",
    ),
    Method(
        "input_shape",
        LAYER,
        "KM304",
        attribute=True,
        template="{self}.input.shape",
        docs="On layers: gone; on models: still there.",
    ),
    Method(
        "input",
        SEQUENTIAL,
        "KM304",
        attribute=True,
        template="{self}.inputs[0]",
        docs="A Sequential that was never called on a tensor raises here in Keras 3; "
        "functional models and layers still have it.",
    ),
    Method(
        "output",
        SEQUENTIAL,
        "KM304",
        attribute=True,
        template="{self}.outputs[0]",
        docs="As `input`.",
    ),
    Method(
        "W",
        LAYER,
        "KM304",
        attribute=True,
        template="{self}.kernel",
        docs="Dense and convolutions: `kernel`; Embedding: `embeddings`; recurrent layers: "
        "`cell.kernel`. Only on receivers known to be layers.",
    ),
    Method("b", LAYER, "KM304", attribute=True, template="{self}.bias", docs="As `W`."),
    Method(
        "trainable_weights",
        LAYER,
        "KM304",
        to="trainable_weights",
        attribute=True,
        docs="Cannot be assigned to in Keras 3: `add_weight` in `build` registers weights.",
    ),
    Method(
        "non_trainable_weights",
        LAYER,
        "KM304",
        to="non_trainable_weights",
        attribute=True,
        docs="As `trainable_weights`.",
    ),
    Method(
        "_keras_shape",
        LAYER,
        "KM304",
        attribute=True,
        certainty=Certainty.NAME,
        template="{self}.shape",
        docs="An attribute of tensors; the same tuple.",
    ),
    *_attributes(
        LAYER,
        "_keras_history _uses_learning_phase",
        "KM304",
        "an internal of Keras 1's tensors without counterpart.",
    ),
    Method(
        "reset_states",
        CONTAINER,
        "KM304",
        rule="reset_states",
        certainty=Certainty.NAME,
        docs=(
            "Models: gone, layers have `reset_state()`. A compat function calls it on every layer "
            "that has it."
        ),
    ),
    *_attributes(
        MODEL,
        "validation_data training_data",
        "KM304",
        "Keras 3 keeps no data on the model: give it to the callback when it is made.",
    ),
    *_attributes(
        SEQUENTIAL,
        "flattened_layers",
        "KM304",
        "walk `model.layers` instead.",
    ),
    *_attributes(
        MODEL,
        "metrics_tensors total_loss loss_functions internal_input_shapes internal_output_shapes "
        "collected_trainable_weights sample_weight_modes",
        "KM304",
        "an internal of Keras 1's training; Keras 3 has none: override `compute_loss` or "
        "`train_step`.",
    ),
    *(
        Method(
            name,
            MODEL,
            "KM304",
            certainty=Certainty.NAME,
            manual="Keras 3 makes its functions itself when they are needed: leave the call out.",
        )
        for name in ("_make_train_function", "_make_test_function", "_make_predict_function")
    ),
    Method(
        "run_internal_graph",
        CONTAINER,
        "KM304",
        certainty=Certainty.NAME,
        manual="call the model: `model(inputs, mask=masks)`.",
    ),
)

OPTIMIZERS = (
    Method(
        "lr",
        OPTIMIZER,
        "KM404",
        to="learning_rate",
        attribute=True,
        docs=(
            "`K.get_value(model.optimizer.lr)` and `K.set_value(model.optimizer.lr, v)` become "
            "`keras.ops.convert_to_numpy(model.optimizer.learning_rate)` and "
            "`model.optimizer.learning_rate.assign(v)`."
        ),
    ),
    Method(
        "get_updates",
        OPTIMIZER,
        "KM404",
        certainty=Certainty.NAME,
        manual="Keras 3 optimizers have `apply_gradients`; write a custom `train_step`.",
    ),
    Method(
        "get_gradients",
        OPTIMIZER,
        "KM404",
        certainty=Certainty.NAME,
        manual="use `tf.GradientTape` in a custom `train_step`.",
    ),
    Method(
        "get_weights",
        OPTIMIZER,
        "KM404",
        template="[{keras.ops.convert_to_numpy}(v) for v in {self}.variables]",
        docs="The variables are others and in another order than in Keras 1.",
    ),
)

CALLBACKS = (
    Method("_set_model", CALLBACK, "KM407", to="set_model", certainty=Certainty.NAME),
    Method("_set_params", CALLBACK, "KM407", to="set_params", certainty=Certainty.NAME),
)

DATA = (
    Method(
        "flow",
        GENERATOR,
        "KM601",
        to="flow",
        args={"X": to("x")},
        only_keras1=("X",),
        write_when={"save_format": ("'jpeg'", ("save_to_dir",))},
        new_order=(
            "x",
            "y",
            "batch_size",
            "shuffle",
            "seed",
            "save_to_dir",
            "save_prefix",
            "save_format",
        ),
    ),
    Method(
        "flow_from_directory",
        GENERATOR,
        "KM601",
        to="flow_from_directory",
        certainty=Certainty.NAME,
    ),
    Method(
        "fit",
        GENERATOR,
        "KM601",
        to="fit",
        args={"X": to("x")},
        new_order=("x", "augment", "rounds", "seed"),
    ),
    Method(
        "next",
        "keras.preprocessing.image.Iterator",
        "KM601",
        template="next({self})",
        docs="Also on what `flow` and `flow_from_directory` return.",
    ),
    Method(
        "nb_sample",
        "keras.preprocessing.image.Iterator",
        "KM601",
        to="samples",
        attribute=True,
        docs="Also the class attribute `N`, which is `n`.",
    ),
    Method(
        "nb_class",
        "keras.preprocessing.image.DirectoryIterator",
        "KM601",
        to="num_classes",
        attribute=True,
    ),
    Method(
        "nb_words",
        "keras.preprocessing.text.Tokenizer",
        "KM601",
        to="num_words",
        attribute=True,
    ),
    Method(
        "update",
        "keras.utils.generic_utils.Progbar",
        "KM604",
        to="update",
        args={"force": drop("Keras 3 draws the last step by itself; `finalize=True` forces it")},
        only_keras1=(),
        new_order=("current", "values", "finalize"),
    ),
)

_CELL = (
    "an internal of Keras 1's recurrent layers: write a cell (a layer with `state_size` and "
    "`call(inputs, states)`) and give it to `keras.layers.RNN`."
)

INTERNALS = (
    *(
        Method(name, "keras.layers.recurrent.Recurrent", "KM304", manual=_CELL)
        for name in ("step", "get_constants", "preprocess_input", "conv_step", "conv_step_hidden")
    ),
    Method(
        "stateful",
        CONTAINER,
        "KM304",
        attribute=True,
        manual="ask each layer: `any(getattr(l, 'stateful', False) for l in model.layers)`.",
    ),
    Method(
        "append",
        "keras.callbacks.CallbackList",
        "KM407",
        to="append",
    ),
    *(
        Method(
            name,
            "keras.regularizers.Regularizer",
            "KM222",
            manual="Keras 3 calls a regularizer with the variable itself: move the code to `__call__`.",
        )
        for name in ("set_layer", "set_param")
    ),
)

METHODS: tuple[Method, ...] = (
    *TRAINING,
    *FILES,
    *LAYERS,
    *OPTIMIZERS,
    *CALLBACKS,
    *DATA,
    *INTERNALS,
)


def methods(name: str) -> tuple[Method, ...]:
    """All rows for a method or attribute name."""
    return tuple(method for method in METHODS if method.name == name)


CALLBACK_PARAMS: Mapping[str, str | None] = {
    "nb_epoch": "epochs",
    "nb_sample": None,
    "batch_size": None,
    "verbose": "verbose",
    "do_validation": None,
    "metrics": None,
}
"""Keys of ``callback.params`` in Keras 1 and in Keras 3, which has verbose, epochs and steps."""

FAMILIES = (
    Family(
        code="KM401",
        name="training",
        summary="Call `compile`, `fit`, `evaluate` and `predict` the way Keras 3 wants them.",
        why=(
            "`nb_epoch` raises; without it Keras 1 trained ten epochs and Keras 3 trains one; the "
            "third argument of `compile` was `metrics` and is `loss_weights` now."
        ),
        safety=(
            "Automatic where an argument that only Keras 1 has is given, or where the receiver is "
            "known to be a model; otherwise the call is left alone unless the file speaks Keras 1."
        ),
        example=("model.fit(X, y, nb_epoch=5)", "model.fit(X, y, epochs=5)"),
    ),
    Family(
        code="KM402",
        name="generator-training",
        summary="Turn `fit_generator` and its friends into `fit`, `evaluate`, `predict`.",
        why=(
            "The methods are gone, and Keras 1 counted samples where Keras 3 counts batches: "
            "taking over the number would make an epoch as many times longer as a batch is large."
        ),
        safety=(
            "Automatic where the batch size is known from the generator in the same project; "
            "otherwise a compat function looks at the first batch, and the finding says so. "
            "Batches must be tuples in Keras 3, with tuples of inputs: lists raise."
        ),
        example=(
            "model.fit_generator(gen.flow(X, y, batch_size=32), samples_per_epoch=50000, "
            "nb_epoch=3)",
            "model.fit(gen.flow(X, y, batch_size=32), steps_per_epoch=1563, epochs=3)",
        ),
    ),
    Family(
        code="KM403",
        name="predict-classes",
        summary="Write out `predict_classes` and `predict_proba`.",
        why="Keras 3 has neither.",
        safety="The width of the output decides between argmax and a threshold; where it is not "
        "known, a compat function decides when it runs.",
        example=(
            "classes = model.predict_classes(X)",
            "classes = model.predict(X).argmax(axis=-1)",
        ),
    ),
)
