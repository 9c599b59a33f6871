"""Adapters for ``keras1_compat.py``, made from the catalog: classes that take Keras 1's arguments.

For calls of layers and optimizers whose arguments cannot be seen (``Convolution2D(*args, **kwargs)``)
and for classes that are passed on without being called (``layers = {'conv': Convolution2D}``,
``{'sgd': SGD}[name](lr=0.1)``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog import names, surface
from kerasmig.catalog.layer import LAYER_CLASS
from kerasmig.catalog.layer_attributes import attribute_table
from kerasmig.catalog.layer_names import class_names
from kerasmig.catalog.recurrent import GATES_TOGETHER, gates_together_write
from kerasmig.catalog.values import KERNELS, fill, imports
from kerasmig.catalog.vocabulary import Arguments, Drop, Entry, Pack, Spread, To

_PREFIX = "keras1_"
NAMESPACES = {"keras.layers": "keras1_layers", "keras.optimizers": "keras1_optimizer_classes"}
"""What holds the adapters of a module under the names of Keras 1, for code that looks up by name."""
CLASS_NAMES = "KERAS1_CLASS_NAMES"
"""The table of class names of today that were others in Keras 1."""
ATTRIBUTES = "KERAS1_ATTRIBUTES"
"""The table of attributes of Keras 1's layers: what they are called today."""
_LAYERS = "keras.layers."
_OPTIMIZERS = "keras.optimizers."
_CONVERSIONS = {
    "initializer": "get_initializer",
    **{name: name for name in KERNELS},
    "regularizer": "get_regularizer",
    "activity_regularizer": "activity_penalty",
    "constraint": "get_constraint",
    "kernel_constraint": "get_constraint",
    "activation": "get_activation",
    "data_format": "data_format",
    "layer_name": "layer_name",
    "forget_bias": "unit_forget_bias",
    "padding_1d": "padding_1d",
    "padding_2d": "padding_2d",
    "padding": "None",
    "size": "int",
    "sequence_shape": "sequence_shape",
    "squared": "squared",
    "": "None",
}
_TARGETS = {
    "batch_normalization": "batch_normalization",
    "deconvolution": "Deconvolution2D",
    "embedding": "WordDropoutEmbedding",
}
"""By structural rule: what of ``keras1_compat`` does at run time what the rule does in the source."""

_SEEN_TO = ("weights", "batch_input_shape", "input_dtype")
"""Arguments that ``keras1_layer`` itself sees to."""


def adapter_name(name: str) -> str | None:
    """Name in ``keras1_compat`` of the adapter for a class of Keras 1, if it has one."""
    entry = catalog_entry(name) if name.startswith((_LAYERS, _OPTIMIZERS)) else None
    return f"{_PREFIX}{entry.short}" if entry is not None and _adaptable(entry) else None


@cache
def adapters() -> Mapping[str, Entry]:
    """All adapters by name, in the order of the catalog, with what each is made from."""
    entries = [
        entry
        for start in (_LAYERS, _OPTIMIZERS)
        for name in names()
        if name.startswith(start) and (entry := catalog_entry(name))
    ]
    return {f"{_PREFIX}{entry.short}": entry for entry in entries if _adaptable(entry)}


def _adaptable(entry: Entry) -> bool:
    if entry.name.startswith(_OPTIMIZERS):
        return entry.rule == "optimizer"
    return (
        entry.to is not None
        and entry.code.startswith(("KM20", "KM21"))
        and LAYER_CLASS in surface.keras1_bases(entry.name)
        and entry.short != "Wrapper"
    )


