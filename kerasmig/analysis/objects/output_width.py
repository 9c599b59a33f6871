"""How many numbers a model gives per sample: the units of its last layer, where they are certain."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.names.constants import constant
from kerasmig.analysis.names.resolution import Names
from kerasmig.analysis.objects.receivers import SEQUENTIAL, Receivers
from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import known_layer
from kerasmig.text.tree import nodes

_MAX_DEPTH = 20


class OutputWidths:
    """The widths of the models of one module."""

    def __init__(self, names: Names, receivers: Receivers) -> None:
        self._names = names
        self._receivers = receivers

    def of_model(self, node: ast.expr, depth: int = 0) -> int | None:
        """Units of the last layer of the model that an expression gives; ``None``: not certain."""
        if depth > _MAX_DEPTH:
            return None
        if isinstance(node, ast.Name):
            values = [b.value for b in self._names.bindings_of(node)]
            if len(values) != 1 or values[0] is None:
                return None
            if self._receivers.kind(node) == SEQUENTIAL and self._is_empty(values[0]):
                return self._added(node)
            return self.of_model(values[0], depth + 1)
        if isinstance(node, ast.Attribute):
            assigned = self._receivers.assigned(node)
            if len(assigned) != 1:
                return None
            if self._receivers.kind(node) == SEQUENTIAL and self._is_empty(assigned[0]):
                return self._added(node)
            return self.of_model(assigned[0], depth + 1)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        return None

    def _is_empty(self, node: ast.expr) -> bool:
        """Whether an expression makes a Sequential without layers."""
        if not isinstance(node, ast.Call) or node.args:
            return False
        return (self._names.keras_name(node.func) or "").endswith(".Sequential")

    def _call(self, node: ast.Call, depth: int) -> int | None:
        name = self._names.keras_name(node.func)
        if name is not None:
            short = name.rpartition(".")[2]
            if short == "Sequential":
                layers = node.args[0] if node.args else None
                if isinstance(layers, ast.List) and layers.elts:
                    return self._last(layers.elts)
                return None
            if short in ("Model", "Functional"):
                return self._of_tensor(_argument(node, 1, "output", "outputs"), depth + 1)
            return None
        for function, module in self._receivers.functions(node.func):
            found = {module.widths.of_model(value, depth + 1) for value in module.returns(function)}
            if len(found) == 1:
                return found.pop()
        return None

    def _of_tensor(self, node: ast.expr | None, depth: int) -> int | None:
        """Width of a tensor: ``Dense(10)(x)`` and what keeps it."""
        if node is None or depth > _MAX_DEPTH:
            return None
        if isinstance(node, ast.List) and len(node.elts) == 1:
            return self._of_tensor(node.elts[0], depth + 1)
        if isinstance(node, ast.Name):
            values = [b.value for b in self._names.bindings_of(node)]
            return self._of_tensor(values[0], depth + 1) if len(values) == 1 else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Call):
            kept, width = self._layer(node.func)
            if kept and node.args:
                return self._of_tensor(node.args[0], depth + 1)
            return width
        return None

    def _added(self, receiver: ast.expr) -> int | None:
        """The last layer that is added to a Sequential, if they are all added in one place."""
        layers: list[ast.expr] = []
        wanted = ast.dump(receiver).replace("Store()", "Load()")
        for call in _calls(self._names.tree):
            function = call.func
            if not isinstance(function, ast.Attribute) or function.attr not in ("add", "pop"):
                continue
            if ast.dump(function.value) != wanted:
                continue
            if isinstance(receiver, ast.Name) and isinstance(function.value, ast.Name):
                ours = {id(b.scope) for b in self._names.bindings_of(receiver)}
                theirs = {id(b.scope) for b in self._names.bindings_of(function.value)}
                if ours != theirs:
                    continue
            if function.attr == "pop" or len(call.args) != 1:
                return None
            layers.append(call.args[0])
        return self._last(layers) if layers else None

    def _last(self, layers: list[ast.expr]) -> int | None:
        for layer in reversed(layers):
            if not isinstance(layer, ast.Call):
                return None
            kept, width = self._layer(layer)
            if not kept:
                return width
        return None

    def _layer(self, call: ast.Call) -> tuple[bool, int | None]:
        """Whether a layer keeps the width, and else what it makes it."""
        name = self._names.keras_name(call.func) or ""
        layer = known_layer(name.rpartition(".")[2]) if name.startswith("keras.layers.") else None
        if layer is None:
            return False, None
        if layer.facts.keeps_width:
            return True, None
        if layer.facts.role is Role.DENSE and layer.takes_vectors:
            units = _argument(call, 0, "output_dim", "units")
            value = None if units is None else constant(units, self._names)
            return False, value if isinstance(value, int) else None
        return False, None


def _argument(call: ast.Call, index: int, *keywords: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in keywords:
            return keyword.value
    if any(isinstance(a, ast.Starred) for a in call.args[: index + 1]):
        return None
    return call.args[index] if index < len(call.args) else None


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    """All calls that stand alone as statements, in the order of the text."""
    found = [node.value for node in nodes(tree, ast.Expr) if isinstance(node.value, ast.Call)]
    found.sort(key=lambda call: (call.lineno, call.col_offset))
    return iter(found)
