"""How many samples a generator gives at a time: Keras 1 counted samples, Keras 3 counts batches."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from kerasmig.analysis.names.constants import constant
from kerasmig.analysis.objects.receivers import (
    FOREIGN,
    GENERATOR,
    ITERATOR,
    Receivers,
    is_a,
    own_nodes,
)
from kerasmig.text.tree import default_of

_BATCH = re.compile(r"^(mini_?)?batch_?(size|sz|s)?$|^bs$|^_?batch_?size\w*$", re.IGNORECASE)
# Position of `batch_size` in Keras' own generators.
_POSITIONS = {"flow": 2, "flow_from_directory": 5}
_KERAS_DEFAULT = 32


class BatchSize(NamedTuple):
    """The batch size of a generator.

    Args:
        text: an expression for it, that holds where the generator is used.
        value: its value, where that is certain.
        literal: the code gives it as a number.
        assumed: why it could be wrong; empty for Keras' own generators.
    """

    text: str
    value: int | None
    literal: bool
    assumed: str = ""


class BatchSizes:
    """Finds the batch sizes of the generators of one module."""

    def __init__(self, receivers: Receivers) -> None:
        self._receivers = receivers
        self._names = receivers.names

    def of(self, node: ast.expr, place: ast.AST) -> BatchSize | None:
        """The batch size of the generator that an expression gives.

        Args:
            node: the generator.
            place: where the batch size is to be written.
        """
        if isinstance(node, ast.Name):
            bindings = self._names.bindings_of(node)
            if len(bindings) != 1:
                return None
            if isinstance(bindings[0].node, ast.arg):
                return self._of_parameter(bindings[0].node, node)
            if bindings[0].value is None:
                return None
            found = self._of_call(bindings[0].value, place)
            if found is None and is_a(self._receivers.kind(node), ITERATOR):
                return BatchSize(f"{node.id}.batch_size", None, False)
            return found
        if isinstance(node, ast.Attribute):
            values = self._receivers.assigned(node)
            if len(values) == 1:
                return self._of_call(values[0], place)
            return None
        return self._of_call(node, place)

    def _of_parameter(self, parameter: ast.arg, node: ast.Name) -> BatchSize | None:
        """A generator that is handed in: only sizes that are the same everywhere count."""
        values = self._receivers.arguments_for(parameter)
        if values and all(is_a(self._receivers.kind(value), ITERATOR) for value in values):
            return BatchSize(f"{node.id}.batch_size", None, False)
        return None

    def _of_call(self, node: ast.expr, place: ast.AST) -> BatchSize | None:
        if isinstance(node, ast.Name):
            return self.of(node, place)
        if not isinstance(node, ast.Call):
            return None
        function = node.func
        if isinstance(function, ast.Name) and function.id in ("iter", "next") and node.args:
            return self.of(node.args[0], place)
        if isinstance(function, ast.Attribute) and function.attr in _POSITIONS:
            kind = self._receivers.kind(function.value)
            if is_a(kind, GENERATOR) or kind is None:
                given = _argument(node, _POSITIONS[function.attr], "batch_size")
                if given is None and _unpacks(node):
                    return None
                if given is None:
                    return BatchSize(str(_KERAS_DEFAULT), _KERAS_DEFAULT, True)
                return self._written(given, place, "")
            if kind == FOREIGN:
                return None
        return self._of_user_call(node, place)

    def _of_user_call(self, node: ast.Call, place: ast.AST) -> BatchSize | None:
        for function, module in self._receivers.functions(node.func):
            if not any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in own_nodes(function)):
                continue
            return self._of_user_function(node, place, function, module)
        # A function or class that is not in sight: an argument may be called so.
        for keyword in node.keywords:
            if keyword.arg and _BATCH.match(keyword.arg):
                return self._written(keyword.value, place, _assume(node, keyword.value))
        for value in node.args:
            name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
            if _BATCH.match(str(name)):
                return self._written(value, place, _assume(node, value))
        return None

    def _of_user_function(
        self, node: ast.Call, place: ast.AST, function: ast.FunctionDef, module: Receivers
    ) -> BatchSize | None:
        args = [*function.args.posonlyargs, *function.args.args]
        names = [a.arg for a in args]
        method = bool(names) and names[0] == "self"
        for parameter in [*args, *function.args.kwonlyargs]:
            if not _BATCH.match(parameter.arg):
                continue
            index = names.index(parameter.arg) - method if parameter.arg in names else 99
            given = _argument(node, index, parameter.arg)
            if given is not None:
                return self._written(given, place, _assume(node, given))
            default = default_of(function.args, parameter.arg)
            value = None if default is None else constant(default, module.names)
            if isinstance(value, int) and not _unpacks(node):
                why = f"every batch of `{function.name}` is taken to have {value} samples"
                return BatchSize(str(value), value, isinstance(default, ast.Constant), why)
            return None
        for used in own_nodes(function):
            if isinstance(used, ast.Name) and _BATCH.match(used.id):
                value = constant(used, module.names)
                if isinstance(value, int):
                    why = f"every batch of `{function.name}` is taken to have {value} samples"
                    same = module is self._receivers and _is_global(used, module)
                    return BatchSize(used.id if same else str(value), value, not same, why)
        return None

    def _written(self, node: ast.expr, place: ast.AST, assumed: str) -> BatchSize | None:
        """The batch size as an expression that holds at the place."""
        value = constant(node, self._names)
        number = value if isinstance(value, int) and not isinstance(value, bool) else None
        if isinstance(node, ast.Constant):
            return None if number is None else BatchSize(str(number), number, True, assumed)
        plain = isinstance(node, ast.Name) or (
            isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        )
        if plain and self._holds(node, place):
            return BatchSize(ast.unparse(node), number, False, assumed)
        return None if number is None else BatchSize(str(number), number, True, assumed)

    def _holds(self, node: ast.expr, place: ast.AST) -> bool:
        """Whether a name means the same at another place."""
        root: ast.expr = node.value if isinstance(node, ast.Attribute) else node
        if not isinstance(root, ast.Name):
            return False
        if self._receivers.enclosing_function(node) is self._receivers.enclosing_function(place):
            return True
        if root.id == "self":
            return self._receivers.enclosing_class(node) is self._receivers.enclosing_class(place)
        return _is_global(root, self._receivers)


def _is_global(node: ast.Name, receivers: Receivers) -> bool:
    bindings = receivers.names.bindings_of(node)
    return bool(bindings) and all(b.scope is receivers.names.root for b in bindings)


def _assume(call: ast.Call, value: ast.expr) -> str:
    text = ast.unparse(value)
    return f"every batch of `{ast.unparse(call.func)}` is taken to have `{text}` samples"


def _unpacks(call: ast.Call) -> bool:
    return any(isinstance(a, ast.Starred) for a in call.args) or any(
        k.arg is None for k in call.keywords
    )


def _argument(call: ast.Call, index: int, keyword: str) -> ast.expr | None:
    for given in call.keywords:
        if given.arg == keyword:
            return given.value
    if any(isinstance(a, ast.Starred) for a in call.args):
        return None
    return call.args[index] if index < len(call.args) else None
