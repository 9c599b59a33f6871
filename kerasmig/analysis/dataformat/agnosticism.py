"""Does the code handle both orderings by itself?

It does where the input shapes, axes or layers of a model are chosen by the ordering, that is,
differ between the two readings after a branch on it. Sizes that the code reads from a tensor
differ by themselves and tell nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from kerasmig.analysis.dataformat.evidence import roots
from kerasmig.analysis.dataformat.readings import Alternative, Component, Readings, numbered
from kerasmig.analysis.interpreter.trace import Application
from kerasmig.analysis.interpreter.values import AmbientOrdering, Layer, Seq, Shape, Unknown, Value
from kerasmig.analysis.layers.application import explicit_ordering
from kerasmig.analysis.layers.shape_functions import SPECS
from kerasmig.analysis.layers.sizes import show
from kerasmig.finding import DataFormat, Evidence

EITHER = DataFormat.EITHER

_TELLING = 0.5
"""From this weight on the shape of an input tells its order."""

_CHOSEN_ARGUMENTS = (
    *("axis", "concat_axis", "dot_axes", "axes", "shared_axes", "dims"),
    *("input_shape", "batch_input_shape", "shape", "batch_shape"),
)


def agnostic(readings: Readings, component: Component) -> list[Evidence]:
    """Why the code handles both orderings; empty if it does not.

    Code that asks for the ordering handles both only where both can be built, and where its input
    is not written down in one order.
    """
    by_caller = _by_caller(readings, component)
    asking = _by_setting(readings, component)
    if asking and not by_caller and written_in_one_order(component):
        return []
    return [*by_caller, *asking]


def is_asking(readings: Readings, component: Component) -> bool:
    """Whether the code asks for the global setting and builds this model accordingly."""
    return bool(_by_setting(readings, component))


def written_in_one_order(component: Component) -> bool:
    """Whether one reading of the code cannot be what its author ran."""
    broken = [
        any(application.problem for application in applied)
        for applied in (component.first, component.last)
    ]
    if broken[0] != broken[1]:
        return True
    return any(
        item.favours is not None and item.weight >= _TELLING for item in common_roots(component)
    )


def has_fixed_input(component: Component) -> bool:
    """Whether every input is written down, in one shape for both readings."""
    shapes = [
        {
            (root.line, root.path, root.shape)
            for application in applied
            for root in application.roots
            if root.shape is not None
        }
        for applied in (component.first, component.last)
    ]
    sizes = [size for _, _, shape in shapes[0] for size in shape]
    known = bool(sizes) and not any(isinstance(size, Unknown) for size in sizes)
    return known and shapes[0] == shapes[1]


def common_roots(component: Component) -> list[Evidence]:
    """What the shapes of inputs say that are the same under both readings."""
    others = roots(component.last)
    return [item for item in roots(component.first) if item in others]


def _by_caller(readings: Readings, component: Component) -> list[Evidence]:
    """The code is told the ordering by those who call it."""
    result = []
    told = [layer for layer in component.layers if _follows(layer, Unknown)]
    if told:
        kind, line = told[0].kind, told[0].node.lineno
        sentence = f"{kind} takes its ordering from whoever calls this code."
        result.append(Evidence(sentence, line, EITHER, 0.8))
    line = _told_both(component)
    if line:
        sentence = "Callers of this code give it the one ordering and the other."
        result.append(Evidence(sentence, line, EITHER, 0.9))
    line = _inputs_by_parameter(readings, component)
    if line:
        sentence = "The code makes an input for either ordering, as its caller says."
        result.append(Evidence(sentence, line, EITHER, 0.9))
    return result


def _by_setting(readings: Readings, component: Component) -> list[Evidence]:
    """The code asks for the global setting."""
    result = []
    told = [layer for layer in component.layers if _follows(layer, AmbientOrdering)]
    if told:
        kind, line = told[0].kind, told[0].node.lineno
        sentence = f"{kind} takes its ordering from whoever calls this code."
        result.append(Evidence(sentence, line, EITHER, 0.8))
    branches = [mark for mark in readings.marks if mark.kind == "branch"]
    if branches and component.first and component.last:
        chosen = _chosen(component, readings)
        if chosen is not None:
            here = [mark.line for mark in branches if not mark.path]
            line, path = (min(here), "") if here else (chosen.line, chosen.path)
            sentence = "The code asks for the ordering and builds the model for either one."
            result.append(Evidence(sentence, line, EITHER, 0.95, path))
    return result


def _follows(layer: Layer, whom: type[Unknown] | type[AmbientOrdering]) -> bool:
    """``dim_ordering=dim_ordering`` or ``dim_ordering=K.image_dim_ordering()``."""
    if not SPECS[layer.kind].spatial or not layer.config.has("dim_ordering"):
        return False
    return isinstance(layer.config.get("dim_ordering"), whom)


def _told_both(component: Component) -> int:
    """Line of a layer that is made with ``'th'`` once and with ``'tf'`` another time, or 0."""
    given: dict[int, set[str]] = {}
    for layer in component.layers:
        ordering = explicit_ordering(layer)
        if SPECS[layer.kind].spatial and ordering is not None:
            orderings = given.setdefault(layer.node.lineno, set())
            orderings.add(ordering)
            if len(orderings) > 1:
                return layer.node.lineno
    return 0


def _inputs_by_parameter(readings: Readings, component: Component) -> int:
    """Line of an input that is made in both branches of an ``if ordering == 'th'``, or 0."""
    made = [application for application in component.first if application.kind == "Input"]
    for alternative in readings.alternatives("parameter") if len(made) > 1 else ():
        inside = {show(one.output): one.line for one in made if alternative.holds(one)}
        if len(inside) > 1:
            return min(inside.values())
    return 0


def _chosen(component: Component, readings: Readings) -> Application | None:
    """The first input, axis or layer that the code chooses by the ordering.

    Layers of which only one reading makes any count where a branch chooses between them, and
    only if both readings were followed to the end.
    """
    firsts, lasts = numbered(component.first), numbered(component.last)
    alternatives: Sequence[Alternative] | None = None
    for key in [*firsts, *[k for k in lasts if k not in firsts]]:
        one, other = firsts.get(key), lasts.get(key)
        if one is None or other is None:
            some = one or other
            assert some is not None
            if alternatives is None:
                alternatives = readings.alternatives("branch") if readings.complete else ()
            if any(alternative.holds(some) for alternative in alternatives):
                return some
            continue
        if one.kind == "Input" and _comparable(one.output) != _comparable(other.output):
            return one
        if _chosen_arguments(one.layer) != _chosen_arguments(other.layer):
            return one
        if _written_twice(one.layer, other.layer):
            return one
    return None


def _chosen_arguments(layer: Layer | None) -> list[object]:
    if layer is None:
        return []
    return [_comparable(layer.config.values.get(name)) for name in _CHOSEN_ARGUMENTS]


def _written_twice(one: Layer | None, other: Layer | None) -> bool:
    """Whether a layer's target is another tuple of the code under the other reading."""
    if one is None or other is None:
        return False
    for name in ("target_shape", "output_shape"):
        targets = [one.config.values.get(name), other.config.values.get(name)]
        nodes = [target.node for target in targets if isinstance(target, Seq)]
        if len(nodes) == 2 and None not in nodes and nodes[0] is not nodes[1]:
            return True
    return False


def _comparable(value: Value | Shape) -> object:
    if isinstance(value, Seq):
        value = value.items
    if isinstance(value, tuple):
        return str([_comparable(item) for item in value])
    if isinstance(value, (int, float, str, bool)):
        return str(value)
    return None
