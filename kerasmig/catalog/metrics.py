"""``keras.metrics``: metrics, as functions and by name, and the keys under which they are logged.

Keras 1 logged a metric under the name of its function, whatever string it was given by, and
accuracy always as ``acc`` (``Model.compile`` in ``keras/engine/training.py`` of 1.2.2).
"""

from __future__ import annotations

from collections.abc import Mapping

from kerasmig.catalog.values import Value
from kerasmig.catalog.vocabulary import Entry, Family, to

_BATCH = "a mean over the epoch's batches in Keras 1, over all samples seen in Keras 3"
_STREAMING = f"Keras 3's counts over the whole epoch; Keras 1 took {_BATCH.split(' in')[0]}."
_COSINE = "Keras 3's sums over the axis and has the other sign."
_HINGE = "Keras 3 turns targets that are all 0 or 1 into -1 and 1 first."
_MEAN = (
    "a call returns one value per sample, where Keras 1 returned the mean over the batch; in "
    "`compile` both come to the same"
)

_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
}

METRICS: Mapping[str, Value] = {
    **{
        name: Value(repr(name))
        for name in [
            "accuracy",
            "acc",
            "binary_accuracy",
            "categorical_accuracy",
            "sparse_categorical_accuracy",
            "top_k_categorical_accuracy",
            "mean_squared_error",
            "mean_absolute_error",
            "mean_absolute_percentage_error",
            "mean_squared_logarithmic_error",
            "binary_crossentropy",
            "categorical_crossentropy",
            "sparse_categorical_crossentropy",
            "poisson",
        ]
    },
    **{
        spelling: Value(repr(long), repr(spelling), f"It is logged as {spelling!r} then.")
        for short, long in _SHORT.items()
        for spelling in (short, short.upper())
    },
    "kullback_leibler_divergence": Value(
        "{keras1_compat.kullback_leibler_divergence}",
        "'kl_divergence'",
        "It is logged as 'kl_divergence' then.",
    ),
    "cosine_proximity": Value("{keras1_compat.cosine_proximity}", "'cosine_similarity'", _COSINE),
    "cosine": Value("{keras1_compat.cosine_proximity}", "'cosine_similarity'", _COSINE),
    "hinge": Value("{keras1_compat.hinge}", "'hinge'", _HINGE),
    "squared_hinge": Value("{keras1_compat.squared_hinge}", "'squared_hinge'", _HINGE),
    "precision": Value("{keras1_compat.precision}", "{keras.metrics.Precision}()", _STREAMING),
    "recall": Value("{keras1_compat.recall}", "{keras.metrics.Recall}()", _STREAMING),
    "fbeta_score": Value("{keras1_compat.fbeta_score}"),
    "fmeasure": Value("{keras1_compat.fmeasure}"),
    "fscore": Value("{keras1_compat.fmeasure}"),
    "f1score": Value("{keras1_compat.fmeasure}"),
    "matthews_correlation": Value("{keras1_compat.matthews_correlation}"),
}
"""What `compile(metrics=['...'])` took. Values here keep the key under which it is logged."""


def _means() -> tuple[Entry, ...]:
    same = (
        "binary_accuracy categorical_accuracy sparse_categorical_accuracy "
        "top_k_categorical_accuracy mean_squared_error mean_absolute_error "
        "mean_absolute_percentage_error mean_squared_logarithmic_error binary_crossentropy "
        "categorical_crossentropy sparse_categorical_crossentropy poisson"
    )
    return tuple(Entry(name, to=name, assumed=_MEAN) for name in same.split())


FAMILIES = (
    Family(
        code="KM406",
        name="metric",
        summary="Keep the metrics of Keras 1 and the keys under which they are logged.",
        why=(
            "Precision, recall, F scores and Matthews' correlation were functions of one batch; "
            "Keras 3 has some of them as streaming classes, which give other numbers, and not the "
            "rest. With the loss binary_crossentropy, `metrics=['accuracy']` meant binary "
            "accuracy in Keras 1; Keras 3 decides by the width of the output and takes "
            "categorical accuracy for several sigmoid outputs, without a word."
        ),
        safety=(
            "Numbers are held against Keras 1.2.2 on one batch. Over several batches Keras 1 "
            "weighted each by its size; Keras 3 weights a metric that returns one number per "
            "batch equally, which differs where the last batch is smaller."
        ),
        example=(
            "model.compile('sgd', 'binary_crossentropy', metrics=['fmeasure'])",
            "model.compile('sgd', 'binary_crossentropy', metrics=[fmeasure])",
        ),
        module="keras.metrics",
        target="keras.metrics",
        entries=(
            *_means(),
            Entry(
                "kullback_leibler_divergence",
                to="keras1_compat.kullback_leibler_divergence",
                idiomatic="kl_divergence",
            ),
            Entry(
                "cosine_proximity",
                to="keras1_compat.cosine_proximity",
                idiomatic="keras.losses.cosine_similarity",
                docs=_COSINE,
            ),
            Entry("hinge", to="keras1_compat.hinge", idiomatic="hinge", docs=_HINGE),
            Entry(
                "squared_hinge",
                to="keras1_compat.squared_hinge",
                idiomatic="squared_hinge",
                docs=_HINGE,
            ),
            Entry("precision", to="keras1_compat.precision", docs=_STREAMING),
            Entry("recall", to="keras1_compat.recall", docs=_STREAMING),
            Entry("fbeta_score", to="keras1_compat.fbeta_score"),
            Entry("fmeasure", to="keras1_compat.fmeasure"),
            Entry("matthews_correlation", to="keras1_compat.matthews_correlation"),
            Entry(
                "get",
                to="get",
                args={"identifier": to("identifier", "metric")},
                rule="get_by_name",
                docs="A name that shows only when the program runs goes to the compat module.",
            ),
        ),
    ),
    Family(
        code="KM408",
        name="logged-keys",
        summary="Keep or rename the keys under which training logs its numbers.",
        why=(
            "Keras 1 logged accuracy as 'acc' and 'val_acc' even for `metrics=['accuracy']`; "
            "Keras 3 logs it under the string it was given by. A callback that monitors 'val_acc' "
            "then monitors nothing, and `history.history['acc']` is a KeyError."
        ),
        safety=(
            "`metrics=['acc']` is taken by Keras 3 and logs 'acc' and 'val_acc' (measured in "
            "3.15), so every place that reads the keys stays right, in other files too. "
            "`--idiomatic` renames the keys instead where it sees them."
        ),
        example=(
            "model.compile('sgd', 'mse', metrics=['accuracy'])\nprint(hist.history['val_acc'])",
            "model.compile('sgd', 'mse', metrics=['acc'])\nprint(hist.history['val_acc'])",
        ),
    ),
)
