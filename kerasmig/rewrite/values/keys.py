"""The keys under which values are logged: ``acc`` is ``accuracy`` today."""

from __future__ import annotations

import re

_KEYS = {"acc": "accuracy", "val_acc": "val_accuracy", "lr": "learning_rate"}
_FIELD = re.compile(r"(?<!\{)\{(val_acc|acc|lr)(?=[:!}])")


def renamed_key(key: str) -> str:
    """Today's key of a logged value; the same if it has not changed.

    Keras 1 logged accuracy as ``acc`` whatever it was asked for by, with several outputs as
    ``<output>_acc`` (``Model.compile`` in ``keras/engine/training.py`` of 1.2.2).
    """
    if key.endswith("_acc") and key not in _KEYS:
        return f"{key.removesuffix('acc')}accuracy"
    return _KEYS.get(key, key)


def renamed_fields(text: str) -> str:
    """A format string with the keys in its fields renamed."""
    return _FIELD.sub(lambda match: "{" + _KEYS[match.group(1)], text)
