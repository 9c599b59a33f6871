"""Shapes and axes in words.

Shapes carry the batch axis first, as ``layer.output_shape`` of Keras 1 does; the number of axes
tells how many of them are spatial.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kerasmig.finding import DataFormat

if TYPE_CHECKING:
    from kerasmig.verify.result import Shape

_SPATIAL = {3: ("steps",), 4: ("rows", "columns"), 5: ("planes", "rows", "columns")}
_ORDERINGS = {"th": DataFormat.CHANNELS_FIRST, "tf": DataFormat.CHANNELS_LAST}


def format_shape(shape: Shape | None) -> str:
    """``(None, 10, 32, 32)`` as Keras prints it; ``-`` for no shape."""
    return "-" if shape is None else str(tuple(shape))


def format_shapes(shapes: Iterable[Shape]) -> str:
    """Several shapes, as of a model with several outputs."""
    return ", ".join(map(format_shape, shapes)) or "-"


def format_params(count: int | None) -> str:
    """A parameter count with its thousands set apart."""
    return "-" if count is None else f"{count:,}"


def format_difference(value: float | None) -> str:
    """A numerical difference, short: ``0``, ``1.2e-07``."""
    return "-" if value is None else f"{value:.2g}"


def axis_labels(rank: int, data_format: DataFormat) -> tuple[str, ...]:
    """What each axis means under a data format, such as ``batch, channels, rows, columns``.

    Empty where the rank is not that of an image, a volume or a sequence, or the format is open.
    """
    spatial = _SPATIAL.get(rank, ())
    if data_format is DataFormat.CHANNELS_FIRST and spatial:
        return ("batch", "channels", *spatial)
    if data_format is DataFormat.CHANNELS_LAST and spatial:
        return ("batch", *spatial, "channels")
    return ()


def describe_axes(shape: Shape | None, data_format: DataFormat) -> str:
    """``1 row x 32 columns x 32 channels``: a shape as a person speaks of it, or ``''``."""
    if shape is None:
        return ""
    labels = axis_labels(len(shape), data_format)
    sizes = dict(zip(labels, shape, strict=False))
    order = [label for label in labels if label not in ("batch", "channels")]
    return " x ".join(_axis(sizes[label], label) for label in [*order, "channels"] if labels)


def data_format_of(ordering: str) -> DataFormat:
    """Keras 1's ``th`` or ``tf`` as a data format."""
    return _ORDERINGS.get(ordering, DataFormat.UNDECIDED)


def _axis(size: int | None, label: str) -> str:
    if size is None:
        return f"any {label}"
    return f"{size} {label[:-1] if size == 1 else label}"
