"""The names that layers get by themselves: Keras 1's ``convolution2d_1`` is ``conv2d`` today."""

from __future__ import annotations

import re
from functools import cache

from kerasmig.catalog import entry, names, surface
from kerasmig.catalog.vocabulary import Family

CODE = "KM305"

FAMILIES = (
    Family(
        code=CODE,
        name="automatic-layer-names",
        summary="Follow the names that layers get by themselves.",
        why=(
            "Keras 1 counted from one and wrote class names as one word (`batchnormalization_1`); "
            "Keras 3 counts from nothing and divides the words (`batch_normalization`, "
            "`batch_normalization_1`), by today's class names. `model.get_layer('dense_2')` finds "
            "another layer, or none."
        ),
        safety=(
            "Always an assumption: the layers are taken to be made in the same order by classes "
            "that have one counterpart each. Where two classes of the file became one "
            "(`Convolution2D` and `AtrousConvolution2D`), or one became several (`merge`), and for "
            "inputs beside a Sequential, whose input has a name of today's count, it is reported: "
            "give the layer a name. So it is for names that Keras 3 spells the same (`dense_2`), "
            "since nothing would tell a later run that they have been seen to. Names that the "
            "project gives itself are left alone."
        ),
        example=(
            "part = Model(input=base.input, output=base.get_layer('convolution2d_2').output)",
            "part = Model(inputs=base.input, outputs=base.get_layer('conv2d_1').output)",
        ),
    ),
)

_NAME = re.compile(r"([a-z][a-z0-9]*)_([1-9][0-9]*)$")
_LAYER = "keras.engine.topology.Layer"
#: Classes of Keras 3 that a call makes in place of the one that is named.
_MADE = {"keras.models.Model": "Functional"}


@cache
def _classes() -> dict[str, str]:
    """Keras 1's prefix of a name → the canonical name of the class."""
    found = {
        name.rpartition(".")[2].lower(): name
        for name in names()
        if _LAYER in surface.keras1_bases(name)
    }
    del found["inputlayer"]
    found["input"] = "keras.engine.topology.InputLayer"  # Keras 1 named it so
    return found


def automatic(name: str) -> tuple[str, int] | None:
    """The class (canonical name) and the number of an automatic name of Keras 1."""
    match = _NAME.match(name)
    if match is None or match[1] not in _classes():
        return None
    return _classes()[match[1]], int(match[2])


def todays_class(kind: str) -> str | None:
    """The class of Keras 3 by whose name the layers of a Keras 1 class are named."""
    found = entry(kind)
    if found is None or found.to is None:
        return None
    return _MADE.get(found.to, found.to.rpartition(".")[2])


def todays_name(made: str, number: int) -> str:
    """The automatic name in Keras 3 of the layer of a class that was made as the n-th (from 1)."""
    prefix = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", made)
    prefix = re.sub(r"([a-z])([A-Z])", r"\1_\2", prefix).lower()
    return prefix if number == 1 else f"{prefix}_{number - 1}"
