"""Proof of a conversion: the old file in Keras 1.2.2, the new one in Keras 3, the same inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from kerasmig.oldfiles.errors import OldFileError
from kerasmig.oldfiles.migrating import NewProgram
from kerasmig.oldfiles.workers import Worker

CLOSE = 1e-5
"""How far outputs may be apart, relative to the largest (or to one, where all are smaller)."""
CLOSE_STEP = 1e-2
"""How far the changes by one step of training may be apart, relative to the largest change."""


class Proof(NamedTuple):
    """What was compared.

    Args:
        verdict: ``equal``, ``different``, or why nothing was compared.
        difference: the largest of the outputs; ``step``: how far apart the changes by one more
            step of training are, where both made one.
        problem: what is wrong with the new file; empty if nothing is.
    """

    verdict: str
    difference: float | None = None
    step: float | None = None
    problem: str = ""


class Prover:
    """Compares what files compute, with the processes that have the two libraries.

    Args:
        folder: the one that both may write to.
    """

    def __init__(self, new: Worker, old: Worker, folder: Path) -> None:
        self._new, self._old, self._folder = new, old, folder

    def prove(
        self, old: dict[str, Any], output: Path, program: NewProgram, built: bool, train: bool
    ) -> Proof:
        """Compare a new file with an old one.

        Args:
            old: what the process with Keras 1.2.2 is asked.
            built: the new file has weights only, and the program builds their model.
            train: compare a step of training, too, where the old model made one.
        """
        measured = str(self._folder / "old.npz")
        try:
            self._old.ask({**old, "measured": measured})
        except OldFileError as error:
            return Proof(f"Keras 1.2.2 does not load it: {error}")
        return judged(self.measured(output, program, measured, built, train))

    def measured(
        self, output: Path, program: NewProgram, old: str, built: bool, train: bool = True
    ) -> dict[str, Any]:
        """How far what a new file computes is from what the old model did.

        Args:
            old: file with the inputs and outputs of the old model.
        """
        self._new.allow([output, Path(old)])
        request = {
            "do": "measure",
            "output": str(output.absolute()),
            "source": program.source if built else None,
            "compat": program.compat_source,
            "measured": old,
            "train": train and not built and "compile(" in program.source,
        }
        try:
            return self._new.ask(request)
        except OldFileError as error:
            return {"difference": float("inf"), "note": str(error)}


def judged(found: dict[str, Any]) -> Proof:
    """What measured differences mean."""
    difference, step = float(found["difference"]), found.get("step")
    if not difference <= CLOSE:
        why = found.get("note") or f"difference {difference:.2g}"
        problem = (
            f"the new file computes something else ({why}): do not use it, and please report this"
        )
        return Proof("different", difference, step, problem)
    return Proof("equal", difference, step)


def step_note(step: float | None) -> tuple[str, ...]:
    """What a step of training that changed something else means: it may be chaos, so no failure."""
    if step is None or step <= CLOSE_STEP:
        return ()
    return (
        "one more step of training changed the new model otherwise than Keras 1.2.2 did (by "
        f"{step:.2g} of the change); small differences can grow there: watch the loss if you go on",
    )
