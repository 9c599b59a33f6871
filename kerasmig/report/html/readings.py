"""One shape under one data format, with its axes labelled and the image drawn to scale."""

from __future__ import annotations

from dataclasses import dataclass

from kerasmig.finding import DataFormat
from kerasmig.report.shapes import axis_labels, describe_axes, format_shape
from kerasmig.verify.result import Shape

_LARGEST, _SMALLEST, _OFFSET, _MOST_PLANES = 84.0, 4.0, 5, 6
_UNKNOWN = 32  # drawn for a size that is not known


@dataclass(frozen=True)
class Axis:
    """One axis of a shape: what it means, its size as text, and the kind of its meaning."""

    label: str
    size: str
    css: str


@dataclass(frozen=True)
class Plane:
    """One channel of the drawn image."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class AxisReading:
    """A shape as one data format reads it; ``planes`` is empty where there is no image to draw."""

    data_format: str
    shape: str
    axes: tuple[Axis, ...]
    words: str
    planes: tuple[Plane, ...] = ()
    width: float = 0
    height: float = 0
    problem: str = ""


def axis_reading(shape: Shape | None, data_format: DataFormat, problem: str = "") -> AxisReading:
    """Explain a shape under a data format.

    Args:
        shape: with the batch axis first; None if the code cannot be built so.
        problem: why it cannot.
    """
    if shape is None:
        why = f"cannot be built: {problem}" if problem else "cannot be built"
        return AxisReading(data_format.value, "", (), "", problem=why)
    labels = axis_labels(len(shape), data_format) or ("",) * len(shape)
    axes = tuple(
        Axis(label, "any" if size is None else str(size), _css(label))
        for label, size in zip(labels, shape, strict=True)
    )
    planes = _planes(dict(zip(labels, shape, strict=True)))
    return AxisReading(
        data_format.value,
        format_shape(shape),
        axes,
        describe_axes(shape, data_format).replace(" x ", " × "),
        planes,
        max((plane.x + plane.width for plane in planes), default=0) + 2,
        max((plane.y + plane.height for plane in planes), default=0) + 2,
    )


def _css(label: str) -> str:
    return label if label in ("batch", "channels", "") else "space"


def _planes(sizes: dict[str, int | None]) -> tuple[Plane, ...]:
    if "rows" not in sizes:
        return ()
    rows, columns = sizes["rows"] or _UNKNOWN, sizes["columns"] or _UNKNOWN
    count = min(sizes["channels"] or 1, _MOST_PLANES)
    scale = _LARGEST / max(rows, columns)
    width, height = max(columns * scale, _SMALLEST), max(rows * scale, _SMALLEST)
    # The hindmost plane comes first, so that the front one is painted over it.
    return tuple(
        Plane(1 + n * _OFFSET, 1 + (count - 1 - n) * _OFFSET, round(width, 1), round(height, 1))
        for n in reversed(range(count))
    )
