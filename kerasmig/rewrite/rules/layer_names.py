"""Automatic names of layers where code looks layers up by them: ``get_layer('dense_2')``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.objects.receivers import FOREIGN
from kerasmig.catalog.layer_names import (
    CODE,
    automatic,
    todays_class,
    todays_name,
    todays_part,
)
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.calls.methods import last_name
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.text.tree import default_of, nodes, walk

_BY_NAME = ("compile", "fit", "evaluate", "predict", "train_on_batch", "test_on_batch")
_SEQUENTIAL = "keras.models.Sequential"
_MAX_DEPTH = 4  # of names for lists of names
_INPUT = "keras.engine.topology.InputLayer"


@file_rule
def layer_names(context: FileContext) -> Iterator[Finding]:
    """Names are rewritten where only the count and the spelling changed, else reported."""
    if not context.settings.wants(CODE) or b"keras" not in context.text.utf8:
        return
    seen: set[int] = set()
    for literal in _names(context):
        name = literal.value
        assert isinstance(name, str)
        found = automatic(name)
        if found is None or id(literal) in seen or name in context.given_names:
            continue
        seen.add(id(literal))
        if context.directives.ignores(CODE, literal):
            continue
        kind, number = found
        if not (context.speaks_keras1 or _only_keras1(context, kind)):
            continue
        made, why = todays_class(kind), _trouble(context, kind)
        new = todays_name(made, number) if made is not None else ""
        if not new:
            why = "several classes took its place"
        elif not why and _spelled_the_same(kind):
            why = f"Keras 3 would call the layer {new!r}"
        if why:
            yield context.finding(
                CODE,
                literal,
                f"{name!r} is a name that Keras 1 gave, and {why}: give the layer a `name`",
                Applicability.MANUAL,
                name=name,
            )
            continue
        text = context.text.of(literal)
        yield context.finding(
            CODE,
            literal,
            f"{name!r} → {new!r}, as Keras 3 counts; the layers are taken to be made in this order",
            Applicability.ASSUMED,
            name=name,
            edits=(Edit(context.text.span(literal), (text.replace(name, new),)),),
        )


@file_rule
def parts_of_names(context: FileContext) -> Iterator[Finding]:
    """``layer.name.startswith('convolution')``: beginnings and parts of automatic names."""
    if not context.settings.wants(CODE) or not context.speaks_keras1:
        return
    used = {use.name for use in context.uses}
    for literal, begins in _parts(context):
        part = literal.value
        assert isinstance(part, str)
        found = todays_part(part, begins=begins)
        if found is None or context.directives.ignores(CODE, literal):
            continue
        new, others = found
        also = sorted(kind.rpartition(".")[2] for kind in others & used)
        if not new or also:
            why = (
                f"so are those of {' and '.join(also)}" if also else "several names took its place"
            )
            yield context.finding(
                CODE,
                literal,
                f"{part!r} is of the names that Keras 1 gave; today "
                + (f"they have {new!r} in common, and {why}" if new else why)
                + ": give the layers names of your own",
                Applicability.MANUAL,
                name=part,
            )
            continue
        text = context.text.of(literal)
        yield context.finding(
            CODE,
            literal,
            f"{part!r} → {new!r}, as Keras 3 names layers",
            Applicability.ASSUMED,
            name=part,
            edits=(Edit(context.text.span(literal), (text.replace(part, new),)),),
        )


def _parts(context: FileContext) -> Iterator[tuple[ast.Constant, bool]]:
    """The strings that names of layers are asked for, and whether as their beginning."""
    for call in context.calls:
        if not isinstance(call.func, ast.Attribute) or not call.args:
            continue
        if call.func.attr in ("startswith", "find", "index", "count") and _is_name(
            context, call.func.value
        ):
            yield from (
                (c, call.func.attr == "startswith") for c in _constants(context, call.args[0])
            )
    for comparison in nodes(context.tree, ast.Compare):
        if isinstance(comparison.ops[0], (ast.In, ast.NotIn)) and _is_name(
            context, comparison.comparators[0]
        ):
            yield from ((c, False) for c in _constants(context, comparison.left))


def _is_name(context: FileContext, node: ast.expr) -> bool:
    """Whether an expression is the name of a layer, perhaps by way of a variable."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value  # name.lower()
    if isinstance(node, ast.Attribute):
        return node.attr == "name" and context.receivers.kind(node.value) != FOREIGN
    if not isinstance(node, ast.Name):
        return False
    values = [b.value for b in context.names.bindings_of(node) if b.value is not None]
    return any(isinstance(v, ast.Attribute) and v.attr == "name" for v in values)


