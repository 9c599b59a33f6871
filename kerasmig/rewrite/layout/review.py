"""What a person has to see of a conversion: where layers are counted, what was not followed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from kerasmig.analysis.interpreter.values import Layer
from kerasmig.catalog.layer_facts import Layout, Role
from kerasmig.catalog.layers import role_of
from kerasmig.rewrite.layout.following import Follower
from kerasmig.rewrite.layout.passages import layout_of, ordering_of
from kerasmig.rewrite.layout.plan import Problem
from kerasmig.rewrite.layout.result import Converted, Left, Source, Turned
from kerasmig.text.tree import identifiers, nodes

_ORDERING = frozenset(
    "image_data_format image_dim_ordering backend data_format dim_ordering".split()
)


_NOT_FOLLOWED = (
    "no call that is seen goes the other way here: what is built there was not followed, and "
    "tensors may have their channels last"
)


class Review:
    """Looks at a program that was converted.

    Args:
        sources: its files; ``of``: the file of a node, by its ``id``; ``around``: the node around each.
    """

    def __init__(
        self, sources: Sequence[Source], of: Mapping[int, Source], around: Mapping[ast.AST, ast.AST]
    ) -> None:
        self._sources = sources
        self._of = of
        self._parents = around

    def branches(self, run: Follower) -> list[Left]:
        """Branches with layers in functions that were converted, which no call took (or spared)."""
        turned = {id(v.layer.node) for v in run.visits if v.changes}
        found: list[Left] = []
        for source in self._sources:
            blocks: list[ast.Module | ast.FunctionDef] = [source.tree]
            for function in (*blocks, *nodes(source.tree, ast.FunctionDef)):
                calls = nodes(function, ast.Call)
                if turned and any(id(c) in turned or self._builds(c) for c in calls):
                    found += [
                        Left(source.path, line, _NOT_FOLLOWED)
                        for line in self._spared(run, function)
                    ]
        return list(dict.fromkeys(found))

    def _spared(self, run: Follower, block: ast.Module | ast.FunctionDef) -> Iterator[int]:
        """The lines of branches in a function, or in a file, whose layers were not followed."""
        parameters: set[str] = set()
        if isinstance(block, ast.FunctionDef):
            parameters = {a.arg for a in (*block.args.args, *block.args.kwonlyargs)}
        for branch in nodes(block, ast.If):
            if self._function(branch) is not block:
                continue
            asks = identifiers(branch.test)
            if id(branch) not in run.followed or not asks.isdisjoint(_ORDERING):
                continue
            sides = [side for side in (branch.body, branch.orelse) if side]
            spared = [s for s in sides if id(s[0]) not in run.followed]
            open_end = not branch.orelse and not spared and asks & parameters
            if any(map(self._has_layers, spared)) or (open_end and self._has_layers(branch.body)):
                yield branch.lineno
        for attempt in nodes(block, ast.Try):
            seen = id(attempt) in run.followed and self._function(attempt) is block
            for handler in attempt.handlers if seen else ():
                if id(handler.body[0]) not in run.followed and self._has_layers(handler.body):
                    yield handler.lineno

    def _builds(self, call: ast.Call) -> bool:
        """Whether a call is one of a function that makes layers."""
        return isinstance(call.func, ast.Name) and call.func.id in self._builders

    @cached_property
    def _builders(self) -> frozenset[str]:
        """The functions of the program that make layers themselves."""
        functions = [f for s in self._sources for f in nodes(s.tree, ast.FunctionDef)]
        direct = {f.name for f in functions if any(map(self._is_layer, nodes(f, ast.Call)))}
        return frozenset(direct)

    def _is_layer(self, call: ast.Call) -> bool:
        """Whether a call makes a layer to which the order of axes may matter."""
        name = self._of[id(call)].names.keras_name(call.func) or ""
        last = name.rpartition(".")[2]
        if not name.startswith("keras.layers.") or role_of(last) is Role.INPUT:
            return False
        return layout_of(last) is not Layout.INDIFFERENT

    def _function(self, node: ast.AST) -> ast.AST | None:
        """The function around a node, or the file."""
        around = self._parents.get(node)
        while around is not None and not isinstance(around, (ast.FunctionDef, ast.Module)):
            around = self._parents.get(around)
        return around

    def _has_layers(self, statements: Sequence[ast.stmt]) -> bool:
        """Whether layers are made in some statements to which the order of axes may matter."""
        for statement in statements:
            for call in nodes(statement, ast.Call):
                if self._builds(call) or self._is_layer(call):
                    return True
        return False

    def counted(self, run: Follower, result: Converted) -> list[Left]:
        """Code that takes layers by their position, or outputs by their layer's name."""
        found: list[Left] = []
        for node, _ in run.positions.values():
            around = self._parents.get(node)
            counts = isinstance(around, ast.Subscript) or (
                isinstance(around, ast.Call)
                and isinstance(around.func, ast.Name)
                and around.func.id in ("len", "enumerate", "zip")
            )
            counts = counts or (
                isinstance(around, ast.Attribute) and around.attr in ("pop", "index", "insert")
            )
            if counts and result.edges:
                message = "layers are counted here, and Permute layers are among them now"
                found.append(Left(self._of[id(node)].path, getattr(node, "lineno", 1), message))
        for name in run.named:
            for source in self._sources:
                keys = [k for d in nodes(source.tree, ast.Dict) for k in d.keys]
                for key in keys:
                    if isinstance(key, ast.Constant) and key.value == name:
                        message = f"the output is called as the Permute behind {name!r} now"
                        found.append(Left(source.path, key.lineno, message))
        return found

    def reused(self, run: Follower) -> list[Problem]:
        """Layers of a model that are put into another one: its `Permute` layers would come along."""
        reason = "the layers of a model are used once more here"
        return [
            Problem(node, reason, (model.node, *(s.node for s in run.steps if s.model is model)))
            for node, model in run.positions.values()
            if self._are_used(node)
        ]

    def _are_used(self, layers: ast.AST) -> bool:
        """Whether the layers that an expression lists are applied, or added to a model."""
        node, around = layers, self._parents.get(layers)
        while isinstance(around, (ast.Starred, ast.List, ast.Tuple)) or (
            isinstance(around, ast.Subscript) and around.value is node
        ):
            node, around = around, self._parents.get(around)
        if isinstance(around, ast.Call) and isinstance(around.func, ast.Name):
            if around.func.id in ("enumerate", "reversed", "list", "zip", "tuple"):
                node, around = around, self._parents.get(around)
        if isinstance(around, (ast.For, ast.comprehension)) and around.iter is node:
            inside = around if isinstance(around, ast.For) else self._parents.get(around)
            names = {n.id for n in nodes(around.target, ast.Name)}
            used = inside is not None and any(
                n.id in names and self._is_put(n) for n in nodes(inside, ast.Name)
            )
            whole = getattr(inside, "elt", None)
            return used or (
                isinstance(whole, ast.Name) and whole.id in names and self._is_put(inside)
            )
        return self._is_put(node)

    def _is_put(self, node: ast.AST | None) -> bool:
        """Whether a value is called, added to a model, or what a model is made of."""
        around = self._parents.get(node) if node is not None else None
        if not isinstance(around, ast.Call):
            return False
        name = getattr(around.func, "attr", "") or getattr(around.func, "id", "")
        return around.func is node or name in ("add", "Sequential")

    def turned(self, run: Follower) -> list[Turned]:
        lines: dict[str, dict[int, int]] = {}
        for visit in run.visits:
            node = visit.layer.node
            if visit.changes and id(node) in self._of:
                lines.setdefault(self._of[id(node)].path, {})[id(node)] = node.lineno
        return [Turned(path, min(f.values()), len(f)) for path, f in lines.items()]

    def unseen(self, run: Follower) -> list[Left]:
        """Layers that stay in channels_first although nothing was found to be wrong with them."""
        visited = {id(v.layer.node) for v in run.visits if v.changes}
        found: dict[int, Left] = {}
        for key, made in run.trace.layers.items():
            layer: Layer = made[0]
            if (
                key in visited
                or layout_of(layer.kind) is not Layout.TURNED
                or key in run.plan.frozen
            ):
                continue
            if ordering_of(layer) != "tf" and id(layer.node) in self._of:
                problem = Problem(layer.node, "it was not seen where this layer is used")
                found[key] = self.left(problem)
        return list(found.values())

    def left(self, problem: Problem) -> Left:
        """What stays as it is, for a person."""
        source = self._of.get(id(problem.node))
        node = problem.node
        return Left(
            source.path if source else self._sources[0].path,
            getattr(node, "lineno", 1),
            f"left channels_first: {problem.reason}",
        )


__all__ = ["Review"]
