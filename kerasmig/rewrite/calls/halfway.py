"""Half-way spellings, which Keras 2 still took: ``Conv2DTranspose(4, 3, 3, border_mode='same')``.

The class is one of Keras 2, the arguments are those of the class in Keras 1: its row holds.
"""

from __future__ import annotations

import ast

from kerasmig.analysis.era import Era, call_era, moved_positions
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog import surface
from kerasmig.catalog.layer_attributes import CODE, layer_attributes
from kerasmig.catalog.layers import known_layer
from kerasmig.catalog.vocabulary import Entry, Pack
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.context import FileContext, Use

_LAYERS = "keras.layers."


def halfway_entry(context: FileContext, use: Use) -> Entry | None:
    """The row of the Keras 1 class of a layer that is called with arguments of Keras 1.

    ``None`` where Keras 1 had a class of that name, or the arguments are today's.
    """
    call, name = use.call, use.path.rpartition(".")[2]
    if call is None or not use.path.startswith(_LAYERS) or surface.in_keras1(use.path):
        return None
    layer = known_layer(name)
    entry = catalog_entry(layer.old) if layer is not None and layer.old else None
    if entry is None or entry.to is None:
        return None
    if entry.rule == "deconvolution" and not any(k.arg == "output_shape" for k in call.keywords):
        entry = entry._replace(rule="")  # it computes the size itself, as today's does
    era = call_era(call, entry, use.path)
    if era is Era.KERAS1 or is_halfway(context, call, entry):
        return entry
    if era is Era.UNKNOWN and context.speaks_keras1 and moved_positions(call, entry):
        return entry
    return None


def is_halfway(context: FileContext, call: ast.Call, entry: Entry) -> bool:
    """``Conv2D(4, 3, 3, padding='same')``: today's keywords behind the sizes of Keras 1."""
    strides = any(keyword.arg == "strides" for keyword in call.keywords)
    return (strides or context.speaks_keras1) and _sizes_apart(call, entry)


def left_over(context: FileContext, use: Use) -> Finding | None:
    """A layer that Keras 1 had not, called with an argument that only Keras 1 knew."""
    today = surface.keras3_signature(use.path)
    if use.call is None or today is None or not use.path.startswith(_LAYERS):
        return None
    for keyword in use.call.keywords:
        new = layer_attributes().get(keyword.arg or "", ())
        if keyword.arg in today.names() or not new:
            continue
        names = " or ".join(f"`{name}`" for name, _ in new)
        return context.finding(
            CODE,
            use.call,
            f"{use.path.rpartition('.')[2]} takes no {keyword.arg!r}, today {names}",
            Applicability.MANUAL,
            name=use.path.rpartition(".")[2],
        )
    return None


def _sizes_apart(call: ast.Call, entry: Entry) -> bool:
    """Whether all sizes of a kernel stand by themselves, by position."""
    old = surface.keras1_signature(entry.name)
    if old is None or any(isinstance(argument, ast.Starred) for argument in call.args):
        return False
    for key, rule in entry.args.items():
        if isinstance(rule, Pack) and isinstance(key, tuple) and key[-1] in old.positional():
            first, last = old.positional().index(key[0]), old.positional().index(key[-1])
            sizes = call.args[first : last + 1]
            plain = all(isinstance(size, (ast.Constant, ast.Name)) for size in sizes)
            return last > first and len(call.args) == last + 1 and plain
    return False