def _only_keras1(context: FileContext, kind: str) -> bool:
    """Whether a name is spelled as Keras 1 alone did: Keras 2 wrote ``batch_normalization_1``.

    A file of today that makes such layers itself was left alone before, for a reason.
    """
    if kind == _INPUT or _spelled_the_same(kind):
        return False
    return not any(use.name == kind for use in context.uses)


def _spelled_the_same(kind: str) -> bool:
    """Whether a later run could not tell a name of today from one of Keras 1."""
    made = todays_class(kind)
    return made is None or automatic(todays_name(made, 2)) == (kind, 1)


def _trouble(context: FileContext, kind: str) -> str:
    """Why the count of today cannot be told from that of Keras 1."""
    used = {use.name for use in context.uses}
    if kind == _INPUT:
        return "a Sequential's input is counted today" if _SEQUENTIAL in used else ""
    made = todays_class(kind)
    for other in sorted(used - {kind}):
        named = automatic(f"{other.rpartition('.')[2].lower()}_1")
        if named is not None and named[0] == other and todays_class(other) == made:
            return f"{other.rpartition('.')[2]} counts with it today"
    return ""


def _names(context: FileContext) -> Iterator[ast.Constant]:
    """The string constants by which the file looks layers up."""
    for call in context.calls:
        yield from _of_call(context, call)
    for comparison in nodes(context.tree, ast.Compare):
        if isinstance(comparison.left, ast.Attribute) and comparison.left.attr == "name":
            for side in comparison.comparators:
                yield from _constants(context, side)
    by_name = _by_layer_name(context)
    for node in nodes(context.tree, ast.Subscript):
        named = last_name(node.value)
        if "layer" in named.lower() or named in by_name:
            yield from _constants(context, node.slice)


def _by_layer_name(context: FileContext) -> frozenset[str]:
    """The dictionaries whose keys are names of layers: ``{layer.name: layer for layer in ...}``."""
    found: set[str] = set()
    for binding in context.names.assignments:
        if binding.value is not None and _has_names_for_keys(binding.value):
            found.add(binding.name)
    for node in nodes(context.tree, ast.Subscript):
        if isinstance(node.ctx, ast.Store) and _is_layer_name(node.slice):
            found.add(last_name(node.value))
    return frozenset(found)


def _has_names_for_keys(value: ast.expr) -> bool:
    if isinstance(value, ast.DictComp):
        return _is_layer_name(value.key)
    if isinstance(value, ast.Call) and last_name(value.func) in ("dict", "OrderedDict"):
        return any(
            isinstance(part, ast.Tuple) and bool(part.elts) and _is_layer_name(part.elts[0])
            for argument in value.args
            for part in walk(argument)
        )
    return False


def _is_layer_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "name"


def _of_call(context: FileContext, call: ast.Call) -> Iterator[ast.Constant]:
    if not isinstance(call.func, ast.Attribute):
        return
    if call.func.attr == "get_layer":
        given = [*call.args[:1], *(k.value for k in call.keywords if k.arg in ("name", None))]
        for value in given:
            yield from _constants(context, value)
    elif call.func.attr in _BY_NAME:
        for value in [*call.args, *(k.value for k in call.keywords)]:
            if isinstance(value, ast.Dict):
                for key in value.keys:
                    if key is not None:
                        yield from _constants(context, key)


def _constants(context: FileContext, node: ast.expr, depth: int = 0) -> Iterator[ast.Constant]:
    """The string constants that an expression may be, or hold."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        for element in node.elts:
            yield from _constants(context, element, depth)
    elif isinstance(node, ast.Name) and depth < _MAX_DEPTH:
        for binding in context.names.bindings_of(node):
            value = binding.value
            if isinstance(value, (ast.Constant, ast.List, ast.Tuple)):
                yield from _constants(context, value, depth + 1)
            around = context.parent(binding.node)
            if isinstance(around, (ast.For, ast.comprehension)) and around.target is binding.node:
                yield from _constants(context, around.iter, depth + 1)
            elif isinstance(around, ast.arguments):
                default = default_of(around, binding.name)
                if default is not None:
                    yield from _constants(context, default, depth + 1)
