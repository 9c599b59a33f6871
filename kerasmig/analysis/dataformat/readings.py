"""A file followed under both readings, and the connected models that came of it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from kerasmig.analysis.dataformat.project_facts import NameResolver, ProjectFacts
from kerasmig.analysis.dataformat.shapes import Outline
from kerasmig.analysis.interpreter.trace import Application, Groups, Mark, Trace
from kerasmig.analysis.interpreter.values import Layer
from kerasmig.analysis.layers.application import explicit_ordering
from kerasmig.analysis.layers.shape_functions import SPATIAL_NAMES, SPECS, is_spatial
from kerasmig.text.tree import nodes


@dataclass(eq=False)
class Component:
    """Connected layers, and what both readings gave for them.

    Args:
        name: what a person would call the model.
        calls: the calls in the file at hand that make layers with a data format.
        layers, other_layers: all layers made, under ``th`` and under ``tf``.
        first, last: what was applied, under ``th`` and under ``tf``, in order.
    """

    name: str = ""
    calls: list[ast.Call] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    other_layers: list[Layer] = field(default_factory=list)
    first: list[Application] = field(default_factory=list)
    last: list[Application] = field(default_factory=list)

    @property
    def line(self) -> int:
        """Where the model starts."""
        return min((call.lineno for call in self.calls), default=0)

    @property
    def made(self) -> list[Layer]:
        """The layers, under whichever reading made some."""
        return self.layers or self.other_layers


class Alternative(NamedTuple):
    """An ``if`` over the ordering: its file and lines."""

    path: str
    lines: range

    def holds(self, application: Application) -> bool:
        """Whether the layer is made in it."""
        return application.path == self.path and application.line in self.lines


@dataclass(eq=False)
class Readings:
    """One file under both readings.

    Args:
        found: its outline.
        first, last: the traces under ``th`` and ``tf``.
    """

    tree: ast.Module
    names: NameResolver
    facts: ProjectFacts
    found: Outline
    first: Trace
    last: Trace

    @property
    def traces(self) -> tuple[Trace, Trace]:
        """Both traces, channels first first."""
        return self.first, self.last

    @property
    def complete(self) -> bool:
        """Whether the whole file could be followed."""
        return not (self.first.exhausted or self.last.exhausted)

    @cached_property
    def marks(self) -> list[Mark]:
        """Every statement about the ordering, seen under either reading."""
        return list({**self.first.marks, **self.last.marks})

    @cached_property
    def spatial_calls(self) -> list[ast.Call]:
        """The calls in the file that make layers with a data format."""
        return [call for call in self.found.calls if self._is_spatial(call)]

    def _is_spatial(self, call: ast.Call) -> bool:
        made = self.first.layers.get(id(call)) or self.last.layers.get(id(call))
        if made:
            return bool(SPECS[made[0].kind].spatial)
        function = call.func
        word = function.attr if isinstance(function, ast.Attribute) else ""
        word = function.id if isinstance(function, ast.Name) else word
        if word not in SPATIAL_NAMES:
            return False
        name = self.names.keras_name(function)
        return name is not None and is_spatial(name)

    def alternatives(self, kind: str) -> list[Alternative]:
        """Every ``if`` whose condition bears such a mark, in all files that were followed."""
        marked = {(mark.path, mark.line) for mark in self.marks if mark.kind == kind}
        trees = {"": self.tree, **self.first.trees, **self.last.trees}
        return [
            Alternative(path, range(node.lineno, (node.end_lineno or node.lineno) + 1))
            for path in dict.fromkeys(path for path, _ in sorted(marked))
            for node in nodes(trees[path], ast.If, ast.IfExp)
            if (path, node.test.lineno) in marked
        ]

    @cached_property
    def _function_defs(self) -> Sequence[ast.FunctionDef]:
        return nodes(self.tree, ast.FunctionDef)

    def function_around(self, call: ast.Call) -> str:
        """Name of the function that makes a layer; empty at the top level."""
        for trace in self.traces:
            if trace.names.get(id(call)):
                return trace.names[id(call)]
        around = ""
        for node in self._function_defs:
            if node.lineno <= call.lineno <= (node.end_lineno or 0):
                around = node.name
        return around


def components(readings: Readings) -> list[Component]:
    """The connected models of a file; where the author orders parts of one differently, these."""
    groups = Groups()
    for trace in readings.traces:
        for member, parent in trace.groups.pairs():
            groups.unite(parent, member)
    _unite_loose(readings, groups)
    found: dict[int, Component] = {}
    for call in readings.spatial_calls:
        found.setdefault(groups.find(id(call)), Component()).calls.append(call)
    for trace in readings.traces:
        first = trace is readings.first
        for application in trace.applications:
            component = found.get(groups.find(id(application.node)))
            if component is not None:
                (component.first if first else component.last).append(application)
        for key, made in trace.layers.items():
            component = found.get(groups.find(key))
            if component is not None:
                (component.layers if first else component.other_layers).extend(made)
    for key, component in found.items():
        component.name = readings.function_around(component.calls[0]) or _variable(
            readings, groups, key
        )
    parts = [part for component in found.values() for part in _by_statement(component)]
    for part in parts if len(parts) > len(found) else ():
        part.name = readings.function_around(part.calls[0]) or part.name
    return parts


def _variable(readings: Readings, groups: Groups, key: int) -> str:
    for trace in readings.traces:
        for node, name in trace.variables.items():
            if groups.find(node) == key:
                return name
    return "model"


def _unite_loose(readings: Readings, groups: Groups) -> None:
    """Layers of one function that are never applied to anything share a verdict."""
    applied = {id(a.node) for trace in readings.traces for a in trace.applications}
    loose: dict[str, int] = {}
    for call in readings.spatial_calls:
        if id(call) not in applied and groups.find(id(call)) == id(call):
            name = readings.function_around(call)
            groups.unite(loose.setdefault(name, id(call)), id(call))


def _by_statement(component: Component) -> Sequence[Component]:
    """Where some layers of a model are given the one ordering and some the other: each kind (and
    the layers without a statement) for itself."""
    stated: dict[int, str | None] = {}
    for layer in component.made:
        if SPECS[layer.kind].spatial:
            ordering = explicit_ordering(layer)
            if stated.setdefault(id(layer.node), ordering) != ordering:
                return [component]  # its callers tell it now this, now that
    if not {"th", "tf"} <= set(stated.values()):
        return [component]
    parts = []
    for ordering in ("th", "tf", None):
        calls = [call for call in component.calls if stated.get(id(call)) == ordering]
        nodes = {id(call) for call in calls}
        if calls:
            parts.append(
                Component(
                    component.name,
                    calls,
                    [layer for layer in component.layers if id(layer.node) in nodes],
                    [layer for layer in component.other_layers if id(layer.node) in nodes],
                    component.first,
                    component.last,
                )
            )
    return parts


def numbered(applications: Sequence[Application]) -> dict[tuple[int, int], Application]:
    """Applications by the node of their layer and how often it had been applied before."""
    counts: dict[int, int] = {}
    result = {}
    for application in applications:
        key = id(application.node)
        counts[key] = counts.get(key, 0) + 1
        result[(key, counts[key])] = application
    return result
