"""``layer.nb_filter``, ``model.input_layers``, ``model.get_config()[0]``: read as in Keras 1."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.names.constants import UNKNOWN
from kerasmig.analysis.objects.receivers import (
    CONTAINER,
    FOREIGN,
    LAYER,
    LAYERS,
    MODEL,
    SEQUENTIAL,
    TENSOR,
    is_a,
)
from kerasmig.catalog.layer_attributes import (
    AMBIGUOUS,
    CODE,
    LATER,
    attribute_names,
    layer_attributes,
)
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.calls.methods import MODEL_NAME, last_name
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import nodes

_LAYER_NAME = re.compile(
    r"(^|_)(layers?|lyr|l|conv\w*|dense\w*|lstm\w*|gru\w*|rnn\w*|emb\w*|fc\w*|bn\w*|dropout\w*)\d*$"
)
_SETTINGS = re.compile(
    r"(^|_)(args?|opts?|options?|params?|config|cfg|conf|flags|settings|hp|self|cls)$"
)
_OF_MODELS = frozenset(
    "input_layers output_layers input_names output_names flattened_layers".split()
)
_NAMES = frozenset("input_names output_names".split())
_ASKING = ("getattr", "hasattr")
_TAKING = frozenset(
    "from_config layer_from_config model_from_config deserialize dumps dump print pprint debug info "
    "deepcopy copy".split()
)
_MODEL_ATTRIBUTES = frozenset("input_shape output_shape output_names".split())
"""What models have under the same name today."""


@file_rule
def layer_attribute(context: FileContext) -> Iterator[Finding]:
    """Attributes that layers and models have no more are asked of ``keras1_compat``."""
    if not _speaks(context):
        return
    by_row = {use.node for use in context.method_uses}
    for node in nodes(context.tree, ast.Attribute):
        if node in by_row or not _is_another(context, node):
            continue
        if context.directives.ignores(CODE, node):
            continue
        if isinstance(node.ctx, ast.Load):
            yield read_attribute(context, node)
        elif isinstance(node.ctx, ast.Store) and node.attr in layer_attributes():
            yield _assigned(context, node)


@file_rule
def layer_attributes_by_name(context: FileContext) -> Iterator[Finding]:
    """``getattr(layer, 'W')``, ``hasattr(layer, 'W_regularizer')``."""
    if not _speaks(context):
        return
    for call in nodes(context.tree, ast.Call):
        if not (isinstance(call.func, ast.Name) and call.func.id in _ASKING):
            continue
        if len(call.args) < 2 or call.keywords or context.names.bindings_of(call.func):
            continue
        thing, name = call.args[:2]
        asked = name.value if isinstance(name, ast.Constant) else None
        if asked is None:
            kind = _kind(context, thing)
            if kind is None and not (context.speaks_keras1 and is_of_layers(context, thing)):
                continue
        elif call.func.id == "hasattr" and asked in LATER.get(str(_kind(context, thing)), ()):
            pass
        elif asked not in attribute_names() or not _may_have(context, thing, str(asked)):
            continue
        if context.directives.ignores(CODE, call):
            continue
        told = context.text.of(name) if asked is None else str(asked)
        function = "keras1_attribute" if call.func.id == "getattr" else "has_keras1_attribute"
        spelled = context.imports.need(f"keras1_compat.{function}")
        yield context.finding(
            CODE,
            call,
            f"{told}: asked for as in Keras 1",
            Applicability.AUTOMATIC,
            name=told,
            edits=(Edit(context.text.span(call.func), (spelled,)),),
        )


@file_rule
def configurations(context: FileContext) -> Iterator[Finding]:
    """``model.get_config()`` that is read: a Sequential's was a list, and layers had other keys."""
    if not _speaks(context):
        return
    for call in nodes(context.tree, ast.Call):
        function = call.func
        if not (isinstance(function, ast.Attribute) and function.attr == "get_config"):
            continue
        if call.args or call.keywords or context.directives.ignores(CODE, call):
            continue
        kind = context.receivers.kind(function.value)
        own = isinstance(function.value, ast.Name) and function.value.id in ("self", "cls")
        if own or kind == FOREIGN or _is_super(function):
            continue
        if not (kind is None or is_a(kind, LAYER)) or not _is_read(context, call):
            continue
        spelled = context.imports.need("keras1_compat.keras1_config")
        yield context.finding(
            CODE,
            call,
            "get_config: answers to the names of Keras 1, and is a list for a Sequential",
            Applicability.AUTOMATIC,
            name="get_config",
            edits=(
                Edit(
                    context.text.span(call), (f"{spelled}(", context.text.span(function.value), ")")
                ),
            ),
        )


def _is_another(context: FileContext, node: ast.Attribute) -> bool:
    if node.attr == "input":
        return _may_be_input_layer(context, node.value)
    return node.attr in attribute_names() and is_layer_attribute(context, node)


def _may_be_input_layer(context: FileContext, thing: ast.expr) -> bool:
    """``model.layers[0]``, ``layer`` in a loop over them: what a functional model begins with."""
    if not is_of_layers(context, thing):
        return False
    if isinstance(thing, ast.Subscript) and isinstance(thing.value, ast.Attribute):
        if context.receivers.kind(thing.value.value) == SEQUENTIAL:
            return False
        return context.constant(thing.slice) in (0, UNKNOWN)
    if isinstance(thing, ast.Call) and thing.args:
        name = context.constant(thing.args[0])
        return name is UNKNOWN or "input" in str(name)
    return True


