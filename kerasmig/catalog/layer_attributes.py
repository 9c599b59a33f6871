"""What the attributes of Keras 1's layers and models are called today: ``layer.nb_filter``.

Most are named after the arguments that the layers are made with, so the rows of the layers tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kerasmig.catalog import entry, names, surface
from kerasmig.catalog.layer import LAYER_CLASS
from kerasmig.catalog.vocabulary import Argument, Family, Pack, Spread, To

CODE = "KM606"

FAMILIES = (
    Family(
        code=CODE,
        name="layer-attribute",
        summary="Read attributes and configurations of layers and models by their names in Keras 1.",
        why=(
            "`layer.nb_filter`, `layer.W_regularizer`, `dropout.p`, `norm.running_std`, "
            "`model.input_layers` are AttributeErrors, `model.get_config()[0]` is a KeyError, and "
            "`model.get_layer(index=1)` of a Sequential, which counted its input, is the layer "
            "after the one that was meant."
        ),
        safety=(
            "A function of `keras1_compat` looks at the object when the program runs: a layer or "
            "model answers as it did in Keras 1, anything else gives its own attribute. Kernels "
            "come in the order that Keras 1 had them in. What no layer has any more is an "
            "AttributeError that says so."
        ),
        example=(
            "print(model.layers[0].nb_filter, model.get_config()[0]['config'])",
            "print(keras1_attribute(model.layers[0], 'nb_filter'), "
            "keras1_config(model)[0]['config'])",
        ),
    ),
)

_OWN_RULES = frozenset(
    "name weights activation padding trainable noise_shape n input output input_tensor "
    "input_shape output_shape batch_input_shape input_dtype input_length input_dim mode bias "
    "dropout activity_regularizer forget_bias_init consume_less depthwise_regularizer "
    "pointwise_regularizer depthwise_constraint pointwise_constraint gamma_regularizer "
    "beta_regularizer".split()
)
"""Arguments whose attribute is called the same today, has no counterpart, or is no plain value."""


@cache
def layer_attributes() -> Mapping[str, tuple[tuple[str, int | None], ...]]:
    """Attributes of Keras 1's layers → those of today: the name, and the place in it, if any.

    Several where it hangs on the layer; the first that a layer has is meant.
    """
    found: dict[str, dict[tuple[str, int | None], None]] = {}
    for kind in names():
        layer = entry(kind) if LAYER_CLASS in surface.keras1_bases(kind) else None
        for key, argument in layer.args.items() if layer is not None and layer.to else ():
            for place, name in enumerate((key,) if isinstance(key, str) else key):
                new = _today(argument, place)
                if new is not None and new[0] != name and name not in _OWN_RULES:
                    found.setdefault(name, {})[new] = None
    return {name: tuple(new) for name, new in found.items()}


_OF_OPTIMIZERS = {"lr": "learning_rate"}
"""The same of optimizers, whose configuration programs read."""


def attribute_table() -> Mapping[str, str]:
    """The same as one text each: ``kernel_size[0]``, names divided by blanks."""
    layers = {
        old: " ".join(name if place is None else f"{name}[{place}]" for name, place in new)
        for old, new in layer_attributes().items()
    }
    return dict(sorted({**layers, **_OF_OPTIMIZERS}.items()))


def _today(argument: Argument, place: int) -> tuple[str, int | None] | None:
    if isinstance(argument, To):
        return argument.name, None
    if isinstance(argument, Pack):
        return argument.name, place
    if isinstance(argument, Spread):
        return argument.names[0], None
    return None


SPECIAL = frozenset(
    "W b U running_mean running_std input_shape output_shape input_dim input_length "
    "batch_input_shape input_dtype mode W_i W_f W_c W_o W_z W_r W_h U_i U_f U_c U_o U_z U_r U_h "
    "b_i b_f b_c b_o b_z b_r b_h input_layers output_layers input_names output_names "
    "flattened_layers alphas".split()
)
"""Attributes that `keras1_compat` computes in a way of their own."""

AMBIGUOUS = frozenset(
    "W b U p n input_dim output_dim input_length input_shape output_shape input_dtype mode init "
    "sigma alpha theta stride length alphas input_names output_names input_layers output_layers "
    "W_i W_f W_c W_o W_z W_r W_h U_i U_f U_c U_o U_z U_r U_h b_i b_f b_c b_o b_z b_r b_h".split()
)
"""Attributes that other objects have, too: the receiver has to look like a layer or a model."""

LATER = {"keras.models.Sequential": frozenset(["history"])}
"""Attributes that objects have today and had not in Keras 1 (``keras/models.py``: a Sequential left
training, and its history, to the model inside): programs ask by ``hasattr``."""


def attribute_names() -> frozenset[str]:
    """All attributes that are asked of `keras1_compat`."""
    return frozenset(layer_attributes()) | SPECIAL
