"""Prepares results for the templates, so that the templates only lay out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kerasmig import __version__
from kerasmig.catalog.codes import code_name, code_summary
from kerasmig.finding import DataFormat, FileResult, Finding, Proof, RunResult, Verdict
from kerasmig.report.about import About
from kerasmig.report.html.graph import Graph, draw
from kerasmig.report.html.readings import AxisReading, axis_reading
from kerasmig.report.html.side_by_side import DiffRow, highlighted, side_by_side
from kerasmig.report.html.visible import visible
from kerasmig.report.model_text import (
    STATUS_WORDS,
    conditions_sentence,
    coverage_sentence,
    figures_line,
    other_ordering_sentence,
    status_counts,
    status_word,
)
from kerasmig.report.places import in_order, place
from kerasmig.report.shapes import (
    data_format_of,
    format_difference,
    format_params,
    format_shape,
    format_shapes,
)
from kerasmig.report.summary import outcome, plural, proof_sentence, summarize
from kerasmig.verify.result import Pair, Status, VerifyReport


@dataclass(frozen=True)
class FindingView:
    """A row of the table of findings. ``target`` is the element that shows the place."""

    finding: Finding
    path: str
    place: str
    outcome: str
    target: str


@dataclass(frozen=True)
class FileView:
    """A changed, added or unreadable file with its lines in two columns."""

    key: str
    path: str
    rows: Sequence[DiffRow]
    added: bool = False
    error: str = ""
    proofs: Mapping[int, str] = field(default_factory=dict)
    """By line of the old text, what a verification says of the uses on it."""


@dataclass(frozen=True)
class VerdictView:
    """A verdict with the two readings of its first tensor of an image, drawn side by side."""

    path: str
    verdict: Verdict
    tensor: str
    readings: Sequence[AxisReading]


@dataclass(frozen=True)
class OtherOrdering:
    """What the old program computes under the other ordering: in words, and its input drawn."""

    sentence: str
    readings: Sequence[AxisReading]


@dataclass(frozen=True)
class ModelView:
    """A pair of models with its graph."""

    key: str
    pair: Pair
    figures: str
    graph: Graph | None
    others: Sequence[OtherOrdering]


def to_html(run: RunResult | None, verify: VerifyReport | None, about: About | None = None) -> str:
    """The report as one HTML page; scripts and styles are inside, nothing is loaded."""
    environment = _environment()
    style, script = _asset("report.css"), _asset("report.js")
    file_views = [] if run is None else _file_views(run)
    page = environment.get_template("report.html.j2").render(
        version=__version__,
        about=about,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        run=run,
        summary=None if run is None else summarize(run),
        proof="" if run is None else proof_sentence(summarize(run)),
        files=file_views,
        findings=[] if run is None else _finding_views(run, file_views),
        verdicts=[] if run is None else _verdict_views(run),
        verify=verify,
        counts={} if verify is None else status_counts(verify),
        coverage="" if verify is None else coverage_sentence(verify),
        models=[] if verify is None else _model_views(verify),
        Status=Status,
    )
    # No line may begin as a command to GitHub, where the page goes through a log.
    return page.replace("\n::", "\n&#58;:").replace("\n##[", "\n&#35;#[")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kerasmig.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(
        status_word=lambda status: STATUS_WORDS[status],
        pair_word=status_word,
        conditions=conditions_sentence,
        shape=format_shape,
        shapes=format_shapes,
        params=format_params,
        difference=format_difference,
        plural=plural,
        code_name=code_name,
        code_summary=code_summary,
    )
    return environment


def _finalize(value: Any) -> Any:
    """Every value that a template prints has its hidden characters made visible."""
    return visible(value) if type(value) is str else value


def _asset(name: str) -> str:
    return (files("kerasmig.report.html") / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """A content security policy under which only our own style and script work."""
    return f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}"


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _file_views(run: RunResult) -> list[FileView]:
    views: list[FileView] = []
    for file in run.files:
        if file.error or file.changed:
            key = f"file-{len(views)}"
            proofs = proofs_by_line(file)
            rows = side_by_side(file)
            views.append(FileView(key, file.path, rows, error=file.error, proofs=proofs))
    for path, text in run.extra_files.items():
        views.append(FileView(f"file-{len(views)}", path, highlighted(path, text), added=True))
    return views


def proofs_by_line(file: FileResult) -> dict[int, str]:
    """For each line with uses the proof of the one that is proven least."""
    order = (Proof.PROVEN.value, Proof.RAN.value, Proof.NOT_REACHED.value)
    found: dict[int, str] = {}
    for finding in file.findings:
        if finding.proof and not finding.cell:
            least = found.get(finding.line, finding.proof)
            found[finding.line] = max(least, finding.proof, key=order.index)
    return found


def _finding_views(run: RunResult, file_views: Iterable[FileView]) -> list[FindingView]:
    by_path = {view.path: view for view in file_views if not view.added}
    return [
        FindingView(
            finding,
            file.path,
            place(file.path, finding),
            outcome(finding),
            _target(file, finding, by_path),
        )
        for file in run.files
        for finding in in_order(file.findings)
    ]


def _target(file: FileResult, finding: Finding, views: dict[str, FileView]) -> str:
    """The id of the finding's line where the diff shows it, else of its file, else nothing."""
    view = views.get(file.path)
    if view is None:
        return ""
    shown = not finding.cell and any(row.old_number == finding.line for row in view.rows)
    return f"{view.key}-line-{finding.line}" if shown else view.key


def _verdict_views(run: RunResult) -> list[VerdictView]:
    return [_verdict_view(file.path, verdict) for file in run.files for verdict in file.verdicts]


def _verdict_view(path: str, verdict: Verdict) -> VerdictView:
    image = next(
        (t for t in verdict.shapes if t.channels_first and 3 <= len(t.channels_first) <= 5), None
    )
    if image is None:
        return VerdictView(path, verdict, "", ())
    readings = [
        axis_reading(image.channels_first, DataFormat.CHANNELS_FIRST, image.problem),
        axis_reading(image.channels_last, DataFormat.CHANNELS_LAST, image.problem),
    ]
    return VerdictView(path, verdict, image.name, readings)


def _model_views(report: VerifyReport) -> list[ModelView]:
    return [
        ModelView(
            f"model-{number}",
            pair,
            figures_line(pair),
            draw(pair.layers) if pair.layers else None,
            _others(pair),
        )
        for number, pair in enumerate(report.pairs)
    ]


def _others(pair: Pair) -> list[OtherOrdering]:
    others = []
    for reading in pair.alternatives:
        drawn = [
            axis_reading(shapes[0], data_format_of(ordering))
            for shapes, ordering in (
                (pair.input_shapes_old, pair.ordering),
                (reading.input_shapes, reading.ordering),
            )
            if shapes and 3 <= len(shapes[0]) <= 5
        ]
        sentence = other_ordering_sentence(pair, reading)
        others.append(OtherOrdering(sentence, drawn if len(drawn) == 2 else ()))
    return others
