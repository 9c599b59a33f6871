"""From the comparison of two stretches to a pair of the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kerasmig.verify.protocol import Result
from kerasmig.verify.result import Difference, Pair, Place, Status, StretchFigures
from kerasmig.verify.stretch.events import StretchDifference

if TYPE_CHECKING:
    from kerasmig.verify.caller.session import Run


_PROVES = ("call", "step", "result", "print", "weights")
"""Kinds of events of which one at least has to be equal; of a program that fails, not output alone."""
_TRAINED = {"fit", "fit_generator", "train_on_batch"}
LIMITS = ("time limit", "memory limit", "program limit")
"""How the reason begins why a program was stopped, or not begun."""


def stretch_pair(run: Run) -> Pair | None:
    """The pair of a program that was let through a stretch; None: it has nothing to compare."""
    file = run.program.file
    base = Pair(
        Place(file, 1, file, "program"),
        run.ordering,
        Status.NOT_VERIFIED,
        conditions=tuple(run.conditions),
        seconds=round(run.seconds, 3),
        kept=run.kept,
    )
    if run.old is None:
        return _with(base, reason=f"old side: {_why_not(run, 'old')}")
    recorded = run.old.recorded
    if recorded is None or not recorded.compares:
        failed = run.old.failures
        return _with(base, reason=f"old side: {failed[0].message}") if failed else None
    if run.new is None or run.new.stretch is None:
        return _with(base, reason=f"new side: {_why_not(run, 'new')}")
    stretch = run.new.stretch
    notes = [*run.old.notes]
    if stretch.difference is not None and stretch.difference.small:
        finer = run.new64.stretch if run.new64 is not None else None
        if finer is None:
            why = run.trouble.get("old64") or run.trouble.get("new64") or "no float64 run"
            notes.append(f"float64 could not decide: {why}")
        elif finer.difference is None and finer.events >= stretch.events:
            notes.append(
                f"in float32: {stretch.difference.what}: rounding, for in float64 they agree"
            )
            base = _with(base, precision="float64")
            stretch = finer
        else:
            base = _with(base, precision="float64")
            stretch = finer
    pair = _with(
        base,
        stretch=StretchFigures(
            stretch.events, stretch.steps, stretch.kinds, tuple(stretch.made), stretch.lines
        ),
        notes=tuple(notes),
    )
    if stretch.difference is not None:
        difference = _difference(stretch.difference)
        return _with(
            pair, status=Status.MISMATCH, reason=difference.what, first_difference=difference
        )
    if not stretch.events:
        return _with(pair, reason=stretch.ended or "nothing of it could be compared")
    failed = run.old.failures
    if failed and not stretch.ended:
        notes.append(f"both programs fail: {failed[0].message}")
    if stretch.ended:
        notes.append(f"not compared to its end: {stretch.ended}")
    if not any(kind in stretch.kinds for kind in _PROVES if kind != "print" or not failed):
        return _with(pair, reason=failed[0].message if failed else "nothing of it was compared")
    return _with(pair, status=Status.MATCH, notes=tuple(notes))


def _why_not(run: Run, stage: str) -> str:
    """Why a side of a stretch has no result; what its limits stopped falls back to its models."""
    why = run.trouble.get(stage, "it was not run")
    if why.startswith(LIMITS):
        setting = why.partition(":")[0].replace(" ", "-")
        why += f"; only its models are compared ({setting} in [tool.kerasmig.verify] gives it more)"
    return why


def quote_lines(result: Result, line: Callable[[str, str, int], str]) -> None:
    """Say what is written on the lines at which two stretches differ.

    Args:
        line: the text of a line: of which side, which file, which number.
    """
    if result.stretch is None or (found := result.stretch.difference) is None:
        return
    result.stretch.difference = replace(
        found,
        old_text=line("old", found.old_file, found.old_line),
        new_text=line("new", found.new_file, found.new_line),
    )


def _difference(found: StretchDifference) -> Difference:
    def source(file: str, line: int, text: str) -> str | None:
        return f"{file}:{line}: {text}".removesuffix(": ") if file else None

    return Difference(
        found.what,
        found.cause,
        old_source=source(found.old_file, found.old_line, found.old_text),
        new_source=source(found.new_file, found.new_line, found.new_text),
        level="program",
    )


def _with(pair: Pair, **changes: object) -> Pair:
    return replace(pair, **changes)  # type: ignore[arg-type]


def trained_by(run: Run, runs: Sequence[Run]) -> bool:
    """Whether the stretch of a run's program trains each of its models as the program does, equally.

    Then a few steps of each by itself, at level ``training``, add nothing.
    """
    if run.old is None:
        return False
    for other in runs:
        if not other.stretch or other.program.file != run.program.file:
            continue
        recorded = other.old.recorded if other.old is not None else None
        result = other.new64 or other.new
        stretch = result.stretch if result is not None else None
        if recorded is None or recorded.cut or stretch is None:
            continue
        if stretch.steps and not stretch.difference and not stretch.ended:
            return all(_TRAINED & {*model.methods} for model in run.old.models if model.compiled)
    return False
