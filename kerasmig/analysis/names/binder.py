"""Filling the scopes of a module: every place that binds a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from kerasmig.analysis.names.scopes import Binding, BindingKind, Position, Scope, end_of, start_of
from kerasmig.text.tree import Placed, children, nodes

if TYPE_CHECKING:
    from kerasmig.analysis.names.resolution import Names


class Binder:
    """Fills the scopes of a `Names` in one walk over the tree."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def run(self) -> None:
        self._all(self.names.tree.body, self.names.root, None)

    def _bind(
        self,
        scope: Scope,
        name: str,
        kind: BindingKind,
        node: Placed,
        branch: ast.AST | None,
        *,
        path: str = "",
        value: ast.expr | None = None,
        position: Position | None = None,
        alias: ast.alias | None = None,
    ) -> Binding:
        target = self.names.root if name in scope.globals else scope
        made = Binding(
            name, kind, node, position or end_of(node), target, path, value, branch, alias
        )
        target.bindings.setdefault(name, []).append(made)
        return made

    def _bind_value(
        self, scope: Scope, name: str, node: ast.stmt, branch: ast.AST | None, value: ast.expr
    ) -> None:
        made = self._bind(scope, name, "assign", node, branch, value=value)
        self.names.assignments.append(made)

    def _visit(self, node: ast.AST, scope: Scope, branch: ast.AST | None) -> None:
        _HANDLERS[node.__class__](self, node, scope, branch)

    def _all(self, nodes: Iterable[ast.AST], scope: Scope, branch: ast.AST | None) -> None:
        for node in nodes:
            _HANDLERS[node.__class__](self, node, scope, branch)

    def _other(self, node: ast.AST, scope: Scope, branch: ast.AST | None) -> None:
        self._all(children(node), scope, branch)

    def _name(self, node: ast.Name, scope: Scope, branch: ast.AST | None) -> None:
        self.names.scope_of_name[node] = scope
        if isinstance(node.ctx, ast.Load):
            self.names.loads.append(node)
        else:
            self._bind(scope, node.id, "other", node, branch)

    def _constant(self, node: ast.Constant, scope: Scope, branch: ast.AST | None) -> None:
        """Nothing is in a constant."""

    # The two kinds of which most code is made: they need no look at what their fields are.

    def _attribute(self, node: ast.Attribute, scope: Scope, branch: ast.AST | None) -> None:
        self._visit(node.value, scope, branch)

    def _call(self, node: ast.Call, scope: Scope, branch: ast.AST | None) -> None:
        self._visit(node.func, scope, branch)
        self._all(node.args, scope, branch)
        for keyword in node.keywords:
            self._visit(keyword.value, scope, branch)

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
        self._all(children(node), scope, branch or node)

    def _handler(self, node: ast.ExceptHandler, scope: Scope, branch: ast.AST | None) -> None:
        if node.name:
            self._bind(scope, node.name, "other", node, branch, position=start_of(node))
        self._other(node, scope, branch)

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
                self.names.scope_of_name[target] = scope
                self._bind_value(scope, target.id, node, branch, value)
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
                self.names.scope_of_name[element] = scope
                self._bind_value(scope, element.id, node, branch, value.elts[index])
            else:
                self._visit(element, scope, branch)

    def _import(self, node: ast.Import, scope: Scope, branch: ast.AST | None) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            path = alias.name if alias.asname else name
            made = self._bind(scope, name, "import", node, branch, path=path, alias=alias)
            self.names.imports.append(made)

    def _import_from(self, node: ast.ImportFrom, scope: Scope, branch: ast.AST | None) -> None:
        module = self.names.absolute(node)
        for alias in node.names:
            if alias.name == "*":
                scope.stars.append(
                    Binding("*", "star", node, end_of(node), scope, module, None, branch, alias)
                )
                continue
            path = f"{module}.{alias.name}" if module else alias.name
            name = alias.asname or alias.name
            made = self._bind(scope, name, "from", node, branch, path=path, alias=alias)
            self.names.imports.append(made)

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
        self._bind(scope, node.name, "def", node, branch)
        self._all(node.decorator_list, scope, branch)
        inner = self._open(node, scope)
        self._parameters(node.args, inner, scope, branch)
        if node.returns is not None:
            self._visit(node.returns, scope, branch)
        for statement in nodes(self.names.tree, ast.Global):
            if node.lineno <= statement.lineno <= (node.end_lineno or 0):
                inner.globals.update(statement.names)
        self._all(node.body, inner, None)

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
            self._bind(inner, parameter.arg, "param", parameter, None, position=start_of(parameter))

    def _class(self, node: ast.ClassDef, scope: Scope, branch: ast.AST | None) -> None:
        self._bind(scope, node.name, "def", node, branch)
        self._all([*node.decorator_list, *node.bases, *node.keywords], scope, branch)
        self._all(node.body, self._open(node, scope), None)

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
            self._all(generator.ifs, inner, None)
        if isinstance(node, ast.DictComp):
            self._visit(node.key, inner, None)
            self._visit(node.value, inner, None)
        else:
            self._visit(node.elt, inner, None)


Handler: TypeAlias = Callable[[Binder, Any, Scope, ast.AST | None], None]
_HANDLERS: defaultdict[type[ast.AST], Handler] = defaultdict(
    lambda: Binder._other,
    {
        ast.Name: Binder._name,
        ast.Constant: Binder._constant,
        ast.Attribute: Binder._attribute,
        ast.Call: Binder._call,
        ast.Assign: Binder._assignment,
        ast.AnnAssign: Binder._annotated,
        ast.Import: Binder._import,
        ast.ImportFrom: Binder._import_from,
        ast.FunctionDef: Binder._function,
        ast.AsyncFunctionDef: Binder._function,
        ast.ClassDef: Binder._class,
        ast.Lambda: Binder._lambda,
        ast.ListComp: Binder._comprehension,
        ast.SetComp: Binder._comprehension,
        ast.DictComp: Binder._comprehension,
        ast.GeneratorExp: Binder._comprehension,
        ast.Global: Binder._global,
        ast.If: Binder._branching,
        ast.Try: Binder._branching,
        ast.ExceptHandler: Binder._handler,
    },
)
