"""``keras.datasets``: loaders of arrays."""

from __future__ import annotations

from kerasmig.catalog.vocabulary import Argument, Arguments, Entry, Family, drop, to

_PATH: Argument = drop("the name of the file in the cache, which has another format now")
_WORDS: Arguments = {"path": _PATH, "nb_words": to("num_words")}
_ORDER = (
    "The arrays hold the same reviews and newswires in another order for the same `seed`: Keras 1 "
    "reseeded NumPy's global generator, Keras 3 has its own."
)

FAMILIES = (
    Family(
        code="KM602",
        name="dataset",
        summary="Load the built-in datasets the way Keras 3 does.",
        why="`nb_words` raises, and the old file names in `path` lead to files that cannot be read.",
        safety="Images and labels are the same arrays; texts come in another order.",
        example=("imdb.load_data(nb_words=20000)", "imdb.load_data(num_words=20000)"),
        module="keras.datasets",
        target="keras.datasets",
        entries=(
            Entry(
                "keras.datasets.mnist.load_data",
                to="keras.datasets.mnist.load_data",
                args={"path": _PATH},
            ),
            Entry("keras.datasets.cifar10.load_data", to="keras.datasets.cifar10.load_data"),
            Entry("keras.datasets.cifar100.load_data", to="keras.datasets.cifar100.load_data"),
            Entry(
                "keras.datasets.imdb.load_data",
                to="keras.datasets.imdb.load_data",
                args=_WORDS,
                docs=_ORDER,
            ),
            Entry(
                "keras.datasets.imdb.get_word_index",
                to="keras.datasets.imdb.get_word_index",
                args={"path": _PATH},
            ),
            Entry(
                "keras.datasets.reuters.load_data",
                to="keras.datasets.reuters.load_data",
                args=_WORDS,
                docs=_ORDER,
            ),
            Entry(
                "keras.datasets.reuters.get_word_index",
                to="keras.datasets.reuters.get_word_index",
                args={"path": _PATH},
            ),
            Entry(
                "keras.datasets.cifar.load_batch",
                manual="read the pickled batch yourself; it has the keys 'data' and 'labels' as "
                "bytes.",
            ),
        ),
    ),
)
