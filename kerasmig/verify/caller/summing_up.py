"""From what the workers found to the report: pairs, places reached, what was skipped and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerasmig.verify.caller.plan import Plan
from kerasmig.verify.caller.stretches import stretch_pair, trained_by
from kerasmig.verify.caller.told import difference_of, row_of, shapes_of, training_of
from kerasmig.verify.descriptions import (
    ComparisonFacts,
)
from kerasmig.verify.messages import (
    EMPTY,
    MADE_UP,
    MAIN,
    NO_LAYERS,
    OF_THE_API,
    cause_of_error,
)
from kerasmig.verify.protocol import Built, Compared, Failure, Result
from kerasmig.verify.result import (
    Difference,
    OutputDiff,
    Pair,
    Place,
    Reading,
    Skipped,
    Status,
    VerifyReport,
)

if TYPE_CHECKING:
    from kerasmig.verify.caller.session import Run

_FEW = 4
_OTHER = {"th": "tf", "tf": "th"}


def sum_up(
    plan: Plan,
    runs: list[Run],
    *,
    versions: dict[str, str],
    settings: dict[str, Any],
    tolerance: float,
    level: str,
    seconds: float,
    confined: str = "",
) -> VerifyReport:
    """The report of all runs of a plan."""
    trained = [run for run in runs if not run.stretch and level == "program"]
    trained = [run for run in trained if trained_by(run, runs)]
    summary = _Summary(plan, tolerance, level, trained)
    for run in runs:
        if run.stretch:
            if (pair := stretch_pair(run)) is not None:
                summary.pairs.append(pair)
        else:
            summary.add(run)
    summary.settle_broken()
    return VerifyReport(
        pairs=tuple(summary.pairs),
        places_found=tuple(plan.places),
        places_reached=tuple(p for p in plan.places if (p.file, p.line) in summary.reached),
        skipped=(*plan.skipped, *summary.unreached([run for run in runs if not run.stretch])),
        versions=versions,
        settings=settings,
        seconds=round(seconds, 3),
        confined=confined,
    )


class _Summary:
    def __init__(
        self, plan: Plan, tolerance: float, level: str, trained: Sequence[Run] = ()
    ) -> None:
        self.plan = plan
        self.trained = trained
        self.tolerance = tolerance
        self.level = level
        self.trains = level in ("training", "program")
        self.pairs: list[Pair] = []
        self.reached: set[tuple[str, int]] = set()
        self.empty: set[tuple[str, int]] = set()
        self.broken: dict[tuple[str, int], list[Pair]] = {}
        self._seen: set[Any] = set()
        self._names: Counter[tuple[str, str]] = Counter()
        self._ranges = {
            (program.file, first, last): next(
                place for place in plan.places if place.name == name and place.file == program.file
            )
            for program in plan.programs
            for name, first, last in program.places
        }

    def add(self, run: Run) -> None:
        """Add the pairs of one run."""
        if run.old is None:
            return
        entries = {entry.old: entry for entry in (run.new.compared if run.new else ())}
        again = {entry.old: entry for entry in (run.new64.compared if run.new64 else ())}
        readings = self._readings(run)
        made_up = _made_up(run)
        for index, model in enumerate(run.old.models):
            place = self._place(model)
            if model.error == NO_LAYERS:
                self.empty.add((place.file, place.line))
                continue
            if not model.incomplete:
                self.reached.add((place.file, place.line))
            if model.duplicate:
                continue
            key = (
                place.file,
                place.line,
                run.ordering,
                _fingerprint(model, self.trains),
            )
            if key in self._seen:
                continue
            self._seen.add(key)
            pair = self._pair(run, model, place, entries.get(index), again.get(index))
            if made_up:
                pair = _replace(pair, notes=(*pair.notes, f"sizes made up: {made_up}"))
            reading = readings.get(index)
            if reading is not None:
                pair = _replace(pair, alternatives=(reading,))
            if model.incomplete:
                self.broken.setdefault((place.file, place.line), []).append(pair)
            else:
                self.pairs.append(pair)
        self._failures(run)

    def settle_broken(self) -> None:
        """Models that the old program could not finish: told as such where it made others.

        A place where it made none was not reached; `unreached` gives the reason.
        """
        for key, pairs in self.broken.items():
            if key in self.reached:
                self.pairs += pairs

    def _place(self, model: Built) -> Place:
        for frame in model.frames:
            for (file, first, last), place in self._ranges.items():
                if frame.file == file and first <= frame.line <= last:
                    return place
        label = model.variable or (model.function if model.function != "<module>" else model.line)
        return Place(str(model.file), model.line, f"{model.file}:{label}", "call")

    def _pair(
        self,
        run: Run,
        model: Built,
        place: Place,
        entry: Compared | None,
        again: Compared | None,
    ) -> Pair:
        self._names[place.name, run.ordering] += 1
        count = self._names[place.name, run.ordering]
        name = place.name if count == 1 else f"{place.name}#{count}"
        partner = entry.new if entry else None
        place = Place(place.file, place.line, name, place.kind, partner.line if partner else None)
        base = Pair(
            place=place,
            ordering=run.ordering,
            status=Status.NOT_VERIFIED,
            input_shapes_old=shapes_of(model.facts.get("input_shapes")),
            output_shapes_old=shapes_of(model.facts.get("output_shapes")),
            params_old=model.facts.get("params"),
            tolerance=self.tolerance,
            kept=run.kept,
            conditions=_conditions(run),
            seconds=round(run.seconds / max(1, len(run.old.models if run.old else ())), 3),
        )
        if model.error:
            return _replace(base, reason=f"old side: {model.error}")
        if run.new is None:
            why = run.trouble.get("new", "it was not run")
            return _replace(base, reason=f"new side: {why}")
        if entry is None or entry.new is None:
            return _replace(base, status=Status.MISMATCH, **_missing(run, model))
        if entry.error:
            text = f"the new model is {entry.error}"
            return _replace(
                base, status=Status.MISMATCH, reason=text, first_difference=Difference(text)
            )
        if entry.not_verified or entry.comparison is None:
            return _replace(base, reason=f"new side: {entry.not_verified or 'not compared'}")
        trouble = run.trouble.get("old64") or run.trouble.get("new64") or ""
        if model.compiled and again is None and any(run is one for one in self.trained):
            base = _replace(base, notes=("its training was compared as the program does it",))
            return self._compared(base, entry.comparison, again, trouble, None)
        return self._compared(base, entry.comparison, again, trouble, bool(model.compiled))

    def _compared(
        self,
        base: Pair,
        comparison: ComparisonFacts,
        again: Compared | None,
        trouble: str,
        compiled: bool | None,
    ) -> Pair:
        notes = [*base.notes, *comparison.get("notes", ())]
        differences = list(comparison["differences"])
        precision, outputs = "float32", comparison.get("outputs", ())
        finer = again.comparison if again else None
        training = (finer or {}).get("training")
        if finer is not None and (lacking := _lacks_float64(finer)):
            finer = {**finer, "differences": [], "not_verified": lacking}
            if comparison.get("float64"):
                notes.append(f"float64 could not decide: {lacking}")
                comparison = {**comparison, "float64": False}
        if differences and comparison.get("float64") and finer is not None:
            precision, outputs = "float64", finer["outputs"]
            differences = list(finer["differences"])
            if not differences:
                worst = max((o["max_abs_predict"] or 0.0 for o in comparison["outputs"]), default=0)
                notes.append(
                    f"in float32 the outputs differ by {worst:.2g}: rounding, for in float64 they agree"
                )
        elif not differences and finer is not None and self.trains:
            differences = list(finer["differences"])
            notes.extend(finer["notes"])
        pair = _replace(
            base,
            layers=tuple(row_of(row) for row in comparison.get("rows", ())),
            input_shapes_new=shapes_of(comparison.get("input_shapes")),
            output_shapes_new=shapes_of(comparison.get("output_shapes")),
            params_new=comparison.get("params"),
            outputs=tuple(OutputDiff(**output) for output in outputs),
            training=training_of(training),
            precision=precision,
            notes=tuple(notes),
            conditions=(*base.conditions, *comparison.get("conditions", ())),
        )
        if differences:
            first = differences[0]
            return _replace(
                pair,
                status=Status.MISMATCH,
                reason=first["what"],
                first_difference=difference_of(first),
                notes=(*pair.notes, *(d["what"] for d in differences[1:])),
            )
        if comparison.get("not_verified"):
            return _replace(pair, reason=comparison["not_verified"])
        if self.level == "shapes":
            return _replace(pair, status=Status.MATCH, reason="shapes and parameter counts only")
        if not pair.outputs:
            return _replace(pair, reason="no output was computed")
        if compiled is None:
            return _replace(pair, status=Status.MATCH)
        if self.trains and not compiled:
            notes_of = (*pair.notes, "not compiled by the program: no training to compare")
            return _replace(pair, status=Status.MATCH, notes=notes_of)
        if self.trains and (why := _untrained(finer, again, trouble)):
            return _replace(pair, reason=why)
        return _replace(pair, status=Status.MATCH)

    def _readings(self, run: Run) -> dict[int, Reading]:
        """What the old program computes under the other ordering, by index of the model."""
        from kerasmig.verify.models.match import pair_models

        assert run.old is not None
        ordering = _OTHER[run.ordering]
        if run.other is None:
            why = run.trouble.get("other")
            if why is None:
                return {}
            return {i: Reading(ordering, error=why) for i in range(len(run.old.models))}
        others = run.other.models
        readings: dict[int, Reading] = {}
        for i, j in pair_models(run.old.models, others):
            if j is not None and not others[j].error:
                found = others[j].facts
                readings[i] = Reading(
                    ordering,
                    shapes_of(found["output_shapes"]),
                    shapes_of(found["input_shapes"]),
                    found["params"],
                )
                continue
            failures = run.other.failures
            why = others[j].error if j is not None else ""
            why = why or (failures[0].message if failures else "it does not build")
            readings[i] = Reading(ordering, error=why)
        return readings

    def _failures(self, run: Run) -> None:
        """A new program that stumbles where the old one ran on is wrong, whatever it built."""
        if run.old is None or run.new is None:
            return
        before = Counter((f.where, _family(f.kind)) for f in run.old.failures)
        for failure in run.new.failures:
            key = (failure.where, _family(failure.kind))
            if before[key]:
                before[key] -= 1
                continue
            if _says_nothing(failure, run.old):
                continue
            file = run.program.file
            text = f"the new program fails where the old one runs on: {failure.message}"
            self.pairs.append(
                Pair(
                    Place(file, failure.line or 1, file, "script", failure.line or None),
                    run.ordering,
                    Status.MISMATCH,
                    text,
                    tolerance=self.tolerance,
                    first_difference=Difference(text, cause_of_error(failure.message)),
                )
            )
            return

    def unreached(self, runs: list[Run]) -> list[Skipped]:
        """Places that no run reached, with reasons."""
        already = {(skip.file, skip.line) for skip in self.plan.skipped}
        reasons: dict[str, list[Run]] = {}
        for run in runs:
            reasons.setdefault(run.program.file, []).append(run)
        found = []
        for place in self.plan.places:
            key = (place.file, place.line)
            if key in self.reached or key in already:
                continue
            if key in self.broken:
                why = self.broken[key][0].reason
            elif key in self.empty:
                why = "old side: the program adds no layer to what it makes here"
            else:
                why = _why_not(place, reasons.get(place.file, []))
            found.append(Skipped(*key, place.name, why))
        return found


def _conditions(run: Run) -> tuple[str, ...]:
    """What the user would have to set for the new side to do what it did."""
    if run.agnostic and run.ordering == "th":
        return (*run.conditions, "Keras's image_data_format is channels_first")
    return tuple(run.conditions)


def _says_nothing(failure: Failure, old: Result) -> bool:
    """Whether a failure of the new program, which the old one had not, is no fault of it."""
    if failure.kind == "TimeIsUp":
        return True
    if failure.kind == "ValueError" and any(m.incomplete == EMPTY for m in old.models):
        return True  # Keras 3 refuses what had no units in the old program
    in_script = failure.where == MAIN
    if in_script and old.stopped is not None and failure.position > old.stopped:
        return True  # the old program was not run that far
    if not failure.stand_in:
        return False
    # Both sides made something of data that is not there.
    if failure.kind not in OF_THE_API:
        return True
    return in_script and any(
        f.where == MAIN and f.stand_in and f.position == failure.position for f in old.failures
    )


def _family(kind: str) -> str:
    """What counts as the same failure: a name that is not in a module, or the module itself."""
    return "ImportError" if kind == "ModuleNotFoundError" else kind


def _made_up(run: Run) -> str:
    """Sizes that a program has from what is not there, as the report tells them."""
    notes = run.old.notes if run.old else []
    found = [note[len(MADE_UP) :] for note in notes if note.startswith(MADE_UP)]
    more = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
    return ", ".join(found[:_FEW]) + more


def _why_not(place: Place, runs: list[Run]) -> str:
    for run in runs:
        if "old" in run.trouble:
            return f"old side: {run.trouble['old']}"
        if run.old is None:
            continue
        label = place.name.partition(":")[2]
        for qualname, reason in run.old.unreached.items():
            if label == qualname or label.startswith((qualname + ".", qualname + "#")):
                return f"old side: {reason}"
        main = [f for f in run.old.failures if f.where == "main"]
        if main:
            return f"old side: {main[0].message}"
    return "the program does not get there"


def _lacks_float64(comparison: ComparisonFacts) -> str:
    """What the new side said if TensorFlow has no float64 form of an operation; else empty."""
    for difference in comparison["differences"]:
        what = str(difference["what"])
        if what.startswith("the new model cannot be") or "cannot compute" in what:
            lowered = what.lower()
            if "float64" in lowered or "double" in lowered:
                return what.replace("the new model", "in float64 the new model", 1)
    return ""


def _untrained(finer: ComparisonFacts | None, again: Compared | None, trouble: str) -> str:
    """Why training was not compared though the model is compiled; empty: it was, or need not be."""
    if finer is None:
        why = trouble or (again and (again.error or again.not_verified))
        if again is not None and not why:
            why = "the float64 run does not build the model"
        return f"outputs match; training was not compared: {why or 'no float64 run'}"
    if finer["not_verified"]:
        return f"outputs match; training was not compared: {finer['not_verified']}"
    return ""


def _missing(run: Run, model: Built) -> dict[str, Any]:
    assert run.new is not None
    failures = [f for f in run.new.failures if f.where == model.call]
    failures = failures or run.new.failures
    if failures:
        text = f"the new program fails before it has built the model: {failures[0].message}"
    else:
        text = "the new program builds no model in this place"
    return {"reason": text, "first_difference": Difference(text)}


def _fingerprint(model: Built, training: bool) -> str:
    return repr(
        [
            model.error,
            model.variable,
            model.facts.get("input_shapes"),
            model.facts.get("output_shapes"),
            model.facts.get("params"),
            model.compiled if training else "",
            [(row["class"], row["name"]) for row in model.rows],
        ]
    )


def _replace(pair: Pair, **changes: Any) -> Pair:
    import dataclasses

    return dataclasses.replace(pair, **changes)
