"""How a project calls its functions: the arguments with which to call a builder of models."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

from kerasmig.verify.caller.places import top_level_constants
from kerasmig.verify.protocol import Call


class CallSites:
    """The calls in all files of a tree, which is gone through once.

    Args:
        trees: each file's syntax tree.
    """

    def __init__(self, trees: Mapping[str, ast.Module]) -> None:
        self._calls: defaultdict[str, list[tuple[ast.Module, ast.AST, ast.Call]]]
        self._calls = defaultdict(list)
        self._constants: dict[int, dict[str, str]] = {}
        for tree in trees.values():
            for called, body, node in _calls(tree):
                self._calls[called].append((tree, body, node))

    def of(self, qualname: str, limit: int = 4) -> list[Call]:
        """Ways in which the project calls a function, in the order of files and lines, each once."""
        name = qualname.rpartition(".")[2]
        if name == "__init__":
            name = qualname.split(".")[-2]
        calls: dict[str, Call] = {}
        for tree, body, node in self._calls.get(name, ()):
            source = _arguments(node)
            if source not in calls and len(calls) < limit:
                bound = {**self._names(tree), **_bindings(body, node)}
                calls[source] = Call(source, bound)
        return list(calls.values())

    def _names(self, tree: ast.Module) -> dict[str, str]:
        """Constants and imports of a file, as source."""
        found = self._constants.get(id(tree))
        if found is None:
            found = {k: repr(v) for k, v in top_level_constants(tree) if _plain(v)}
            found.update(_imports(tree))
            self._constants[id(tree)] = found
        return found


def _arguments(node: ast.Call) -> str:
    named = (
        (
            f"{keyword.arg}={ast.unparse(keyword.value)}"
            if keyword.arg
            else f"**{ast.unparse(keyword.value)}"
        )
        for keyword in node.keywords
    )
    return ", ".join([*(ast.unparse(argument) for argument in node.args), *named])


def _imports(tree: ast.Module) -> dict[str, str]:
    """Expressions that do what the imports of a file do, by the names they bind."""
    found: dict[str, str] = {}
    module = "__import__('importlib').import_module({!r})"
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or name] = module.format(name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if alias.name != "*":
                    found[alias.asname or alias.name] = f"{module.format(node.module)}.{alias.name}"
    return found


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.AST, ast.Call]]:
    """All calls: what is called, and the function (or module) that the call stands in."""
    stack: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while stack:
        body, node = stack.pop()
        if isinstance(node, ast.Call):
            func = node.func
            called = func.id if isinstance(func, ast.Name) else getattr(func, "attr", None)
            if called is not None:
                yield called, body, node
        inner = node if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else body
        stack.extend((inner, child) for child in reversed(list(ast.iter_child_nodes(node))))


def _bindings(body: ast.AST, call: ast.Call) -> dict[str, str]:
    """Source of what local names are bound to ahead of a call, the last binding of each.

    Parameters are bound to their defaults: the function itself may be called without arguments.
    """
    if not isinstance(body, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {}
    positional = [*body.args.posonlyargs, *body.args.args]
    defaults = body.args.defaults
    pairs: list[tuple[ast.arg, ast.expr | None]] = [
        *zip(positional[len(positional) - len(defaults) :], defaults, strict=True),
        *zip(body.args.kwonlyargs, body.args.kw_defaults, strict=True),
    ]
    bound = {arg.arg: ast.unparse(value) for arg, value in pairs if value is not None}
    for node in ast.walk(body):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and node.lineno < call.lineno:
            bound.update(_bound(node.targets[0], node.value))
    return bound


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    """Names that an assignment binds, with source of what each is bound to."""
    if isinstance(target, ast.Name):
        yield target.id, ast.unparse(value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        if isinstance(value, (ast.Tuple, ast.List)):
            if len(target.elts) == len(value.elts):
                for one, its_value in zip(target.elts, value.elts, strict=True):
                    yield from _bound(one, its_value)
        elif isinstance(value, (ast.Name, ast.Attribute)):  # a call would be made once for each
            for position, one in enumerate(target.elts):
                if isinstance(one, ast.Name):
                    yield one.id, f"{ast.unparse(value)}[{position}]"


def _plain(value: object) -> bool:
    """Whether a constant is the same when read back from its source."""
    if isinstance(value, (tuple, list)):
        return all(_plain(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str))
