"""What the interactive review shows of a change and of a model."""

from __future__ import annotations

import difflib

import click

from kerasmig.catalog.codes import code_summary
from kerasmig.cli.printing import say
from kerasmig.finding import DataFormat, Finding, TensorShapes, Verdict
from kerasmig.report.diff import split_lines
from kerasmig.report.shapes import describe_axes, format_shape
from kerasmig.text.source import Text

CHANGE_HELP = """\
y - make this change
n - leave this place as it is, and remember that in a comment
e - write the new lines yourself in an editor
a - make this change and all others of this code
f - make this change and all others of this file
s - skip the rest of this file: it is asked again in the next run
b - go back to the question before
/ - go to a change with these words in its message, line or file: /lstm
d - decide the data format of this model, and remember that in a comment
q - quit: what was accepted is written, the rest stays as it is
? - this help"""


FORMAT_HELP = """\
f - the axis of channels comes before rows and columns (Theano's ordering)
l - the axis of channels comes last (TensorFlow's)
s - leave it open: a comment in the code keeps the question for the next run
b - go back to the question before
q - quit: what was accepted is written, the rest stays as it is"""


def show_finding(text: str, finding: Finding, verdict: Verdict | None) -> None:
    """Print a change with its evidence and what it means for shapes."""
    click.echo()
    say(f"line {finding.line}: {finding.code} {finding.message}", fg="yellow")
    say(f"  {finding.applicability.value}: {code_summary(finding.code)}")
    for evidence in finding.evidence:
        where = f" (line {evidence.line})" if evidence.line else ""
        say(f"  because: {evidence.sentence}{where}")
    if verdict is not None:
        share = f"{verdict.data_format.value}, confidence {verdict.confidence:.2f}"
        say(f"  {verdict.model}: {share}")
        lines = range(finding.line, max(finding.end_line, finding.line) + 1)
        for tensor in verdict.shapes:
            if tensor.line in lines:
                _show_tensor(tensor)
    old, new = split_lines(text), split_lines(Text(text).apply(finding.edits))
    for line in list(difflib.unified_diff(old, new, n=2))[2:]:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        click.secho(line.rstrip("\r\n"), fg=colour)


def show_verdict(verdict: Verdict) -> None:
    """Print what is known of a model's data format, and its shapes under both readings."""
    click.echo()
    say(f"line {verdict.line}: {verdict.model}: {verdict.data_format.value}", fg="yellow")
    for evidence in verdict.evidence:
        favours = f" [for {evidence.favours.value}]" if evidence.favours else ""
        say(f"  because: {evidence.sentence}{favours}")
    for tensor in verdict.shapes:
        _show_tensor(tensor)


def _show_tensor(tensor: TensorShapes) -> None:
    for shape, form in (
        (tensor.channels_first, DataFormat.CHANNELS_FIRST),
        (tensor.channels_last, DataFormat.CHANNELS_LAST),
    ):
        if shape is None:
            shown = f"cannot be built{': ' + tensor.problem if tensor.problem else ''}"
        else:
            words = describe_axes(shape, form)
            shown = f"{format_shape(shape)} = {words}" if words else format_shape(shape)
        say(f"  {tensor.name} as {form.value}: {shown}")
