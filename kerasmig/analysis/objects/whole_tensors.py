"""Whether a tensor may hold whole numbers: TensorFlow 1 divided those without a rest.

Tensors of Keras are floats unless the code says otherwise: it asks for an integer type, or for
positions, shapes and counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from kerasmig.analysis.names.constants import UNKNOWN, constant
from kerasmig.analysis.names.resolution import Names
from kerasmig.analysis.objects.receivers import Receivers
from kerasmig.text.tree import nodes

_MAX_DEPTH = 20
#: Functions of backend and TensorFlow whose result is whole, whatever they are given.
_WHOLE = frozenset(
    "argmax argmin shape arange range any all count_nonzero bincount size rank int_shape ndim".split()
)
#: Those that give the kind of what they are given.
_PASS_ON = frozenset(
    "sum max min prod abs square sign round clip clip_by_value maximum minimum pow reshape flatten "
    "batch_flatten gather concatenate concat stack pack unpack unstack transpose permute_dimensions "
    "squeeze expand_dims repeat repeat_elements tile reverse stop_gradient identity map_fn foldl "
    "foldr switch where cumsum cumprod dot batch_dot matmul multiply add subtract mul sub "
    "zeros_like ones_like reduce_sum reduce_max reduce_min reduce_prod mean var reduce_mean".split()
)
#: Those that give the type that they are asked for, floats if none.
_TYPED = frozenset(
    "cast variable placeholder constant zeros ones zeros_like ones_like convert_to_tensor to_int32 "
    "to_int64 Variable Input random_uniform eye one_hot".split()
)
_TARGETS = ("true", "pred")


class WholeTensors:
    """What is known of the tensors of one module.

    Args:
        names, receivers: its scopes, and what its objects are.
        calls: all calls of the module.
    """

    def __init__(self, names: Names, receivers: Receivers, calls: list[ast.Call]) -> None:
        self._receivers = receivers
        self._names = names
        self._calls = calls

    def maybe(self, node: ast.expr, depth: int = 0) -> bool:
        """Whether an expression may give whole numbers."""
        if depth > _MAX_DEPTH:
            return self.occur
        if isinstance(node, ast.Call):
            return self._call(node, depth + 1)
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.Div):
                return False
            sides = (node.left, node.right)
            return any(self.maybe(s, depth + 1) for s in sides if not isinstance(s, ast.Constant))
        if isinstance(node, (ast.UnaryOp, ast.Subscript, ast.Starred)):
            inner = node.operand if isinstance(node, ast.UnaryOp) else node.value
            return self.maybe(inner, depth + 1)
        if isinstance(node, ast.IfExp):
            return self.maybe(node.body, depth + 1) or self.maybe(node.orelse, depth + 1)
        if isinstance(node, (ast.List, ast.Tuple)):
            return any(self.maybe(element, depth + 1) for element in node.elts)
        return isinstance(node, ast.Name) and self._name(node, depth + 1)

    @cached_property
    def occur(self) -> bool:
        """Whether any call of the module makes whole tensors."""
        return any(self._makes(call) for call in self._calls)

    @cached_property
    def _inputs(self) -> bool:
        """Whether a model of the module is fed with whole numbers."""
        return any(
            (_last(call.func) in ("Input", "placeholder") and self._of_type(call))
            or any(k.arg == "input_dtype" and self._is_whole(k.value) for k in call.keywords)
            for call in self._calls
        )

    def _makes(self, call: ast.Call) -> bool:
        name = _last(call.func)
        if name in _WHOLE:
            return self._of_library(call)
        return name in _TYPED and self._of_type(call)

    def _of_library(self, call: ast.Call) -> bool:
        """Whether a function is of Keras' backend or of TensorFlow, not NumPy's or a method."""
        if self._names.keras_name(call.func) is not None:
            return True
        root = call.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        return any((b.path or "").startswith("tensorflow") for b in self._names.bindings_of(root))

    def _of_type(self, call: ast.Call) -> bool:
        """Whether a call asks for an integer type, or for one that only the run tells."""
        name = _last(call.func)
        if name.startswith("to_int"):
            return True
        types = [k.value for k in call.keywords if k.arg == "dtype"]
        types += call.args[1:2] if name == "cast" else []
        return any(map(self._is_whole, call.args[1:])) or any(
            self._is_whole(node) or self._is_open(node) for node in types
        )

    def _is_whole(self, node: ast.expr) -> bool:
        value = constant(node, self._names)
        if value is UNKNOWN:
            value = _last(node)
        return isinstance(value, str) and value.startswith(("int", "uint"))

    def _is_open(self, node: ast.expr) -> bool:
        """Whether nothing tells the type; that of Keras, or of another tensor, is a float's."""
        if constant(node, self._names) is not UNKNOWN or "float" in _last(node):
            return False
        name = _last(node.func) if isinstance(node, ast.Call) else _last(node)
        return name not in ("floatx", "dtype", "_FLOATX")

    def _call(self, node: ast.Call, depth: int) -> bool:
        name = _last(node.func)
        functions = self._receivers.functions(node.func)
        if functions:
            return any(self._returns(function, module, depth) for function, module in functions)
        if self._makes(node):
            return True
        if name in _PASS_ON:
            typed = [a for a in node.args if isinstance(a, ast.expr)]
            return any(self.maybe(argument, depth) for argument in typed)
        return False

    def _returns(self, function: ast.FunctionDef, module: Receivers, depth: int) -> bool:
        if module is not self._receivers:
            return self.occur
        values = [n.value for n in nodes(function, ast.Return) if n.value is not None]
        return any(self.maybe(value, depth) for value in values)

    def _name(self, node: ast.Name, depth: int) -> bool:
        bindings = self._names.bindings_of(node)
        for binding in bindings:
            if binding.kind == "param":
                whole = self._parameter(node, depth)
            elif binding.value is None:
                whole = self.occur
            else:
                whole = self.maybe(binding.value, depth)
            if whole:
                return True
        return False

    def _parameter(self, node: ast.Name, depth: int) -> bool:
        """Whether a parameter may be given whole numbers: by a call here, or by a model's input."""
        if any(word in node.id for word in _TARGETS):
            return False  # of a loss: they have the type of the output
        function = self._receivers.enclosing_function(node)
        while function is not None and node.id not in _parameters(function):
            function = self._receivers.enclosing_function(function)
        if function is None:
            return self.occur
        given = list(self._given(function, node.id))
        return any(self.maybe(value, depth) for value in given) or self._inputs

    def _given(self, function: ast.AST, name: str) -> Iterator[ast.expr]:
        """What the calls of the module give for a parameter of a function."""
        if not isinstance(function, (ast.FunctionDef, ast.Lambda)):
            return
        place = _parameters(function).index(name)
        for call in self._calls:
            if isinstance(function, ast.FunctionDef):
                called = _last(call.func) == function.name
            else:
                called = self._called_lambda(call.func) is function
            if called:
                yield from call.args[place : place + 1]
                yield from (k.value for k in call.keywords if k.arg == name)

    def _called_lambda(self, node: ast.expr) -> ast.expr | None:
        if not isinstance(node, ast.Name):
            return node
        values = [b.value for b in self._names.bindings_of(node)]
        return values[0] if len(values) == 1 else None


def _parameters(function: ast.AST) -> list[str]:
    arguments = function.args if isinstance(function, (ast.FunctionDef, ast.Lambda)) else None
    if arguments is None:
        return []
    return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
