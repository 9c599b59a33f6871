"""Import statements as they have to become, once all uses of what they bind are settled."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple, TypeAlias

from kerasmig.analysis.names.resolution import Names
from kerasmig.analysis.names.scopes import Binding, Scope
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog import families, surface
from kerasmig.finding import Edit, Span
from kerasmig.rewrite.calls.listing import removals
from kerasmig.text.source import Text
from kerasmig.text.tree import parents

ImportStatement: TypeAlias = ast.Import | ast.ImportFrom

# Their functions have everyday names (`clip`, `normal`, `get`): spelled with their module.
QUALIFIED = ("keras.ops", "keras.random", "keras.config")
_WIDTH = 84
_WORD = re.compile(r"[A-Za-z_]\w*")
_MODULE = re.compile(rb"from([\s\\]*)([.\w\s\\\x80-\xff]*?)[\s\\]+import\b")


@dataclass(eq=False)
class Fate:
    """What became of the uses of one binding."""

    binding: Binding
    kept: int = 0
    wanted: dict[str, str] = field(default_factory=dict)  # new path → local name
    why: str = ""  # what a person was told of the first use that could not be rewritten

    @property
    def uses(self) -> int:
        return self.kept + len(self.wanted)


class Item(NamedTuple):
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


#: Binds a name that Keras 3 has nothing for, and raises when it is used.
STAND_IN = Item("keras1_compat", "keras1_only")


class ImportChange(NamedTuple):
    """An import statement (or ``None``: the head of the file) and the edits that set it right."""

    node: ImportStatement | None
    edits: tuple[Edit, ...]
    message: str


class StandIn(NamedTuple):
    """A name that Keras 3 cannot provide: it is bound to what raises when it is used."""

    local: str
    path: str
    why: str


@dataclass(eq=False)
class _Plan:
    """What an import statement is to become."""

    node: ImportStatement
    scope: Scope
    in_branch: bool
    slots: list[list[Item]]
    module: str
    extra: list[Item] = field(default_factory=list)
    stand_ins: list[StandIn] = field(default_factory=list)


class ImportStatements:
    """The import statements of one file.

    Args:
        fates: what became of the uses of each binding, by ``id``.
        needs: names that the rewritten code uses and did not use before, with where it does.
        pinned: whether a statement must stay as it is, because a comment says so.
        would_hide: whether a star import of today would hide what the code means by a name.
        starred: names without counterpart that a star import brought, by the ``id`` of its binding.
    """

    def __init__(
        self,
        names: Names,
        text: Text,
        fates: Mapping[int, Fate],
        needs: Sequence[tuple[Item, Scope]],
        pinned: Callable[[ImportStatement], bool],
        would_hide: Callable[[Binding], bool],
        starred: Mapping[int, list[StandIn]],
    ) -> None:
        self._names = names
        self._text = text
        self._fates = fates
        self._needs = list(needs)
        self._pinned = pinned
        self._would_hide = would_hide
        self._starred = starred
        self._bindings = list(_all_bindings(names))
        self._gone: list[ImportStatement] = []
        self._written: dict[str, int] = {}
        #: Whether anything stands in for what Keras 3 has nothing for.
        self.stands_in = False

    def changes(self, edits: Iterable[Edit] = ()) -> list[ImportChange]:
        """What each import statement has to become.

        Args:
            edits: of the rest of the file, which mention the new names.
        """
        self._written = _first_places(edits)
        plans = self._plans()
        self._move_strays(plans)
        self._drop_repeats(plans)
        last = self._place_needs(plans)
        self._import_stand_in(plans)
        self._gone = [p.node for p in plans if not any(p.slots) and not p.extra and not p.stand_ins]
        found = [change for plan in plans if (change := self._change(plan)) is not None]
        if last:
            found.append(self._at_head(last))
        return found

    def _in_time(self, plan: _Plan, item: Item) -> bool:
        """Whether a statement runs before the name that it imports is used."""
        end = self._text.span(plan.node).end
        if item.name == "*":
            return True
        first = self._first_loads.get(item.local)
        used = end if first is None else self._text.span(first).start
        return end <= used and end <= self._written.get(item.local, end)

    @cached_property
    def _first_loads(self) -> dict[str, ast.Name]:
        """A use of each name in the first statement that uses it: statements stand in order."""
        return {node.id: node for node in reversed(self._names.loads)}

    def _plans(self) -> list[_Plan]:
        plans: list[_Plan] = []
        by_statement: dict[int, list[Binding]] = {}
        for binding in self._bindings:
            if isinstance(binding.node, (ast.Import, ast.ImportFrom)):
                by_statement.setdefault(id(binding.node), []).append(binding)
        for bindings in by_statement.values():
            node = bindings[0].node
            assert isinstance(node, (ast.Import, ast.ImportFrom))
            if not any(is_keras(b.path) or self._names_keras(b) for b in bindings):
                continue
            by_alias = {id(b.alias): b for b in bindings}
            stand_ins: list[StandIn] = []
            slots = [
                self._slot(node, alias, by_alias[id(alias)], stand_ins) for alias in node.names
            ]
            module = self._names.absolute(node) if isinstance(node, ast.ImportFrom) else ""
            if self._pinned(node):
                self._import_elsewhere(node, module, slots, bindings[0].scope)
                continue
            branch = bindings[0].branch is not None
            plan = _Plan(node, bindings[0].scope, branch, slots, module, stand_ins=stand_ins)
            plans.append(plan)
        plans.sort(key=lambda plan: plan.node.lineno)
        return plans

    def _import_elsewhere(
        self, node: ImportStatement, module: str, slots: list[list[Item]], scope: Scope
    ) -> None:
        """What a statement that must stay as it is would have become is imported beside it."""
        present = [Item(module, alias.name, alias.asname or "") for alias in node.names]
        for item in [item for slot in slots for item in slot if item not in present]:
            self._needs.append((item, scope))

    def _names_keras(self, binding: Binding) -> bool:
        """Whether a name comes from Keras through another module of the project."""
        if id(binding) in self._fates:
            return bool(self._fates[id(binding)].wanted)
        return binding.kind == "from" and self._names.binding_path(binding) is not None

    def _slot(
        self,
        node: ImportStatement,
        alias: ast.alias,
        binding: Binding,
        stand_ins: list[StandIn],
    ) -> list[Item]:
        """What one imported name becomes; empty: it goes, or gets a stand-in."""
        module = self._names.absolute(node) if isinstance(node, ast.ImportFrom) else ""
        same = Item(module, alias.name, alias.asname or "")
        if binding.kind == "star":
            stand_ins += self._starred.get(id(binding), [])
            if self._would_hide(binding):
                return []  # what it gave to the code is imported by name
            if surface.keras3_has(binding.path) or not is_keras(binding.path):
                return [same]
            return [Item(star_target(binding.path), "*")]
        fate = self._fates.get(id(binding))
        if isinstance(node, ast.Import):
            if not is_keras(binding.path) and not is_keras(alias.name):
                return [same]
            return self._plain_import(alias, fate, node, stand_ins)
        path = binding.path
        if not is_keras(path) and fate is None:
            # Passed on to other files: what the module it comes from calls it may change.
            path = self._names.binding_path(binding) or path
        if not is_keras(path) and (fate is None or not fate.wanted):
            return [same]
        if fate is not None and (fate.wanted or fate.kept):
            items = [
                Item(p.rpartition(".")[0], p.rpartition(".")[2], _asname(p, local))
                for p, local in fate.wanted.items()
                if p
            ]
            # One function under two paths is imported once, by the one that a use has asked for.
            others = {item.local for item in items if item != same}
            items = [item for item in items if item != same or item.local not in others]
            if fate.kept and all(item.local != same.local for item in items):
                items = [*self._kept(same, path, fate, stand_ins), *items]
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
            if target in QUALIFIED:
                return []
            return [Item(target, name, alias.asname or "")]
        return []

    def _kept(self, same: Item, path: str, fate: Fate, stand_ins: list[StandIn]) -> Iterator[Item]:
        """What provides a name for the uses that stay as they are."""
        binding = fate.binding
        if not fate.why or surface.keras3_has(path) or self._falls_back(binding.node):
            yield same
            return
        entry = catalog_entry(surface.canonical(path))
        target, _, name = ((entry.to if entry is not None else "") or "").rpartition(".")
        if target.startswith("keras.") and name == same.name and target not in QUALIFIED:
            yield Item(target, name, same.asname)
        else:
            stand_ins.append(StandIn(same.local, path, fate.why))

    def _falls_back(self, node: ast.AST) -> bool:
        """Whether an import may fail, because a ``try`` has something else for that case."""
        around = parents(self._names.tree)
        parent = around.get(node)
        while parent is not None:
            if isinstance(parent, ast.Try) and parent.handlers and node in parent.body:
                return True
            node, parent = parent, around.get(parent)
        return False

    def _import_stand_in(self, plans: list[_Plan]) -> None:
        """Import what stands in, once in each scope, before it is used."""
        seen: set[int] = set()
        for plan in plans:
            self.stands_in = self.stands_in or bool(plan.stand_ins)
            if plan.stand_ins and (plan.in_branch or id(plan.scope) not in seen):
                if not plan.in_branch:
                    seen.add(id(plan.scope))
                if STAND_IN not in plan.extra:
                    plan.extra.append(STAND_IN)

    def _plain_import(
        self,
        alias: ast.alias,
        fate: Fate | None,
        node: ImportStatement,
        stand_ins: list[StandIn],
    ) -> list[Item]:
        if alias.asname:
            if surface.keras3_has(alias.name):
                gone = fate is not None and not fate.kept
                return [] if gone else [Item("", alias.name, alias.asname)]
            if fate is not None and fate.kept:
                if fate.why and not self._falls_back(node):
                    stand_ins.append(StandIn(alias.asname, alias.name, fate.why))
                    return []
                return [Item("", alias.name, alias.asname)]
            return []
        valid = alias.name
        while not surface.keras3_has(valid):
            valid = valid.rpartition(".")[0]
        return [Item("", valid)]

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

    def _put(self, plans: list[_Plan], item: Item, origin: _Plan) -> None:
        """Add a name to the author's import line of its module, or below where it came from."""
        for plan in plans:
            if (
                isinstance(plan.node, ast.ImportFrom)
                and plan.module == item.module
                and plan.scope is origin.scope
                and plan.in_branch == origin.in_branch
                and any(plan.slots)
                and not any(i.name == "*" for s in plan.slots for i in s)
                and (plan.node.lineno <= origin.node.lineno or self._in_time(plan, item))
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
        seen: set[tuple[int, Item]] = set()
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

    def _unchanged(self, plan: _Plan, alias: ast.alias, item: Item) -> bool:
        assert isinstance(plan.node, ast.ImportFrom)
        return item == Item(self._names.absolute(plan.node), alias.name, alias.asname or "")

    def _place_needs(self, plans: list[_Plan]) -> list[Item]:
        """Put further names into import lines; what finds none is returned."""
        homeless: list[Item] = []
        top = [plan for plan in plans if plan.scope is self._names.root]
        plain = [plan for plan in top if not plan.in_branch] or top
        for item, scope in dict.fromkeys(self._needs):
            local = [p for inner in scope.visible for p in plans if p.scope is inner]
            early = [plan for plan in plain if self._in_time(plan, item)]
            if any(
                i == item
                for plan in (early or plain or local)
                for slot in [*plan.slots, plan.extra]
                for i in slot
            ):
                continue
            if plain:
                self._put(plans, item, early[-1] if early else plain[0])
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
        extra_lines = [*_from_lines(plan.extra), *_stand_in_lines(plan.stand_ins)]
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
        if module == self._names.absolute(node) and (not node.level or not is_keras(module)):
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
        return text.removal(node, alone=self._only_statement(node))

    def _only_statement(self, node: ImportStatement) -> bool:
        """Whether a body would be empty without the statement and the others that go."""
        parent = parents(self._names.tree)[node]
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

    def _at_head(self, items: list[Item]) -> ImportChange:
        """Import at the head of a file that has no Keras import of its own (star chains)."""
        body = self._names.tree.body
        imports = [s for s in body if isinstance(s, (ast.Import, ast.ImportFrom))]
        lines = _from_lines(items)
        if imports:
            return ImportChange(imports[-1], (self._below(imports[-1], lines),), "imports added")
        first = self._text.span(body[0]).start
        text = "".join(line + self._text.newline for line in lines)
        return ImportChange(None, (Edit(Span(first, first), (text,)),), "imports added")


def _from_lines(items: list[Item]) -> list[str]:
    by_module: dict[str, list[str]] = {}
    for item in items:
        by_module.setdefault(item.module, []).append(item.text)
    return [
        f"from {module} import {', '.join(names)}" if module else f"import {', '.join(names)}"
        for module, names in by_module.items()
    ]


def _stand_in_lines(stand_ins: list[StandIn]) -> list[str]:
    lines: list[str] = []
    for stand_in in dict.fromkeys(stand_ins):
        words = textwrap.wrap(stand_in.why, _WIDTH)
        lines.append(f"{stand_in.local} = {STAND_IN.name}(")
        lines.append(f"    {stand_in.path!r},")
        lines += [f"    {word + ' '!r}" for word in words[:-1]]
        lines += [f"    {words[-1]!r},", ")"]
    return lines


def _first_places(edits: Iterable[Edit]) -> dict[str, int]:
    """Where each name stands first in what is written anew."""
    found: dict[str, int] = {}
    for edit in edits:
        for part in edit.parts:
            if isinstance(part, str):
                for word in _WORD.findall(part):
                    found[word] = min(found.get(word, edit.span.start), edit.span.start)
    return found


def _all_bindings(names: Names) -> Iterator[Binding]:
    yield from names.imports
    for scope in names.scopes.values():
        yield from scope.stars


def is_keras(path: str) -> bool:
    return path == "keras" or path.startswith("keras.")


def _asname(path: str, local: str) -> str:
    return "" if path.rpartition(".")[2] == local else local


def _moved(path: str) -> bool:
    """Whether a path that Keras 3 still has is another thing there, or better named otherwise."""
    entry = catalog_entry(surface.canonical(path))
    return entry is not None and entry.to is not None and entry.to != path


def is_unknown_module(module: str) -> bool:
    """Whether a module below ``keras`` never was there: the import has to fail, not to mean another."""
    top = ".".join(module.split(".")[:2])
    return (
        not surface.is_module(module) and not surface.is_module(top) and not surface.keras3_has(top)
    )


# Never plain `keras`: its `utils`, `models` and `layers` would hide modules of the project's own.
_STARRED = {
    "keras.engine": "keras.layers",
    "keras.engine.training": "keras.models",
    "keras.initializations": "keras.initializers",
}


@cache
def _moved_module(module: str) -> str | None:
    """Where the catalog says that the names of a module of Keras 1 are to be found."""
    targets = {family.target for family in families() if family.module == module}
    target = targets.pop() if len(targets) == 1 else ""
    return target if surface.keras3_has(target) else None


def star_target(module: str) -> str:
    """Where the names of a starred Keras 1 module are to be found today."""
    if surface.keras3_has(module) or is_unknown_module(module):
        return module
    moved = _STARRED.get(module) or _moved_module(module)
    if moved:
        return moved
    while module and not surface.keras3_has(module):
        module = module.rpartition(".")[0]
    return module
