"""The words in which the catalog says what a layer is: what it works on, and what it may become.

A layer's row in the catalog (`vocabulary.Entry`) carries its `LayerFacts`; `layers` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a layer does to its input, as far as other parts of kerasmig treat layers alike."""

    CONVOLUTION = "convolution"
    TRANSPOSED = "transposed convolution"
    SEPARABLE = "separable convolution"
    LOCAL = "locally connected"
    CONVOLUTIONAL_RECURRENT = "convolutional recurrent"
    RECURRENT = "recurrent"
    DENSE = "dense"
    EMBEDDING = "embedding"
    POOLING = "pooling"
    GLOBAL_POOLING = "global pooling"
    RESIZING = "padding, cropping, upsampling"
    ELEMENTWISE = "element by element"
    DROPOUT = "dropout and noise"
    NORMALIZATION = "normalization"
    RESHAPING = "reshaping"
    LAMBDA = "lambda"
    MERGE = "merge"
    TIME_DISTRIBUTED = "time distributed"
    BIDIRECTIONAL = "bidirectional"
    INPUT = "input"


KERNELS = frozenset([Role.CONVOLUTION, Role.TRANSPOSED, Role.SEPARABLE])
"""Layers whose kernels have one array that every place of the image shares."""

ONEDNN_ONLY = frozenset([Role.CONVOLUTION, Role.TRANSPOSED, Role.CONVOLUTIONAL_RECURRENT])
"""What TensorFlow computes over two axes channels first on a CPU only with oneDNN (measured, 2.21:
not so pooling, separable convolutions, and anything over three axes)."""

CHANNEL_CHANGING = KERNELS | {
    Role.LOCAL,
    Role.CONVOLUTIONAL_RECURRENT,
    Role.DENSE,
    Role.EMBEDDING,
    Role.RESHAPING,
    Role.MERGE,
}
"""Layers after which an axis no longer is the axis of the input that it stood for."""


class Layout(Enum):
    """What a layer is to a conversion from channels first to channels last."""

    TURNED = "turned"
    """It has a data format, which it is told anew."""
    INDIFFERENT = "indifferent"
    """Element by element: the order of the axes is nothing to it."""
    BY_AXIS = "by axis"
    """It names axes, which get other numbers."""
    EDGE = "edge"
    """Anything else: it gets its input, and gives its output, in the order that the code means."""


_TURNED = KERNELS | {
    Role.CONVOLUTIONAL_RECURRENT,
    Role.POOLING,
    Role.GLOBAL_POOLING,
    Role.RESIZING,
    Role.DROPOUT,
}
_LAYOUTS = {
    Role.ELEMENTWISE: Layout.INDIFFERENT,
    Role.DROPOUT: Layout.INDIFFERENT,
    Role.NORMALIZATION: Layout.BY_AXIS,
    Role.MERGE: Layout.BY_AXIS,
}


MERGE_MODES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}
"""``mode`` of Keras 1's ``merge`` → the layer that took its place."""

MERGE_LAYERS = (*dict.fromkeys(MERGE_MODES.values()), "Minimum", "Subtract")
"""The layers that a ``Merge`` may have become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFacts:
    """What is known of a layer beside its signature.

    Args:
        role: see `Role`.
        shape: name of the shape function (`analysis.layers.shape_functions`); ``same``: unchanged.
        axes: number of spatial axes that it works on; 0 where it does not look at places.
        time_axis: whether an axis of time stands between batch and image.
        keeps_width: whether it leaves the last axis as wide as it is, whatever its arguments.
        also: other names of the class, in Keras 3 or in Keras 1 and beside those that the
            photographs of the libraries know.
        becomes: classes that may stand for it in a migrated model beside the entry's ``to``.
        may_be_added: whether the migration may put one where the old model had none.
        hidden: arguments of Keras 1 that the outputs at inference cannot show.
        like: a layer of Keras 3 that takes the same positions, where Keras 2 had this one and Keras
            3 has none.
        turning: its `Layout` where that does not follow from its role.
        gates: order of the gates within a kernel of Keras 3, and the order in which Keras 1.2.2
            lists their arrays (``keras/layers/recurrent.py``, ``build``); empty: none.
    """

    role: Role
    shape: str = "same"
    axes: int = 0
    time_axis: bool = False
    keeps_width: bool = False
    also: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()
    may_be_added: bool = False
    hidden: tuple[str, ...] = ()
    like: str = ""
    turning: Layout | None = None
    gates: tuple[str, str] = ("", "")

    @property
    def layout(self) -> Layout:
        """What it is to a conversion to channels last."""
        if self.turning is not None:
            return self.turning
        if self.axes > 1 and self.role in _TURNED:
            return Layout.TURNED
        if self.axes:
            return Layout.EDGE
        return _LAYOUTS.get(self.role, Layout.EDGE)


def convolution(axes: int, *also: str) -> LayerFacts:
    """A convolution over so many axes."""
    return LayerFacts(role=Role.CONVOLUTION, shape="convolution", axes=axes, also=also)


def resizing(shape: str, axes: int, may_be_added: bool = False) -> LayerFacts:
    """Padding, cropping or upsampling of so many axes."""
    return LayerFacts(role=Role.RESIZING, shape=shape, axes=axes, may_be_added=may_be_added)


def elementwise(
    *becomes: str,
    may_be_added: bool = False,
    keeps_width: bool = True,
    turning: Layout | None = None,
) -> LayerFacts:
    """Works on each number by itself."""
    return LayerFacts(
        role=Role.ELEMENTWISE,
        keeps_width=keeps_width,
        becomes=becomes,
        may_be_added=may_be_added,
        turning=turning,
    )


def dropout(*hidden: str, may_be_added: bool = False) -> LayerFacts:
    """Changes numbers at random while training."""
    return LayerFacts(role=Role.DROPOUT, keeps_width=True, hidden=hidden, may_be_added=may_be_added)


def recurrent(gates: str = "", listed: str = "") -> LayerFacts:
    """Recurrent over the second axis; ``gates``, ``listed``: see `LayerFacts.gates`."""
    return LayerFacts(role=Role.RECURRENT, shape="recurrent", gates=(gates, listed))


def dense(shape: str = "dense", *becomes: str) -> LayerFacts:
    """A matrix product over the last axis."""
    return LayerFacts(role=Role.DENSE, shape=shape, becomes=becomes)


def reshaping(shape: str, may_be_added: bool = False, turning: Layout | None = None) -> LayerFacts:
    """The same numbers in another shape."""
    return LayerFacts(role=Role.RESHAPING, shape=shape, may_be_added=may_be_added, turning=turning)
