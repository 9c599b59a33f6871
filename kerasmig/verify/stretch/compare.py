"""Comparing the events of both sides, in order, up to the first difference. In workers, new side."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from kerasmig.verify.messages import OF_THE_API, cause_of_error
from kerasmig.verify.stretch.events import (
    Event,
    Recorded,
    Stretch,
    StretchDifference,
    Value,
    canonical_metric,
)
from kerasmig.verify.stretch.evidence import around, cause_of

RELATIVE, ABSOLUTE = 2e-3, 2e-5
"""Differences allowed of what comes out."""
FED = 1e-5
"""The same of what is fed, as a share of its largest value."""
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?!\w)|\bnan\b|\binf\b"
)
_NUMPY = re.compile(r"\bnp\.\w+\(([^()]*)\)")
_SHORT = re.compile(r"\bacc\b")
_FED = re.compile(r"(x|y|weight)(\[.*\])?$")


class Comparison:
    """Compares two recordings.

    Args:
        old_arrays, new_arrays: the samples of arrays, by key.
    """

    def __init__(
        self,
        old: Recorded,
        new: Recorded,
        old_arrays: Mapping[str, Any],
        new_arrays: Mapping[str, Any],
    ) -> None:
        self.old, self.new = old, new
        self._arrays = (old_arrays, new_arrays)

    def run(self) -> Stretch:
        """Compare event by event."""
        before = [event for event in self.old.events if event.kind != "begin"]
        after = [event for event in self.new.events if event.kind != "begin"]
        stretch = Stretch(lines=_renumbered(self.old), made=self.old.made)
        for index, (a, b) in enumerate(zip(before, after, strict=False)):
            if a.key != b.key:
                if a.kind == "exception":
                    said = a.values["error"].text
                    stretch.ended = f"the old program fails, the new one goes on: {said}"
                    return stretch
                if _of_stand_ins(b):
                    said = b.values["error"].text
                    stretch.ended = f"the new program fails on what is not there: {said}"
                    return stretch
                stretch.difference = _other_event(before, after, index)
                return stretch
            if (found := self.event(a, b)) is not None:
                what, cause, small = found
                stretch.difference = StretchDifference(
                    what, index, a.file, a.line, b.file, b.line, cause, small
                )
                return stretch
            stretch.events += 1
            stretch.steps += a.kind == "step"
            stretch.kinds[a.kind] = stretch.kinds.get(a.kind, 0) + 1
        stretch.ended = self.old.ended or self.new.ended
        if len(before) != len(after) and not stretch.ended:
            stretch.difference = _other_event(before, after, min(len(before), len(after)))
        return stretch

    def event(self, a: Event, b: Event) -> tuple[str, str, bool] | None:
        """What differs of two events of one kind, its likely cause, and whether it is small."""
        if a.kind == "exception":
            return None
        if a.kind == "weights":
            return _weights(b)
        if a.kind in ("print", "file"):
            before, after = _text(a), _text(b)
            if a.kind == "file":
                before, after = same_columns(before, after)
            if same_figures(before, after):
                return None
            what = f"{a.kind} {a.name}" if a.kind == "file" else "output"
            return f"{what}: {before[:120]!r} became {after[:120]!r}", "", _near(before, after)
        for name, x, y in _paired(a, b):
            if (said := self._value(name, x, y, fed=_FED.match(name) is not None)) is None:
                continue
            text, cause, small = said
            where = f"{name} of {a.name}" if a.kind != "result" else f"{a.name}: {name}"
            if a.kind == "step":
                where = f"{name} of a training step"
            return f"{where}: {text}", cause or _cause(a, name), small
        return None

    def _value(
        self, name: str, x: Value | None, y: Value | None, *, fed: bool
    ) -> tuple[str, str, bool] | None:
        a, b = self._array(0, x), self._array(1, y)
        if name.startswith("weight"):
            if y is None and a is not None and np.all(a == 1):
                return None
            if x is None and b is not None and np.all(b == 1):
                return None
        if x is None or y is None:
            return f"{_show(x, a)} became {_show(y, b)}", "", False
        if a is None or b is None:
            if x.text == y.text or "None" in (x.text, y.text):
                return None
            return f"{x.text or _show(x, a)} became {y.text or _show(y, b)}", "", False
        shapes = [[n for n in value.shape if n != 1] for value in (x, y)]
        if shapes[0] != shapes[1]:
            cause = ""
            if sorted(shapes[0]) == sorted(shapes[1]):
                cause = "the same sizes in another order: the axes"
            return f"shape {x.shape} became {y.shape}", cause, False
        if a.shape != b.shape:
            return f"{_show(x, a)} became {_show(y, b)}", "", False
        scale = float(np.nanmax(np.abs(a), initial=0.0))
        apart = np.abs(a - b)
        allowed = FED * scale + 1e-9 if fed else RELATIVE * scale + ABSOLUTE
        bad = ~(apart <= allowed) & ~(np.isnan(a) & np.isnan(b)) & ~(a == b)
        if not bad.any():
            return None
        before, after = around(a, b)
        cause = cause_of(a, b, x.shape, y.shape)
        worst = float(np.nanmax(apart, initial=0.0))
        small = worst <= 0.05 * max(scale, 1e-6) and not cause.startswith("the same")
        return f"{before} became {after}", cause, small

    def _array(self, side: int, value: Value | None) -> Any:
        if value is None:
            return None
        if value.array is not None:
            return np.asarray(self._arrays[side][value.array]).reshape(-1)
        return None if value.number is None else np.asarray([value.number])


def _of_stand_ins(event: Event) -> bool:
    """Whether an event is an exception that only tells of data which is not there."""
    if event.kind != "exception" or "stand-in" not in event.values:
        return False
    said = event.values["error"].text or ""
    return not said.startswith(OF_THE_API)


def _renumbered(recorded: Recorded) -> dict[str, dict[str, int]]:
    """Lines with the number of events before them, those left out that are not compared."""
    counts, count = [0], 0
    for event in recorded.events:
        count += event.kind != "begin"
        counts.append(count)
    return {
        file: {line: counts[min(n, len(counts) - 1)] for line, n in lines.items()}
        for file, lines in recorded.lines.items()
    }


def _paired(a: Event, b: Event) -> Iterator[tuple[str, Value | None, Value | None]]:
    """Values by name; those of other names in their order."""
    optional = ("batches of an epoch", "learning rate", "loss")
    if a.kind in ("step", "call"):  # in their order: what goes in before what comes of it
        for name, value in a.values.items():
            if name in b.values or name not in optional:
                yield name, value, b.values.get(name)
        for name, value in b.values.items():
            if name not in a.values and name.startswith("weight"):
                yield name, None, value
        return
    left = {name: value for name, value in a.values.items() if name not in b.values}
    right = {name: value for name, value in b.values.items() if name not in a.values}
    for name, value in a.values.items():
        if name in b.values:
            yield name, value, b.values[name]
    if a.kind == "callback":
        return  # what of its logs a callback does not read is no matter
    for (name, value), (_, other) in zip(left.items(), right.items(), strict=False):
        yield name, value, other
    for name, value in list(left.items())[len(right) :]:
        yield name, value, None


def _weights(event: Event) -> tuple[str, str, bool] | None:
    """The layer whose weights are furthest from those of the old side."""
    worst = max(event.values.items(), key=lambda item: item[1].number or 0.0, default=None)
    if worst is None or (worst[1].number or 0.0) <= 1:
        return None
    label, value = worst
    cause = ""
    if "left them alone" in (value.text or ""):
        cause = "the new program trains what the old one left alone"
    elif "load" in event.name:
        cause = "weights are not loaded, or into other layers or places"
    elif event.name != "begin":
        cause = "optimizer, loss, regularizers or which layers are trained"
    return f"weights of {label}: {value.text}", cause, (value.number or 0.0) < 50


def _cause(event: Event, name: str) -> str:
    if event.kind == "step":
        if name == "learning rate":
            return "the learning rate or its decay"
        if name.startswith("weight"):
            return "class weights or sample weights"
        if name.startswith(("x", "y")):
            return "how the program prepares its data, or the order of batches"
        if name == "loss":
            return "the same batch has another loss: the loss, its regularizers, or the weights"
    if event.kind == "call" and name in ("epochs", "batches of an epoch"):
        return "how epochs and steps are counted"
    return ""


def _other_event(before: Sequence[Event], after: Sequence[Event], index: int) -> StretchDifference:
    """What one program does and the other one does not."""
    a = before[index] if index < len(before) else None
    b = after[index] if index < len(after) else None
    places = (a.file if a else "", a.line if a else 0, b.file if b else "", b.line if b else 0)
    if b is not None and b.kind == "exception":
        said = b.values["error"].text or ""
        what = f"the new program fails where the old one goes on: {said}"
        return StretchDifference(what, index, *places, cause=cause_of_error(said))
    window = slice(index, index + 200)
    matcher = difflib.SequenceMatcher(
        None, [e.key for e in before[window]], [e.key for e in after[window]], autojunk=False
    )
    kind = next((tag for tag, *_ in matcher.get_opcodes() if tag != "equal"), "replace")
    if b is None or (kind == "delete" and a is not None):
        what = f"the new program does not do what the old one does: {_told(a)}"
    elif a is None or kind == "insert":
        what = f"the new program does what the old one does not: {_told(b)}"
    else:
        what = f"{_told(a)} became {_told(b)}"
    return StretchDifference(what, index, *places)


def _told(event: Event | None) -> str:
    if event is None:
        return "nothing"
    if event.kind == "print":
        return f"it prints {_text(event)[:120]!r}"
    if event.kind == "file":
        return f"it writes the file {event.name}"
    if event.kind == "step":
        return "a step of training"
    return {"call": "a call of ", "result": "the result of ", "weights": "weights "}.get(
        event.kind, ""
    ) + event.name


def _text(event: Event) -> str:
    value = event.values.get("text")
    return (value.text or "") if value is not None else ""


def figures(text: str) -> tuple[str, list[float]]:
    """The letters of a text, and its numbers."""
    text = _SHORT.sub("accuracy", _NUMPY.sub(r"\1", text))
    numbers = [float(n) for n in _NUMBER.findall(text)]
    return re.sub(r"[^a-z]+", " ", _NUMBER.sub(" ", text).lower()).strip(), numbers


def same_columns(before: str, after: str) -> tuple[str, str]:
    """Two tables with the columns of the first, in its order, where both name them.

    Keras 3 writes the learning rate into a log where a callback sets it: a column more takes
    nothing from who reads by name.
    """
    tables = [[line.split(",") for line in text.split("\n")] for text in (before, after)]
    heads = [[canonical_metric(name) for name in table[0]] for table in tables]
    if len(heads[0]) < 2 or not all(map(str.isidentifier, (*heads[0], *heads[1]))):
        return before, after
    if set(heads[1]) - set(heads[0]) != {"learning_rate"} or not {*heads[0]} < {*heads[1]}:
        return before, after
    rows = [
        [row[heads[1].index(name)] for name in heads[0]] if len(row) == len(heads[1]) else row
        for row in tables[1]
    ]
    return before, "\n".join(",".join(row) for row in rows)


def same_figures(before: str, after: str) -> bool:
    """Whether two texts show the same figures; texts that say other things are not compared."""
    (words, numbers), (other_words, other_numbers) = figures(before), figures(after)
    if words != other_words:
        # Lines that name what was measured are to name the same; others may well say other things.
        named, others = _measured(before), _measured(after)
        return "loss" not in named & others or named == others
    if len(numbers) != len(other_numbers):
        return False
    return all(map(_close, numbers, other_numbers)) or all(
        map(_close, sorted(numbers), sorted(other_numbers))
    )


def _measured(text: str) -> set[str]:
    """The words of a line, metrics under the names that both sides know."""
    return {canonical_metric(word) for word in re.findall(r"[A-Za-z_]\w*", _NUMPY.sub("", text))}


def _near(before: str, after: str) -> bool:
    (_, numbers), (_, others) = figures(before), figures(after)
    return len(numbers) == len(others) and all(
        abs(a - b) <= 0.05 * max(abs(a), 1e-3) for a, b in zip(numbers, others, strict=True)
    )


def _close(a: float, b: float) -> bool:
    return a == b or (a != a and b != b) or abs(a - b) <= ABSOLUTE + RELATIVE * abs(a)


def _show(value: Value | None, array: Any) -> str:
    if value is None:
        return "nothing"
    return value.text if value.text is not None else _few(array)


def _few(array: Any) -> str:
    return around(array, array)[0]
