"""What a first look at a file's bytes tells, before anything is parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kerasmig.program import looks_like_python2
from kerasmig.rewrite.context import given_names, saved_weights

_KERAS1_MARK = re.compile(
    rb"\b(?:nb_epoch|border_mode|nb_filter|samples_per_epoch|image_dim_ordering|W_regularizer)\b"
)


# Looked for as plain bytes, in every file of the tree: this has to cost next to nothing.
_LAYER_WORDS = (b"Conv", b"Dense(", b"Pooling", b"BatchNorm", b"Sequential(", b"LSTM(")


@dataclass(frozen=True)
class FileFacts:
    """What a file's bytes say of it.

    Args:
        keras: Keras is mentioned.
        keras1: it bears a mark that only Keras 1 code has.
        starred: something is imported whole, perhaps from a file with Keras.
        layers: it has words that names of layers are made of.
        python2: it may be Python 2.
        weights: names under which it saves weights.
        names: names that it gives to layers and that look like automatic ones.
    """

    keras: bool = False
    keras1: bool = False
    starred: bool = False
    layers: bool = False
    python2: bool = False
    weights: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @property
    def plain(self) -> bool:
        """Whether nothing in the file can concern the migration."""
        return self == NOTHING


NOTHING = FileFacts()


def facts_of(data: bytes) -> FileFacts:
    """The facts of some bytes."""
    found = FileFacts(
        keras=b"keras" in data,
        keras1=_KERAS1_MARK.search(data) is not None,
        starred=b"import *" in data,
        layers=any(word in data for word in _LAYER_WORDS),
        python2=looks_like_python2(data),
        weights=(
            saved_weights(data) if b"save_weights" in data or b"Checkpoint" in data else frozenset()
        ),
        names=given_names(data) if b"keras" in data and b"name" in data else frozenset(),
    )
    return NOTHING if found == NOTHING else found
