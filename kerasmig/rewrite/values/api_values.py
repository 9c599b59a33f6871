"""Conversions of values outside layers: optimizers, losses, metrics, epsilons, file names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.analysis.objects.receivers import OPTIMIZER, is_a
from kerasmig.catalog.metrics import METRICS
from kerasmig.catalog.objectives import LOSSES
from kerasmig.catalog.optimizers import OPTIMIZERS
from kerasmig.catalog.values import Value
from kerasmig.finding import Applicability, Span
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.values.conversions import UNCHANGED, Converted, Converter
from kerasmig.rewrite.values.file_names import MODEL, new_name
from kerasmig.rewrite.values.keys import renamed_key
from kerasmig.rewrite.values.value_changes import by_table, written


def _named_anywhere(table: Mapping[str, Value]) -> Converter:
    """Names given alone, in a list, or as values of a dictionary."""

    def convert(context: FileContext, argument: Argument) -> Converted:
        pieces: list[str | Span] = []
        position = argument.value_span.start
        assumed = ""
        for literal in _strings(argument.value):
            value = table.get(str(literal.value))
            if value is None:
                continue
            new = written(context, value)
            if new == repr(literal.value):
                continue
            span = context.text.span(literal)
            if new.startswith("'") and context.text.get(span).startswith('"'):
                new = f'"{new[1:-1]}"'
            pieces += [Span(position, span.start), new]
            position = span.end
            if context.settings.idiomatic and value.why:
                assumed = value.why
        if not pieces:
            return UNCHANGED
        pieces.append(Span(position, argument.value_span.end))
        level = Applicability.ASSUMED if assumed else Applicability.AUTOMATIC
        return Converted(tuple(pieces), applicability=level, reason=assumed)

    return convert


def _strings(node: ast.expr) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            yield from _strings(element)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _strings(value)


def _optimizer(context: FileContext, argument: Argument) -> Converted:
    """Optimizers by name, which Keras 1 took in any case."""
    value = context.constant(argument.value)
    if isinstance(value, str) and value not in OPTIMIZERS and value.lower() in OPTIMIZERS:
        return Converted((written(context, OPTIMIZERS[value.lower()]),))
    found = by_table(context, argument, OPTIMIZERS, "")
    if value is UNKNOWN and not _is_optimizer(context, argument.value):
        return Converted(
            (f"{context.imports.need('keras1_compat.get_optimizer')}(", argument.value_span, ")")
        )
    return found


def _is_optimizer(context: FileContext, node: ast.expr) -> bool:
    """Whether a value is certainly an object, whose class the code names."""
    if is_a(context.receivers.kind(node), OPTIMIZER):
        return True
    if isinstance(node, ast.Call):
        name = context.names.keras_name(node.func) or context.names.path(node.func) or ""
        return bool(name) and not name.endswith(".get")
    return isinstance(node, (ast.IfExp, ast.Lambda))


_SMALL = 1e-4
_ALREADY = 1e-16  # the old default, squared: what `RMSprop()` itself is migrated to


def _squared(context: FileContext, argument: Argument) -> Converted:
    """Keras 1 added epsilon to the root, Keras 3 adds it under the root."""
    value = context.constant(argument.value)
    why = "epsilon now stands under the square root: its square gives nearly the same steps"
    if value == _ALREADY:
        return UNCHANGED
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        level = Applicability.ASSUMED if value > _SMALL else Applicability.AUTOMATIC
        return Converted(
            (repr(float(f"{value * value:.12g}")),),
            applicability=level,
            reason=why if value > _SMALL else "",
        )
    return Converted(
        ("(", argument.value_span, ") ** 2"), applicability=Applicability.ASSUMED, reason=why
    )


def _one_more(context: FileContext, argument: Argument) -> Converted:
    """Keras 1's EarlyStopping waited one epoch longer than it was told."""
    value = context.constant(argument.value)
    if isinstance(argument.value, ast.Constant) and isinstance(value, int):
        return UNCHANGED if value == 0 else Converted((str(value + 1),))
    if isinstance(argument.value, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        return Converted((argument.value_span, " + 1"))
    return Converted(("(", argument.value_span, ") + 1"))


def _infinity(context: FileContext, argument: Argument) -> Converted:
    if isinstance(argument.value, ast.Constant) and argument.value.value is None:
        return Converted(("float('inf')",))
    return UNCHANGED


def _color_mode(context: FileContext, argument: Argument) -> Converted:
    value = context.constant(argument.value)
    if isinstance(value, (bool, int)):
        return Converted(("'grayscale'" if value else "'rgb'",))
    return Converted(("'grayscale' if ", argument.value_span, " else 'rgb'"))


def _unknown_axes(context: FileContext, argument: Argument) -> Converted:
    """``placeholder(ndim=4)`` → a shape of four unknown sizes."""
    value = context.constant(argument.value)
    if isinstance(value, int):
        return Converted((f"({', '.join(['None'] * value)}{',' if value == 1 else ''})",))
    return Converted(("(None,) * ", argument.value_span))


def _logged_key(context: FileContext, argument: Argument) -> Converted:
    """``monitor='val_acc'``: accuracy is logged under its full name today."""
    value = context.constant(argument.value)
    today = context.renames_keys
    if not isinstance(value, str) or renamed_key(value, today) == value:
        return UNCHANGED
    old = context.text.get(argument.value_span)
    quote = '"' if old.endswith('"') else "'"
    return Converted((f"{quote}{renamed_key(value, today)}{quote}",))


_WEIGHTS = ".weights.h5"
_OLD_ENDING = re.compile(r"(\.weights)?(\.h5|\.hdf5)?(?=(['\"]{1,3})$)")


def _last_literal(node: ast.expr) -> ast.Constant | None:
    """The string literal that ends an expression's value: of ``folder + '/net.h5'`` the second."""
    if isinstance(node, ast.Constant):
        return node if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _last_literal(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        literal = _last_literal(node.left)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
    ):
        literal = _last_literal(node.func.value)
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "join"
        and node.args
        and not isinstance(node.func.value, ast.Constant)
    ):
        return _last_literal(node.args[-1])
    else:
        return None
    # Of a pattern only the end that is no placeholder is known.
    return (
        literal if literal is not None and str(literal.value).endswith((".h5", ".hdf5")) else None
    )


