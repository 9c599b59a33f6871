"""What a program is told at its start: oneDNN on a CPU, and the data format of its models."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasmig.catalog.general import CPU, PROGRAM_FORMAT, TWO_FORMATS
from kerasmig.finding import Applicability, Edit, Finding
from kerasmig.rewrite.context import FileContext
from kerasmig.rewrite.hearing import SETTING, asks
from kerasmig.rewrite.program_head import (
    Place,
    before_anything_asks,
    before_tensorflow,
    imports_os_before,
    inserted,
    module_before,
    os_is_something_else,
)
from kerasmig.rewrite.registry import file_rule

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
_SETTERS = {
    "keras.backend": "set_image_data_format",
    "keras": "config.set_image_data_format",
}
_OTHER_WAYS = (
    "other ways: a GPU, or --layout channels_last (on macOS and TPUs, where the variable does "
    "nothing, the only ones)"
)


@file_rule
def cpu(context: FileContext) -> Iterator[Finding]:
    """The variable that TensorFlow reads when it is imported."""
    if not context.told.start or context.mentions(VARIABLE) or not context.tree.body:
        return
    if context.settings.layout != "keep":
        return  # what is converted runs anywhere, and what is not is reported
    place = before_tensorflow(context)
    if os_is_something_else(context):
        yield context.finding(
            CPU,
            _at(place),
            "convolutions with channels first run on a CPU only with "
            f"{VARIABLE}=1 in the environment before TensorFlow is imported; {_OTHER_WAYS}",
            Applicability.MANUAL,
            name=VARIABLE,
        )
        return
    lines = [] if imports_os_before(context, place) else ["import os", ""]
    lines.append(f"os.environ.setdefault('{VARIABLE}', '1')  # channels_first on a CPU")
    yield context.finding(
        CPU,
        _at(place),
        f"{VARIABLE}=1 is set before TensorFlow is imported, so that convolutions with channels "
        f"first run on any x86 CPU; {_OTHER_WAYS}",
        Applicability.AUTOMATIC,
        name=VARIABLE,
        edits=(inserted(context.text, context.tree.body, place, lines),),
    )


@file_rule
def setting(context: FileContext) -> Iterator[Finding]:
    """The global setting, before anything asks for it."""
    hears = context.told.hears
    if hears is None or not context.tree.body or context.notes.sets:
        return
    place = before_anything_asks(context)
    edit = _setting(context, place, hears.value)
    sure = context.told.sure
    yield context.finding(
        PROGRAM_FORMAT,
        _at(place),
        f"set_image_data_format('{hears.value}'): parts of this program ask the global setting, "
        "which Keras 1 had from the author's keras.json"
        + ("" if sure else "; assumed from its models, or from what stands beside the code"),
        Applicability.AUTOMATIC if sure else Applicability.ASSUMED,
        name="set_image_data_format",
        edits=(edit,),
        evidence=tuple(
            evidence
            for verdict in context.inference.verdicts
            if verdict.data_format is hears
            for evidence in verdict.evidence[:2]
        ),
    )


def _setting(context: FileContext, place: Place, value: str) -> Edit:
    """Through a name that the file has for Keras or its backend, else with an import of its own."""
    for module, setter in _SETTERS.items():
        binding = module_before(context, place, module)
        if binding is not None:
            context.imports.keep_bound(binding)
            lines = [f"{binding.name}.{setter}('{value}')"]
            break
    else:
        lines = ["import keras", "", f"keras.{_SETTERS['keras']}('{value}')"]
    return inserted(context.text, context.tree.body, place, lines)


@file_rule
def two_formats(context: FileContext) -> Iterator[Finding]:
    """Places that ask, in a program whose models are of both formats."""
    if not context.told.mixed:
        return
    for use in context.uses:
        how = asks(use)
        if not how or (how != SETTING and context.told.arguments is not None):
            continue
        short = use.name.rpartition(".")[2]
        yield context.finding(
            TWO_FORMATS,
            use.call or use.node,
            f"{short} asks the global data format, and this program has models of both: today it "
            "hears channels_last; "
            + ("write the format that is meant" if how == SETTING else "give it data_format="),
            Applicability.MANUAL,
            name=short,
        )


def _at(place: Place) -> ast.AST:
    line = place.statement.lineno
    return ast.Pass(lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)
