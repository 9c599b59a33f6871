"""Inference of the data format of every model in a file.

The file is followed under both readings of the ordering (`kerasmig.analysis.dataformat.shapes`). Layers that
are connected get one verdict, from the evidence of `kerasmig.analysis.dataformat.evidence` combined by
Dempster's rule: every piece of evidence supports one format with its weight and leaves the rest
open; what contradicts each other cancels.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from kerasmig.analysis.dataformat import evidence as rules
from kerasmig.analysis.dataformat.agnosticism import (
    agnostic,
    common_roots,
    has_fixed_input,
    is_asking,
)
from kerasmig.analysis.dataformat.data_evidence import data_preparation
from kerasmig.analysis.dataformat.image_sizes import FIRST, LAST
from kerasmig.analysis.dataformat.project_facts import NameResolver, ProjectFacts
from kerasmig.analysis.dataformat.readings import Component, Readings, components
from kerasmig.analysis.dataformat.shape_tables import (
    LayerShapes,
    LayerUse,
    layer_shapes,
    tensor_shapes,
)
from kerasmig.analysis.dataformat.shapes import mentions_spatial, outline, trace_module
from kerasmig.finding import DataFormat, Evidence, Verdict
from kerasmig.text.tree import nodes

UNDECIDED = DataFormat.UNDECIDED

DECIDED = 0.6
"""Belief from which on a verdict names a format, where nothing speaks against it."""

_CAUTION = 0.35
_STATED = 0.95

_HINT = 0.3


@dataclass(eq=False)
class Inference:
    """What the inference says of one file.

    Args:
        verdicts: one per connected model, in the order of the file.
        ambient: the ordering that the file itself sets at module level, if it sets one.
        complete: False where the code was too long to be followed to its end.
    """

    verdicts: tuple[Verdict, ...] = ()
    ambient: DataFormat | None = None
    complete: bool = True
    _by_call: dict[int, Verdict] = field(default_factory=dict, repr=False)
    _readings: Readings | None = field(default=None, repr=False)

    def finds(self, data_format: DataFormat) -> bool:
        """Whether a model of the file has this data format."""
        return any(verdict.data_format is data_format for verdict in self.verdicts)

    def verdict_for(self, call: ast.Call) -> Verdict | None:
        """The verdict that governs the layer made by ``call``, if it has a data format."""
        return self._by_call.get(id(call))

    def shapes_at(self, call: ast.Call) -> LayerShapes:
        """Known shapes at the layer made by ``call``; empty where it is never applied."""
        return self._shapes.get(id(call), LayerShapes())

    @cached_property
    def _shapes(self) -> dict[int, LayerShapes]:
        return layer_shapes(self._readings) if self._readings is not None else {}


def infer(tree: ast.Module, names: NameResolver, facts: ProjectFacts | None = None) -> Inference:
    """Infer the data format of the models in a module.

    Args:
        tree: the parsed module; its nodes identify the layers afterwards.
        names: resolves names in it.
        facts: what is known of the project around it.
    """
    facts = facts or ProjectFacts()
    if not mentions_spatial(tree):
        return Inference()
    found = outline(tree)
    first = trace_module(tree, names, facts, "th", found)
    last = trace_module(tree, names, facts, "tf", found)
    return _Judge(Readings(tree, names, facts, found, first, last)).inference()


class _Judge:
    """Turns a file's readings into verdicts."""

    def __init__(self, readings: Readings) -> None:
        self.readings = readings
        self.facts = readings.facts
        found = readings.found
        subscripts = nodes(readings.tree, ast.Subscript)
        self.data = data_preparation(found.calls, found.strings, subscripts, readings.names)
        self.ambient = self._ambient()

    def inference(self) -> Inference:
        """All verdicts."""
        parts = components(self.readings)
        verdicts = _by_consensus([self._verdict(part) for part in parts])
        by_call = {
            id(call): verdict
            for part, verdict in zip(parts, verdicts, strict=True)
            for call in part.calls
        }
        return Inference(
            tuple(sorted(verdicts, key=lambda verdict: verdict.line)),
            self.ambient,
            self.readings.complete,
            by_call,
            self.readings,
        )

    def _verdict(self, component: Component) -> Verdict:
        """The evidence on one model, weighed."""
        explicit, settings = rules.explicit(component.made), self._settings(component)
        stated = explicit[0].favours if len(explicit) == 1 else None
        blank = Verdict(
            component.name,
            component.line,
            UNDECIDED,
            0.0,
            shapes=tensor_shapes(component),
            explicit=stated is not None,
        )
        asked, told = self._asked(component), self._told(component)
        chosen = told or self._forced(component)
        blank = blank._replace(asked=asked)
        if chosen is not None and stated is None:
            said = (chosen, *settings, *self._model_evidence(component))
            return blank._replace(
                data_format=chosen.favours or UNDECIDED,
                confidence=1.0,
                evidence=said,
                chosen="comment" if told else "run",
            )
        if any(asked) and stated is None:
            # The layers speak Keras 3 by now, which is no evidence: the question stays open.
            return blank._replace(evidence=(*settings, *self._model_evidence(component)))
        ambient = bool(self.ambient and settings)
        either = agnostic(self.readings, component)
        if either and stated is None and not ambient:
            # What the shapes of one reading say is the doing of the code, not of its author.
            said = (*either, *settings)
            return blank._replace(data_format=DataFormat.EITHER, confidence=0.9, evidence=said)
        evidence = [*settings, *explicit, *self._model_evidence(component)]
        if not any(item.favours and item.weight >= 0.9 for item in (*explicit, *settings)):
            evidence.append(rules.default_ordering(component.last))
        evidence.sort(key=lambda item: -item.weight)
        beliefs = dict(zip((FIRST, LAST), combine(evidence), strict=True))
        best = max(beliefs, key=lambda data_format: beliefs[data_format])
        if stated is not None:
            # The layers do what they are told, whatever it looks like.
            best = stated
            beliefs[best] = max(beliefs[best], _STATED)
        elif beliefs[best] < DECIDED + _CAUTION * conflict(evidence) ** 2:
            return blank._replace(evidence=tuple(evidence))
        return blank._replace(
            data_format=best,
            confidence=round(beliefs[best], 3),
            evidence=tuple(evidence),
            ambient=ambient and self.ambient is best,
        )

    def _told(self, component: Component) -> Evidence | None:
        """What a comment beside the code decides."""
        directives = self.facts.directives
        for line in [*_lines(component), 0]:
            told = directives.get(line, UNDECIDED)
            if told is not UNDECIDED:
                return Evidence(f"A comment in the code chooses {told.value}.", line, told, 1.0)
        return None

    def _forced(self, component: Component) -> Evidence | None:
        """What was chosen for the whole run."""
        forced = self.facts.forced
        if forced is None:
            return None
        if not any(self._asked(component)):
            either = agnostic(self.readings, component) and not has_fixed_input(component)
            if self.ambient or either:
                return None
        return Evidence(f"{forced.value} was chosen for this run.", 0, forced, 1.0)

    def _asked(self, component: Component) -> tuple[int, ...]:
        """The lines in which an earlier run asked for this model; 0: for what the file has."""
        directives = self.facts.directives
        return tuple(line for line in [*_lines(component), 0] if directives.get(line) is UNDECIDED)

    def _settings(self, component: Component) -> list[Evidence]:
        """What the ordering had been set to when these layers were made, here or elsewhere."""
        layers = component.made
        sets = list({layer.setting: None for layer in layers if layer.setting is not None})
        if not layers:
            marks = self.readings.marks
            sets = [mark for mark in marks if mark.kind == "set" and mark.module_level]
        result = [rules.setting(mark) for mark in sets if mark.value]
        backends = [mark for mark in self.readings.marks if mark.kind == "backend"]
        result += [rules.backend(mark) for mark in backends if mark.value in rules.BACKENDS]
        return [*result, *self.facts.evidence]

    def _model_evidence(self, component: Component) -> list[Evidence]:
        """What the model itself says, and the images and weight files beside it."""
        applications = component.first or component.last
        both = [(self.readings.first, component.first), (self.readings.last, component.last)]
        if is_asking(self.readings, component):
            # What only one reading says is the doing of the code, not of its author.
            others = rules.axes(component.last)
            axes = [item for item in rules.axes(component.first) if item in others]
            return [*common_roots(component), *axes, *rules.problems(both), *self.data]
        result = [*rules.roots(applications), *rules.axes(applications)]
        for trace, applied in both:
            result += rules.kept_channels(applied, trace.reading)
            result += rules.deconvolutions(applied, trace.reading)
        return [*result, *rules.problems(both), *self.data]

    def _ambient(self) -> DataFormat | None:
        """The ordering that the file sets for all of its layers, if it sets just one."""
        values = {
            mark.value
            for mark in self.readings.marks
            if mark.kind == "set" and mark.module_level and not mark.path and mark.value
        }
        return rules.FORMATS[values.pop()] if len(values) == 1 else None


