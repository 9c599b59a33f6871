"""Converting the value of an argument: ``init='he_normal'``, ``dim_ordering='th'``.

The tables are the catalog's (`kerasmig.catalog.values`); here is how they meet the code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.catalog import values as tables
from kerasmig.catalog.values import Value
from kerasmig.finding import Applicability
from kerasmig.rewrite.calls.callsite import Argument
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.values.constraints import kernel_constraint
from kerasmig.rewrite.values.conversions import UNCHANGED, Converted, Converter
from kerasmig.rewrite.values.origins import is_of_compat, may_come_from_outside


def convert(kind: str, context: FileContext, argument: Argument) -> Converted:
    """Convert the value of an argument.

    Args:
        kind: name of the conversion, as the catalog's `To.convert` says it.
        argument: the author's argument.
    """
    if not kind or _is_adapted(context, argument.value):
        return UNCHANGED
    if kind in tables.KERNELS:
        return _kernel(context, argument, *tables.KERNELS[kind])
    if kind in _TABLES:
        table, adapter = _TABLES[kind]
        return by_table(context, argument, table, adapter)
    from kerasmig.rewrite.values.api_values import API_CONVERTERS

    return {**_SPECIAL, **API_CONVERTERS}[kind](context, argument)


def _is_adapted(context: FileContext, node: ast.expr) -> bool:
    """Whether a value is what an earlier run made of it: a call of the compat module."""
    return isinstance(node, ast.Call) and is_of_compat(context, node.func)


def spelled(context: FileContext, text: str) -> str:
    """A value's text with the qualified names in braces as this file can write them."""
    return tables.fill(text, {name: context.imports.need(name) for name in tables.imports(text)})


def written(context: FileContext, value: Value) -> str:
    return spelled(
        context, value.idiomatic if context.settings.idiomatic and value.idiomatic else value.text
    )


def by_table(
    context: FileContext, argument: Argument, table: Mapping[str, Value], adapter: str
) -> Converted:
    value = context.constant(argument.value)
    if isinstance(value, str):
        if value not in table:
            return UNCHANGED
        new = _requoted(written(context, table[value]), context, argument)
        assumed = table[value].why.rstrip(".") if context.settings.idiomatic else ""
        parts = None if _text_value(new) == value else (new,)
        if assumed:
            return Converted(parts, applicability=Applicability.ASSUMED, reason=assumed)
        return Converted(parts)
    if value is not UNKNOWN or not _is_passed_on(argument.value):
        return UNCHANGED
    # A name whose value comes from elsewhere: only matters if a value that differs is about.
    risky = [key for key, new in table.items() if _text_value(new.text) != key]
    mentioned = any(context.mentions(key) for key in risky)
    if not adapter or not (mentioned or may_come_from_outside(context, argument.value)):
        return UNCHANGED
    return Converted((f"{context.imports.need(adapter)}(", argument.value_span, ")"))


_NO_INITIALIZER = (
    "a number stands where Keras 1 has the initialisation: before Keras 0.2 the size of the input "
    "came second; take it out, `Dense(6272, 2048)` is `Dense(2048)` and "
    "`Convolution2D(16, 1, 3, 3)` is `Conv2D(16, (3, 3))`"
)


