"""What is fed to models whose inputs (and outputs) have the channels last: the data is turned, too.

Where the preparation of an array is plain to see it makes arrays with the channels last; anywhere
else the array is turned where it goes into the model (or comes out of it).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kerasmig.finding import Edit, Span
from kerasmig.rewrite.layout.editing import CannotEdit, FileEdits
from kerasmig.rewrite.layout.preparation import Preparation

#: Method (or function of ``keras1_compat``) → positions of x and y; a function has the model first.
_TAKES = {
    "fit": (0, 1),
    "evaluate": (0, 1),
    "train_on_batch": (0, 1),
    "test_on_batch": (0, 1),
    "predict": (0, None),
    "predict_on_batch": (0, None),
    "predict_classes": (1, None),
    "predict_proba": (1, None),
}
#: Functions of ``keras1_compat`` that take batches, after the model.
_BY_BATCHES = ("fit_generator", "evaluate_generator", "predict_generator")
_NEEDS_Y = ("fit", "evaluate", "train_on_batch", "test_on_batch")
_GIVES = ("predict", "predict_on_batch")
_COMPAT = ("predict_classes", "predict_proba")


def is_feeding(name: str) -> bool:
    """Whether a method, or a function of ``keras1_compat``, feeds arrays to a model."""
    return name in _TAKES or name in _BY_BATCHES


class Fed(NamedTuple):
    """A call that feeds a model.

    Args:
        takes, gives: states of the model's inputs and outputs.
    """

    call: ast.Call
    name: str
    takes: tuple[int, ...]
    gives: tuple[int, ...]


class Unfollowed(NamedTuple):
    """Where data reaches a model and could not be turned."""

    node: ast.AST
    reason: str


class DataEdges:
    """Turns what one file feeds to models."""

    def __init__(self, edits: FileEdits) -> None:
        self._edits = edits
        self._text = edits.text
        self._names: dict[tuple[int, str, int], list[ast.Name]] = {}
        self._others: list[tuple[ast.expr, int, bool]] = []
        self._made_by_batch: list[tuple[ast.expr, Fed]] = []
        self.left: list[Unfollowed] = []
        self.made: list[tuple[ast.AST, str]] = []

    def feed(self, fed: Fed) -> None:
        """Turn the arrays of one call."""
        if not any((*fed.takes, *fed.gives)):
            return
        name = fed.name
        if name in _BY_BATCHES:
            self._batches(fed, _argument(fed.call, 1, "generator"))
            return
        if name not in _TAKES:
            return
        x_place, y_place = _TAKES[name]
        x = _argument(fed.call, x_place, "x")
        y = None if y_place is None else _argument(fed.call, y_place, "y")
        if x is None or (name in _NEEDS_Y and y is None) or _by_steps(fed.call):
            self._batches(fed, x)
            return
        self._turn(x, fed.takes)
        if y is not None and any(fed.gives):
            self._turn(y, fed.gives)
        self._validated(fed)
        self._given_back(fed, name in _GIVES)

    def _batches(self, fed: Fed, batches: ast.expr | None) -> None:
        """Turn what a generator gives, batch by batch."""
        if batches is None or isinstance(batches, ast.Starred):
            self.left.append(Unfollowed(fed.call, "what this generator gives"))
            return
        self._through(batches, fed)
        self._validated(fed)
        self._given_back(fed, fed.name in (*_GIVES, "predict_generator"))

    def _through(self, value: ast.expr, fed: Fed) -> None:
        if not any(value is known for known, _ in self._made_by_batch):
            self._made_by_batch.append((value, fed))

    def _validated(self, fed: Fed) -> None:
        for keyword in fed.call.keywords:
            if keyword.arg == "validation_data":
                self._validation(keyword.value, fed)

    def _given_back(self, fed: Fed, gives: bool) -> None:
        if gives and any(fed.gives):
            if len(fed.gives) == 1:
                self._others.append((fed.call, fed.gives[0], True))
            else:
                self.left.append(Unfollowed(fed.call, "what this model gives"))

    def _validation(self, value: ast.expr, fed: Fed) -> None:
        if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) >= 2:
            self._turn(value.elts[0], fed.takes)
            if any(fed.gives):
                self._turn(value.elts[1], fed.gives)
        elif not (isinstance(value, ast.Constant) and value.value is None):
            self._through(value, fed)

    def _turn(self, value: ast.expr, states: Sequence[int]) -> None:
        if len(states) == 1:
            alone = isinstance(value, ast.List) and len(value.elts) == 1
            self._turn_one(value.elts[0] if alone else value, states[0])  # type: ignore[attr-defined]
        elif isinstance(value, (ast.List, ast.Tuple)) and len(value.elts) == len(states):
            for element, state in zip(value.elts, states, strict=True):
                self._turn_one(element, state)
        elif any(states):
            self.left.append(Unfollowed(value, "this list of arrays"))

    def _turn_one(self, value: ast.expr, state: int) -> None:
        if not state:
            return
        if isinstance(value, ast.Starred):
            self.left.append(Unfollowed(value, "these arguments"))
        elif isinstance(value, ast.Name):
            scope = self._edits.names.scope_of(value)
            self._names.setdefault((id(scope), value.id, state), []).append(value)
        elif not any(value is known for known, _, _ in self._others):
            self._others.append((value, state, False))

    def write(self) -> None:
        """Write all of it down."""
        for (_, _, state), uses in self._names.items():
            changes = Preparation(self._edits, uses, state).changes()
            if changes is not None:
                self._edits.edits += changes.edits
                self.made.append((changes.place, "prepared with the channels last"))
                continue
            for use in {id(use): use for use in uses}.values():
                self._around(use, state, back=False)
        for value, state, back in self._others:
            self._around(value, state, back=back)
        for value, fed in self._made_by_batch:
            self._by_batch(value, fed)

    def _by_batch(self, value: ast.expr, fed: Fed) -> None:
        turned = self._edits.imports.need("keras1_compat.channels_last")
        axes = [f", {_axes(fed.takes)}"] if any(fed.takes) or any(fed.gives) else [""]
        if any(fed.gives):
            axes.append(f", {_axes(fed.gives)}")
        span = self._text.span(value)
        self._edits.edits.append(Edit(Span(span.start, span.start), (f"{turned}(",)))
        self._edits.edits.append(Edit(Span(span.end, span.end), (f"{''.join(axes)})",)))
        self.made.append((value, "the channels of each batch go last here"))

    def _around(self, value: ast.expr, state: int, *, back: bool) -> None:
        numpy = self._edits.numpy()
        span = self._text.span(value)
        after = f", -1, {state})" if back else f", {state}, -1)"
        self._edits.edits.append(Edit(Span(span.start, span.start), (f"{numpy}.moveaxis(",)))
        self._edits.edits.append(Edit(Span(span.end, span.end), (after,)))
        what = "brought back to the order of the code" if back else "the channels go last here"
        self.made.append((value, what))


def _axes(states: Sequence[int]) -> str:
    """The axis of the channels; a list for several arrays."""
    return str(states[0]) if len(states) == 1 else f"[{', '.join(map(str, states))}]"


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[place] if place < len(call.args) else None


def _by_steps(call: ast.Call) -> bool:
    return any(k.arg in ("steps_per_epoch", "steps", "validation_steps") for k in call.keywords)


def feed(edits: FileEdits, calls: Iterator[Fed]) -> DataEdges:
    """Turn the data of one file."""
    data = DataEdges(edits)
    for fed in calls:
        data.feed(fed)
    data.write()
    return data


__all__ = ["CannotEdit", "DataEdges", "Fed", "Unfollowed", "feed", "is_feeding"]
