"""The names of layers and their classes: Keras 1's ``convolution2d_1`` is ``conv2d`` today."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from kerasmig.catalog import entry, names, surface
from kerasmig.catalog.vocabulary import Family

CODE = "KM305"
CLASS_CODE = "KM311"

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
    Family(
        code=CLASS_CODE,
        name="class-names-as-text",
        summary="Ask for a layer's class by the name that Keras 1 gave it.",
        why=(
            "`layer.__class__.__name__ == 'Convolution2D'` is never true any more: the class is "
            "called Conv2D, so what the program does with convolutions is not done, and nothing "
            "says so."
        ),
        safety=(
            "Automatic: the function of `keras1_compat` gives Keras 1's name of a layer's class, "
            "and the plain name of any other object's. Where the name is only printed it stays."
        ),
        example=(
            "if layer.__class__.__name__ == 'Convolution2D': freeze(layer)",
            "if keras1_class_name(layer) == 'Convolution2D': freeze(layer)",
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


@cache
def class_names() -> Mapping[str, str]:
    """Class names of today → those of Keras 1, where they are others.

    Where several classes became one, the plain one's; what tells them apart is seen at run time.
    """
    found: dict[str, str] = {"Functional": "Model"}
    for kind in _classes().values():
        made, short = todays_class(kind), kind.rpartition(".")[2]
        if made is not None and made != short and made not in _classes_of_both():
            found.setdefault(made, short)
    merges = "Add Average Concatenate Dot Maximum Multiply Subtract".split()
    return {**found, **dict.fromkeys(merges, "Merge")}


def _classes_of_both() -> frozenset[str]:
    """The layers of Keras 1 that are called the same today: ``Dense`` of `TimeDistributedDense`."""
    return frozenset(kind.rpartition(".")[2] for kind in _classes().values())


def todays_part(part: str, *, begins: bool) -> tuple[str, frozenset[str]] | None:
    """What a part of automatic names (``convolution``) is in those of today.

    Args:
        begins: it is the beginning of a name, not anywhere in it.

    Returns:
        The part of today, and the kinds (canonical names) that have it today and had it not
        before; ``None`` where the part does as it is, or is no part of the names of Keras 1.
    """
    word = part.rstrip("_0123456789") if part.endswith("_") else part
    old = {p: kind for p, kind in _classes().items() if _has(p, word, begins)}
    made = {p: name for p, kind in _classes().items() if (name := _prefix_of(kind))}
    if len(word) < 4 or not old or all(_has(made.get(p, p), word, begins) for p in old):
        return None
    new = _in_common([made[p] for p in old if p in made], begins)
    others = {_classes()[p] for p in made if p not in old and new and _has(made[p], new, begins)}
    return new, frozenset(others)


def _has(name: str, part: str, begins: bool) -> bool:
    return name.startswith(part) if begins else part in name


def _prefix_of(kind: str) -> str:
    made = todays_class(kind)
    return todays_name(made, 1) if made is not None else ""


def _in_common(names: list[str], begins: bool) -> str:
    """The longest beginning, or part, that all of some names have."""
    shortest = min(names, key=len, default="")
    parts = (
        shortest[start : start + length]
        for length in range(len(shortest), 3, -1)
        for start in range(1 if begins else len(shortest) - length + 1)
    )
    return next((part for part in parts if all(_has(name, part, begins) for name in names)), "")
