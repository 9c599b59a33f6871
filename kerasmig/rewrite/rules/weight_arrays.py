"""``get_weights`` and ``set_weights``: arrays as Keras 1 listed them, where that is another way."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.analysis.objects.receivers import CONTAINER, LAYER, LOADED
from kerasmig.catalog.array_layouts import ARRAY_LAYOUTS, BY_ORDERING
from kerasmig.catalog.layers import known_layer
from kerasmig.finding import DataFormat, Finding
from kerasmig.rewrite.calls.methods import (
    MethodUse,
    as_function,
    draft_method,
    method_era,
    refused_method,
    say_ordering,
)
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import method_rule
from kerasmig.text.tree import nodes, walk

_ANY = frozenset({LAYER, CONTAINER, LOADED, None})
# What gives arrays of the shapes that it is given, element by element.
_ELEMENTWISE = frozenset(
    "zeros_like ones_like copy deepcopy abs sqrt square exp sign clip array asarray astype "
    "add subtract multiply divide negative zeros ones shape float32".split()
)


@method_rule("get_weights")
def get_weights(context: FileContext, use: MethodUse) -> Finding | None:
    """The arrays that Keras 1 gave, unless they are only handed on."""
    if use.call is None or not _may_differ(context, use) or _only_handed_on(context, use.call):
        return None
    together = _gates_together(context)
    if together is None:
        return refused_method(
            context,
            use,
            "the arrays of a recurrent layer with consume_less='gpu' held all gates, of others "
            "one each: give the layers names, so that they can be told apart",
        )
    new = draft_method(context, use)
    if together:
        new.added.append(("together", together))
    say_ordering(new)
    return as_function(new, use, "keras1_compat.get_keras1_weights", ())


@method_rule("set_weights")
def set_weights(context: FileContext, use: MethodUse) -> Finding | None:
    """Arrays as Keras 1 took them, unless they come from `get_weights` as it is today."""
    if use.call is None or not _may_differ(context, use) or _only_from_get(context, use.call):
        return None
    new = draft_method(context, use)
    say_ordering(new)
    return as_function(new, use, "keras1_compat.set_keras1_weights", ("weights",))


# -- whether the arrays of a receiver changed at all ------------------------------------------------


def _may_differ(context: FileContext, use: MethodUse) -> bool:
    """Whether the layer, or a layer of the model, may have arrays of another layout today."""
    if method_era(context, use) is not Era.KERAS1:
        return False  # what was migrated before says itself what it means
    kind = use.kind
    short = (kind or "").rpartition(".")[2]
    if kind not in _ANY and short not in ("Model", "Sequential"):
        return short in ARRAY_LAYOUTS and _changed(context, ARRAY_LAYOUTS[short])
    return any(_changed(context, layout) for layout in context.array_layouts)


def _changed(context: FileContext, layout: str) -> bool:
    if layout not in BY_ORDERING:
        return True
    verdicts = context.inference.verdicts
    last = all(v.data_format is DataFormat.CHANNELS_LAST for v in verdicts)
    return not (verdicts and last) or context.ambient_channels_first


def _gates_together(context: FileContext) -> str | None:
    """The argument ``together``: names of recurrent layers with all gates in one array.

    Returns:
        Source text; empty if there are none; ``None`` if they cannot be told from others.
    """
    names, others = [], 0
    unnamed = False
    for use in context.uses:
        layer = known_layer(use.name.rpartition(".")[2])
        if use.call is None or layer is None or not layer.facts.gates[0]:
            continue
        given = {k.arg: context.constant(k.value) for k in use.call.keywords if k.arg}
        if given.get("consume_less") != "gpu":
            others += 1
        elif isinstance(given.get("name"), str):
            names.append(given["name"])
        else:
            unnamed = True
    if unnamed:
        return None if others else "True"
    return f"({', '.join(map(repr, names))},)" if names else ""


# -- whether arrays are only handed on --------------------------------------------------------------


def _only_handed_on(context: FileContext, call: ast.Call) -> bool:
    """Whether what ``get_weights()`` gives goes to ``set_weights`` and nowhere else."""
    setter = _setter_around(context, call)
    if setter is not None:
        return _only_from_get(context, setter)
    statement = context.parent(call)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    if not isinstance(target, ast.Name):
        return False
    setters = [_setter_around(context, load) for load in _loads(context, target)]
    return bool(setters) and all(s is not None and _only_from_get(context, s) for s in setters)


def _only_from_get(context: FileContext, call: ast.Call) -> bool:
    """Whether what ``set_weights`` is given comes from ``get_weights`` calls, element by element."""
    given = [*call.args, *(k.value for k in call.keywords)]
    return len(given) == 1 and _neutral(context, given[0], frozenset())


def _neutral(context: FileContext, node: ast.expr, arrays: frozenset[str]) -> bool:
    """Whether an expression gives arrays in the layout of those that it is made of."""
    if isinstance(node, ast.Call) and _is_get(node):
        return True
    if isinstance(node, ast.Name):
        return node.id in arrays or _holds_weights(context, node)
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return _neutral_comprehension(context, node, arrays)
    if (
        isinstance(node, ast.Call)
        and _name(node.func) in ("list", "deepcopy", "copy")
        and node.args
    ):
        return _neutral(context, node.args[0], arrays)
    return False


def _neutral_comprehension(
    context: FileContext, node: ast.ListComp | ast.GeneratorExp, arrays: frozenset[str]
) -> bool:
    """``[t * a + (1 - t) * b for a, b in zip(x.get_weights(), y.get_weights())]``."""
    if len(node.generators) != 1:
        return False
    source, target = node.generators[0].iter, node.generators[0].target
    zipped = isinstance(source, ast.Call) and _name(source.func) == "zip"
    sources = source.args if isinstance(source, ast.Call) and zipped else [source]
    if not all(_neutral(context, s, arrays) for s in sources):
        return False
    inner = frozenset(n.id for n in walk(target) if isinstance(n, ast.Name))
    return _elementwise(node.elt, inner)


def _elementwise(node: ast.expr, arrays: frozenset[str]) -> bool:
    """Whether an expression treats each number of its arrays by itself."""
    if isinstance(node, (ast.Name, ast.Constant)):
        return True
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.MatMult):
            return False
        return _elementwise(node.left, arrays) and _elementwise(node.right, arrays)
    if isinstance(node, ast.UnaryOp):
        return _elementwise(node.operand, arrays)
    if isinstance(node, ast.Attribute):
        return node.attr == "shape" or not _mentions(node, arrays)
    if isinstance(node, ast.Call):
        known = _name(node.func) in _ELEMENTWISE
        inside = [*node.args, *(k.value for k in node.keywords)]
        if isinstance(node.func, ast.Attribute):
            inside.append(node.func.value)
        return known and all(_elementwise(n, arrays) for n in inside)
    return not _mentions(node, arrays)


def _mentions(node: ast.AST, names: frozenset[str]) -> bool:
    return any(isinstance(n, ast.Name) and n.id in names for n in walk(node))


def _holds_weights(context: FileContext, node: ast.Name) -> bool:
    """Whether a name holds what ``get_weights()`` gave, and is used by ``set_weights`` only."""
    bindings = context.names.bindings_of(node)
    values = [b.value for b in bindings if b.kind == "assign"]
    if not values or len(values) != len(bindings):
        return False
    got = all(isinstance(v, ast.Call) and _is_get(v) for v in values)
    return got and all(_setter_around(context, load) is not None for load in _loads(context, node))


def _loads(context: FileContext, name: ast.Name) -> Iterator[ast.Name]:
    scope = context.names.scope_of(name)
    for node in nodes(context.tree, ast.Name):
        if node.id == name.id and isinstance(node.ctx, ast.Load):
            if context.names.scope_of(node) is scope:
                yield node


def _setter_around(context: FileContext, node: ast.expr) -> ast.Call | None:
    """The call of ``set_weights`` that an expression is an argument of."""
    inside: ast.AST = node
    for around in context.ancestors(node):
        if isinstance(around, ast.stmt):
            return None
        if isinstance(around, ast.Call) and _name(around.func) == "set_weights":
            return around if inside is not around.func else None
        inside = around
    return None


def _is_get(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "get_weights"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
