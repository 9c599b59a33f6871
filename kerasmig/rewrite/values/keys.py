"""The keys under which values are logged: ``lr`` is ``learning_rate`` today.

Accuracy keeps the key ``acc``: `compile` asks for it under that name, so that whatever reads the
key, anywhere in the program, finds it. ``--idiomatic`` calls it ``accuracy``.
"""

from __future__ import annotations

import re

_ACCURACY = {"acc": "accuracy", "val_acc": "val_accuracy"}
_RATE = {"lr": "learning_rate"}
_FIELD = re.compile(r"(?<!\{)\{(val_acc|acc|lr)(?=[:!}])")


def renamed_key(key: str, accuracy: bool) -> str:
    """Today's key of a logged value; the same if it has not changed.

    Keras 1 logged accuracy as ``acc`` whatever it was asked for by, with several outputs as
    ``<output>_acc`` (``Model.compile`` in ``keras/engine/training.py`` of 1.2.2).
    """
    if not accuracy:
        return _RATE.get(key, key)
    if key.endswith("_acc") and key not in _ACCURACY:
        return f"{key.removesuffix('acc')}accuracy"
    return {**_ACCURACY, **_RATE}.get(key, key)


def renamed_fields(text: str, accuracy: bool) -> str:
    """A format string with the keys in its fields renamed."""
    return _FIELD.sub(lambda match: "{" + renamed_key(match.group(1), accuracy), text)
