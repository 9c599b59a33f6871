"""The keys under which values are logged: ``acc`` is ``accuracy`` today, ``lr`` ``learning_rate``.

Both keep the keys of Keras 1: `compile` asks for accuracy as ``acc``, and the compat module's
ReduceLROnPlateau logs the rate as ``lr``, so that whatever reads the key, anywhere in the program,
finds it. ``--idiomatic`` takes the names of today.
"""

from __future__ import annotations

import re

_ACCURACY = {"acc": "accuracy", "val_acc": "val_accuracy"}
_RATE = {"lr": "learning_rate"}
_FIELD = re.compile(r"(?<!\{)\{(val_acc|acc|lr)(?=[:!}])")


def renamed_key(key: str, today: bool) -> str:
    """The key of a logged value; the same if it has not changed.

    Args:
        today: under the names of today; else all keep their keys.

    Keras 1 logged accuracy as ``acc`` whatever it was asked for by, with several outputs as
    ``<output>_acc`` (``Model.compile`` in ``keras/engine/training.py`` of 1.2.2).
    """
    if not today:
        return key
    if key.endswith("_acc") and key not in _ACCURACY:
        return f"{key.removesuffix('acc')}accuracy"
    return {**_ACCURACY, **_RATE}.get(key, key)


def renamed_fields(text: str, today: bool) -> str:
    """A format string with the keys in its fields renamed."""
    return _FIELD.sub(lambda match: "{" + renamed_key(match.group(1), today), text)