def is_layer_attribute(context: FileContext, node: ast.Attribute) -> bool:
    """Whether an attribute is one of a layer or model that Keras 3 has not, or otherwise."""
    if context.names.path(node) is not None:
        return False  # a name of Keras' own modules
    parent = context.parent(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return False  # a method; layers had functions for `init` and `activation` alone
    return _may_have(context, node.value, node.attr)


def read_attribute(context: FileContext, node: ast.Attribute) -> Finding:
    """An attribute that is read is asked of ``keras1_compat``."""
    spelled = context.imports.need("keras1_compat.keras1_attribute")
    parts = (f"{spelled}(", context.text.span(node.value), f", '{node.attr}')")
    level, note = Applicability.AUTOMATIC, ""
    if node.attr in _NAMES:
        level = Applicability.ASSUMED
        note = (
            "; names that Keras gives to layers by itself are others today: give these layers a "
            "`name` where the program looks at them"
        )
    return context.finding(
        CODE,
        node,
        f"{node.attr}: asked for as in Keras 1{note}",
        level,
        name=node.attr,
        edits=(Edit(context.text.span(node), parts),),
    )


def _assigned(context: FileContext, node: ast.Attribute) -> Finding:
    today = " or ".join(f"`{new}`" for new, _ in layer_attributes()[node.attr])
    return context.finding(
        CODE,
        node,
        f"{node.attr}: assigning it changes nothing in Keras 3, where it is {today}: make the layer "
        "with the value",
        Applicability.MANUAL,
        name=node.attr,
    )


def _speaks(context: FileContext) -> bool:
    wanted = context.settings.wants(CODE) and context.era.era is not Era.LATER
    return wanted and (context.speaks_keras1 or context.surroundings.says_keras)


def _may_have(context: FileContext, thing: ast.expr, name: str) -> bool:
    """Whether an object may be a layer or model whose attribute is another one today."""
    if isinstance(thing, ast.Name) and (thing.id in ("self", "cls") or thing.id[:1].isupper()):
        return False
    kind = _kind(context, thing)
    if kind is not None:
        of_layer = is_a(kind, LAYER)
        if is_a(kind, CONTAINER) and name in _MODEL_ATTRIBUTES - _NAMES:
            return False
        return of_layer and (name not in _OF_MODELS or is_a(kind, CONTAINER) or kind == LAYER)
    if context.receivers.kind(thing) in (FOREIGN, TENSOR, LAYERS):
        return False
    last = last_name(thing).lower()
    if _SETTINGS.search(last) or _is_parsed(context, thing):
        return False
    if not context.speaks_keras1:
        return False
    if name not in AMBIGUOUS:
        return True
    if is_of_layers(context, thing) or _LAYER_NAME.search(last):
        return name not in _OF_MODELS
    of_model = MODEL_NAME.search(last) is not None
    return of_model and name in _OF_MODELS


def _kind(context: FileContext, thing: ast.expr) -> str | None:
    """The class of a layer or model, as far as it is known."""
    kind = context.receivers.kind(thing)
    return kind if kind is not None and (is_a(kind, LAYER) or is_a(kind, MODEL)) else None


def is_of_layers(context: FileContext, thing: ast.expr) -> bool:
    """``net.layers[2]``, ``net.get_layer('x')``, the variable of a loop over ``net.layers``."""
    if isinstance(thing, ast.Subscript):
        return "layer" in last_name(thing.value).lower()
    if isinstance(thing, ast.Call):
        return last_name(thing.func) in ("get_layer", "from_config")
    if not isinstance(thing, ast.Name):
        return False
    for binding in context.names.bindings_of(thing):
        if binding.value is not None and is_of_layers(context, binding.value):
            return True
        around = context.parent(binding.node)
        while isinstance(around, ast.Tuple):
            around = context.parent(around)
        if isinstance(around, (ast.For, ast.comprehension)) and any(
            isinstance(part, ast.Attribute) and part.attr == "layers"
            for part in ast.walk(around.iter)
        ):
            return True
    return False


def _is_parsed(context: FileContext, thing: ast.expr) -> bool:
    """Whether an object is what a parser of arguments gave."""
    if not isinstance(thing, ast.Name):
        return False
    return any(
        isinstance(binding.value, ast.Call)
        and last_name(binding.value.func).startswith(("parse", "Namespace"))
        for binding in context.names.bindings_of(thing)
    )


def _is_super(function: ast.Attribute) -> bool:
    inner = function.value
    return isinstance(inner, ast.Call) and last_name(inner.func) == "super"


def _is_read(context: FileContext, call: ast.Call) -> bool:
    """Whether something may be taken from a configuration, and it is not only handed on."""
    statement = context.parent(call)
    if isinstance(statement, ast.Assign) and statement.value is call:
        loads = [
            load
            for load in context.names.loads
            if any(binding.value is call for binding in context.names.bindings_of(load))
        ]
        plain = all(isinstance(target, ast.Name) for target in statement.targets)
        return not plain or any(not _is_handed_on(context, load) for load in loads)
    return not _is_handed_on(context, call)


def _is_handed_on(context: FileContext, node: ast.expr) -> bool:
    """``Dense.from_config(config)``, ``Dense(**config)``, ``json.dumps(config)``."""
    parent = context.parent(node)
    if isinstance(parent, ast.keyword):
        if parent.arg is None:
            return True
        parent = context.parent(parent)
    if isinstance(parent, ast.Call) and node is not parent.func:
        return last_name(parent.func) in _TAKING
    return isinstance(parent, ast.Expr)
