"""Which Keras object does a name in the code refer to?

Names are resolved through scopes, imports (``as``, ``*``, in ``try``, relative), simple aliases
(``Conv = L.Convolution2D``) and, with a loader, through other modules of the project. A user's own
``merge`` or ``Model`` therefore stays what it is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

from kerasmig.analysis.tree import children, nodes
from kerasmig.catalog import surface

BindingKind: TypeAlias = Literal["import", "from", "star", "assign", "def", "param", "other"]
Position: TypeAlias = tuple[int, int]
Loader: TypeAlias = Callable[[str], "Names | None"]

_MAX_ALIAS_DEPTH = 8


@dataclass(eq=False)
class Binding:
    """One place that gives a name its meaning.

    Args:
        name: the name as bound (after ``as``).
        kind: how it is bound.
        node: the statement or parameter that binds it.
        position: where the binding takes effect.
        path: dotted path of what an import binds.
        value: the expression that an assignment binds.
        branch: the outermost ``if``/``try`` around it, which may hold alternatives.
    """

    name: str
    kind: BindingKind
    node: ast.AST
    position: Position
    scope: Scope
    path: str = ""
    value: ast.expr | None = None
    branch: ast.AST | None = None
    alias: ast.alias | None = None


@dataclass(eq=False)
class Scope:
    """A namespace: the module, a function, a class, a lambda or a comprehension."""

    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[Binding] = field(default_factory=list)
    globals: set[str] = field(default_factory=set)

    @property
    def is_class(self) -> bool:
        """Whether names bound here are invisible to the functions inside."""
        return isinstance(self.node, ast.ClassDef)

    def visible(self) -> Iterator[Scope]:
        """The scopes in which a name used here is looked up, innermost first."""
        yield self
        scope = self.parent
        while scope is not None:
            if not scope.is_class:
                yield scope
            scope = scope.parent


class Names:
    """The scopes of one module and what its names refer to.

    Args:
        tree: the parsed module.
        module: dotted name of the module, to resolve its relative imports.
        is_package: whether the module is an ``__init__``.
        loader: gives the `Names` of another module of the project, or ``None``.
    """

    def __init__(
        self,
        tree: ast.Module,
        module: str = "",
        is_package: bool = False,
        loader: Loader | None = None,
    ) -> None:
        self.tree = tree
        self.module = module
        self._package = module if is_package else module.rpartition(".")[0]
        self._loader = loader
        self.root = Scope(tree, None)
        self.scopes: dict[int, Scope] = {id(tree): self.root}
        self._scope_of_name: dict[int, Scope] = {}
        self.loads: list[ast.Name] = []
        self._paths: dict[int, str | None] = {}
        self._resolving: set[int] = set()
        _Binder(self).run()

    # -- what others ask --------------------------------------------------------------------

    def keras_name(self, node: ast.expr) -> str | None:
        """Canonical Keras name of the object that ``node`` refers to, or ``None``.

        Returns:
            For what Keras 1.2.2 knows, the defining module and name
            (``keras.layers.convolutional.Convolution2D``); for other paths below ``keras`` the
            path as written; ``None`` for anything that is not Keras'.
        """
        path = self.path(node)
        return None if path is None else surface.canonical(path)

    def path(self, node: ast.expr) -> str | None:
        """Dotted path below ``keras`` by which ``node`` reaches its object, or ``None``."""
        key = id(node)
        if key in self._paths:
            return self._paths[key]
        if key in self._resolving:
            return None
        self._resolving.add(key)
        try:
            result = self._find_path(node)
        finally:
            self._resolving.discard(key)
        self._paths[key] = result
        return result

    def may_be_keras(self, name: str) -> bool:
        """Whether a variable of this name can lead to Keras at all: few in a file can."""
        return self._starred or name in self._leading

    @cached_property
    def _starred(self) -> bool:
        return any(scope.stars for scope in self.scopes.values())

    @cached_property
    def _leading(self) -> frozenset[str]:
        """The names that are imported, or assigned what another name stands for."""
        return frozenset(
            name
            for scope in self.scopes.values()
            for name, bindings in scope.bindings.items()
            if any(
                binding.kind in ("import", "from")
                or isinstance(binding.value, (ast.Name, ast.Attribute))
                for binding in bindings
            )
        )

    def bindings_of(self, node: ast.Name) -> list[Binding]:
        """The bindings that the use of a name may refer to (several only as alternatives)."""
        scope = self._scope_of_name.get(id(node))
        return [] if scope is None else self._lookup(node.id, scope, _start(node))

    def meanings(self, node: ast.Name) -> frozenset[str]:
        """Canonical Keras names that a name may stand for, depending on a branch.

        Returns:
            Several only where the branches bind different objects; ``""`` stands for what is not
            Keras'. What comes after a Keras import in a ``try`` is its fallback and does not count.
        """
        bindings = self.bindings_of(node)
        paths = [self.binding_path(binding) for binding in bindings]
        known = {surface.canonical(p) for p in paths if p is not None and surface.in_keras1(p)}
        if known and any(
            path is None and (isinstance(binding.branch, ast.If) or binding is bindings[0])
            for path, binding in zip(paths, bindings, strict=True)
        ):
            known.add("")
        return frozenset(known)

    def scope_of(self, node: ast.Name) -> Scope:
        """The scope in which a name is used."""
        return self._scope_of_name.get(id(node), self.root)

    def is_bound(self, name: str, scope: Scope) -> bool:
        """Whether a name means anything (other than a builtin) in a scope."""
        return any(
            name in inner.bindings or self._star_path(name, inner) is not None
            for inner in scope.visible()
        )

    def exported(self, name: str) -> str | None:
        """Keras path of a module-level name, as another module sees it."""
        found = self.root.bindings.get(name)
        if found:
            for path in map(self.binding_path, reversed(found)):
                if path is not None:
                    return path
            return None
        return self._star_path(name, self.root)

    def absolute(self, node: ast.ImportFrom) -> str:
        """Absolute module path of a ``from`` import."""
        if not node.level:
            return node.module or ""
        package = self._package.split(".") if self._package else []
        kept = package[: len(package) - node.level + 1] if node.level > 1 else package
        if node.level - 1 > len(package):
            kept = []
        found = ".".join([*kept, *([node.module] if node.module else [])])
        if not kept and found.partition(".")[0] in ("", "keras"):
            return f".{found}"  # a sibling that is called keras, not the library
        return found

    def other(self, module: str) -> Names | None:
        """The names of another module of the project."""
        found = None if self._loader is None else self._loader(module)
        return None if found is self else found

    # -- how it is found ----------------------------------------------------------------------

    def _find_path(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Attribute):
            base = self.path(node.value)
            if base is None:
                return self._through_module(node)
            return f"{base}.{node.attr}"
        if isinstance(node, ast.Name):
            scope = self._scope_of_name.get(id(node))
            return None if scope is None else self._name_path(node.id, scope, _start(node))
        return None

    def _through_module(self, node: ast.Attribute) -> str | None:
        """``blocks.Dense`` where ``blocks`` is another module of the project."""
        if self._loader is None:
            return None
        parts: list[str] = []
        base: ast.expr = node.value
        while isinstance(base, ast.Attribute):
            parts.insert(0, base.attr)
            base = base.value
        if not isinstance(base, ast.Name):
            return None
        for binding in self.bindings_of(base):
            if binding.kind in ("import", "from") and binding.path:
                other = self._loader(".".join([binding.path, *parts]))
                if other is not None and other is not self:
                    return other.exported(node.attr)
        return None

    def _name_path(self, name: str, scope: Scope, use: Position) -> str | None:
        found = self._lookup(name, scope, use)
        paths = [path for path in map(self.binding_path, found) if path is not None]
        if not found:
            for inner in scope.visible():
                star = self._star_path(name, inner)
                if star is not None:
                    return star
            return None
        # Of alternatives (`try: from keras... except ImportError: ...`) the one that Keras 1 has.
        known = [path for path in paths if surface.in_keras1(path)]
        reached = known or paths
        return reached[0] if reached else None

    def _lookup(self, name: str, scope: Scope, use: Position) -> list[Binding]:
        for inner in scope.visible():
            if name in inner.globals:
                inner = self.root
            found = inner.bindings.get(name)
            if not found:
                continue
            earlier = found
            if inner is scope:
                earlier = [b for b in found if b.position <= use] or found
            last = earlier[-1]
            if last.branch is None:
                return [last]
            return [b for b in earlier if b.branch is last.branch]
        return []

    def binding_path(self, binding: Binding) -> str | None:
        """Keras path of what a binding gives its name, if that is Keras'."""
        if binding.kind in ("import", "from"):
            if binding.path == "keras" or binding.path.startswith("keras."):
                return binding.path
            if binding.kind == "from" and self._loader is not None:
                module, _, name = binding.path.rpartition(".")
                other = self._loader(module)
                return None if other is None or other is self else other.exported(name)
            return None
        if binding.kind == "assign" and binding.value is not None:
            if isinstance(binding.value, (ast.Name, ast.Attribute)):
                return self.path(binding.value)
        return None

    def _star_path(self, name: str, scope: Scope) -> str | None:
        for binding in reversed(scope.stars):
            if surface.is_module(binding.path):
                if surface.star_exports(binding.path, name):
                    return f"{binding.path}.{name}"
            elif self._loader is not None and not name.startswith("_"):
                other = self._loader(binding.path)
                if other is not None and other is not self:
                    found = other.exported(name)
                    if found is not None:
                        return found
        return None


