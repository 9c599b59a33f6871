"""What the inference could not decide, and where the sizes meet a bug of Keras 3."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog.general import BIAS_AXIS, UNDECIDED
from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import known_layer
from kerasmig.finding import Applicability, DataFormat, Finding, Verdict
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.directives import question
from kerasmig.rewrite.registry import file_rule

INPUT = "keras.engine.topology.Input"
# Layers whose bias meets the bug; Keras 3 adds that of a separable convolution otherwise.
_WITH_BIAS = (Role.CONVOLUTION, Role.TRANSPOSED)


@file_rule
def undecided(context: FileContext) -> Iterator[Finding]:
    """One question per model whose data format the code does not tell.

    None in code of today, where no earlier run has asked: without ``data_format`` it means what
    Keras 3 is configured to.
    """
    for verdict in context.inference.verdicts:
        if verdict.data_format is not DataFormat.UNDECIDED:
            continue
        if context.era.era is Era.LATER and not verdict.asked:
            continue
        place = _place(context, verdict)
        yield context.finding(
            UNDECIDED,
            place,
            f"{verdict.model}: channels_first or channels_last? The code does not tell; decide "
            "with --data-format, or write the answer into the comment "
            "`# kerasmig: data_format=undecided`",
            Applicability.MANUAL,
            name=verdict.model,
            edits=(
                (question(context.text, _lines(place, verdict)),)
                if _would_be_lost(context, verdict)
                else ()
            ),
            evidence=verdict.evidence,
        )


def _would_be_lost(context: FileContext, verdict: Verdict) -> bool:
    """Whether the next run could not ask, because the layers speak today's Keras by then."""
    calls = [c for c in context.calls if context.inference.verdict_for(c) is verdict]
    return not verdict.asked and any(id(call) not in context.refused for call in calls)


def _place(context: FileContext, verdict: Verdict) -> ast.AST:
    """Where a model takes its images, if only it does so there; else its first layer."""
    others = {t.line for v in context.inference.verdicts if v is not verdict for t in v.shapes}
    inputs = {t.line for t in verdict.shapes if t.name == "Input"} - others
    for call in context.calls:
        if call.lineno in inputs and context.names.keras_name(call.func) == INPUT:
            return call
    for call in context.calls:
        if call.lineno == verdict.line:
            return call
    return context.tree


def _lines(place: ast.AST, verdict: Verdict) -> Iterator[int]:
    """Where a comment may stand: behind the call, else in it or at the first layer."""
    first, last = getattr(place, "lineno", 1), getattr(place, "end_lineno", 1)
    yield from dict.fromkeys([last, *range(first, last), verdict.line])


@file_rule
def bias_axis(context: FileContext) -> Iterator[Finding]:
    """Channels-first convolutions with as many filters as their output is wide."""
    if not context.inference.finds(DataFormat.CHANNELS_FIRST):
        return
    for call in context.calls:
        verdict = context.inference.verdict_for(call)
        if verdict is None or verdict.data_format is not DataFormat.CHANNELS_FIRST:
            continue
        found = catalog_entry(context.names.keras_name(call.func) or "")
        target = (found.to or "").rpartition(".")[2] if found else ""
        layer_class = known_layer(target)
        if layer_class is None or layer_class.facts.role not in _WITH_BIAS:
            continue
        axes = layer_class.spatial
        if not axes or any(k.arg in ("bias", "use_bias") for k in call.keywords):
            continue
        for layer in context.inference.shapes_at(call).channels_first:
            output = layer.output
            if output is None or len(output) != axes + 2:
                continue
            if output[1] is not None and output[1] == output[-1]:
                yield context.finding(
                    BIAS_AXIS,
                    call,
                    f"{output[1]} filters and an output {output[-1]} wide: Keras 3 adds this bias "
                    "along the width "
                    + (
                        "when the model is called directly"
                        if layer_class.facts.role is Role.CONVOLUTION and axes == 2
                        else "here"
                    )
                    + " (a bug of Keras 3; another size avoids it)",
                    Applicability.ASSUMED,
                    name=target,
                )
                break