def _lines(component: Component) -> list[int]:
    """The lines of the file in which a comment may speak of a model."""
    nodes = [a.node for a in (*component.first, *component.last) if not a.path]
    lines: set[int] = set()
    for node in [*nodes, *component.calls]:
        first = getattr(node, "lineno", 0)
        lines.update(range(first, (getattr(node, "end_lineno", None) or first) + 1))
    return sorted(lines - {0})


def _by_consensus(verdicts: list[Verdict]) -> list[Verdict]:
    """Layers that nothing is known of are taken to be like all the others of the file.

    They are mostly parts of its models that the interpreter did not see being put together.
    """
    decided = {v.data_format for v in verdicts if v.data_format is not UNDECIDED}
    if len(decided) != 1:
        return verdicts
    (common,) = decided
    what = "handle either ordering" if common is DataFormat.EITHER else f"are {common.value}"
    evidence = Evidence(f"The other models of this file {what}.", favours=common, weight=0.65)
    return [
        (
            verdict._replace(
                data_format=common,
                confidence=evidence.weight,
                evidence=(evidence, *verdict.evidence),
            )
            if verdict.data_format is UNDECIDED
            and all(item.favours and item.weight <= _HINT for item in verdict.evidence)
            else verdict
        )
        for verdict in verdicts
    ]


def conflict(evidence: Iterable[Evidence]) -> float:
    """How much the evidence contradicts itself, from 0 to 1."""
    first, last = _support(evidence)
    return first * last


def combine(evidence: Iterable[Evidence]) -> tuple[float, float]:
    """Belief in channels_first and in channels_last (Dempster's rule for two hypotheses)."""
    first, last = _support(evidence)
    rest = 1 - first * last
    return first * (1 - last) / rest, last * (1 - first) / rest


def _support(evidence: Iterable[Evidence]) -> tuple[float, float]:
    """What the evidence for each format amounts to by itself."""
    against = {FIRST: 1.0, LAST: 1.0}
    for item in evidence:
        if item.favours in against:
            against[item.favours] *= 1 - min(item.weight, 0.999)
    return 1 - against[FIRST], 1 - against[LAST]


__all__ = [
    "DECIDED",
    "Inference",
    "LayerShapes",
    "LayerUse",
    "ProjectFacts",
    "combine",
    "infer",
]
