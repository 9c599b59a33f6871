"""What the two instrumented libraries have in common: answering, describing, feeding. In workers."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from kerasmig.verify.models.graph import Library
from kerasmig.verify.program.inert import definite, holds_stand_in
from kerasmig.verify.program.recorder import Recorder


class Side(Library, Protocol):
    """One library, instrumented."""

    name: str  # old | new

    recorder: Recorder

    def install(self, recorder: Recorder) -> None:
        """Have models recorded, training, loading and saving answered, once `recorder` begins.

        Done once in a worker, before it forks: it goes through the whole library, and a child that
        did so would get a copy of its memory.
        """

    def begin(self, image_format: str | None, floatx: str, seed: int) -> None:
        """Get ready for one program, in its process: fresh graph, ordering, float type, seed."""

    def ready(self, model: Any) -> str:
        """Build what can be built; why the model cannot be used, or an empty string."""

    def make_input(self, shape: tuple[int, ...]) -> Any:
        """A symbolic input."""

    def belongs(self, value: Any) -> bool:
        """Whether a value is a model, a layer or a tensor of the library."""


def spare_stand_ins(cls: Any, recorder: Recorder) -> None:
    """Leave the weights of a layer as they are where a program sets some that are not there."""
    original = cls.__dict__["set_weights"]

    def set_weights(layer: Any, weights: Any) -> None:
        if holds_stand_in(weights):
            recorder.note("weights that are not there were not set")
        else:
            original(layer, weights)

    cls.set_weights = set_weights


# Constructor arguments that are no sizes.
_NO_SIZES = re.compile(r"weights|name|function|dtype|layers?|\w*(activation|init\w*|regularizer)")


def take_stand_ins_for_sizes(base: Any, create: Callable[..., Any]) -> None:
    """Give constructors of layers numbers where the program has a stand-in.

    A constructor that is to be given one is seen to before it runs, in `__new__`.

    Args:
        base: the class of all layers.
        create: its `__new__` until now.
    """

    def __new__(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if any(holds_stand_in(value) for value in (*args, *kwargs.values())):
            construct = cls.__init__
            if not getattr(construct, "_kerasmig_definite", False):

                def __init__(layer: Any, *args: Any, **kwargs: Any) -> None:
                    construct(layer, *definite(args), **_definite(kwargs))

                functools.update_wrapper(__init__, construct)
                __init__.__signature__ = inspect.signature(construct)  # type: ignore[attr-defined]
                __init__._kerasmig_definite = True  # type: ignore[attr-defined]
                cls.__init__ = __init__
            args, kwargs = definite(args), _definite(kwargs)
        return create(cls, *args, **kwargs)

    base.__new__ = __new__


def _definite(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if _NO_SIZES.fullmatch(name) else definite(value)
        for name, value in arguments.items()
    }


def bound(
    original: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Arguments by name, defaults filled in: what the real method would have been given.

    Raises:
        TypeError: the real method does not take these arguments.
    """
    signature = inspect.signature(original)
    call = signature.bind(*args, **kwargs)
    call.apply_defaults()
    return dict(call.arguments)


def sample_count(data: Any) -> int:
    """Number of samples in what is given to ``predict``."""
    if isinstance(data, dict):
        data = next(iter(data.values()), ())
    if isinstance(data, (list, tuple)) and data and hasattr(data[0], "shape"):
        data = data[0]
    shape = getattr(data, "shape", None)
    if shape is not None and len(shape):
        return int(shape[0] or 1)
    try:
        return len(data)
    except TypeError:
        return 1


def answered(shapes: Sequence[Sequence[int | None]], count: int) -> Any:
    """What ``predict`` is answered with: arrays of the right shapes, one if there is one output."""
    import numpy as np

    arrays = [
        np.full((count, *(size or 4 for size in shape[1:])), 0.5, dtype="float32")
        for shape in shapes
    ]
    return arrays[0] if len(arrays) == 1 else arrays


def history_values(
    metric_names: Sequence[str], epochs: Any, validation: bool
) -> dict[str, list[float]]:
    """What ``fit`` answers as ``History.history``."""
    try:
        count = max(1, min(int(epochs), 1000))
    except (TypeError, ValueError):
        count = 1
    names = (
        [*metric_names, *(f"val_{name}" for name in metric_names)] if validation else metric_names
    )
    return {name: [0.5] * count for name in names}
