"""Image generators, tokenizers and progress bars."""

from __future__ import annotations

from kerasmig.catalog.methods.vocabulary import GENERATOR, Certainty, Method
from kerasmig.catalog.vocabulary import drop, to

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
