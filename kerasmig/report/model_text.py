"""A verified model in words: its figures, and what the other image ordering would compute."""

from __future__ import annotations

from collections.abc import Sequence

from kerasmig.report.shapes import (
    data_format_of,
    describe_axes,
    format_difference,
    format_params,
    format_shapes,
)
from kerasmig.report.summary import plural
from kerasmig.verify.result import Pair, Reading, Status, VerifyReport

STATUS_WORDS = {
    Status.MATCH: "match",
    Status.MISMATCH: "mismatch",
    Status.NOT_VERIFIED: "not verified",
}

#: Keras 1.2.2 reads ``image_dim_ordering`` from ~/.keras/keras.json, else takes 'tf'
#: (keras/backend/common.py: ``_IMAGE_DIM_ORDERING = 'tf'``).
_KERAS_1_DEFAULT = "tf"


def figures_line(pair: Pair) -> str:
    """Shapes, parameters and differences of a model, as far as they are known."""
    figures = [
        shapes_figure(pair),
        params_figure(pair),
        difference_figure(pair),
        training_figure(pair),
        stretch_figure(pair),
    ]
    return ", ".join(figure for figure in figures if figure)


def status_word(pair: Pair) -> str:
    """The result in words; a match under a condition is told apart: ``match, if``."""
    word = STATUS_WORDS[pair.status]
    return f"{word}, if" if pair.status is Status.MATCH and pair.conditions else word


def conditions_sentence(pair: Pair) -> str:
    """``only if TF_ENABLE_ONEDNN_OPTS=1 is set …``; empty: it holds as it is."""
    return f"only if {' and '.join(pair.conditions)}" if pair.conditions else ""


def stretch_figure(pair: Pair) -> str:
    """``44 training steps and 45 other events compared``; empty for a model."""
    if pair.stretch is None:
        return ""
    steps, others = pair.stretch.steps, pair.stretch.events - pair.stretch.steps
    return f"{plural(steps, 'training step')} and {plural(others, 'other event')} compared"


def full_name(pair: Pair, report: VerifyReport) -> str:
    """A pair's name, with the ordering where it was run under both."""
    orderings = {other.ordering for other in report.pairs if other.name == pair.name}
    return f"{pair.name} [{pair.ordering}]" if len(orderings) > 1 else pair.name


def shapes_figure(pair: Pair) -> str:
    """``(None, 10, 32, 32) on both sides``, or both shapes."""
    old, new = format_shapes(pair.output_shapes_old), format_shapes(pair.output_shapes_new)
    if old == new:
        return "" if old == "-" else f"{old} on both sides"
    return f"{old} before, {new} now"


def params_figure(pair: Pair) -> str:
    """``650 parameters``, or both counts."""
    old, new = format_params(pair.params_old), format_params(pair.params_new)
    if old == new:
        return "" if old == "-" else f"{old} parameters"
    return f"{old} parameters before, {new} now"


def difference_figure(pair: Pair) -> str:
    """``outputs within 2.4e-07 (limit 0.0001)``, or '' where none were compared."""
    if pair.max_abs_diff is None:
        return ""
    limit = max((output.limit for output in pair.outputs), default=pair.tolerance)
    word = "within" if pair.max_abs_diff <= limit else "differ by"
    return (
        f"outputs {word} {format_difference(pair.max_abs_diff)} "
        f"(limit {format_difference(limit)}, {pair.precision})"
    )


def training_figure(pair: Pair) -> str:
    """``2 training steps within 1e-07``, or '' where none were done."""
    if pair.training is None:
        return ""
    steps = plural(pair.training.steps, "training step")
    difference = pair.training.max_abs_weight
    if difference is None:
        return steps
    word = "within" if difference <= pair.training.limit else "differ by"
    return f"weights after {steps} {word} {format_difference(difference)}"


