"""Keras objects whose arguments cannot be seen: adapters of ``keras1_compat`` see them at run time.

``layers = {'conv': Convolution2D}``, ``partial(Convolution2D, border_mode='same')``,
``Convolution2D(*args, **kwargs)``, ``{'sgd': SGD}[name](lr=0.1)``: `kerasmig.compat.adapters` has a
callable for each layer and each optimizer that takes the arguments of Keras 1.
"""

from __future__ import annotations

import ast

from kerasmig.analysis.layers.compat_names import COMPAT, FIRST_OF_ADAPTER
from kerasmig.catalog.vocabulary import Entry
from kerasmig.compat.adapters import NAMESPACES, adapter_name
from kerasmig.finding import Applicability, DataFormat, Edit, Finding, Span
from kerasmig.rewrite.calls.arguments import addition
from kerasmig.rewrite.calls.binding import BindError
from kerasmig.rewrite.calls.finishing import refused
from kerasmig.rewrite.context import FileContext, Use

CODE = "KM103"
_FIRST = "data_format='channels_first'"
_GLOBAL = "it takes the global data format, and kerasmig does not know that of this layer"


def adapted_reference(context: FileContext, use: Use, entry: Entry) -> Finding | None:
    """A class that is passed on: its adapter takes its place; ``None`` if it has none."""
    adapter = adapter_name(entry.name)
    if adapter is None or isinstance(context.parent(use.node), ast.Attribute):
        return None  # `Convolution2D.__init__(self, ...)` wants the class
    first, doubt = ordering_of_file(context) if entry.data_format else (False, "")
    name = context.imports.need(f"keras1_compat.{adapter}")
    text = with_ordering(name) if first else name
    context.imports.release(use.root)
    return context.finding(
        CODE,
        use.node,
        f"{entry.short} is passed on: {adapter} takes its arguments"
        + (f"; {doubt}" if doubt else ""),
        Applicability.ASSUMED if doubt else Applicability.AUTOMATIC,
        name=entry.short,
        edits=(Edit(context.text.span(use.node), (text,)),),
    )


def adapted_call(context: FileContext, use: Use, entry: Entry, error: BindError) -> Finding:
    """A call that cannot be read: the adapter of the class reads it where it is unpacked."""
    adapter = adapter_name(entry.name)
    call = use.call
    if adapter is None or call is None or "unpacked" not in str(error):
        why = (
            f"the call cannot be rewritten, because {error}: write it as Keras 3 has it "
            f"(`kerasmig explain {entry.short}`)"
        )
        return refused(context, use, entry, [(Applicability.MANUAL, why)])
    edits = [Edit(context.text.span(use.node), (context.imports.need(f"keras1_compat.{adapter}"),))]
    doubt = ""
    verdict = context.inference.verdict_for(call) if entry.data_format else None
    if verdict is not None and not context.has_setting(verdict) and not verdict.explicit:
        if verdict.data_format is DataFormat.CHANNELS_FIRST:
            site = context.site(call)
            edits += addition(site, site.arguments, [_FIRST])
        elif verdict.data_format is DataFormat.UNDECIDED:
            doubt = _GLOBAL
    context.imports.release(use.root)
    return context.finding(
        entry.code,
        call,
        f"{entry.short} → {adapter}: its arguments are unpacked" + (f"; {doubt}" if doubt else ""),
        Applicability.ASSUMED if doubt else Applicability.AUTOMATIC,
        name=entry.short,
        edits=edits,
    )


_LOOKUPS = ("getattr", "hasattr")
_BY_NAME = {
    "keras.activations": "get_activation",
    "keras.losses": "get_loss",
    "keras.metrics": "get_metric",
    "keras.objectives": "get_loss",
}
"""What of ``keras1_compat`` gives the function of a name, by the module that had it."""
_ONE_A_SAMPLE = (
    "in `compile` it means what it meant; where the program calls it, it gives one value per sample"
)


def adapted_lookup(context: FileContext, use: Use) -> Finding | None:
    """``getattr(keras.layers, name)``: the adapters of all layers are looked through instead."""
    parent = context.parent(use.node)
    namespace = next(
        (name for module, name in NAMESPACES.items() if f"{use.path}.".startswith(f"{module}.")), ""
    )
    if not isinstance(parent, ast.Call) or use.node not in parent.args[:1] or parent.keywords:
        return None
    if not isinstance(parent.func, ast.Name) or parent.func.id not in _LOOKUPS:
        return None
    if use.path in _BY_NAME and parent.func.id == "getattr" and len(parent.args) == 2:
        return _function_by_name(context, use, parent)
    if not namespace:
        return None
    first, doubt = ordering_of_file(context) if _has_layers(namespace) else (False, "")
    edits = [Edit(context.text.span(use.node), (context.imports.need(f"{COMPAT}.{namespace}"),))]
    if first and parent.func.id == "getattr" and len(parent.args) == 2:
        end = context.text.span(parent).end
        edits.append(Edit(Span(end, end), (f".{FIRST_OF_ADAPTER}",)))
    elif first:
        doubt = "the layers that it finds take the global data format: set it to channels_first"
    context.imports.release(use.root)
    return context.finding(
        CODE,
        parent,
        f"{use.path} is looked through: {namespace} has its classes, which take Keras 1's arguments"
        + (f"; {doubt}" if doubt else ""),
        Applicability.ASSUMED if doubt else Applicability.AUTOMATIC,
        name=use.path.rpartition(".")[2],
        edits=edits,
    )


def _function_by_name(context: FileContext, use: Use, lookup: ast.Call) -> Finding:
    """``getattr(metrics, name)`` → ``get_metric(name)``."""
    function = context.imports.need(f"{COMPAT}.{_BY_NAME[use.path]}")
    start = context.text.span(lookup).start
    end = context.text.span(lookup.args[1]).start
    context.imports.release(use.root)
    doubt = "" if use.path == "keras.activations" else f"; {_ONE_A_SAMPLE}"
    return context.finding(
        CODE,
        lookup,
        f"{use.path} is looked through: {function} finds what Keras 1 had by that name{doubt}",
        Applicability.ASSUMED if doubt else Applicability.AUTOMATIC,
        name=use.path.rpartition(".")[2],
        edits=[Edit(Span(start, end), (f"{function}(",))],
    )


def _has_layers(namespace: str) -> bool:
    return namespace == NAMESPACES["keras.layers"]


def ordering_of_file(context: FileContext) -> tuple[bool, str]:
    """Whether layers of the file want channels first, and what is doubtful about that."""
    verdicts = [
        v for v in context.inference.verdicts if not context.has_setting(v) and not v.explicit
    ]
    formats = {v.data_format for v in verdicts} - {DataFormat.EITHER}
    if formats == {DataFormat.CHANNELS_FIRST}:
        return True, "it takes the data format of this file's models, channels_first"
    if formats <= {DataFormat.CHANNELS_LAST}:
        return False, ""
    return False, _GLOBAL


def with_ordering(adapter: str) -> str:
    """An adapter for models whose channels come first: a class, as the adapter is."""
    return f"{adapter}.{FIRST_OF_ADAPTER}"