def _weights_path(context: FileContext, argument: Argument) -> Converted:
    """``save_weights`` wants a name that ends in ``.weights.h5``."""
    value = context.constant(argument.value)
    if isinstance(value, str) and value.endswith(_WEIGHTS):
        return UNCHANGED
    literal = _last_literal(argument.value)
    if literal is None:
        adapter = context.imports.need("keras1_compat.weights_path")
        return Converted((f"{adapter}(", argument.value_span, ")"))
    if str(literal.value).endswith(_WEIGHTS):
        return UNCHANGED
    return _renamed(context, argument, literal)


def _renamed(context: FileContext, argument: Argument, literal: ast.Constant) -> Converted:
    span = context.text.span(literal)
    new = _OLD_ENDING.sub(_WEIGHTS, context.text.get(span), count=1)
    return Converted(
        (
            Span(argument.value_span.start, span.start),
            new,
            Span(span.end, argument.value_span.end),
        )
    )


def _loaded_weights_path(context: FileContext, argument: Argument) -> Converted:
    """``load_weights`` follows the files that the project itself saves, and reads others as is."""
    value = context.constant(argument.value)
    if isinstance(value, str) and value in context.saved_models:
        return _loaded_model_path(context, argument)
    if not context.saved_weights and (isinstance(value, str) or "" not in context.saved_models):
        return UNCHANGED
    if isinstance(value, str):
        literal = _last_literal(argument.value)
        if value not in context.saved_weights or value.endswith(_WEIGHTS):
            return UNCHANGED
        if literal is not None:
            return _renamed(context, argument, literal)
    adapter = context.imports.need("keras1_compat.saved_weights_path")
    return Converted((f"{adapter}(", argument.value_span, ")"))


def _loaded_model_path(context: FileContext, argument: Argument) -> Converted:
    """What a callback of the file saves is read under the name that it is saved by today."""
    value = context.constant(argument.value)
    if not isinstance(value, str) or value not in context.saved_models:
        return UNCHANGED
    new = new_name(value, MODEL)
    if new == value or not isinstance(argument.value, ast.Constant):
        return UNCHANGED  # a variable changes where it is made
    old = context.text.get(argument.value_span)
    quote = '"' if old.endswith('"') else "'"
    return Converted((f"{quote}{new}{quote}",))


def _model_path(context: FileContext, argument: Argument) -> Converted:
    """``save`` wants ``.keras``, ``.h5`` or ``.hdf5``."""
    value = context.constant(argument.value)
    if not isinstance(value, str) or value.endswith((".keras", ".h5", ".hdf5")):
        return UNCHANGED
    if isinstance(argument.value, ast.Constant):
        old = context.text.get(argument.value_span)
        return Converted((f"{old[:-1]}.h5{old[-1]}",))
    return Converted((repr(f"{value}.h5"),))


API_CONVERTERS: dict[str, Converter] = {
    "optimizer": _optimizer,
    "loss": _named_anywhere(LOSSES),
    "metric": _named_anywhere(METRICS),
    "metrics": _named_anywhere(METRICS),
    "squared": _squared,
    "one_more": _one_more,
    "infinity": _infinity,
    "color_mode": _color_mode,
    "unknown_axes": _unknown_axes,
    "logged_key": _logged_key,
    "weights_path": _weights_path,
    "loaded_weights_path": _loaded_weights_path,
    "model_path": _model_path,
    "loaded_model_path": _loaded_model_path,
}
"""Conversions by the name that the catalog gives them."""
