"""What the inference could not decide, and where the sizes meet a bug of Keras 3."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.analysis.era import Era
from kerasmig.catalog import entry as catalog_entry
from kerasmig.catalog.general import BIAS_AXIS, UNDECIDED
from kerasmig.finding import Applicability, DataFormat, Finding, Verdict
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.registry import file_rule

_WITH_BIAS = ("Conv2D", "Conv3D", "Conv2DTranspose")
_SPATIAL_AXES = {"Conv2D": 2, "Conv3D": 3, "Conv2DTranspose": 2}


@file_rule
def undecided(context: FileContext) -> Iterator[Finding]:
    """One question per model whose data format the code does not tell.

    None in code of today: without ``data_format`` it means what Keras 3 is configured to.
    """
    if context.era.era is Era.LATER:
        return
    for verdict in context.inference.verdicts:
        if verdict.data_format is not DataFormat.UNDECIDED:
            continue
        yield context.finding(
            UNDECIDED,
            _place(context, verdict),
            f"{verdict.model}: channels_first or channels_last? The code does not tell; decide "
            "with --data-format or with a comment `# kerasmig: data_format=...`",
            Applicability.MANUAL,
            name=verdict.model,
            evidence=verdict.evidence,
        )


def _place(context: FileContext, verdict: Verdict) -> ast.AST:
    for call in context.calls:
        if call.lineno == verdict.line:
            return call
    return context.tree


@file_rule
def bias_axis(context: FileContext) -> Iterator[Finding]:
    """Channels-first convolutions with as many filters as their output is wide."""
    for call in context.calls:
        verdict = context.inference.verdict_for(call)
        if verdict is None or verdict.data_format is not DataFormat.CHANNELS_FIRST:
            continue
        found = catalog_entry(context.names.keras_name(call.func) or "")
        target = (found.to or "").rpartition(".")[2] if found else ""
        if target not in _WITH_BIAS or any(k.arg in ("bias", "use_bias") for k in call.keywords):
            continue
        for layer in context.inference.shapes_at(call).channels_first:
            output = layer.output
            if output is None or len(output) != _SPATIAL_AXES[target] + 2:
                continue
            if output[1] is not None and output[1] == output[-1]:
                yield context.finding(
                    BIAS_AXIS,
                    call,
                    f"{output[1]} filters and an output {output[-1]} wide: Keras 3 adds this bias "
                    "along the width "
                    + ("when the model is called directly" if target == "Conv2D" else "here")
                    + " (a bug of Keras 3; another size avoids it)",
                    Applicability.ASSUMED,
                    name=target,
                )
                break