def _initializer(context: FileContext, argument: Argument) -> Converted:
    """Names by their table; functions of Keras 1, ``f(shape, name=None)``, through an adapter."""
    value = context.constant(argument.value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Converted(applicability=Applicability.MANUAL, reason=_NO_INITIALIZER)
    adapter = ""
    if _is_own_function(context, argument.value):
        adapter = "keras1_compat.adapt_initializer"
    elif value is UNKNOWN and _is_made_elsewhere(context, argument.value):
        adapter = "keras1_compat.get_initializer"
    if adapter:
        return Converted((f"{context.imports.need(adapter)}(", argument.value_span, ")"))
    return by_table(context, argument, tables.INITIALIZERS, "keras1_compat.get_initializer")


def _kernel(
    context: FileContext, argument: Argument, layout: str, names: tuple[str, ...]
) -> Converted:
    """An initialiser for a kernel whose fans were others: drawn as Keras 1 drew it."""
    value = context.constant(argument.value)
    if value is None or context.settings.idiomatic:
        return _initializer(context, argument)
    if value is not UNKNOWN and value not in names:
        return _initializer(context, argument)
    drawn = context.imports.need("keras1_compat.Keras1Kernel")
    return Converted((f"{drawn}(", argument.value_span, f", '{layout}')"))


def _size(context: FileContext, argument: Argument) -> Converted:
    """A size that NumPy computes: Keras 3 wants an ``int`` of Python, ``np.int64`` raises."""
    if _from_numpy(context, argument.value, set()):
        return Converted(("int(", argument.value_span, ")"))
    return UNCHANGED


def _from_numpy(context: FileContext, node: ast.expr, seen: set[int]) -> bool:
    if isinstance(node, ast.BinOp):
        return any(_from_numpy(context, side, seen) for side in (node.left, node.right))
    if isinstance(node, ast.Call):
        root = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        bindings = context.names.bindings_of(root)
        return any(b.path.partition(".")[0] == "numpy" for b in bindings)
    if isinstance(node, ast.Name) and id(node) not in seen:
        seen.add(id(node))
        values = [binding.value for binding in context.names.bindings_of(node)]
        return any(_from_numpy(context, value, seen) for value in values if value is not None)
    return False


def _is_own_function(context: FileContext, node: ast.expr) -> bool:
    """Whether a value is a function that the file itself defines."""
    if isinstance(node, ast.Lambda):
        return True
    if not isinstance(node, ast.Name):
        return False
    bindings = context.names.bindings_of(node)
    return bool(bindings) and all(
        (isinstance(b.node, ast.FunctionDef) and b.kind == "def") or isinstance(b.value, ast.Lambda)
        for b in bindings
    )


def _is_made_elsewhere(context: FileContext, node: ast.expr) -> bool:
    """Whether a value is imported, or made by a function, that is not Keras'."""
    if context.names.path(node) is not None:
        return False
    if isinstance(node, ast.Call):
        return all(context.names.path(part) is None for part in (node.func, *node.args))
    if isinstance(node, ast.Name):
        return any(
            b.kind == "from"
            or (isinstance(b.value, ast.Call) and _is_made_elsewhere(context, b.value))
            for b in context.names.bindings_of(node)
        )
    return False


def _requoted(new: str, context: FileContext, argument: Argument) -> str:
    """A new string literal in the author's kind of quotes."""
    old = context.text.get(argument.value_span)
    if new.startswith("'") and old.startswith('"'):
        return '"' + new[1:-1] + '"'
    return new


def _text_value(text: str) -> str | None:
    """The string that a literal stands for."""
    match = re.fullmatch(r"(['\"])(\w*)\1", text)
    return match.group(2) if match else None


def _is_passed_on(node: ast.expr) -> bool:
    """Whether a value is a variable's, as opposed to an object made on the spot."""
    return isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))


def _data_format(context: FileContext, argument: Argument) -> Converted:
    if context.orderings.holds(argument.value) and not context.mentions("default"):
        return UNCHANGED  # the variable itself holds today's names, see rules.ordering
    value = context.constant(argument.value)
    if value == "default":
        return Converted(drop=True)
    if isinstance(value, str) and value in tables.DATA_FORMAT:
        return Converted((_requoted(tables.DATA_FORMAT[value].text, context, argument),))
    if isinstance(value, str):
        return UNCHANGED
    adapter = context.imports.need("keras1_compat.data_format")
    return Converted((f"{adapter}(", argument.value_span, ")"))


def _padding(context: FileContext, argument: Argument) -> Converted:
    if context.constant(argument.value) == "full":
        return Converted(applicability=Applicability.MANUAL, reason=tables.FULL_PADDING)
    return UNCHANGED


def _activity_regularizer(context: FileContext, argument: Argument) -> Converted:
    plain = by_table(context, argument, tables.REGULARIZERS, "keras1_compat.get_regularizer")
    if isinstance(argument.value, ast.Constant) and argument.value.value is None:
        return UNCHANGED
    if context.settings.idiomatic:
        return plain
    wrapper = spelled(context, tables.ACTIVITY_REGULARIZER)
    inner = plain.parts if plain.parts is not None else (argument.value_span,)
    return Converted((f"{wrapper}(", *inner, ")"))


def _kernel_constraint(context: FileContext, argument: Argument) -> Converted:
    table, adapter = _TABLES["constraint"]
    return kernel_constraint(context, argument, by_table(context, argument, table, adapter))


def _layer_name(context: FileContext, argument: Argument) -> Converted:
    """Keras 3 refuses ``/`` in names."""
    value = context.constant(argument.value)
    if isinstance(value, str) and "/" in value:
        if isinstance(argument.value, ast.Constant):
            quoted = context.text.get(argument.value_span).replace("/", "_")
            return Converted(
                (quoted,),
                applicability=Applicability.ASSUMED,
                reason="Keras 3 refuses '/' in layer names; get_layer() calls must follow",
            )
        return Converted(
            applicability=Applicability.MANUAL,
            reason="Keras 3 refuses '/' in layer names: choose another character",
        )
    if not isinstance(value, str) and _makes_slash(context, argument.value):
        return _without_slash(context, argument)
    return UNCHANGED


