"""Which Keras object does a name in the code refer to?

Names are resolved through scopes, imports (``as``, ``*``, in ``try``, relative), simple aliases
(``Conv = L.Convolution2D``) and, with a loader, through other modules of the project. A user's own
``merge`` or ``Model`` therefore stays what it is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

from kerasmig.analysis.names.binder import Binder
from kerasmig.analysis.names.reaching import reaching
from kerasmig.analysis.names.scopes import Binding, Position, Scope
from kerasmig.catalog import surface

Loader: TypeAlias = Callable[[str], "Names | None"]


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
        self.scope_of_name: dict[ast.Name, Scope] = {}
        self.loads: list[ast.Name] = []
        #: The bindings, anywhere in the file, by imports of single names and by a known value.
        self.imports: list[Binding] = []
        self.assignments: list[Binding] = []
        self._paths: dict[ast.expr, str | None] = {}
        self._outer_bindings: dict[tuple[str, int], list[Binding]] = {}
        self._outer_paths: dict[tuple[str, int], str | None] = {}
        self._starred: dict[str, bool] = {}
        Binder(self).run()

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
        if node not in self._paths:
            self._paths[node] = None  # what leads back to itself leads nowhere
            self._paths[node] = self._find_path(node)
        return self._paths[node]

    def may_be_keras(self, name: str) -> bool:
        """Whether a variable of this name can lead to Keras at all: few in a file can."""
        if name in self._leading:
            return True
        if name not in self._starred:
            brought = any(self._star_path(name, scope) is not None for scope in self._with_stars)
            self._starred[name] = brought
        return self._starred[name]

    def imported_as(self, wanted: Callable[[str], bool]) -> frozenset[str]:
        """The names that an import of a wanted path binds, anywhere in the file."""
        return frozenset(b.name for b in self.imports if wanted(b.path))

    def assigned_as(self, wanted: Callable[[ast.expr], bool]) -> frozenset[str]:
        """The names that are assigned a wanted expression, anywhere in the file."""
        return frozenset(b.name for b in self.assignments if b.value and wanted(b.value))

    @cached_property
    def _imported(self) -> frozenset[str]:
        return frozenset(b.name for b in self.imports)

    @cached_property
    def _with_stars(self) -> list[Scope]:
        return [scope for scope in self.scopes.values() if scope.stars]

    @cached_property
    def _leading(self) -> frozenset[str]:
        """The names that are imported, or assigned what another name stands for."""
        return self._imported | self.assigned_as(
            lambda value: isinstance(value, (ast.Name, ast.Attribute))
            or self.stood_in_for(value) is not None
        )

    def bindings_of(self, node: ast.Name) -> list[Binding]:
        """The bindings that the use of a name may refer to (several only as alternatives)."""
        scope = self.scope_of_name.get(node)
        return [] if scope is None else self._lookup(node.id, scope, (node.lineno, node.col_offset))

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
        return self.scope_of_name.get(node, self.root)

    def all_bindings(self, name: str) -> list[Binding]:
        """The bindings of a name in any scope of the file."""
        return [b for scope in self.scopes.values() for b in scope.bindings.get(name, ())]

    def is_bound(self, name: str, scope: Scope) -> bool:
        """Whether a name means anything (other than a builtin) in a scope."""
        return any(
            name in inner.bindings or self._star_path(name, inner) is not None
            for inner in scope.visible
        )

    def exported(self, name: str, asked: set[int] | None = None) -> str | None:
        """Keras path of a module-level name, as another module sees it.

        Args:
            asked: modules (``id``) that were asked for the name already: modules that import each
                other whole are asked once each, not once for every way that leads to them.
        """
        found = self.root.bindings.get(name)
        if found:
            for path in map(self.binding_path, reversed(found)):
                if path is not None:
                    return path
            return None
        asked = set() if asked is None else asked
        if id(self) in asked:
            return None
        asked.add(id(self))
        return self._star_path(name, self.root, asked)

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

    @property
    def loader(self) -> Loader | None:
        """What gives the names of other modules of the project."""
        return self._loader

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
            scope = self.scope_of_name.get(node)
            if scope is not None:
                return self._name_path(node.id, scope, (node.lineno, node.col_offset))
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
        if name in scope.bindings or name in scope.globals:
            return self._name_path_at(name, scope, use)
        # From another scope a name is the same everywhere.
        key = (name, id(scope))
        if key not in self._outer_paths:
            self._outer_paths[key] = self._name_path_at(name, scope, use)
        return self._outer_paths[key]

    def _name_path_at(self, name: str, scope: Scope, use: Position) -> str | None:
        found = self._lookup(name, scope, use)
        paths = [path for path in map(self.binding_path, found) if path is not None]
        if not paths and all(b.scope is scope and b.position > use for b in found):
            # What is bound below does not hold yet: a star may have brought it.
            for inner in scope.visible:
                star = self._star_path(name, inner)
                if star is not None:
                    return star
            return None
        # Of alternatives (`try: from keras... except ImportError: ...`) the one that Keras 1 has.
        known = [path for path in paths if surface.in_keras1(path)]
        reached = known or paths
        return reached[0] if reached else None

    def _lookup(self, name: str, scope: Scope, use: Position) -> list[Binding]:
        if name not in scope.globals or scope is self.root:
            found = scope.bindings.get(name)
            if found:
                return reaching([b for b in found if b.position <= use] or found, use)
        # From another scope a name is the same everywhere.
        key = (name, id(scope))
        known = self._outer_bindings.get(key)
        if known is None:
            known = self._outer_bindings[key] = self._lookup_around(name, scope)
        return known

    def _lookup_around(self, name: str, scope: Scope) -> list[Binding]:
        for visible in scope.visible:
            inner = self.root if name in visible.globals else visible
            found = inner.bindings.get(name)
            if found:
                return reaching(found, None)
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
            return self.stood_in_for(binding.value)
        return None

    def stood_in_for(self, value: ast.expr) -> str | None:
        """The path in ``Recurrent = keras1_only('keras.layers.recurrent.Recurrent', ...)``.

        An earlier run puts that in the place of an import that Keras 3 cannot provide.
        """
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.args):
            return None
        if value.func.id != "keras1_only" or not isinstance(value.args[0], ast.Constant):
            return None
        path = value.args[0].value
        return path if isinstance(path, str) and path.startswith("keras.") else None

    def _star_path(self, name: str, scope: Scope, asked: set[int] | None = None) -> str | None:
        asked = {id(self)} if asked is None else asked
        for binding in reversed(scope.stars):
            if surface.is_module(binding.path):
                if surface.star_exports(binding.path, name):
                    return f"{binding.path}.{name}"
            elif self._loader is not None and not name.startswith("_"):
                other = self._loader(binding.path)
                if other is not None and other is not self:
                    found = other.exported(name, asked)
                    if found is not None:
                        return found
        return None
