"""The shapes of a model under both readings, as others use and print them."""

from __future__ import annotations

from typing import NamedTuple

from kerasmig.analysis.dataformat.readings import Component, Readings, numbered
from kerasmig.analysis.interpreter.trace import Application
from kerasmig.analysis.interpreter.values import plain_shape
from kerasmig.finding import DataFormat, TensorShapes

_MAX_USES = 32

PlainShape = tuple[int | None, ...]


class LayerUse(NamedTuple):
    """Shapes at one application of a layer, with batch axis.

    Args:
        inputs, output: None for a size that is not known (or that Keras leaves open), and for a
            whole shape of which not even the rank is known.
        problem: why the layer cannot be built on these inputs.
    """

    inputs: tuple[PlainShape | None, ...]
    output: PlainShape | None
    problem: str = ""


class LayerShapes(NamedTuple):
    """Every distinct application of a layer, under each reading of the code."""

    channels_first: tuple[LayerUse, ...] = ()
    channels_last: tuple[LayerUse, ...] = ()

    def under(self, data_format: DataFormat) -> tuple[LayerUse, ...]:
        """The applications under a format; all of them where it is not one of the two."""
        if data_format is DataFormat.CHANNELS_FIRST:
            return self.channels_first
        if data_format is DataFormat.CHANNELS_LAST:
            return self.channels_last
        return self.channels_first + self.channels_last


def layer_shapes(readings: Readings) -> dict[int, LayerShapes]:
    """Shapes at every layer, by the id of the call that makes it."""
    uses: dict[int, tuple[dict[LayerUse, None], dict[LayerUse, None]]] = {}
    for index, trace in enumerate(readings.traces):
        for application in trace.applications:
            entry = uses.setdefault(id(application.node), ({}, {}))[index]
            if len(entry) < _MAX_USES:
                inputs = tuple(map(plain_shape, application.inputs))
                entry[LayerUse(inputs, _buildable(application), application.problem)] = None
    return {key: LayerShapes(tuple(first), tuple(last)) for key, (first, last) in uses.items()}


def tensor_shapes(component: Component) -> tuple[TensorShapes, ...]:
    """Tensors of a model under both readings, in the order in which the code makes them."""
    firsts, lasts = numbered(component.first), numbered(component.last)
    result = []
    for key in [*firsts, *[k for k in lasts if k not in firsts]]:
        one, other = firsts.get(key), lasts.get(key)
        some = one or other
        assert some is not None
        problem = "; ".join(
            f"{name}: {application.problem}"
            for name, application in (("channels_first", one), ("channels_last", other))
            if application is not None and application.problem
        )
        result.append(
            TensorShapes(some.kind, some.line, _buildable(one), _buildable(other), problem)
        )
    return tuple(result)


def _buildable(application: Application | None) -> PlainShape | None:
    """Output shape; None where this or an earlier layer cannot be built."""
    if application is None or application.problem or application.inherited:
        return None
    return plain_shape(application.output)
