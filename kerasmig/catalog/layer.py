"""What every layer of Keras 1 took as keywords beside its own arguments.

``Layer.__init__`` of Keras 1.2.2 allows exactly ``input_shape``, ``batch_input_shape``,
``input_dtype``, ``name`` and ``trainable`` (``keras/engine/topology.py``).
"""

from __future__ import annotations

from collections.abc import Iterator

from kerasmig.catalog import surface
from kerasmig.catalog.vocabulary import Arguments, handled, pack, to

LAYER_CLASS = "keras.engine.topology.Layer"

LAYER: Arguments = {
    "input_shape": to("input_shape"),
    "batch_input_shape": handled(
        "`input_shape` without the batch axis where that is None; an `Input(batch_shape=...)` "
        "before the layer where it is a number, because Keras 3 layers do not take it"
    ),
    "input_dtype": handled(
        "gone where it is the default; an `Input(dtype=...)` before the layer otherwise"
    ),
    "name": to("name", "layer_name"),
    "trainable": to("trainable"),
}

WEIGHTS: Arguments = {
    "weights": handled(
        "`keras1_compat.with_weights(layer, weights)` gives them to the layer once it is built"
    )
}

SEQUENCE_INPUT: Arguments = {
    ("input_length", "input_dim"): pack("input_shape", needs="input_dim"),
}
"""First layers on sequences: Keras 3 would read ``input_dim`` as ``input_shape=(input_dim,)``."""


def keywords(name: str) -> tuple[str, ...]:
    """Every keyword that a Keras 1 class takes: its own arguments, then what ``**kwargs`` reaches.

    Args:
        name: canonical name, such as ``keras.layers.recurrent.LSTM``.

    Returns:
        Names in the order in which the constructors along the bases list them; for a layer with
        ``**kwargs`` all the way up, the keywords of `LAYER` come last.
    """
    found: dict[str, None] = {}
    for owner in (name, *surface.keras1_bases(name)):
        if owner == LAYER_CLASS:
            found.update(dict.fromkeys(_names(LAYER)))
            break
        signature = surface.keras1_signature(owner)
        if signature is None:
            break
        found.update(dict.fromkeys(signature.names()))
        if not signature.var_keyword:
            break
    return tuple(found)


def _names(arguments: Arguments) -> Iterator[str]:
    for key in arguments:
        if isinstance(key, str):
            yield key
        else:
            yield from key
