"""Which attributes of a user's layer are weights, and whether they are trained."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from kerasmig.analysis.objects.receivers import LAYER, is_a
from kerasmig.rewrite.context import FileContext
from kerasmig.text.tree import nodes

_LISTS = ("trainable_weights", "non_trainable_weights")


class WeightList(NamedTuple):
    """A statement that lists weights: ``self.trainable_weights = [self.W]``.

    Args:
        names: the attributes listed; ``None`` where something else is in the list.
        removable: it assigns, so that it must go.
    """

    node: ast.stmt
    kind: str
    names: tuple[str, ...] | None
    removable: bool


def own_attribute(node: ast.AST | None) -> str | None:
    """``name`` of ``self.name``."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id == "self" else None
    return None


def weight_lists(owner: ast.ClassDef) -> Iterator[WeightList]:
    """All statements of a class that list weights."""
    for node in nodes(owner, ast.Assign, ast.AugAssign, ast.Expr):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value, removable = node.targets[0], node.value, True
        elif isinstance(node, ast.AugAssign):
            target, value, removable = node.target, node.value, True
        elif (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr in ("append", "extend")
            and len(node.value.args) == 1
        ):
            target, value, removable = node.value.func.value, node.value.args[0], False
            if node.value.func.attr == "append":
                value = ast.List([value], ast.Load())
        else:
            continue
        kind = own_attribute(target)
        if kind in _LISTS:
            yield WeightList(node, str(kind), _names(value), removable)


def _names(value: ast.expr) -> tuple[str, ...] | None:
    if not isinstance(value, (ast.List, ast.Tuple)):
        return None
    names = [own_attribute(element) for element in value.elts]
    return None if None in names else tuple(str(name) for name in names)


def trained(owner: ast.ClassDef, name: str) -> bool | None:
    """Whether Keras 1 trained an attribute of a layer; ``None`` if that is not certain."""
    certain = True
    for listed in weight_lists(owner):
        if listed.kind != "trainable_weights":
            continue
        if listed.names is None:
            certain = False
        elif name in listed.names:
            return True
    return False if certain else None


def assigned_weight(context: FileContext, call: ast.Call) -> tuple[ast.ClassDef, str] | None:
    """The layer class and the attribute that a call's value is assigned to, if it is so."""
    parent = context.parent(call)
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1:
        return None
    name = own_attribute(parent.targets[0])
    owner = context.receivers.enclosing_class(call)
    if name is None or owner is None or not is_a(context.receivers.class_kind(owner), LAYER):
        return None
    return owner, name
