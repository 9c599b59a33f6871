"""What the body of a function does to the axes of its argument."""

from __future__ import annotations

import ast

from kerasmig.analysis.interpreter.values import Function, Scope, is_known

_FUNCTIONS = frozenset(
    "abs absolute square sqrt exp log log1p expm1 sign round clip relu relu6 sigmoid tanh elu selu "
    "gelu softplus softsign hard_sigmoid leaky_relu silu swish sin cos pow power maximum minimum "
    "add subtract multiply divide negative floor ceil rsqrt reciprocal cast stop_gradient identity "
    "zeros_like ones_like isnan".split()
)
_MODULES = ("keras.ops.", "keras.backend.", "keras.activations.")
_PLAIN = (int, float)


def elementwise(function: Function) -> bool:
    """Whether a function of one tensor does the same to each of its elements."""
    arguments = function.node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if function.bound is not None or len(names) - len(arguments.defaults) != 1:
        return False
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        return False
    defaults = {name: function.defaults.get(name) for name in names[1:]}
    if not all(isinstance(value, _PLAIN) for value in defaults.values()):
        return False
    body = _Body(names[0], frozenset(names[1:]), function)
    node = function.node
    if isinstance(node, ast.Lambda):
        return body.fits(node.body)
    return body.fits_block(node.body)


class _Body:
    """Goes through the expressions of one function."""

    def __init__(self, argument: str, scalars: frozenset[str], function: Function) -> None:
        self._tensors = {argument}
        self._scalars = scalars
        self._function = function

    def fits_block(self, statements: list[ast.stmt]) -> bool:
        """Whether statements are assignments to names and one return."""
        for statement in statements:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            if isinstance(statement, ast.Return) and statement.value is not None:
                return statement is statements[-1] and self.fits(statement.value)
            if not isinstance(statement, ast.Assign) or not self.fits(statement.value):
                return False
            for target in statement.targets:
                if not isinstance(target, ast.Name):
                    return False
                self._tensors.add(target.id)
        return False

    def fits(self, node: ast.expr) -> bool:
        """Whether an expression is the argument, a number, or made of such element by element."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, _PLAIN)
        if isinstance(node, ast.Name):
            return node.id in self._tensors or node.id in self._scalars or self._is_number(node.id)
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.MatMult):
                return False
            return self.fits(node.left) and self.fits(node.right)
        if isinstance(node, ast.UnaryOp):
            return self.fits(node.operand)
        if isinstance(node, ast.Call):
            return self._fits_call(node)
        return False

    def _fits_call(self, node: ast.Call) -> bool:
        path = self._function.scope.module.names.path(node.func) or ""
        last = path.rpartition(".")[2]
        plain = isinstance(node.func, ast.Name) and node.func.id == "abs" and not path
        if not plain and not (path.startswith(_MODULES) and last in _FUNCTIONS):
            return False
        given = [*node.args, *(k.value for k in node.keywords)]
        if last == "cast":
            given = given[:1]
        return all(not isinstance(a, ast.Starred) and self.fits(a) for a in given)

    def _is_number(self, name: str) -> bool:
        scope: Scope | None = self._function.scope
        while scope is not None:
            if name in scope.state:
                value = scope.state[name]
                return is_known(value) and isinstance(value, _PLAIN)
            scope = scope.parent
        return False


__all__ = ["elementwise"]
