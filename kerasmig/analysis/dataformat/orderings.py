"""Which variables of a file hold an image ordering, and which string literals mean one.

Variables are known by their names: ``dim_ordering`` as a parameter, an attribute and a keyword is
one carrier, so that what is renamed in one place is renamed in all, also across files.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cached_property

from kerasmig.text.tree import nodes, parents

ORDERINGS = ("th", "tf")
_GETTERS = (
    "keras.backend.image_dim_ordering",
    "keras.backend.image_data_format",
    "keras.config.image_data_format",
)
#: What Keras 1 itself called it; authors took the name over.
_CONVENTION = frozenset({"dim_ordering", "image_dim_ordering"})


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.For, ast.comprehension)


class Orderings:
    """The orderings of one file.

    Args:
        tree: the module.
        keras_name: resolves an expression to a canonical Keras name.
    """

    def __init__(self, tree: ast.Module, keras_name: Callable[[ast.expr], str | None]) -> None:
        self._tree = tree
        self._parents = parents(tree)
        self._keras_name = keras_name

    def holds(self, node: ast.expr) -> bool:
        """Whether an expression has an ordering as its value."""
        if isinstance(node, ast.Call):
            return self._keras_name(node.func) in _GETTERS or _name(node.func) in self.carriers
        if isinstance(node, ast.Name):
            return node.id in self.carriers
        if isinstance(node, ast.Attribute):
            return node.attr in self.carriers
        if isinstance(node, ast.IfExp):
            return self.holds(node.body) or self.holds(node.orelse)
        if isinstance(node, ast.BoolOp):
            return any(self.holds(value) for value in node.values)
        return False

    @cached_property
    def carriers(self) -> frozenset[str]:
        """Names of variables, parameters, attributes and functions that give an ordering."""
        if not self._mentioned and not self._calls_getter:
            return frozenset()
        found = set(_CONVENTION)
        while True:
            flows = [*self._flows, *self._returns]
            more = {name for name, value in flows if self._is_source(value, found)}
            # `order = backend`, and `order` is an ordering: so is what it was taken from.
            taken = (value for name, value in self._flows if name in found)
            more |= {source for value in taken for source in _sources(value)}
            if more <= found:
                return frozenset(found)
            found |= more

    @cached_property
    def _mentioned(self) -> bool:
        """Whether 'th' or 'tf' stands anywhere in the file."""
        return any(map(_is_ordering, nodes(self._tree, ast.Constant)))

    @cached_property
    def _calls_getter(self) -> bool:
        calls = nodes(self._tree, ast.Call)
        return any(self._keras_name(node.func) in _GETTERS for node in calls)

    @cached_property
    def _flows(self) -> list[tuple[str, ast.expr]]:
        """Every name that takes a value: by assignment or default."""
        flows: list[tuple[str, ast.expr]] = []
        for node in nodes(self._tree, ast.Assign):
            flows += [(name, node.value) for t in node.targets if (name := _name(t))]
        for function in nodes(self._tree, *_FUNCTIONS):
            flows += list(_defaults(function.args))
        for call in nodes(self._tree, ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument":
                flows += list(_option(call))
        for keyword in nodes(self._tree, ast.keyword):
            if keyword.arg in _CONVENTION and (name := _name(keyword.value)):
                # What is passed on as `dim_ordering=` holds an ordering.
                flows.append((name, ast.Name("dim_ordering")))
        for loop in nodes(self._tree, *_LOOPS):
            flows += _loop_values(loop)
        return flows

    @cached_property
    def _returns(self) -> list[tuple[str, ast.expr]]:
        """Every function with what it returns."""
        return [flow for given in nodes(self._tree, ast.Return) for flow in self._returned(given)]

    def _returned(self, node: ast.Return) -> Iterator[tuple[str, ast.expr]]:
        """What a function gives, also by way of those inside it."""
        around = self._parents.get(node)
        while around is not None and node.value is not None:
            if isinstance(around, ast.FunctionDef):
                yield around.name, node.value
            around = self._parents.get(around)

    def _is_source(self, value: ast.expr, found: set[str]) -> bool:
        if isinstance(value, ast.Call):
            return self._keras_name(value.func) in _GETTERS or _name(value.func) in found
        if isinstance(value, ast.IfExp):
            return self._is_source(value.body, found) or self._is_source(value.orelse, found)
        if isinstance(value, ast.BoolOp):
            return any(self._is_source(operand, found) for operand in value.values)
        return _name(value) in found

    @cached_property
    def literals(self) -> list[ast.Constant]:
        """The literals 'th' and 'tf' that mean an ordering, in the order of the text."""
        if not self._mentioned:
            return []
        found: dict[int, ast.Constant] = {}
        kinds = (ast.Compare, ast.Subscript, ast.Assign, ast.Call, *_FUNCTIONS, *_LOOPS)
        for kind in kinds:
            for node in nodes(self._tree, kind):
                if id(node) in self._around_literals or self._looks_up(node):
                    found.update((id(literal), literal) for literal in self._literals_at(node))
        return sorted(found.values(), key=lambda n: (n.lineno, n.col_offset))

    @cached_property
    def _around_literals(self) -> frozenset[int]:
        """Everything around a literal 'th' or 'tf', by ``id``."""
        found: set[int] = set()
        for literal in filter(_is_ordering, nodes(self._tree, ast.Constant)):
            around = self._parents.get(literal)
            while around is not None and id(around) not in found:
                found.add(id(around))
                around = self._parents.get(around)
        return frozenset(found)

    @cached_property
    def _has_tables(self) -> bool:
        """Whether any of them stands in a dictionary."""
        return any(id(node) in self._around_literals for node in nodes(self._tree, ast.Dict))

    def _looks_up(self, node: ast.AST) -> bool:
        """Whether something is looked up that one of them may be the key of."""
        return self._has_tables and (
            isinstance(node, ast.Subscript)
            or (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "get"
            )
        )

    def _literals_at(self, node: ast.AST) -> Iterator[ast.Constant]:
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(self.holds(side) for side in sides):
                for side in sides:
                    yield from _constants(side)
        elif isinstance(node, ast.Subscript):
            if self.holds(node.slice):
                yield from self._keys(node.value)
        elif isinstance(node, ast.Assign):
            if any(_name(target) in self.carriers for target in node.targets):
                yield from _constants(node.value)
        elif isinstance(node, _FUNCTIONS):
            for name, value in _defaults(node.args):
                if name in self.carriers:
                    yield from _constants(value)
        elif isinstance(node, _LOOPS):
            for name, value in _loop_values(node):
                if name in self.carriers:
                    yield from _constants(value)
        elif isinstance(node, ast.Call) and self._is_own(node):
            yield from self._literals_in_call(node)

    def _literals_in_call(self, node: ast.Call) -> Iterator[ast.Constant]:
        for keyword in node.keywords:
            if keyword.arg in self.carriers:
                yield from _constants(keyword.value)
        for parameter, value in zip(self._parameters(node.func), node.args, strict=False):
            if parameter in self.carriers:
                yield from _constants(value)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            if self.holds(node.args[0]):
                yield from self._keys(node.func.value)

    def _is_own(self, call: ast.Call) -> bool:
        """Whether a call is neither of Keras nor of an adapter, which takes the old names."""
        return self._keras_name(call.func) is None and not _name(call.func).startswith("keras1_")

    def _keys(self, node: ast.expr) -> Iterator[ast.Constant]:
        """The orderings among the keys of a dictionary, written here or given a name."""
        for table in [node] if isinstance(node, ast.Dict) else self._tables.get(_name(node), []):
            for key in table.keys:
                if key is not None:
                    yield from _constants(key)

    @cached_property
    def _tables(self) -> dict[str, list[ast.Dict]]:
        """The dictionaries of the file by the names that they are assigned to."""
        found: dict[str, list[ast.Dict]] = {}
        for node in nodes(self._tree, ast.Assign):
            if isinstance(node.value, ast.Dict):
                for name in filter(None, map(_name, node.targets)):
                    found.setdefault(name, []).append(node.value)
        return found

    def _parameters(self, function: ast.expr) -> list[str]:
        """The positional parameters of a function, method or class of the file, as called."""
        definitions = self._definitions.get(_name(function), [])
        if len(definitions) != 1:
            return []
        (definition,) = definitions
        names = [a.arg for a in (*definition.args.posonlyargs, *definition.args.args)]
        return names[1:] if names[:1] in (["self"], ["cls"]) else names

    @cached_property
    def _definitions(self) -> dict[str, list[ast.FunctionDef]]:
        """The functions of the file by name, ``__init__`` by its class."""
        found: dict[str, list[ast.FunctionDef]] = {}
        for node in nodes(self._tree, ast.FunctionDef, ast.ClassDef):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
            else:
                starts = [s for s in node.body if isinstance(s, ast.FunctionDef)]
                found.setdefault(node.name, []).extend(s for s in starts if s.name == "__init__")
        return found

    def doubtful(self) -> Iterator[ast.Constant]:
        """Literals 'th' and 'tf' that may well mean an ordering, though nothing shows it."""
        if not self._mentioned:
            return
        certain = {id(literal) for literal in self.literals}
        inside = self._around_literals
        for node in nodes(self._tree, ast.Compare, ast.Dict, ast.Call):
            if id(node) not in inside:
                continue
            found: list[ast.expr] = []
            if isinstance(node, ast.Compare):
                found = [node.left, *node.comparators]
            elif isinstance(node, ast.Dict):
                keys = [key for key in node.keys if key is not None]
                both = {k.value for k in keys if isinstance(k, ast.Constant)} >= set(ORDERINGS)
                found = keys if both else []
            elif isinstance(node, ast.Call) and self._is_own(node):
                found = [*node.args, *(keyword.value for keyword in node.keywords)]
            for value in found:
                for literal in _constants(value):
                    # As an argument 'tf' may be anything: a scope, a backend.
                    anything = isinstance(node, ast.Call) and literal.value == "tf"
                    if id(literal) not in certain and not anything:
                        yield literal


def _sources(value: ast.expr) -> Iterator[str]:
    """The variables whose value an expression hands on as it is."""
    if isinstance(value, (ast.Name, ast.Attribute)):
        yield _name(value)
    elif isinstance(value, ast.IfExp):
        yield from _sources(value.body)
        yield from _sources(value.orelse)
    elif isinstance(value, ast.BoolOp):
        for operand in value.values:
            yield from _sources(operand)


def _loop_values(loop: ast.For | ast.comprehension) -> Iterator[tuple[str, ast.expr]]:
    """The variables of a loop, each with what it takes its values from."""
    target, source = loop.target, loop.iter
    if isinstance(source, ast.Call) and source.args:
        function = _name(source.func)
        if function in ("sorted", "list", "tuple", "set", "reversed"):
            source = source.args[0]
        elif function == "enumerate" and isinstance(target, ast.Tuple):
            target, source = target.elts[-1], source.args[0]
        elif function == "zip" and isinstance(target, ast.Tuple):
            for part, values in zip(target.elts, source.args, strict=False):
                yield _name(part), values
            return
    rows = source.elts if isinstance(source, (ast.Tuple, ast.List)) else []
    if isinstance(target, ast.Tuple):
        for row in rows:
            if isinstance(row, (ast.Tuple, ast.List)):
                for part, value in zip(target.elts, row.elts, strict=False):
                    yield _name(part), value
    elif name := _name(target):
        yield name, source


def _option(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The attribute that ``add_argument`` gives a program's options, and its default."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    flags = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    dest = given.get("dest")
    name = dest.value if isinstance(dest, ast.Constant) else max(flags, key=len, default="")
    if isinstance(name, str) and name and "default" in given:
        yield name.lstrip("-").replace("-", "_"), given["default"]


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_ordering(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value in ORDERINGS


def _constants(node: ast.expr) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Constant):
        if node.value in ORDERINGS:
            yield node
    elif isinstance(node, (ast.Set, ast.Tuple, ast.List)):
        for element in node.elts:
            yield from _constants(element)
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _defaults(args: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    plain = [*args.posonlyargs, *args.args]
    for parameter, default in zip(
        plain[len(plain) - len(args.defaults) :], args.defaults, strict=True
    ):
        yield parameter.arg, default
    for parameter, kw_default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if kw_default is not None:
            yield parameter.arg, kw_default