def other_ordering_sentence(pair: Pair, reading: Reading, *, brief: bool = False) -> str:
    """One sentence for a person: the other ordering, its shapes and parameters, and the reason.

    Args:
        brief: leave out the error of a program that cannot be built under the other ordering.
    """
    subject = (
        "under Keras 1's default ordering 'tf' the old program"
        if reading.ordering == _KERAS_1_DEFAULT
        else f"under the ordering {reading.ordering!r} the old program"
    )
    if reading.error:
        return f"{subject} could not be built" + ("" if brief else f": {reading.error}")
    figures = (
        f"{format_shapes(reading.output_shapes)} with {format_params(reading.params)} parameters"
    )
    if reading.params == pair.params_old and reading.output_shapes == pair.output_shapes_old:
        return f"{subject} computed the same shapes, {figures}"
    words = _inputs_in_words(reading)
    reason = f", since the input was read as {words}" if words else ""
    return (
        f"{subject} computed {figures}{reason}; the figures above are those of "
        f"{pair.ordering!r} ({data_format_of(pair.ordering).value}). If the program was trained "
        f"with {reading.ordering!r}, its weights fit that reading only"
    )


def worth_telling(pair: Pair, reading: Reading) -> bool:
    """Whether a person should know: Keras 1's own default computes something else, or nothing."""
    same = reading.params == pair.params_old and reading.output_shapes == pair.output_shapes_old
    return reading.ordering == _KERAS_1_DEFAULT and (bool(reading.error) or not same)


def status_counts(report: VerifyReport) -> dict[Status, int]:
    """Models by result; a place that was skipped counts as not verified, never as nothing."""
    models = [pair for pair in report.pairs if not pair.is_program]
    counts = {status: sum(pair.status is status for pair in models) for status in Status}
    counts[Status.NOT_VERIFIED] += len(report.skipped)
    return counts


def counts_line(report: VerifyReport) -> str:
    """Models: ``12 match, 1 mismatch, 3 not verified``, and how many an earlier run found."""
    models = [pair for pair in report.pairs if not pair.is_program]
    return _counts(status_counts(report), models)


def programs_line(report: VerifyReport) -> str:
    """The same of whole programs, let through a stretch; empty: there were none."""
    programs = [pair for pair in report.pairs if pair.is_program]
    if not programs:
        return ""
    counts = {status: sum(pair.status is status for pair in programs) for status in Status}
    return _counts(counts, programs)


def _counts(counts: dict[Status, int], pairs: Sequence[Pair]) -> str:
    words = {status: f"{count} {STATUS_WORDS[status]}" for status, count in counts.items()}
    if under := sum(bool(p.conditions) for p in pairs if p.status is Status.MATCH):
        matches = counts[Status.MATCH] - under
        words[Status.MATCH] = f"{matches} match, {under} match if a condition holds"
    line = ", ".join(words.values())
    kept = sum(pair.kept for pair in pairs)
    return f"{line} ({kept} from the cache)" if kept else line


_PROGRAMS = {"python": "Python", "tensorflow": "TensorFlow"}


def versions_line(report: VerifyReport) -> str:
    """``Keras 1.2.2 and Keras 3.15.1, Python 3.11.7, TensorFlow 2.21.0``."""
    versions = dict(report.versions)
    both = [versions.pop(name) for name in ("keras_old", "keras_new") if name in versions]
    parts = [" and ".join(f"Keras {version}" for version in both)] if both else []
    return ", ".join(
        parts + [f"{_PROGRAMS.get(name, name)} {value}" for name, value in sorted(versions.items())]
    )


def coverage_sentence(report: VerifyReport) -> str:
    """How many of the lines that build models were run, and gave models that match."""
    if report.coverage is None:
        return "no line that builds a model was found"
    found, reached = len(report.places_found), len(report.places_reached)
    lines = "1 line of the code builds" if found == 1 else f"{found:,} lines of the code build"
    return (
        f"{lines} models: {reached:,} run, {round(report.coverage * found):,} with a match "
        f"({int(100 * report.coverage)}%)"
    )


def _inputs_in_words(reading: Reading) -> str:
    data_format = data_format_of(reading.ordering)
    words = [describe_axes(shape, data_format) for shape in reading.input_shapes]
    return " and ".join(word for word in words if word)
