"""Setting the imports right: which Keras names the rewritten code needs, and where they come from.

Rules ask `Imports` how a new path is to be spelled at a use; when all rules are done, every import
statement of Keras is compared with what is still needed of it and changed in place.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from kerasmig.analysis.names import Names
from kerasmig.analysis.scopes import Binding, Scope
from kerasmig.analysis.tree import parents
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog import surface
from kerasmig.finding import Edit, Span
from kerasmig.rewrite.listing import removals
from kerasmig.source import Text

ImportStatement: TypeAlias = ast.Import | ast.ImportFrom

# Their functions have everyday names (`clip`, `normal`, `get`): spelled with their module.
_QUALIFIED = ("keras.ops", "keras.random", "keras.config")
_MODULE = re.compile(rb"from([\s\\]*)([.\w\s\\]*?)[\s\\]+import\b")


@dataclass
class _Fate:
    """What became of the uses of one binding."""

    binding: Binding
    kept: int = 0
    wanted: dict[str, str] = field(default_factory=dict)  # new path → local name

    @property
    def uses(self) -> int:
        return self.kept + len(self.wanted)


@dataclass(frozen=True)
class _Item:
    """One imported name: ``from module import name as asname``."""

    module: str
    name: str
    asname: str = ""

    @property
    def text(self) -> str:
        return f"{self.name} as {self.asname}" if self.asname else self.name

    @property
    def local(self) -> str:
        return self.asname or self.name


@dataclass(frozen=True)
class ImportChange:
    """An import statement (or ``None``: the head of the file) and the edits that set it right."""

    node: ImportStatement | None
    edits: tuple[Edit, ...]
    message: str


@dataclass
class _Plan:
    """What an import statement is to become."""

    node: ImportStatement
    scope: Scope
    in_branch: bool
    slots: list[list[_Item]]
    module: str
    extra: list[_Item] = field(default_factory=list)


class Imports:
    """The imports of one file while it is rewritten."""

    def __init__(self, names: Names, text: Text) -> None:
        self._names = names
        self._text = text
        self._fates: dict[int, _Fate] = {}
        self._needs: list[tuple[_Item, Scope]] = []
        self._locals: dict[str, str] = {}
        self._hiding: dict[int, bool] = {}
        self.compat: set[str] = set()
        self._bindings = list(_all_bindings(names))
        self._gone: list[ImportStatement] = []
        #: Whether a statement must stay as it is, because a comment says so.
        self.pinned: Callable[[ImportStatement], bool] = lambda node: False

    # -- what rules ask -----------------------------------------------------------------------

    def keep(self, root: ast.Name) -> None:
        """A use stays as it is, so what it refers to must stay imported."""
        bindings = self._names.bindings_of(root)
        for binding in bindings:
            self._fate(binding).kept += 1
        if not bindings:
            self._keep_of_star(root)

    def _keep_of_star(self, root: ast.Name) -> None:
        for star in self._names.root.stars:
            path = f"{_star_target(star.path)}.{root.id}"
            if surface.star_exports(star.path, root.id) and surface.keras3_has(path):
                self.need(path)  # imported by name, if the star has to go

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
        for module in _QUALIFIED:
            if path.startswith(module + "."):
                return self.need(module, scope) + path[len(module) :]
        module, _, name = path.rpartition(".")
        if module == "keras1_compat":
            self.compat.add(name)
        if not module:
            return name
        local = self._free_name(name, path, scope)
        item = _Item(module, name, local if local != name else "")
        if not self._provided(item, path):
            self._needs.append((item, scope or self._names.root))
        return local

    def need_library(self, module: str, local: str) -> None:
        """Import another library's module, or a part of it, under the name that the code uses."""
        owner, _, name = module.rpartition(".")
        item = _Item(owner, name, local if local != name else "")
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
            if any(path.startswith(module + ".") for module in _QUALIFIED) and not asname:
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
        return _is_keras(binding.path) or self._names.binding_path(binding) is not None

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
        scopes = self._names.scopes.values() if scope is None else scope.visible()
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

    def _provided(self, item: _Item, path: str) -> bool:
        """Whether a star import that stays brings the name."""
        return any(
            _star_target(b.path) == item.module and not item.asname and not self._would_hide(b)
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
        target = _star_target(star.path)
        if not _is_keras(star.path) or not surface.keras3_has(f"{target}.{node.id}"):
            return False
        if surface.star_exports(star.path, node.id) or self._names.path(node) is not None:
            return False
        bindings = self._names.bindings_of(node)
        if bindings:
            return all(b.scope is self._names.root and b.position < star.position for b in bindings)
        before = (s for s in self._names.root.stars if s.position < star.position)
        return hasattr(builtins, node.id) or any(not _is_keras(s.path) for s in before)

    def _fate(self, binding: Binding) -> _Fate:
        return self._fates.setdefault(id(binding), _Fate(binding))

    # -- the statements ----------------------------------------------------------------------------

    def changes(self) -> list[ImportChange]:
        """What each import statement has to become, once all uses are settled."""
        plans = self._plans()
        self._move_strays(plans)
        self._drop_repeats(plans)
        last = self._place_needs(plans)
        self._gone = [p.node for p in plans if not any(p.slots) and not p.extra]
        found = [change for plan in plans if (change := self._change(plan)) is not None]
        if last:
            found.append(self._at_head(last))
        return found

    def _plans(self) -> list[_Plan]:
        plans: list[_Plan] = []
        by_statement: dict[int, list[Binding]] = {}
        for binding in self._bindings:
            if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
                by_statement.setdefault(id(binding.node), []).append(binding)
        for bindings in by_statement.values():
            node = bindings[0].node
            assert isinstance(node, (ast.Import, ast.ImportFrom))
            if not any(_is_keras(b.path) or self._names_keras(b) for b in bindings):
                continue
            by_alias = {id(b.alias): b for b in bindings}
            slots = [self._slot(node, alias, by_alias[id(alias)]) for alias in node.names]
            module = self._names.absolute(node) if isinstance(node, ast.ImportFrom) else ""
            if self.pinned(node):
                self._import_elsewhere(node, module, slots, bindings[0].scope)
                continue
            branch = bindings[0].branch is not None
            plans.append(_Plan(node, bindings[0].scope, branch, slots, module))
        plans.sort(key=lambda plan: plan.node.lineno)
        return plans

    def _import_elsewhere(
        self, node: ImportStatement, module: str, slots: list[list[_Item]], scope: Scope
    ) -> None:
        """What a statement that must stay as it is would have become is imported beside it."""
        present = [_Item(module, alias.name, alias.asname or "") for alias in node.names]
        for item in [item for slot in slots for item in slot if item not in present]:
            self._needs.append((item, scope))

    def _names_keras(self, binding: Binding) -> bool:
        """Whether a name comes from Keras through another module of the project."""
        if id(binding) in self._fates:
            return bool(self._fates[id(binding)].wanted)
        return binding.kind == "from" and self._names.binding_path(binding) is not None

    def _slot(self, node: ImportStatement, alias: ast.alias, binding: Binding) -> list[_Item]:
        """What one imported name becomes; empty: it goes."""
        module = self._names.absolute(node) if isinstance(node, ast.ImportFrom) else ""
        same = _Item(module, alias.name, alias.asname or "")
        if binding.kind == "star":
            if self._would_hide(binding):
                return []  # what it gave to the code is imported by name
            if surface.keras3_has(binding.path) or not _is_keras(binding.path):
                return [same]
            return [_Item(_star_target(binding.path), "*")]
        fate = self._fates.get(id(binding))
        if isinstance(node, ast.Import):
            if not _is_keras(binding.path) and not _is_keras(alias.name):
                return [same]
            return self._plain_import(alias, fate)
        path = binding.path
        if not _is_keras(path) and fate is None:
            # Passed on to other files: what the module it comes from calls it may change.
            path = self._names.binding_path(binding) or path
        if not _is_keras(path) and (fate is None or not fate.wanted):
            return [same]
        if fate is not None and (fate.wanted or fate.kept):
            items = [
                _Item(p.rpartition(".")[0], p.rpartition(".")[2], _asname(p, local))
                for p, local in fate.wanted.items()
                if p
            ]
            if fate.kept and all(item.local != same.local for item in items):
                items = [same, *items]
            return items
        if fate is not None:
            return []  # every use found another way
        if surface.keras3_has(path) and not _moved(path):
            return [same]
        entry = catalog_entry(surface.canonical(path))
        if entry is not None and entry.to is not None:
            if entry.to.startswith("keras1_compat."):
                return []
            target, _, name = entry.to.rpartition(".")
            if target in _QUALIFIED:
                return []
            return [_Item(target, name, alias.asname or "")]
        return []

    def _plain_import(self, alias: ast.alias, fate: _Fate | None) -> list[_Item]:
        if alias.asname:
            if surface.keras3_has(alias.name):
                gone = fate is not None and not fate.kept
                return [] if gone else [_Item("", alias.name, alias.asname)]
            if fate is not None and fate.kept:
                return [_Item("", alias.name, alias.asname)]
            return []
        valid = alias.name
        while not surface.keras3_has(valid):
            valid = valid.rpartition(".")[0]
        return [_Item("", valid)]

    def _move_strays(self, plans: list[_Plan]) -> None:
        """One module per ``from`` statement: names of other modules move to theirs."""
        for plan in plans:
            if isinstance(plan.node, ast.Import):
                continue
            items = [item for slot in plan.slots for item in slot]
            modules = [item.module for item in items]
            if plan.module not in modules and modules:
                plan.module = modules[0]
            for slot in plan.slots:
                for item in [item for item in slot if item.module != plan.module]:
                    slot.remove(item)
                    self._put(plans, item, plan)

    def _put(self, plans: list[_Plan], item: _Item, origin: _Plan) -> None:
        """Add a name to the author's import line of its module, or below where it came from."""
        for plan in plans:
            if (
                isinstance(plan.node, ast.ImportFrom)
                and plan.module == item.module
                and plan.scope is origin.scope
                and plan.in_branch == origin.in_branch
                and any(plan.slots)
                and not any(i.name == "*" for s in plan.slots for i in s)
            ):
                everything = [i for slot in plan.slots for i in slot]
                if item not in everything:
                    next(slot for slot in reversed(plan.slots) if slot).append(item)
                return
        if item not in origin.extra:
            origin.extra.append(item)

    def _drop_repeats(self, plans: list[_Plan]) -> None:
        """Names that the change made double go, the author's own repetitions stay."""
        untouched = {
            (id(plan.scope), item)
            for plan in plans
            if isinstance(plan.node, ast.ImportFrom)
            for alias, slot in zip(plan.node.names, plan.slots, strict=True)
            for item in slot
            if self._unchanged(plan, alias, item) and not plan.in_branch
        }
        seen: set[tuple[int, _Item]] = set()
        for plan in plans:
            if isinstance(plan.node, ast.Import) or plan.in_branch:
                continue
            for alias, slot in zip(plan.node.names, plan.slots, strict=True):
                for item in list(slot):
                    key = (id(plan.scope), item)
                    if self._unchanged(plan, alias, item):
                        seen.add(key)
                    elif key in seen or key in untouched:
                        slot.remove(item)
                    seen.add(key)

    def _unchanged(self, plan: _Plan, alias: ast.alias, item: _Item) -> bool:
        assert isinstance(plan.node, ast.ImportFrom)
        return item == _Item(self._names.absolute(plan.node), alias.name, alias.asname or "")

    def _place_needs(self, plans: list[_Plan]) -> list[_Item]:
        """Put further names into import lines; what finds none is returned."""
        homeless: list[_Item] = []
        top = [plan for plan in plans if plan.scope is self._names.root]
        plain = [plan for plan in top if not plan.in_branch] or top
        for item, scope in dict.fromkeys(self._needs):
            local = [p for inner in scope.visible() for p in plans if p.scope is inner]
            if any(
                i == item
                for plan in (plain or local)
                for slot in [*plan.slots, plan.extra]
                for i in slot
            ):
                continue
            if plain:
                self._put(plans, item, plain[-1])
            elif local:
                self._put(plans, item, local[-1])
            elif item not in homeless:
                homeless.append(item)
        return homeless

    def _change(self, plan: _Plan) -> ImportChange | None:
        node = plan.node
        text = self._text
        span = text.span(node)
        remaining = any(plan.slots)
        edits: list[Edit] = []
        extra_lines = _from_lines(plan.extra)
        if not remaining:
            edits.append(self._replace_statement(node, extra_lines))
        else:
            if isinstance(node, ast.ImportFrom):
                edits += self._module_edit(node, plan.module)
            items = [text.span(alias) for alias in node.names]
            stay = {index for index, slot in enumerate(plan.slots) if slot}
            for index in sorted(stay):
                new = ", ".join(item.text for item in plan.slots[index])
                if new != " ".join(text.get(items[index]).split()):
                    edits.append(Edit(items[index], (new,)))
            close = span.end
            edits += [Edit(s, ()) for s in removals(text.utf8, items, stay, close)]
            if extra_lines:
                edits.append(self._below(node, extra_lines))
        if not edits:
            return None
        names = sorted({alias.name for alias in node.names})
        return ImportChange(node, tuple(edits), f"import of {', '.join(names)} set right")

    def _module_edit(self, node: ast.ImportFrom, module: str) -> list[Edit]:
        if module == self._names.absolute(node) and (not node.level or not _is_keras(module)):
            return []
        span = self._text.span(node)
        match = _MODULE.match(self._text.utf8, span.start, span.end)
        assert match is not None
        return [Edit(Span(match.start(2), match.end(2)), (module,))]

    def _replace_statement(self, node: ImportStatement, lines: list[str]) -> Edit:
        """Put other imports in a statement's place, or take it out with its line."""
        text = self._text
        span = text.span(node)
        indentation = text.indentation(span.start)
        if lines:
            return Edit(span, (f"{text.newline}{indentation}".join(lines),))
        line = Span(
            text.line_span(node.lineno).start, text.line_span(node.end_lineno or node.lineno).end
        )
        rest = text.utf8[span.end : line.end].strip()
        alone = text.starts_line(span.start) and (not rest or rest.startswith(b"#"))
        if not alone or self._only_statement(node):
            return Edit(span, ("pass",))
        return Edit(line, ())

    def _only_statement(self, node: ImportStatement) -> bool:
        """Whether a body would be empty without the statement and the others that go."""
        parent = parents(self._names.tree)[id(node)]
        if isinstance(parent, ast.Module):
            return False
        for name in ("body", "orelse", "finalbody"):
            body = getattr(parent, name, [])
            if node in body:
                return body[0] is node and all(statement in self._gone for statement in body)
        return False

    def _below(self, node: ImportStatement, lines: list[str]) -> Edit:
        text = self._text
        indentation = text.indentation(text.span(node).start)
        end = text.line_span(node.end_lineno or node.lineno).end
        before = "" if text.utf8[:end].endswith((b"\n", b"\r")) else text.newline
        return Edit(
            Span(end, end),
            (before + "".join(f"{indentation}{line}{text.newline}" for line in lines),),
        )

    def _at_head(self, items: list[_Item]) -> ImportChange:
        """Import at the head of a file that has no Keras import of its own (star chains)."""
        body = self._names.tree.body
        imports = [s for s in body if isinstance(s, (ast.Import, ast.ImportFrom))]
        lines = _from_lines(items)
        if imports:
            return ImportChange(imports[-1], (self._below(imports[-1], lines),), "imports added")
        first = self._text.span(body[0]).start
        text = "".join(line + self._text.newline for line in lines)
        return ImportChange(None, (Edit(Span(first, first), (text,)),), "imports added")


def _from_lines(items: list[_Item]) -> list[str]:
    by_module: dict[str, list[str]] = {}
    for item in items:
        by_module.setdefault(item.module, []).append(item.text)
    return [
        f"from {module} import {', '.join(names)}" if module else f"import {', '.join(names)}"
        for module, names in by_module.items()
    ]


def _all_bindings(names: Names) -> Iterator[Binding]:
    for scope in names.scopes.values():
        for bindings in scope.bindings.values():
            yield from (b for b in bindings if b.kind in ("import", "from"))
        yield from scope.stars


def _is_keras(path: str) -> bool:
    return path == "keras" or path.startswith("keras.")


def _asname(path: str, local: str) -> str:
    return "" if path.rpartition(".")[2] == local else local


def _moved(path: str) -> bool:
    """Whether a path that Keras 3 still has is another thing there, or better named otherwise."""
    entry = catalog_entry(surface.canonical(path))
    return entry is not None and entry.to is not None and entry.to != path


def _star_target(module: str) -> str:
    """Where the names of a starred Keras 1 module are to be found today."""
    if surface.keras3_has(module):
        return module
    while module and not surface.keras3_has(module):
        module = module.rpartition(".")[0]
    return module