def _start(node: ast.AST) -> Position:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))


def _end(node: ast.AST) -> Position:
    return (getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0)


class _Binder:
    """Fills the scopes of a `Names` in one walk over the tree."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def run(self) -> None:
        self._body(self.names.tree.body, self.names.root, None)

    def _bind(
        self,
        scope: Scope,
        name: str,
        kind: BindingKind,
        node: ast.AST,
        branch: ast.AST | None,
        *,
        path: str = "",
        value: ast.expr | None = None,
        position: Position | None = None,
        alias: ast.alias | None = None,
    ) -> None:
        target = self.names.root if name in scope.globals else scope
        target.bindings.setdefault(name, []).append(
            Binding(name, kind, node, position or _end(node), target, path, value, branch, alias)
        )

    def _body(self, body: list[ast.stmt], scope: Scope, branch: ast.AST | None) -> None:
        for statement in body:
            self._visit(statement, scope, branch)

    def _visit(self, node: ast.AST, scope: Scope, branch: ast.AST | None) -> None:
        handler = _HANDLERS.get(node.__class__)
        if handler is not None:
            handler(self, node, scope, branch)
        else:
            for child in children(node):
                self._visit(child, scope, branch)

    def _name(self, node: ast.Name, scope: Scope, branch: ast.AST | None) -> None:
        self.names._scope_of_name[id(node)] = scope
        if isinstance(node.ctx, ast.Load):
            self.names.loads.append(node)
        else:
            self._bind(scope, node.id, "other", node, branch)

    def _constant(self, node: ast.Constant, scope: Scope, branch: ast.AST | None) -> None:
        """Nothing is in a constant."""

    def _assignment(self, node: ast.Assign, scope: Scope, branch: ast.AST | None) -> None:
        self._assign(node, node.targets, node.value, scope, branch)

    def _annotated(self, node: ast.AnnAssign, scope: Scope, branch: ast.AST | None) -> None:
        if node.value is not None:
            self._assign(node, [node.target], node.value, scope, branch)
        else:
            self._visit(node.target, scope, branch)
            self._visit(node.annotation, scope, branch)

    def _lambda(self, node: ast.Lambda, scope: Scope, branch: ast.AST | None) -> None:
        inner = self._open(node, scope)
        self._parameters(node.args, inner, scope, branch)
        self._visit(node.body, inner, None)

    def _global(self, node: ast.Global, scope: Scope, branch: ast.AST | None) -> None:
        scope.globals.update(node.names)

    def _branching(self, node: ast.If | ast.Try, scope: Scope, branch: ast.AST | None) -> None:
        for child in children(node):
            self._visit(child, scope, branch or node)

    def _handler(self, node: ast.ExceptHandler, scope: Scope, branch: ast.AST | None) -> None:
        if node.name:
            self._bind(scope, node.name, "other", node, branch, position=_start(node))
        for child in children(node):
            self._visit(child, scope, branch)

    def _assign(
        self,
        node: ast.stmt,
        targets: list[ast.expr],
        value: ast.expr,
        scope: Scope,
        branch: ast.AST | None,
    ) -> None:
        self._visit(value, scope, branch)
        for target in targets:
            if isinstance(target, ast.Name):
                self.names._scope_of_name[id(target)] = scope
                self._bind(scope, target.id, "assign", node, branch, value=value)
            elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(
                value, (ast.Tuple, ast.List)
            ):
                self._unpack(node, target, value, scope, branch)
            else:
                self._visit(target, scope, branch)

    def _unpack(
        self,
        node: ast.stmt,
        target: ast.Tuple | ast.List,
        value: ast.Tuple | ast.List,
        scope: Scope,
        branch: ast.AST | None,
    ) -> None:
        """``rows, cols = 28, 28`` binds each name to its own value."""
        starred = any(isinstance(e, ast.Starred) for e in [*target.elts, *value.elts])
        paired = len(target.elts) == len(value.elts) and not starred
        for index, element in enumerate(target.elts):
            if paired and isinstance(element, ast.Name):
                self.names._scope_of_name[id(element)] = scope
                self._bind(scope, element.id, "assign", node, branch, value=value.elts[index])
            else:
                self._visit(element, scope, branch)

    def _import(self, node: ast.Import, scope: Scope, branch: ast.AST | None) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            path = alias.name if alias.asname else name
            self._bind(scope, name, "import", node, branch, path=path, alias=alias)

    def _import_from(self, node: ast.ImportFrom, scope: Scope, branch: ast.AST | None) -> None:
        module = self.names.absolute(node)
        for alias in node.names:
            if alias.name == "*":
                scope.stars.append(
                    Binding("*", "star", node, _end(node), scope, module, None, branch, alias)
                )
                continue
            path = f"{module}.{alias.name}" if module else alias.name
            self._bind(
                scope, alias.asname or alias.name, "from", node, branch, path=path, alias=alias
            )

    def _open(self, node: ast.AST, parent: Scope) -> Scope:
        scope = Scope(node, parent)
        self.names.scopes[id(node)] = scope
        return scope

    def _function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef,
        scope: Scope,
        branch: ast.AST | None,
    ) -> None:
        self._bind(scope, node.name, "def", node, branch, position=_start(node))
        for decorator in node.decorator_list:
            self._visit(decorator, scope, branch)
        inner = self._open(node, scope)
        self._parameters(node.args, inner, scope, branch)
        if node.returns is not None:
            self._visit(node.returns, scope, branch)
        for statement in nodes(self.names.tree, ast.Global):
            if node.lineno <= statement.lineno <= (node.end_lineno or 0):
                inner.globals.update(statement.names)
        self._body(node.body, inner, None)

    def _parameters(
        self, args: ast.arguments, inner: Scope, outer: Scope, branch: ast.AST | None
    ) -> None:
        for default in [*args.defaults, *[d for d in args.kw_defaults if d is not None]]:
            self._visit(default, outer, branch)
        parameters = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        parameters += [a for a in (args.vararg, args.kwarg) if a is not None]
        for parameter in parameters:
            if parameter.annotation is not None:
                self._visit(parameter.annotation, outer, branch)
            self._bind(inner, parameter.arg, "param", parameter, None, position=_start(parameter))

    def _class(self, node: ast.ClassDef, scope: Scope, branch: ast.AST | None) -> None:
        self._bind(scope, node.name, "def", node, branch, position=_start(node))
        for child in [*node.decorator_list, *node.bases, *node.keywords]:
            self._visit(child, scope, branch)
        self._body(node.body, self._open(node, scope), None)

    def _comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp,
        scope: Scope,
        branch: ast.AST | None,
    ) -> None:
        inner = self._open(node, scope)
        for index, generator in enumerate(node.generators):
            self._visit(generator.iter, scope if index == 0 else inner, None)
            self._visit(generator.target, inner, None)
            for condition in generator.ifs:
                self._visit(condition, inner, None)
        if isinstance(node, ast.DictComp):
            self._visit(node.key, inner, None)
            self._visit(node.value, inner, None)
        else:
            self._visit(node.elt, inner, None)


_HANDLERS: dict[type[ast.AST], Callable[[_Binder, Any, Scope, ast.AST | None], None]] = {
    ast.Name: _Binder._name,
    ast.Constant: _Binder._constant,
    ast.Assign: _Binder._assignment,
    ast.AnnAssign: _Binder._annotated,
    ast.Import: _Binder._import,
    ast.ImportFrom: _Binder._import_from,
    ast.FunctionDef: _Binder._function,
    ast.AsyncFunctionDef: _Binder._function,
    ast.ClassDef: _Binder._class,
    ast.Lambda: _Binder._lambda,
    ast.ListComp: _Binder._comprehension,
    ast.SetComp: _Binder._comprehension,
    ast.DictComp: _Binder._comprehension,
    ast.GeneratorExp: _Binder._comprehension,
    ast.Global: _Binder._global,
    ast.If: _Binder._branching,
    ast.Try: _Binder._branching,
    ast.ExceptHandler: _Binder._handler,
}
