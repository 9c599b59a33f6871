"""Inference of the data format of every model in a file.

The file is followed under both readings of the ordering (`kerasmig.analysis.shapes`). Layers that
are connected get one verdict, from the evidence of `kerasmig.analysis.evidence` combined by
Dempster's rule: every piece of evidence supports one format with its weight and leaves the rest
open; what contradicts each other cancels.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kerasmig.analysis import evidence as rules
from kerasmig.analysis.data_evidence import data_preparation
from kerasmig.analysis.image_sizes import FIRST, LAST
from kerasmig.analysis.layer_application import explicit_ordering
from kerasmig.analysis.layer_shapes import SPATIAL_NAMES, SPECS, is_spatial
from kerasmig.analysis.project_facts import NameResolver, ProjectFacts
from kerasmig.analysis.shapes import Outline, outline, trace_module
from kerasmig.analysis.sizes import show
from kerasmig.analysis.trace import Application, Groups, Mark, Trace
from kerasmig.analysis.values import AmbientOrdering, Layer, Seq, Shape, Unknown, Value, plain_shape
from kerasmig.finding import DataFormat, Evidence, TensorShapes, Verdict

UNDECIDED = DataFormat.UNDECIDED

DECIDED = 0.6
"""Belief from which on a verdict names a format."""

_HINT = 0.3


@dataclass(frozen=True)
class LayerUse:
    """Shapes at one application of a layer, with batch axis; None = not known."""

    inputs: tuple[tuple[int | None, ...] | None, ...]
    output: tuple[int | None, ...] | None
    problem: str = ""


@dataclass(frozen=True)
class LayerShapes:
    """Every distinct application of a layer, under each reading of the code."""

    channels_first: tuple[LayerUse, ...] = ()
    channels_last: tuple[LayerUse, ...] = ()

    def under(self, data_format: DataFormat) -> tuple[LayerUse, ...]:
        """The applications under a format; all of them where it is not one of the two."""
        if data_format is FIRST:
            return self.channels_first
        if data_format is LAST:
            return self.channels_last
        return self.channels_first + self.channels_last


@dataclass(frozen=True)
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
    _shapes: dict[int, LayerShapes] = field(default_factory=dict, repr=False)
    _tree: ast.Module | None = field(default=None, repr=False)

    def verdict_for(self, call: ast.Call) -> Verdict | None:
        """The verdict that governs the layer made by ``call``, if it has a data format."""
        return self._by_call.get(id(call))

    def shapes_at(self, call: ast.Call) -> LayerShapes:
        """Known shapes at the layer made by ``call``; empty where it is never applied."""
        return self._shapes.get(id(call), LayerShapes())


def infer(tree: ast.Module, names: NameResolver, facts: ProjectFacts | None = None) -> Inference:
    """Infer the data format of the models in a module.

    Args:
        tree: the parsed module; its nodes identify the layers afterwards.
        names: resolves names in it.
        facts: what is known of the project around it.
    """
    facts = facts or ProjectFacts()
    found = outline(tree)
    if not found.spatial:
        return Inference()
    first = trace_module(tree, names, facts, "th", found)
    last = trace_module(tree, names, facts, "tf", found)
    return _Judge(tree, names, facts, found, first, last).inference()


@dataclass
class _Component:
    """Connected layers, and what both readings gave for them."""

    layers: list[Layer] = field(default_factory=list)
    other_layers: list[Layer] = field(default_factory=list)
    first: list[Application] = field(default_factory=list)
    last: list[Application] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)

    @property
    def line(self) -> int:
        return min((call.lineno for call in self.calls), default=0)


class _Judge:
    """Turns two traces of a file into verdicts."""

    def __init__(
        self,
        tree: ast.Module,
        names: NameResolver,
        facts: ProjectFacts,
        found: Outline,
        first: Trace,
        last: Trace,
    ) -> None:
        self.tree = tree
        self.names = names
        self.facts = facts
        self.found = found
        self.first, self.last = first, last
        self.complete = not (first.exhausted or last.exhausted)
        self.marks: list[Mark] = list({**first.marks, **last.marks})
        self.file_evidence = data_preparation(found.calls, found.strings, names)
        self.spatial_calls = [call for call in found.calls if self._is_spatial(call)]

    def _is_spatial(self, call: ast.Call) -> bool:
        word = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        word = call.func.id if isinstance(call.func, ast.Name) else word
        made = self.first.layers.get(id(call)) or self.last.layers.get(id(call))
        if made:
            return bool(SPECS[made[0].kind].spatial)
        if word not in SPATIAL_NAMES:
            return False
        name = self.names.keras_name(call.func)
        return name is not None and is_spatial(name)

    def inference(self) -> Inference:
        """All verdicts."""
        by_call: dict[int, Verdict] = {}
        verdicts = []
        parts = [part for whole in self._components() for part in _by_statement(whole)]
        judged = [self._verdict(part) for part in parts]
        for component, verdict in zip(parts, self._by_consensus(judged), strict=True):
            verdicts.append(verdict)
            for call in component.calls:
                by_call[id(call)] = verdict
        verdicts.sort(key=lambda v: v.line)
        return Inference(
            tuple(verdicts),
            self._ambient(),
            self.complete,
            by_call,
            self._layer_shapes(),
            self.tree,
        )

    @staticmethod
    def _by_consensus(verdicts: list[Verdict]) -> list[Verdict]:
        """Layers that nothing is known of are taken to be like all the others of the file.

        They are mostly parts of its models that the interpreter did not see being put together.
        """
        decided = {v.data_format for v in verdicts if v.data_format is not UNDECIDED}
        if len(decided) != 1:
            return verdicts
        (common,) = decided
        evidence = Evidence(
            (
                f"The other models of this file are {common.value}."
                if common is not DataFormat.EITHER
                else "The other models of this file handle either ordering."
            ),
            favours=common,
            weight=0.65,
        )
        return [
            (
                replace(
                    verdict,
                    data_format=common,
                    confidence=evidence.weight,
                    evidence=(evidence, *verdict.evidence),
                )
                if verdict.data_format is UNDECIDED
                and all(item.weight <= _HINT for item in verdict.evidence)
                and not any(item.favours is None for item in verdict.evidence)
                else verdict
            )
            for verdict in verdicts
        ]

    # ------------------------------------------------------------------------- grouping

    def _components(self) -> list[_Component]:
        groups = Groups()
        for trace in (self.first, self.last):
            for member, parent in trace.groups.pairs():
                groups.unite(parent, member)
        self._unite_loose(groups)
        components: dict[int, _Component] = {}
        for call in self.spatial_calls:
            components.setdefault(groups.find(id(call)), _Component()).calls.append(call)
        for trace, attribute in ((self.first, "first"), (self.last, "last")):
            for application in trace.applications:
                component = components.get(groups.find(id(application.node)))
                if component is not None:
                    getattr(component, attribute).append(application)
            for key, made in trace.layers.items():
                component = components.get(groups.find(key))
                if component is not None:
                    target = "layers" if trace is self.first else "other_layers"
                    getattr(component, target).extend(made)
        return list(components.values())

    def _unite_loose(self, groups: Groups) -> None:
        """Layers of one function that are never applied to anything share a verdict."""
        applied = {id(a.node) for t in (self.first, self.last) for a in t.applications}
        loose: dict[str, int] = {}
        for call in self.spatial_calls:
            if id(call) not in applied and groups.find(id(call)) == id(call):
                name = self._function_of(call)
                groups.unite(loose.setdefault(name, id(call)), id(call))

    def _function_of(self, call: ast.Call) -> str:
        for trace in (self.first, self.last):
            if trace.names.get(id(call)):
                return trace.names[id(call)]
        best = ""
        for node in self._function_defs():
            if node.lineno <= call.lineno <= (node.end_lineno or 0):
                best = node.name
        return best

    _defs: list[ast.FunctionDef] | None = None

    def _function_defs(self) -> list[ast.FunctionDef]:
        if self._defs is None:
            self._defs = [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)]
        return self._defs

    # -------------------------------------------------------------------------- judging

    def _verdict(self, component: _Component) -> Verdict:
        line = component.line
        name = self._model_name(component)
        shapes = _paired_shapes(component)
        chosen = self._chosen(component)
        explicit = rules.explicit([*component.layers] or component.other_layers)
        ambient = self._ambient()
        settings = self._settings(component)
        evidence = [*settings, *explicit, *self._shape_evidence(component)]
        if chosen is not None and not explicit:
            return Verdict(name, line, chosen[0], 1.0, (chosen[1], *evidence), shapes)
        both = self._agnostic(component)
        if both and not explicit and not (ambient and settings):
            # What the shapes of one reading say is the doing of the code, not of its author.
            said = (*both, *settings, *explicit)
            return Verdict(name, line, DataFormat.EITHER, 0.9, said, shapes)
        if not any(e.favours and e.weight >= 0.9 for e in (*explicit, *settings)):
            evidence.append(rules.DEFAULT_ORDERING)
        belief_first, belief_last = combine(evidence)
        decided, confidence = UNDECIDED, 0.0
        if max(belief_first, belief_last) >= DECIDED:
            decided = FIRST if belief_first > belief_last else LAST
            confidence = max(belief_first, belief_last)
        evidence.sort(key=lambda e: -e.weight)
        return Verdict(
            name,
            line,
            decided,
            round(confidence, 3),
            tuple(evidence),
            shapes,
            ambient=ambient is not None and ambient is decided,
            explicit=bool(explicit),
        )

    def _chosen(self, component: _Component) -> tuple[DataFormat, Evidence] | None:
        """What the person has decided: a comment beside the code, or for the whole run."""
        directives = self.facts.directives
        lines = sorted(
            {a.line for a in component.first if not a.path}
            | {n for call in component.calls for n in range(call.lineno, _end(call) + 1)}
        )
        for line in [*lines, 0]:
            if line in directives:
                chosen = directives[line]
                sentence = f"A comment in the code chooses {chosen.value}."
                return chosen, Evidence(sentence, line, chosen, 1.0)
        forced = self.facts.forced
        if forced is not None:
            return forced, Evidence(f"{forced.value} was chosen for this run.", 0, forced, 1.0)
        return None

    def _settings(self, component: _Component) -> list[Evidence]:
        """What the ordering had been set to when these layers were made, here or elsewhere."""
        result = []
        layers = component.layers or component.other_layers
        sets = list({layer.setting: None for layer in layers if layer.setting is not None})
        if not layers:
            sets = [m for m in self.marks if m.kind == "set" and m.module_level]
        sets = [m for m in sets if m.value]
        for value in sorted({m.value for m in sets}):
            mark = next(m for m in sets if m.value == value)
            weight = 0.97 if mark.module_level else 0.9
            result.append(
                Evidence(
                    f"The code sets the ordering to '{value}' ({rules.FORMATS[value].value}).",
                    mark.line,
                    rules.FORMATS[value],
                    weight,
                    mark.path,
                )
            )
        backends = [m for m in self.marks if m.kind == "backend"]
        result += [rules.backend(mark) for mark in backends if mark.value in rules.BACKENDS]
        return [*result, *self.facts.evidence]

    def _shape_evidence(self, component: _Component) -> list[Evidence]:
        applications = component.first or component.last
        by_shape = rules.roots(applications)
        result = [
            *by_shape,
            *rules.axes(applications),
            *rules.kept_channels(component.first, "th"),
            *rules.kept_channels(component.last, "tf"),
            *rules.deconvolutions(component.first, "th"),
            *rules.deconvolutions(component.last, "tf"),
            *rules.problems([(self.first, component.first), (self.last, component.last)]),
        ]
        return [*result, *self.file_evidence]

    def _agnostic(self, component: _Component) -> list[Evidence]:
        """Why the code handles both orderings by itself, if it does."""
        result = []
        parameters = [layer for layer in component.layers if _follows_caller(layer)]
        if parameters:
            layer = parameters[0]
            result.append(
                Evidence(
                    f"{layer.kind} takes its ordering from whoever calls this code.",
                    layer.node.lineno,
                    DataFormat.EITHER,
                    0.8,
                )
            )
        inputs = self._inputs_by_parameter(component)
        if inputs:
            result.append(
                Evidence(
                    "The code makes an input for either ordering, as its caller says.",
                    inputs,
                    DataFormat.EITHER,
                    0.9,
                )
            )
        if component.first and component.last:
            branches = [m for m in self.marks if m.kind == "branch"]
            alternatives = self._alternatives({m.line for m in branches if not m.path})
            difference = _difference(component, alternatives, self.complete) if branches else None
            if difference is not None:
                line = min((m.line for m in branches if not m.path), default=difference)
                result.append(
                    Evidence(
                        "The code asks for the ordering and builds the model for either one.",
                        line,
                        DataFormat.EITHER,
                        0.95,
                    )
                )
        return result

    def _inputs_by_parameter(self, component: _Component) -> int:
        """Line of an input that is made in both branches of an ``if ordering == 'th'``, or 0."""
        lines = {m.line for m in self.marks if m.kind == "parameter" and not m.path}
        made = {
            (application.line, show(application.output))
            for application in component.first
            if application.kind == "Input" and not application.path
        }
        for alternative in self._alternatives(lines) if len(made) > 1 else ():
            inside = {shape: line for line, shape in made if line in alternative}
            if len(inside) > 1:
                return min(inside.values())
        return 0

    def _alternatives(self, branch_lines: set[int]) -> list[range]:
        """The lines of every ``if`` whose condition is one of these lines."""
        if not branch_lines:
            return []
        return [
            range(node.lineno, (node.end_lineno or node.lineno) + 1)
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.If, ast.IfExp)) and node.test.lineno in branch_lines
        ]

    def _ambient(self) -> DataFormat | None:
        values = {
            m.value
            for m in self.marks
            if m.kind == "set" and m.module_level and not m.path and m.value
        }
        return rules.FORMATS[values.pop()] if len(values) == 1 else None

    def _model_name(self, component: _Component) -> str:
        for trace in (self.first, self.last):
            for call in component.calls:
                if trace.names.get(id(call)):
                    return trace.names[id(call)]
            for application in [*component.first, *component.last]:
                if application.kind == "Input" and trace.names.get(id(application.node)):
                    continue
        return self._function_of(component.calls[0]) or "model"

    # --------------------------------------------------------------------------- shapes

    def _layer_shapes(self) -> dict[int, LayerShapes]:
        uses: dict[int, tuple[dict[LayerUse, None], dict[LayerUse, None]]] = {}
        for index, trace in enumerate((self.first, self.last)):
            for application in trace.applications:
                entry = uses.setdefault(id(application.node), ({}, {}))[index]
                if len(entry) < 32:
                    use = LayerUse(
                        tuple(map(plain_shape, application.inputs)),
                        _buildable(application),
                        application.problem,
                    )
                    entry[use] = None
        return {key: LayerShapes(tuple(a), tuple(b)) for key, (a, b) in uses.items()}


def _by_statement(component: _Component) -> list[_Component]:
    """Where the author gives some layers of a model the one ordering and some the other, each
    kind (and the layers without a statement) for itself; otherwise the component."""
    layers = component.layers or component.other_layers
    stated: dict[int, str | None] = {
        id(layer.node): explicit_ordering(layer) for layer in layers if SPECS[layer.kind].spatial
    }
    if not {"th", "tf"} <= set(stated.values()):
        return [component]
    parts = []
    for ordering in ("th", "tf", None):
        calls = [call for call in component.calls if stated.get(id(call)) == ordering]
        nodes = {id(call) for call in calls}
        if calls:
            parts.append(
                _Component(
                    [layer for layer in component.layers if id(layer.node) in nodes],
                    [layer for layer in component.other_layers if id(layer.node) in nodes],
                    component.first,
                    component.last,
                    calls,
                )
            )
    return parts


def combine(evidence: Iterable[Evidence]) -> tuple[float, float]:
    """Belief in channels_first and in channels_last (Dempster's rule for two hypotheses)."""
    against = {FIRST: 1.0, LAST: 1.0}
    for item in evidence:
        if item.favours in against:
            against[item.favours] *= 1 - min(item.weight, 0.999)
    first, last = 1 - against[FIRST], 1 - against[LAST]
    rest = 1 - first * last
    return first * (1 - last) / rest, last * (1 - first) / rest


def _end(call: ast.Call) -> int:
    return call.end_lineno or call.lineno


def _follows_caller(layer: Layer) -> bool:
    if not SPECS[layer.kind].spatial or not layer.config.has("dim_ordering"):
        return False
    value = layer.config.get("dim_ordering")
    return isinstance(value, (Unknown, AmbientOrdering))


_AXIS_ARGUMENTS = ("axis", "concat_axis", "dot_axes", "axes", "shared_axes", "dims")
_INPUT_ARGUMENTS = ("input_shape", "batch_input_shape", "shape", "batch_shape")


def _difference(component: _Component, alternatives: Sequence[range], complete: bool) -> int | None:
    """Line of the first input, axis or layer that the code chooses by the ordering.

    Sizes that the code reads from a tensor differ between the readings by themselves; axes and
    input shapes do not. Layers of which only one is made count where a branch chooses between
    them.
    """
    firsts, lasts = _numbered(component.first), _numbered(component.last)
    for key in [*firsts, *[k for k in lasts if k not in firsts]]:
        one, other = firsts.get(key), lasts.get(key)
        if one is None or other is None:
            line = (one or other).line  # type: ignore[union-attr]
            if complete and any(line in lines for lines in alternatives):
                return line
            continue
        if one.kind == "Input" and _comparable(one.output) != _comparable(other.output):
            return one.line
        if _chosen_arguments(one.layer) != _chosen_arguments(other.layer):
            return one.line
    return None


def _chosen_arguments(layer: Layer | None) -> list[object]:
    if layer is None:
        return []
    values = layer.config.values
    return [_comparable(values.get(name)) for name in (*_AXIS_ARGUMENTS, *_INPUT_ARGUMENTS)]


def _comparable(value: Value | Shape) -> object:
    if isinstance(value, Seq):
        value = value.items
    if isinstance(value, tuple):
        return str([_comparable(item) for item in value])
    if isinstance(value, (int, float, str, bool)):
        return str(value)
    return None


def _paired_shapes(component: _Component) -> tuple[TensorShapes, ...]:
    """Tensors under both readings, in the order in which the code makes them."""
    firsts, lasts = _numbered(component.first), _numbered(component.last)
    result = []
    for key in [*firsts, *[k for k in lasts if k not in firsts]]:
        one, other = firsts.get(key), lasts.get(key)
        some = one or other
        assert some is not None
        problem = "; ".join(
            f"{name}: {application.problem}"
            for name, application in ((FIRST.value, one), (LAST.value, other))
            if application is not None and application.problem
        )
        result.append(
            TensorShapes(
                some.kind,
                some.line,
                _buildable(one),
                _buildable(other),
                problem,
            )
        )
    return tuple(result)


def _buildable(application: Application | None) -> tuple[int | None, ...] | None:
    """Output shape; None where this or an earlier layer cannot be built."""
    if application is None or application.problem or application.inherited:
        return None
    return plain_shape(application.output)


def _numbered(applications: Sequence[Application]) -> dict[tuple[int, int], Application]:
    counts: dict[int, int] = {}
    result = {}
    for application in applications:
        key = id(application.node)
        counts[key] = counts.get(key, 0) + 1
        result[(key, counts[key])] = application
    return result


__all__ = [
    "DECIDED",
    "Inference",
    "LayerShapes",
    "LayerUse",
    "ProjectFacts",
    "combine",
    "explicit_ordering",
    "infer",
]
