"""Constraints on convolution kernels, whose axes Keras 3 has in another order."""

from __future__ import annotations

import ast

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import known_layer
from kerasmig.catalog.values import CONSTRAINT_AXES_CHANNELS_FIRST, CONSTRAINTS
from kerasmig.finding import Applicability, DataFormat, Span
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.values.conversions import UNCHANGED, Converted

_WITH_AXIS = ("MaxNorm", "UnitNorm", "MinMaxNorm")


def _kernel_rank(name: str) -> int:
    """Number of axes of a convolution's kernel that the ordering turns; 0: none."""
    layer = known_layer(name)
    if layer is None or layer.facts.role is not Role.CONVOLUTION or not layer.spatial:
        return 0
    return layer.spatial + 2


def kernel_constraint(context: FileContext, argument: Argument, by_name: Converted) -> Converted:
    """The constraint with its axis where Keras 3 keeps it.

    Under ``th`` a kernel was (filters, channels, rows, columns); it is (rows, columns, channels,
    filters) in Keras 3 whatever the data format.

    Args:
        by_name: what becomes of the constraint but for its axis.
    """
    call = _layer_call(context, argument)
    if call is None or (isinstance(argument.value, ast.Constant) and argument.value.value is None):
        return by_name
    data_format = _data_format(context, call)
    if data_format in (None, DataFormat.CHANNELS_LAST):
        return by_name
    layer = (context.names.keras_name(call.func) or "").rpartition(".")[2]
    axes = dict(CONSTRAINT_AXES_CHANNELS_FIRST.get(_kernel_rank(layer), {}))
    value = context.constant(argument.value)
    if isinstance(value, str):
        name = CONSTRAINTS[value].text.strip("'") if value in CONSTRAINTS else value
        if name == "non_neg":
            return by_name
        if axes and data_format is DataFormat.CHANNELS_FIRST:
            made = {"max_norm": "MaxNorm", "unit_norm": "UnitNorm", "min_max_norm": "MinMaxNorm"}
            if name in made:
                path = context.imports.need(f"keras.constraints.{made[name]}")
                return Converted((f"{path}(axis={axes[0]})",))
    elif isinstance(argument.value, ast.Call):
        made_of = (context.names.keras_name(argument.value.func) or "").rpartition(".")[2]
        if made_of == "NonNeg":
            return by_name
        if made_of in _WITH_AXIS and axes:
            if data_format is DataFormat.CHANNELS_FIRST:
                return _with_axis(context, argument, argument.value, axes)
    return Converted(
        by_name.parts,
        applicability=Applicability.ASSUMED,
        reason=(
            "a constraint with an axis: under 'th' kernels were (filters, channels, rows, columns) "
            "and are (rows, columns, channels, filters) now, so the axis must change with them"
        ),
    )


def _layer_call(context: FileContext, argument: Argument) -> ast.Call | None:
    parent = context.parent(argument.value)
    if isinstance(parent, ast.keyword):
        parent = context.parent(parent)
    return parent if isinstance(parent, ast.Call) else None


def _data_format(context: FileContext, call: ast.Call) -> DataFormat | None:
    for keyword in call.keywords:
        if keyword.arg == "dim_ordering":
            value = context.constant(keyword.value)
            if value in ("th", "tf"):
                return DataFormat.CHANNELS_FIRST if value == "th" else DataFormat.CHANNELS_LAST
    verdict = context.inference.verdict_for(call)
    return None if verdict is None else verdict.data_format


def _with_axis(
    context: FileContext, argument: Argument, call: ast.Call, axes: dict[int, int]
) -> Converted:
    """``maxnorm(2)`` → ``maxnorm(2, axis=3)``; a literal axis is exchanged."""
    whole = argument.value_span
    site = context.site(call)
    given = next((k.value for k in call.keywords if k.arg == "axis"), None)
    if given is None and len(call.args) > 1:
        given = call.args[-1] if len(call.args) == 2 else None
    if given is None:
        end = site.arguments[-1].span.end if site.arguments else site.open + 1
        text = f", axis={axes[0]}" if site.arguments else f"axis={axes[0]}"
        return Converted((Span(whole.start, end), text, Span(end, whole.end)))
    old = context.constant(given)
    new = _exchanged(old, axes)
    if new is None:
        return UNCHANGED
    span = context.text.span(given)
    return Converted((Span(whole.start, span.start), new, Span(span.end, whole.end)))


def _exchanged(old: object, axes: dict[int, int]) -> str | None:
    rank = len(axes)
    if old is UNKNOWN:
        return None
    if isinstance(old, int):
        return str(axes[old % rank])
    if isinstance(old, (list, tuple)) and all(isinstance(axis, int) for axis in old):
        return repr(type(old)(axes[axis % rank] for axis in old))
    return None