def adapter_source(name: str) -> str:
    """Source of one of the `adapters`, or of the `NAMESPACES` with all of a module."""
    if name in NAMESPACES.values():
        return _namespace_source(name)
    if name == CLASS_NAMES:
        names = [f'"{today}": "{old}"' for today, old in sorted(class_names().items())]
        return "\n".join(_assigned(name, "{}", names, "")) + "\n"
    if name == ATTRIBUTES:
        rows = [f'"{old}": "{new}"' for old, new in attribute_table().items()]
        return "\n".join(_assigned(name, "{}", rows, "")) + "\n"
    entry = adapters()[name]
    signature = surface.keras1_signature(entry.name)
    assert signature is not None and entry.to is not None
    defaults = dict(entry.write)
    optimizer = entry.name.startswith(_OPTIMIZERS)
    if optimizer:
        defaults = {"learning_rate": signature.default("lr") or "", **defaults}
    if entry.always_last:
        defaults["data_format"] = "'channels_last'"
    lines = [
        f"class {name}(metaclass=Keras1Layer):",
        f'    """``{entry.short}`` of Keras 1, with the arguments that it took there."""',
        "",
        f"    layer = {_here(entry.to)}",
    ]
    if optimizer and entry.to.startswith("keras."):
        lines.append(f"    make = {entry.short}")  # that of `keras1_compat`, which takes `decay`
    if entry.rule in _TARGETS:
        lines.append(f"    make = {_TARGETS[entry.rule]}")
    lines += [
        *_assigned("order", "[]", [f'"{name}"' for name in signature.positional()]),
        *_assigned("moves", "[]", _moves(entry.args, entry.rule)),
        *_assigned("defaults", "{}", _defaults(defaults)),
    ]
    if entry.rule == "gated_recurrent":
        together = {**entry.args, **GATES_TOGETHER}
        write = gates_together_write(defaults)
        lines += [
            "    # What they are with consume_less='gpu'.".replace("'", '"'),
            *_assigned("moves_gpu", "[]", _moves(together, entry.rule)),
            *_assigned("defaults_gpu", "{}", _defaults(write)),
        ]
    return "\n".join(lines) + "\n"


def _namespace_source(name: str) -> str:
    """``getattr(keras1_layers, name)`` in the place of ``getattr(keras.layers, name)``."""
    module = next(module for module, namespace in NAMESPACES.items() if namespace == name)
    what = module.rpartition(".")[2]
    of_module = {k: e for k, e in adapters().items() if e.name.startswith(f"{module}.")}
    lines = [
        f"class {name}:",
        f'    """The {what} of Keras 1 by name, for code that looks them up when it runs."""',
        "",
        *(f"    {entry.short} = {adapter}" for adapter, entry in of_module.items()),
        *(f"    {alias} = {adapter}" for alias, adapter in _aliases(module)),
    ]
    if module == "keras.layers":
        lines += [
            "    Input = keras.Input",
            "    InputLayer = keras.layers.InputLayer",
            "    merge = merge",
        ]
    else:
        lines.append("    get = staticmethod(get_optimizer)")
    return "\n".join(lines) + "\n"


def _aliases(module: str) -> list[tuple[str, str]]:
    """Further names that Keras 1 had for a class: ``Conv2D`` was ``Convolution2D``."""
    known = {entry.name: name for name, entry in adapters().items()}
    shorts = {entry.short for entry in adapters().values()}
    found = {
        short: adapter
        for short, name in surface.keras1_exports(module).items()
        if short not in shorts and (adapter := known.get(name)) is not None
    }
    return sorted(found.items())


def _here(path: str) -> str:
    """A qualified name as it is written inside ``keras1_compat``."""
    return path.removeprefix("keras1_compat.")


def _assigned(
    name: str, brackets: str, items: Sequence[str], indent: str = "    "
) -> Iterator[str]:
    """An assignment as black leaves it: one line if nothing is in it, else an item a line."""
    if not items:
        yield f"{indent}{name} = {brackets}"
        return
    yield f"{indent}{name} = {brackets[0]}"
    yield from (f"{indent}    {item}," for item in items)
    yield f"{indent}{brackets[1]}"


def _defaults(write: Mapping[str, str]) -> list[str]:
    filled = {
        name: fill(text, {path: _here(path) for path in imports(text)})
        for name, text in write.items()
    }
    return [f'"{name}": {text}'.replace("'", '"') for name, text in filled.items()]


def _moves(args: Arguments, rule: str) -> list[str]:
    moves: list[str] = []
    for key, argument in args.items():
        names = (key,) if isinstance(key, str) else key
        if key in _SEEN_TO:
            continue
        if isinstance(argument, To):
            if (argument.name,) != names or _CONVERSIONS[argument.convert] != "None":
                moves.append(_move(names, argument.name, argument.convert))
        elif isinstance(argument, Pack):
            moves.append(_move(names, argument.name, ""))
        elif isinstance(argument, Spread):
            moves += [_move(names, name, argument.convert) for name in argument.names]
        elif isinstance(argument, Drop) or (rule == "gated_recurrent" and key == "consume_less"):
            moves.append(f"({_tuple(names)}, None, None)")
    if rule == "embedding":
        moves.append(_move(("input_length",), "input_shape", "sequence_shape"))
    return moves


def _move(names: tuple[str, ...], new: str, convert: str) -> str:
    return f'({_tuple(names)}, "{new}", {_CONVERSIONS[convert]})'


def _tuple(names: tuple[str, ...]) -> str:
    inner = ", ".join(f'"{name}"' for name in names)
    return f"({inner},)" if len(names) == 1 else f"({inner})"
