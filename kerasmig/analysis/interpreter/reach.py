"""Which code of another module can lead to the code that is asked about.

A module that imports the file at hand is followed for what it passes to it. Most of its functions
pass nothing: they never come near the file, whatever they are given. What a definition can come
to is read from the names in it, which is far cheaper than following it, and errs on the side of
following.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from kerasmig.analysis.interpreter.values import (
    ClassValue,
    DictValue,
    Function,
    Library,
    Method,
    Module,
    Partial,
    Seq,
    Tensor,
    Unknown,
    Value,
    is_known,
)
from kerasmig.text.tree import identifiers, nodes

if TYPE_CHECKING:
    from kerasmig.analysis.dataformat.project_facts import NameResolver
    from kerasmig.analysis.interpreter.frames import Context
    from kerasmig.analysis.interpreter.machine import Interpreter

#: Names by which code says something of the ordering for all files.
TELLING = frozenset(["environ"])


class Reach:
    """Tells what may lead to some modules, as things stand: to be used before more is followed.

    Args:
        run: the interpreter that has loaded them.
        modules: the modules in question.
    """

    def __init__(self, run: Interpreter, modules: set[Context]) -> None:
        self._run = run
        self._modules = modules
        self._cleared: set[int] = set()
        self._globals: dict[int, frozenset[str]] = {}

    def leads_there(self, value: Value) -> bool:
        """Whether following a function or class may touch one of the modules.

        It may also where it changes something that other code reads: then what those pass can
        depend on it.
        """
        seen: set[int] = set()
        waiting = [value]
        while waiting:
            current = waiting.pop()
            if is_known(current) or isinstance(current, (Unknown, Tensor)):
                continue
            if id(current) in seen or id(current) in self._cleared:
                continue
            seen.add(id(current))
            following = self._next(current)
            if following is None:
                return True
            waiting += following
        self._cleared.update(seen)
        return False

    def _next(self, value: Value) -> list[Value] | None:
        """What a value leads to; ``None`` if that may be one of the modules."""
        if isinstance(value, Function):
            return self._of_function(value)
        if isinstance(value, ClassValue):
            if value.scope.module in self._modules:
                return None
            return [*value.members.values(), *value.bases]
        if isinstance(value, Module):
            return None if value.scope.module in self._modules else []
        if isinstance(value, Library):
            return list(self._run.modules_below(value.name))
        if isinstance(value, Partial):
            return [value.function, *value.args, *value.kwargs.values()]
        if isinstance(value, Method):
            return [value.receiver]
        if isinstance(value, Seq) and not value.is_list:
            return list(value.items)
        return None  # a list, dict, object, layer or model: others may see what becomes of it

    def _of_function(self, function: Function) -> list[Value] | None:
        scope, names = function.scope, identifiers(function.node)
        if scope.module in self._modules:
            return None
        if imports_project(function.node, scope.module.names, self._run.knows):
            return None
        if not (TELLING.isdisjoint(names) and self._shared(scope.module).isdisjoint(names)):
            return None
        found = [function.bound, function.owner]
        for default in function.defaults.values():
            found += _contents(default)
        for name in names:
            variable = self._run.look_up(name, scope)
            if variable is not None:
                found += self._with_members(variable[0], names)
        return found

    def _with_members(self, value: Value, names: frozenset[str]) -> Iterator[Value]:
        """A value and, of modules, what code with these names in it may take from them."""
        yield value
        if isinstance(value, Library):
            waiting = self._run.modules_below(value.name)
        else:
            waiting = [value] if isinstance(value, Module) else []
        seen: set[int] = set()
        while waiting:
            state = waiting.pop().scope.state
            taken = state if "getattr" in names else names & state.keys()
            for name in taken:
                yield state[name]
                if isinstance(state[name], Module) and id(state[name]) not in seen:
                    seen.add(id(state[name]))
                    waiting.append(state[name])

    def _shared(self, module: Context) -> frozenset[str]:
        """The variables of a module that its functions set."""
        found = self._globals.get(id(module))
        if found is None:
            statements = nodes(module.tree, ast.Global)
            found = frozenset(name for statement in statements for name in statement.names)
            self._globals[id(module)] = found
        return found


def imports_project(code: ast.AST, names: NameResolver, knows: Callable[[str], bool]) -> bool:
    """Whether a piece of code imports another module of the project.

    Args:
        names: resolves relative imports.
        knows: whether a dotted name is a module of the project.
    """
    for statement in nodes(code, ast.Import, ast.ImportFrom):
        paths = [alias.name for alias in statement.names]
        if isinstance(statement, ast.ImportFrom):
            path = names.absolute(statement)
            paths = [path, *(f"{path}.{name}".strip(".") for name in paths)]
        # Whatever is called keras is the library to the interpreter.
        others = [path for path in paths if path.partition(".")[0] != "keras"]
        if any(map(knows, others)):
            return True
    return False


def _contents(default: Value) -> Iterable[Value]:
    """The value of a parameter, or what is in it: a list or dict here is the function's own."""
    if isinstance(default, Seq):
        return default.items
    return default.state.values() if isinstance(default, DictValue) else [default]


__all__ = ["TELLING", "Reach", "imports_project"]
