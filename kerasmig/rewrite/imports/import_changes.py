"""Setting the imports right: which Keras names the rewritten code needs, and where they come from.

Rules ask `Imports` how a new path is to be spelled at a use; when all rules are done, every import
statement of Keras is compared with what is still needed of it and changed in place
(`kerasmig.rewrite.imports.import_statements`).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable

from kerasmig.analysis.names.resolution import Names
from kerasmig.analysis.names.scopes import Binding, Scope
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog import surface
from kerasmig.finding import Edit
from kerasmig.rewrite.imports.import_statements import (
    QUALIFIED,
    STAND_IN,
    Fate,
    ImportChange,
    ImportStatement,
    ImportStatements,
    Item,
    StandIn,
    is_keras,
    star_target,
)
from kerasmig.text.source import Text


class Imports:
    """The imports of one file while it is rewritten."""

    def __init__(self, names: Names, text: Text) -> None:
        self._names = names
        self._text = text
        self._fates: dict[int, Fate] = {}
        self._needs: list[tuple[Item, Scope]] = []
        self._locals: dict[str, str] = {}
        self._hiding: dict[int, bool] = {}
        self._starred: dict[int, list[StandIn]] = {}
        self.compat: set[str] = set()
        #: Whether a statement must stay as it is, because a comment says so.
        self.pinned: Callable[[ImportStatement], bool] = lambda node: False

    # -- what rules ask -----------------------------------------------------------------------

    def keep(self, root: ast.Name, why: str = "") -> None:
        """A use stays as it is, so what it refers to must stay imported.

        Args:
            why: what a person is told of it: where Keras 3 has nothing of the name, that is what
                stands in for it says when it is used.
        """
        bindings = self._names.bindings_of(root)
        for binding in bindings:
            fate = self._fate(binding)
            fate.kept += 1
            fate.why = fate.why or why
        if not bindings:
            self._keep_of_star(root, why)

    def keep_bound(self, binding: Binding) -> None:
        """An import stays as it is, whatever else it has to provide."""
        self._fate(binding).kept += 1

    def _keep_of_star(self, root: ast.Name, why: str) -> None:
        for star in self._names.root.stars:
            path = f"{star_target(star.path)}.{root.id}"
            if not surface.star_exports(star.path, root.id):
                continue
            if surface.keras3_has(path):
                self.need(path)  # imported by name, if the star has to go
            elif why and all(s.local != root.id for s in self._starred.get(id(star), [])):
                stand_in = StandIn(root.id, f"{star.path}.{root.id}", why)
                self._starred.setdefault(id(star), []).append(stand_in)

    def release(self, root: ast.Name) -> None:
        """A use is gone: what it referred to need not stay imported on its account."""
        for binding in self._names.bindings_of(root):
            self._fate(binding)

    def spell(self, root: ast.Name, node: ast.expr, path: str) -> str:
        """How ``path`` is to be written where ``node`` (on ``root``) stands now.

        Records that the import behind ``root`` must provide it.
        """
        bindings = self._names.bindings_of(root)
        base = self._names.path(root)
        if node is not root and base is not None and path.startswith(base + "."):
            if surface.keras3_has(base):
                self.keep(root)
                return root.id + path[len(base) :]
        imported = [b for b in bindings if b.kind == "from" and self._reaches_keras(b)]
        if (node is root and len(imported) > 1) or (imported and len(bindings) > len(imported)):
            return self._spell_alternatives(root, imported, path)
        if node is root and bindings and all(b.kind == "from" for b in bindings):
            return self._spell_direct(root, bindings, path)
        if node is root and bindings and bindings[-1].kind == "assign":
            # `Conv = Convolution2D`: the alias stays, its own right side is a use of its own.
            aliased = None if base is None else catalog_entry(surface.canonical(base))
            if path == base or (aliased is not None and path == aliased.to):
                return root.id
        for binding in bindings:
            self._fate(binding)
        return self.need(path, self._names.scope_of(root))

    def need(self, path: str, scope: Scope | None = None) -> str:
        """How an object that the code did not use before is to be written; gets it imported.

        Args:
            scope: where it is used; anywhere in the file if left out.
        """
        for module in QUALIFIED:
            if path.startswith(module + "."):
                return self.need(module, scope) + path[len(module) :]
        module, _, name = path.rpartition(".")
        if module == "keras1_compat":
            self.compat.add(name)
        if not module:
            return name
        local = self._free_name(name, path, scope)
        item = Item(module, name, local if local != name else "")
        if not self._provided(item, path) and not self._is_imported(local, path):
            self._needs.append((item, scope or self._names.root))
        return local

    def mark(self) -> tuple[int, frozenset[str]]:
        """What is needed so far, for `forget`."""
        return len(self._needs), frozenset(self.compat)

    def forget(self, mark: tuple[int, frozenset[str]]) -> None:
        """What was needed since then is not, because the change is not made after all."""
        del self._needs[mark[0] :]
        self.compat = set(mark[1])

    def _is_imported(self, local: str, path: str) -> bool:
        """Whether an import of another library, which stays as it is, binds the name already."""
        if is_keras(path):
            return False
        bindings = self._names.root.bindings.get(local, ())
        return bool(bindings) and all(
            b.kind in ("import", "from") and b.path == path and b.branch is None for b in bindings
        )

    def need_library(self, module: str, local: str) -> None:
        """Import another library's module, or a part of it, under the name that the code uses."""
        owner, _, name = module.rpartition(".")
        item = Item(owner, name, local if local != name else "")
        if not self._is_imported(local, module):
            self._needs.append((item, self._names.root))

    # -- names -----------------------------------------------------------------------------------

    def _spell_direct(self, root: ast.Name, bindings: list[Binding], path: str) -> str:
        name = path.rpartition(".")[2]
        if path.startswith("keras1_compat."):
            self.compat.add(name)
        local = name
        for binding in bindings:
            fate = self._fate(binding)
            if path in fate.wanted:
                local = fate.wanted[path]
                continue
            asname = binding.alias.asname if binding.alias else None
            if any(path.startswith(module + ".") for module in QUALIFIED) and not asname:
                fate.wanted.setdefault("", "")
                return self.need(path, self._names.scope_of(root))
            if asname and (not fate.wanted or path in fate.wanted):
                local = asname
            elif name == binding.name:
                local = name
            else:
                local = self._free_name(name, path, self._names.scope_of(root))
            fate.wanted[path] = local
        return local

    def _reaches_keras(self, binding: Binding) -> bool:
        return is_keras(binding.path) or self._names.binding_path(binding) is not None

    def _spell_alternatives(self, root: ast.Name, imported: list[Binding], path: str) -> str:
        """``try: from keras... except ImportError: ...``: one name must do in every branch."""
        fates = [self._fate(binding) for binding in imported]
        name = path.rpartition(".")[2]
        plain = all(b.alias is not None and not b.alias.asname for b in imported)
        alone = len(imported) == len(self._names.bindings_of(root))
        scope = self._names.scope_of(root)
        local = self._free_name(name, path, scope) if plain and alone else root.id
        if any(fate.wanted.get(path, local) != local for fate in fates) or any(
            other != path and given == local for f in fates for other, given in f.wanted.items()
        ):
            return self.need(path, scope)
        if path.startswith("keras1_compat."):
            self.compat.add(name)
        for fate in fates:
            fate.wanted[path] = local
        return local

    def _free_name(self, name: str, path: str, scope: Scope | None) -> str:
        capital = name[:1].isupper()
        for local in (name, f"Keras{name}" if capital else f"keras_{name}", f"{name}_keras3"):
            if self._locals.get(local, path) == path and not self._taken(local, path, scope):
                self._locals[local] = path
                return local
        raise AssertionError(f"no free name for {path}")

    def _taken(self, local: str, path: str, scope: Scope | None) -> bool:
        """Whether a name already means something else where the new one would be used."""
        scopes = self._names.scopes.values() if scope is None else scope.visible
        return any(
            not self._leads_to(binding, path)
            for inner in scopes
            for binding in inner.bindings.get(local, ())
        )

    def _leads_to(self, binding: Binding, path: str) -> bool:
        """Whether a binding is an import that will provide the new path."""
        if binding.kind not in ("from", "import"):
            return False
        if binding.path == path:
            return True
        found = catalog_entry(surface.canonical(binding.path))
        return found is not None and found.to == path

    def _provided(self, item: Item, path: str) -> bool:
        """Whether a star import that stays brings the name."""
        return any(
            star_target(b.path) == item.module and not item.asname and not self._would_hide(b)
            for b in self._names.root.stars
        ) and surface.keras3_has(path)

    def _would_hide(self, star: Binding) -> bool:
        """Whether a star import of today would hide what the code means by a name.

        ``keras.layers`` has a `dot`, an `add` and a `maximum` today, as NumPy has.
        """
        found = self._hiding.get(id(star))
        if found is None:
            found = self._hiding[id(star)] = any(
                self._is_hidden(n, star) for n in self._names.loads
            )
        return found

    def _is_hidden(self, node: ast.Name, star: Binding) -> bool:
        target = star_target(star.path)
        if not is_keras(star.path) or not surface.keras3_has(f"{target}.{node.id}"):
            return False
        if surface.star_exports(star.path, node.id) or self._names.path(node) is not None:
            return False
        bindings = self._names.bindings_of(node)
        if bindings:
            return all(b.scope is self._names.root and b.position < star.position for b in bindings)
        before = (s for s in self._names.root.stars if s.position < star.position)
        return hasattr(builtins, node.id) or any(not is_keras(s.path) for s in before)

    def _fate(self, binding: Binding) -> Fate:
        return self._fates.setdefault(id(binding), Fate(binding))

    def changes(self, edits: Iterable[Edit] = ()) -> list[ImportChange]:
        """What each import statement has to become, once all uses are settled.

        Args:
            edits: of the rest of the file, which mention the new names.
        """
        statements = ImportStatements(
            self._names,
            self._text,
            self._fates,
            self._needs,
            self.pinned,
            self._would_hide,
            self._starred,
        )
        found = statements.changes(edits)
        if statements.stands_in:
            self.compat.add(STAND_IN.name)
        return found
