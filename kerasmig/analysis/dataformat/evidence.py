"""The facts in a model that speak for one data format or the other."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from kerasmig.analysis.dataformat.image_sizes import (
    FIRST,
    LAST,
    describe,
    judge_feature_map,
    judge_input,
    judge_names,
)
from kerasmig.analysis.interpreter.trace import Application, Mark, Trace
from kerasmig.analysis.interpreter.values import Layer, Seq, Tensor, Unknown, plain_shape
from kerasmig.analysis.layers.application import explicit_ordering
from kerasmig.analysis.layers.networks import NETWORKS
from kerasmig.analysis.layers.shape_functions import SPECS
from kerasmig.analysis.layers.sizes import show, spatial_axes
from kerasmig.analysis.layers.window_shapes import deconvolution_fits
from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import role_of
from kerasmig.finding import DataFormat, Evidence

FORMATS = {"th": FIRST, "tf": LAST}


def default_ordering(applications: Sequence[Application]) -> Evidence:
    """What Keras 1.2 did where nobody told it the ordering.

    Args:
        applications: what the code builds under ``tf``.
    """
    then = "."
    if any(application.problem for application in applications):
        then = ", under which this code cannot be built."
    elif applications and applications[-1].output is not None:
        then = f", under which this code gives {show(plain_shape(applications[-1].output))}."
    return Evidence(
        "Nothing else sets the ordering: Keras 1.2's own default is 'tf' (channels_last)" + then,
        favours=LAST,
        weight=0.25,
    )


BACKENDS = {"theano": FIRST, "tensorflow": LAST}


def backend(mark: Mark) -> Evidence:
    """A backend that the code chooses: a hint at the ordering that its author had set."""
    favours = BACKENDS[mark.value]
    return Evidence(
        f"The code chooses the backend '{mark.value}', whose own order is {favours.value}.",
        mark.line,
        favours,
        0.4,
        mark.path,
    )


def setting(mark: Mark) -> Evidence:
    """``K.set_image_dim_ordering``."""
    favours = FORMATS[mark.value]
    return Evidence(
        f"The code sets the ordering to '{mark.value}' ({favours.value}).",
        mark.line,
        favours,
        0.97 if mark.module_level else 0.9,
        mark.path,
    )


def explicit(layers: Iterable[Layer]) -> list[Evidence]:
    """``dim_ordering='th'`` on the layers themselves."""
    found: dict[str, list[Layer]] = {}
    for layer in layers:
        ordering = explicit_ordering(layer) if SPECS[layer.kind].spatial else None
        if ordering is not None:
            found.setdefault(ordering, []).append(layer)
    return [
        Evidence(
            f"{said[0].kind}{_and_others(len(said))} is given the ordering "
            f"'{ordering}' ({FORMATS[ordering].value}) explicitly.",
            said[0].node.lineno,
            FORMATS[ordering],
            0.99,
        )
        for ordering, said in found.items()
    ]


def _and_others(count: int) -> str:
    return "" if count == 1 else f" (and {count - 1} more)"


def roots(applications: Iterable[Application]) -> list[Evidence]:
    """Sizes and names in the shapes that the author wrote, where a spatial layer uses them."""
    result: list[Evidence] = []
    seen: set[tuple[int, str]] = set()
    for application in applications:
        spec = SPECS.get(application.kind)
        spatial = 2 if application.kind in NETWORKS else spec.spatial if spec else 0
        time_axis = spec is not None and spec.time_axis
        if not spatial:
            continue
        for root in application.roots:
            shape = root.shape
            if shape is None or len(shape) != spatial + 2 + time_axis:
                continue
            key = (root.line, show(shape))
            if key in seen:
                continue
            seen.add(key)
            result += _root_evidence(root, time_axis)
    return result


def _root_evidence(root: Tensor, time_axis: bool) -> list[Evidence]:
    assert root.shape is not None
    sizes = root.shape[2:] if time_axis else root.shape[1:]
    result = []
    is_input = root.source == "input"
    favours, weight = judge_input(sizes) if is_input else judge_feature_map(sizes)
    what = "Input shape" if is_input else "The reshape to"
    first, last = describe(sizes)
    shown = show(tuple(sizes))
    if favours is not None and weight > 0:
        meant, other = (first, last) if favours is FIRST else (last, first)
        unmeant = LAST if favours is FIRST else FIRST
        result.append(
            Evidence(
                f"{what} {shown} is {meant} as {favours.value}; as {unmeant.value} it would be "
                f"{other}.",
                root.line,
                favours,
                weight,
                root.path,
            )
        )
    elif not any(isinstance(size, Unknown) for size in sizes):
        result.append(
            Evidence(
                f"{what} {shown} tells nothing: {first} as {FIRST.value}, {last} as "
                f"{LAST.value}.",
                root.line,
                None,
                0.0,
                root.path,
            )
        )
    return result + _name_evidence(root, len(sizes))


def _name_evidence(root: Tensor, rank: int) -> list[Evidence]:
    node = root.sizes.node if isinstance(root.sizes, Seq) else None
    if not isinstance(node, (ast.Tuple, ast.List)) or len(node.elts) < rank:
        return []
    elements = node.elts[-rank:]
    favours, weight = judge_names(elements)
    if favours is None:
        return []
    written = ", ".join(ast.unparse(element) for element in elements)
    end = "first" if favours is FIRST else "last"
    return [
        Evidence(
            f"The names in the shape ({written}) put the channels {end}.",
            root.line,
            favours,
            weight,
            root.path,
        )
    ]


def problems(traces: Sequence[tuple[Trace, Sequence[Application]]]) -> list[Evidence]:
    """A reading under which a layer cannot be built."""
    result = []
    for trace, applications in traces:
        for application in applications:
            if application.problem:
                broken, other = (LAST, FIRST) if trace.reading == "tf" else (FIRST, LAST)
                result.append(
                    Evidence(
                        f"As {broken.value} the model cannot be built: "
                        f"{application.kind} {application.problem}.",
                        application.line,
                        other,
                        0.95,
                        application.path,
                    )
                )
                break
    if len(result) == 2:
        # If neither can be built, something was misread (or the code never ran).
        return [Evidence(e.sentence, e.line, e.favours, 0.2, e.path) for e in result]
    return result


def axes(applications: Iterable[Application]) -> list[Evidence]:
    """Axes of BatchNormalization and concatenation on images, shapes of Deconvolution2D."""
    result: dict[tuple[str, DataFormat], Evidence] = {}
    for application in applications:
        layer = application.layer
        if layer is None:
            continue
        ranks = {len(shape) for shape in application.inputs if shape is not None}
        rank = ranks.pop() if len(ranks) == 1 else 0
        found = None
        role = SPECS[layer.kind].role
        if role is Role.NORMALIZATION and rank in (4, 5):
            found = _axis_evidence("BatchNormalization over axis", layer, "axis", rank)
        elif application.kind == "merge" and rank in (4, 5):
            if layer.config.get("mode", "sum") == "concat":
                found = _axis_evidence("concatenation along axis", layer, "concat_axis", rank)
        elif role is Role.TRANSPOSED:
            found = _deconvolution_evidence(layer)
        if found is not None:
            favours, weight, sentence = found
            key = (application.kind, favours)
            if key not in result:
                result[key] = Evidence(
                    sentence, application.line, favours, weight, application.path
                )
    return list(result.values())


def _axis_evidence(
    what: str, layer: Layer, argument: str, rank: int
) -> tuple[DataFormat, float, str] | None:
    if not layer.config.has(argument):
        return None
    axis = layer.config.get(argument)
    if not isinstance(axis, int):
        return None
    if axis == 1 or axis == 1 - rank:
        return FIRST, 0.8, f"{what} {axis} of a {rank}-D tensor: channels come first."
    if axis == rank - 1:
        return LAST, 0.8, f"{what} {axis} of a {rank}-D tensor: channels come last."
    if axis == -1:
        return LAST, 0.6, f"{what} -1 of a {rank}-D tensor: channels come last."
    return None


def deconvolutions(applications: Iterable[Application], ordering: str) -> list[Evidence]:
    """A Deconvolution2D whose output_shape TensorFlow would refuse under this reading."""
    other = LAST if ordering == "th" else FIRST
    for application in applications:
        layer = application.layer
        shape = application.inputs[0] if application.inputs else None
        if layer is None or role_of(layer.kind) is not Role.TRANSPOSED:
            continue
        if not shape or len(shape) != 4:
            continue
        if explicit_ordering(layer) is not None or application.inherited:
            continue
        given = layer.config.get("output_shape")
        if not isinstance(given, Seq) or len(given.items) != 4:
            continue
        border = layer.config.get("border_mode", "valid")
        strides = layer.config.sizes("subsample", 2, 1)
        windows = (layer.config.get("nb_row"), layer.config.get("nb_col"))
        for i, axis in enumerate(spatial_axes(2, ordering)):
            wanted = given.items[axis]
            fits = deconvolution_fits(shape[axis], wanted, windows[i], border, strides[i])
            if fits is False:
                return [
                    Evidence(
                        f"As {FORMATS[ordering].value} the model cannot run: Deconvolution2D is "
                        f"to make {wanted} out of {shape[axis]} with a window of {windows[i]} "
                        f"and a stride of {strides[i]}.",
                        application.line,
                        other,
                        0.9,
                        application.path,
                    )
                ]
    return []


def kept_channels(applications: Iterable[Application], ordering: str) -> list[Evidence]:
    """A Reshape that flattens rows and columns and keeps the channels where they are."""
    axis, end = (1, 0) if ordering == "th" else (-1, -1)
    for application in applications:
        layer, shape = application.layer, application.inputs[0] if application.inputs else None
        if layer is None or shape is None or len(shape) != 4:
            continue
        target = layer.config.get("target_shape")
        channels = shape[axis]
        if not isinstance(target, Seq) or len(target.items) != 2 or not isinstance(channels, int):
            continue
        if target.items[end] == channels and target.items[-1 - end] != channels:
            place = "first" if ordering == "th" else "last"
            return [
                Evidence(
                    f"The reshape to {show(target.items)} keeps the {channels} channels {place}.",
                    application.line,
                    FORMATS[ordering],
                    0.7,
                    application.path,
                )
            ]
    return []


def _deconvolution_evidence(layer: Layer) -> tuple[DataFormat, float, str] | None:
    shape, filters = layer.config.get("output_shape"), layer.config.get("nb_filter")
    if not isinstance(shape, Seq) or len(shape.items) != 4 or not isinstance(filters, int):
        return None
    first, last = shape.items[1] == filters, shape.items[3] == filters
    if first == last:
        return None
    end, favours = ("second", FIRST) if first else ("last", LAST)
    return (
        favours,
        0.9,
        f"output_shape {show(shape.items)} has the {filters} filters in its {end} place.",
    )
