"""Compiling, training, evaluating and predicting."""

from __future__ import annotations

from kerasmig.catalog.methods.vocabulary import MODEL, SEQUENTIAL, Certainty, Method
from kerasmig.catalog.vocabulary import Arguments, Family, drop, handled, to

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
            "sample_weight_mode": drop("Keras 3 takes weights per time step as they come"),
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
        unpacked="training_arguments",
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
        unpacked="training_arguments",
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
            "Keras 3. `model.trainable = False` between `compile` and the first call has an effect "
            "on this, which it had not in Keras 1: it is reported."
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

FAMILIES = (
    Family(
        code="KM401",
        name="training",
        summary="Call `compile`, `fit`, `evaluate` and `predict` the way Keras 3 wants them.",
        why=(
            "`nb_epoch` raises; without it Keras 1 trained ten epochs and Keras 3 trains one; the "
            "third argument of `compile` was `metrics` and is `loss_weights` now. Metrics were "
            "computed on each batch as a whole, samples of weight zero did not count, what was "
            "trainable at `compile` was trained, and BatchNormalization normalised by the batch "
            "also where it was frozen. A Sequential that was compiled after it had become a part "
            "of another model kept its statistics there, and its penalties did not count."
        ),
        safety=(
            "Automatic where an argument that only Keras 1 has is given, or where the receiver is "
            "known to be a model; otherwise the call is left alone unless the file speaks Keras 1. "
            "Where Keras 3 would train or measure otherwise, `keras1_compat.compile_model(model, "
            "...)` takes what `compile` took and does as Keras 1 did; the finding says why. "
            "`--idiomatic` compiles as Keras 3 does and lists these places."
        ),
        example=("model.fit(X, y, nb_epoch=5)", "model.fit(X, y, epochs=5)"),
    ),
    Family(
        code="KM608",
        name="frozen-beginning",
        summary="Finds models that were frozen as a whole and begin a Sequential: Keras 1 trained them.",
        why=(
            "A Sequential of Keras 1.2.2 whose first element is a model was built from that model's "
            "layers, so `base.trainable = False` did nothing there; only `trainable` of the layers "
            "themselves did. Keras 3 hands the switch on to all layers of the model."
        ),
        safety="Reported: whether the layers are to be trained is for the author to say.",
        example=(
            "base.trainable = False\nmodel = Sequential([base, Dense(2)])",
            "model = Sequential([base, Dense(2)])",
        ),
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
