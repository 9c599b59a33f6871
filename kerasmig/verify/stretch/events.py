"""What happens while a program runs through a stretch, as a list of events. Imports nothing heavy.

Both sides write the same kinds of events under the same names, whatever the call is spelled like
there: ``fit_generator`` and ``fit`` are a ``fit``. They are compared in order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kerasmig.verify.descriptions import LayerFacts

SAMPLE = 2048
"""Values kept of an array."""
#: What methods are called in events, where the libraries have several for one thing.
CANONICAL = {
    "fit_generator": "fit",
    "evaluate_generator": "evaluate",
    "predict_generator": "predict",
    "predict_on_batch": "predict",
    "on_train_batch_begin": "on_batch_begin",
    "on_train_batch_end": "on_batch_end",
}
_METRICS = {
    "acc": "accuracy",
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
}


@dataclass(frozen=True)
class Value:
    """One value of an event: a text, a number, or an array of which a sample is kept.

    Args:
        text: a text, or what tells one value of no other kind from another.
        number: a number.
        array: key of the sampled values in the arrays of the run.
        shape: of the array.
        mean: of the whole array.
    """

    text: str | None = None
    number: float | None = None
    array: str | None = None
    shape: tuple[int, ...] = ()
    mean: float = 0.0


@dataclass(frozen=True)
class Event:
    """One event.

    Args:
        kind: ``call``, ``result``, ``step``, ``callback``, ``weights``, ``print``, ``file``,
            ``exception``.
        name: which call, which callback …
        file, line: the program's line that was being executed.
        values: what there is to compare, by name.
    """

    kind: str
    name: str
    file: str
    line: int
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What has to be the same on both sides, in order."""
        return self.kind, self.name


@dataclass(frozen=True)
class LayerWeights:
    """The weights of one layer at one moment.

    Args:
        row: the layer, as the library describes it.
        arrays: keys of its arrays.
        moved: how far each has moved since it was last looked at.
        given: whether the program itself has set them until now.
    """

    row: LayerFacts
    arrays: tuple[str, ...]
    moved: tuple[float, ...] = ()
    given: bool = False


@dataclass(frozen=True)
class Moment:
    """The weights of a model at one moment: where new models begin, or after a call.

    Args:
        rows: all layers of the model, to align them with those of the other side.
        layers: by index among the rows, those whose weights are told.
        after: the call after which it is; empty: where new layers begin.
        optimizer: class of the model's optimizer.
    """

    rows: list[LayerFacts]
    layers: dict[str, LayerWeights]
    after: str = ""
    optimizer: str = ""


@dataclass
class Recorded:
    """All that was recorded of one side of a stretch.

    Args:
        arrays: path of the arrays.
        moments: weights, in order: those that models begin with and those after calls.
        made: files that the program reads and that were made for it, relative to the copy.
        substituted: calls (by their number) whose data did not fit for want of what is not there:
            they were given made-up data, in batches of so many samples where it is more than 0.
        short: calls of ``fit`` (by their number) whose model is large: batches of an epoch and epochs
            that they were let through.
        lines: by file, executed lines, each with the number of events before it ran first.
        ended: why it was not run to its end; empty: it was.
        cut: how many loops were left before they were over.
    """

    events: list[Event] = field(default_factory=list)
    arrays: str = ""
    moments: list[Moment] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    substituted: dict[str, int] = field(default_factory=dict)
    short: dict[str, list[int]] = field(default_factory=dict)
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    ended: str = ""
    cut: int = 0

    @property
    def compares(self) -> bool:
        """Whether the program does anything that can be compared."""
        return any(event.kind not in ("exception", "begin") for event in self.events)


@dataclass(frozen=True)
class StretchDifference:
    """The first thing that differs between two stretches.

    Args:
        what: what differs, with both values.
        event: index of the event on the old side.
        old_file, old_line, new_file, new_line: the lines that were being executed.
        old_text, new_text: what is written there.
        cause: likely cause, told from evidence; empty: there is none.
        small: a float64 run might find it equal.
    """

    what: str
    event: int
    old_file: str = ""
    old_line: int = 0
    new_file: str = ""
    new_line: int = 0
    cause: str = ""
    small: bool = False
    old_text: str = ""
    new_text: str = ""


@dataclass
class Stretch:
    """How two stretches compare.

    Args:
        events: how many events were compared.
        steps: how many of them were steps of training.
        difference: the first difference.
        ended: why the comparison ended before the programs did.
        lines: executed lines of the old side, with the number of events before each ran first.
        kinds: how many events of each kind were compared.
    """

    events: int = 0
    steps: int = 0
    difference: StretchDifference | None = None
    ended: str = ""
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)


def canonical_metric(name: str) -> str:
    """A metric's name as both sides know it: ``val_acc`` and ``val_accuracy`` are the same."""
    head, name = ("val_", name[4:]) if name.startswith("val_") else ("", name)
    for kind in ("sparse_categorical", "categorical", "binary"):
        name = name.replace(f"{kind}_accuracy", "accuracy")
    for short, long in _METRICS.items():
        if name == short or name.endswith(f"_{short}"):
            name = name[: len(name) - len(short)] + long
            break
    # Layers that nobody named are counted in another way.
    return head + re.sub(r"_\d+(?=_|$)", "", name)