def _makes_slash(context: FileContext, node: ast.expr, depth: int = 3) -> bool:
    """Whether a computed name has a ``/`` among the texts that it is put together from."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and getattr(inner.func, "attr", "") == "replace":
            return False
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and "/" in inner.value:
            return True
        if isinstance(inner, ast.Name) and depth:
            values = [binding.value for binding in context.names.bindings_of(inner)]
            if any(v is not None and _makes_slash(context, v, depth - 1) for v in values):
                return True
    return False


def _without_slash(context: FileContext, argument: Argument) -> Converted:
    """``scope + 'conv'`` → ``(scope + 'conv').replace('/', '_')``, where that is a text for sure."""
    node = argument.value
    made = isinstance(node, ast.BinOp | ast.JoinedStr) or (
        isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("format", "join")
    )
    if isinstance(node, ast.Name):
        values = [binding.value for binding in context.names.bindings_of(node)]
        made = len(values) == 1 and isinstance(values[0], ast.BinOp | ast.JoinedStr)
    if not made:
        return Converted(
            applicability=Applicability.MANUAL,
            reason="Keras 3 refuses '/' in layer names: choose another character",
        )
    before, after = ("(", ")") if isinstance(node, ast.BinOp) else ("", "")
    return Converted(
        (before, argument.value_span, f"{after}.replace('/', '_')"),
        applicability=Applicability.ASSUMED,
        reason="Keras 3 refuses '/' in layer names; get_layer() calls must follow",
    )


_KEYS_1D = ("left_pad", "right_pad")
_KEYS_2D = ("top_pad", "bottom_pad", "left_pad", "right_pad")


def _pad_dict(context: FileContext, node: ast.expr) -> dict[str, str] | None:
    """A dictionary of paddings, key → source text."""
    if isinstance(node, ast.Name):
        bindings = context.names.bindings_of(node)
        if len(bindings) == 1 and isinstance(bindings[0].value, ast.Dict):
            return _pad_dict(context, bindings[0].value)
    found: dict[str, str] = {}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        if node.args or any(k.arg not in _KEYS_2D for k in node.keywords):
            return None
        return {str(k.arg): context.text.of(k.value) for k in node.keywords}
    if not isinstance(node, ast.Dict):
        return None
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or key.value not in _KEYS_2D:
            return None
        found[str(key.value)] = context.text.of(value)
    return found


def _padding_1d(context: FileContext, argument: Argument) -> Converted:
    pads = _pad_dict(context, argument.value)
    if pads is None:
        return _padding_at_run_time(context, argument, "padding_1d")
    left, right = (pads.get(key, "0") for key in _KEYS_1D)
    return Converted((f"({left}, {right})",))


def _padding_2d(context: FileContext, argument: Argument) -> Converted:
    pads = _pad_dict(context, argument.value)
    if pads is not None:
        top, bottom, left, right = (pads.get(key, "0") for key in _KEYS_2D)
        return Converted((f"(({top}, {bottom}), ({left}, {right}))",))
    node = argument.value
    if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) == 4:
        top, bottom, left, right = (context.text.of(element) for element in node.elts)
        return Converted((f"(({top}, {bottom}), ({left}, {right}))",))
    value = context.constant(node)
    if isinstance(value, (tuple, list)) and len(value) == 4:
        top, bottom, left, right = value
        return Converted((f"(({top}, {bottom}), ({left}, {right}))",))
    return _padding_at_run_time(context, argument, "padding_2d")


def _padding_at_run_time(context: FileContext, argument: Argument, adapter: str) -> Converted:
    """A padding in a variable, which may hold a dictionary or four numbers."""
    node = argument.value
    if context.constant(node) is not UNKNOWN or not _is_passed_on(node):
        return UNCHANGED
    return Converted(
        (f"{context.imports.need(f'keras1_compat.{adapter}')}(", argument.value_span, ")")
    )


_TABLES: dict[str, tuple[Mapping[str, Value], str]] = {
    "regularizer": (tables.REGULARIZERS, "keras1_compat.get_regularizer"),
    "constraint": (tables.CONSTRAINTS, "keras1_compat.get_constraint"),
    "activation": (tables.ACTIVATIONS, "keras1_compat.get_activation"),
    "forget_bias": (tables.FORGET_BIAS, "keras1_compat.unit_forget_bias"),
}

_SPECIAL: dict[str, Converter] = {
    "initializer": _initializer,
    "data_format": _data_format,
    "padding": _padding,
    "size": _size,
    "kernel_constraint": _kernel_constraint,
    "activity_regularizer": _activity_regularizer,
    "layer_name": _layer_name,
    "padding_1d": _padding_1d,
    "padding_2d": _padding_2d,
}


def conversions() -> frozenset[str]:
    """The conversions that the catalog may name."""
    from kerasmig.rewrite.values.api_values import API_CONVERTERS

    return (
        frozenset(_TABLES)
        | frozenset(_SPECIAL)
        | frozenset(tables.KERNELS)
        | frozenset(API_CONVERTERS)
    )
