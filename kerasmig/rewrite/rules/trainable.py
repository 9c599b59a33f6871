"""``model.trainable = False`` after ``compile``: Keras 3 heeds it where Keras 1 did not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.names.scopes import start_of
from kerasmig.analysis.objects.receivers import CONTAINER, is_a
from kerasmig.finding import Applicability, Finding
from kerasmig.rewrite.calls.methods import MODEL_NAME, last_name
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule
from kerasmig.rewrite.rules.layers import starts_sequential
from kerasmig.text.tree import nodes, walk

CODE = "KM401"
BEGINNINGS = "KM608"


@file_rule
def trainable(context: FileContext) -> Iterator[Finding]:
    """What is trained was settled by `compile`; it is settled by the first training call today."""
    if not context.speaks_keras1 or not context.settings.idiomatic:
        return  # `compile_model` trains what was trainable when it was called
    compiled = [
        use.receiver for use in context.method_uses if use.row.name == "compile" and use.call
    ]
    for node in nodes(context.tree, ast.Assign):
        for target in node.targets:
            if (
                isinstance(target, ast.Attribute)
                and target.attr == "trainable"
                and compiled
                and _comes_after(context, target, compiled)
            ):
                yield context.finding(
                    CODE,
                    node,
                    "trainable: Keras 1 trained what was trainable when a model was compiled, Keras "
                    "3 (3.15) trains what is when it is first trained: set it before the first "
                    "training call of this model, and of each model that holds it, to what it was "
                    "when that was compiled",
                    Applicability.MANUAL,
                    name="trainable",
                )


@file_rule
def frozen_beginnings(context: FileContext) -> Iterator[Finding]:
    """``base.trainable = False`` where a Sequential begins with ``base``: Keras 1 did not heed it.

    It built the graph from the layers of ``base``, and each of those is asked whether it is trainable.
    """
    if not context.speaks_keras1 or not context.settings.wants(BEGINNINGS):
        return
    identity = context.receivers.identity
    beginnings = {
        identity(name)
        for name in [*context.names.loads, *nodes(context.tree, ast.Attribute)]
        if isinstance(context.parent(name), (ast.List, ast.Tuple, ast.Call))
        and starts_sequential(context, name)
    }
    for node in nodes(context.tree, ast.Assign):
        for target in node.targets:
            if not (isinstance(target, ast.Attribute) and target.attr == "trainable"):
                continue
            kind = context.receivers.kind(target.value)
            model = is_a(kind, CONTAINER) or (
                kind is None and MODEL_NAME.search(last_name(target.value)) is not None
            )
            if not model or identity(target.value) not in beginnings:
                continue
            if context.constant(node.value) is not True and not context.directives.ignores(
                BEGINNINGS, node
            ):
                yield context.finding(
                    BEGINNINGS,
                    node,
                    "trainable: a Sequential begins with this model, and Keras 1 went on training "
                    "its layers there, whatever this says; Keras 3 trains none of them: take the "
                    "line out to train as before, or keep it if they are to stay as they are",
                    Applicability.MANUAL,
                    name="trainable",
                )


def _comes_after(context: FileContext, target: ast.Attribute, compiled: list[ast.expr]) -> bool:
    """Whether a model's switch is set when it, or one that holds it, will not be compiled again."""
    receiver = _model_of(context, target.value)
    kind = context.receivers.kind(receiver)
    identity = context.receivers.identity
    same = any(identity(c) == identity(receiver) for c in compiled)
    if kind is None and not same:
        # `def set_trainable(net, value)` is called between training calls.
        return _is_parameter(context, receiver)
    if not (is_a(kind, CONTAINER) or (kind is None and MODEL_NAME.search(last_name(receiver)))):
        return False
    last = {identity(c): c for c in sorted(compiled, key=start_of)}
    return any(
        start_of(other) < start_of(target)
        and (identity(other) == identity(receiver) or _holds(context, other, receiver))
        for other in last.values()
    )


def _holds(context: FileContext, model: ast.expr, part: ast.expr) -> bool:
    """Whether one model is built of another, as far as the names tell."""
    wanted = ast.unparse(part)
    waiting: list[ast.expr] = [model]
    for call in context.calls:
        added = isinstance(call.func, ast.Attribute) and call.func.attr == "add" and call.args
        if added and ast.unparse(call.func.value) == ast.unparse(model):  # type: ignore[attr-defined]
            waiting.append(call.args[0])
    seen: set[int] = set()
    while waiting:
        for node in walk(waiting.pop()):
            if id(node) in seen or not isinstance(node, (ast.Name, ast.Attribute)):
                continue
            seen.add(id(node))
            if node is not model and ast.unparse(node) == wanted:
                return True
            if isinstance(node, ast.Attribute):
                waiting += context.receivers.assigned(node)
            else:
                values = (binding.value for binding in context.names.bindings_of(node))
                waiting += [value for value in values if value is not None]
    return False


def _model_of(context: FileContext, node: ast.expr) -> ast.expr:
    """The model whose layers a loop goes over, where the switch is that of the loop's layer."""
    bindings = context.names.bindings_of(node) if isinstance(node, ast.Name) else []
    loop = context.parent(bindings[0].node) if len(bindings) == 1 else None
    if isinstance(loop, ast.For) and loop.target is bindings[0].node:
        layers = loop.iter.value if isinstance(loop.iter, ast.Subscript) else loop.iter
        if isinstance(layers, ast.Attribute) and layers.attr == "layers":
            return layers.value
    return node


def _is_parameter(context: FileContext, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and any(
        binding.kind == "param" and node.id != "self" for binding in context.names.bindings_of(node)
    )
