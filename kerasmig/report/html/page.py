"""Prepares results for the templates, so that the templates only lay out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from kerasmig import __version__
from kerasmig.catalog.codes import code_name, code_summary
from kerasmig.catalog.general import UNDECIDED
from kerasmig.finding import DataFormat, Evidence, FileResult, Finding, Proof, RunResult, Verdict
from kerasmig.report.about import About
from kerasmig.report.html.graph import Graph, draw
from kerasmig.report.html.parts import Parts, packed_json
from kerasmig.report.html.readings import AxisReading, axis_reading
from kerasmig.report.html.side_by_side import DiffRow, highlighted, side_by_side
from kerasmig.report.html.tree import tree_of
from kerasmig.report.html.visible import visible
from kerasmig.report.model_text import (
    STATUS_WORDS,
    conditions_sentence,
    coverage_sentence,
    figures_line,
    other_ordering_sentence,
    programs_line,
    status_counts,
    status_word,
    versions_line,
)
from kerasmig.report.places import in_order, place
from kerasmig.report.shapes import (
    data_format_of,
    format_difference,
    format_params,
    format_shape,
    format_shapes,
)
from kerasmig.report.summary import (
    needs_somebody,
    outcome,
    plural,
    proof_sentence,
    summarize,
)
from kerasmig.verify.result import Pair, Status, VerifyReport

#: Cards and rows up to which a page holds everything at once, script or not.
_FEW_CARDS = 60
_FEW_FINDINGS = 1_000
_LEFT = 50  # places that the summary lists
_GROUP = 100  # models in one fold of a long page


@dataclass(frozen=True)
class FindingView:
    """A row of the table of findings. ``target`` is the element that shows the place."""

    key: str
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
    make_rows: Callable[[], Sequence[DiffRow]]
    added: bool = False
    error: str = ""
    proofs: Mapping[int, str] = field(default_factory=dict)
    """By line of the old text, what a verification says of the uses on it."""
    left: int = 0
    """How many findings a person has to look at."""

    @property
    def rows(self) -> Sequence[DiffRow]:
        """Made anew each time: those of thousands of files would fill the memory."""
        return self.make_rows()


@dataclass(frozen=True)
class Left:
    """Something that is left to a person, with the element that tells more of it."""

    badge: str
    place: str
    text: str
    target: str


@dataclass(frozen=True)
class VerdictView:
    """A verdict with the two readings of its first tensor of an image, drawn side by side."""

    key: str
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
    verdicts = [] if run is None else _verdict_views(run)
    models = [] if verify is None else _model_views(verify)
    parts = Parts(len(file_views) + len(verdicts) + len(models) > _FEW_CARDS)
    findings = [] if run is None else _finding_views(run, file_views, parts.packed)
    pack_findings = parts.packed and len(findings) > _FEW_FINDINGS
    undecided = sum(view.verdict.data_format is DataFormat.UNDECIDED for view in verdicts)
    groups = [verdicts[n : n + _GROUP] for n in range(undecided, len(verdicts), _GROUP)]
    left = _left(run, file_views, findings, models)
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
        tree=tree_of(file_views) if parts.packed else None,
        findings=findings,
        packed_findings=_packed(findings) if pack_findings else "",
        verdicts=verdicts,
        undecided=verdicts[:undecided],
        groups=groups,
        verify=verify,
        counts={} if verify is None else status_counts(verify),
        coverage="" if verify is None else coverage_sentence(verify),
        models=models,
        left=left[:_LEFT],
        more_left=max(0, len(left) - _LEFT),
        parts=parts,
        programs="" if verify is None else programs_line(verify),
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
        worded=worded,
        because=_evidence,
        status_word=lambda status: STATUS_WORDS[status],
        pair_word=status_word,
        conditions=conditions_sentence,
        versions=versions_line,
        shape=format_shape,
        shapes=format_shapes,
        params=format_params,
        difference=format_difference,
        plural=plural,
        code_name=code_name,
        code_summary=code_summary,
    )
    return environment


def worded(text: str) -> Markup:
    """A message with what stands between backticks as code."""
    pieces = visible(text).split("`")
    if len(pieces) % 2 == 0:  # one without its partner
        return escape("`".join(pieces))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )


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
            left = bool(file.error) + sum(map(needs_somebody, file.findings))
            views.append(
                FileView(
                    f"file-{len(views)}",
                    file.path,
                    partial(side_by_side, file),
                    error=file.error,
                    proofs=proofs_by_line(file),
                    left=left,
                )
            )
    for path, text in run.extra_files.items():
        rows = partial(highlighted, path, text)
        views.append(FileView(f"file-{len(views)}", path, rows, added=True))
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


def _finding_views(
    run: RunResult, file_views: Iterable[FileView], any_line: bool
) -> list[FindingView]:
    """All findings, the worst first.

    Args:
        any_line: do not look whether a line is shown; the page's script does where it leads there.
    """
    by_path = {view.path: view for view in file_views if not view.added}
    shown = {} if any_line else {path: _shown(view) for path, view in by_path.items()}
    found = [(file.path, finding) for file in run.files for finding in in_order(file.findings)]
    found.sort(key=lambda item: _badness(item[1]))
    views = []
    for number, (path, finding) in enumerate(found):
        target = ""
        if (view := by_path.get(path)) is not None:
            line = not finding.cell and (any_line or finding.line in shown[path])
            target = f"{view.key}-line-{finding.line}" if line else view.key
        where = place(path, finding)
        views.append(
            FindingView(f"finding-{number}", finding, path, where, outcome(finding), target)
        )
    return views


def _shown(view: FileView) -> frozenset[int]:
    """The lines of the old text that a file's card shows."""
    return frozenset(row.old_number for row in view.rows if row.old_number is not None)


_OUTCOMES = ("manual", "assumed", "automatic", "suppressed")


def _badness(finding: Finding) -> tuple[int, bool]:
    return _OUTCOMES.index(outcome(finding)), finding.code != UNDECIDED


def _packed(views: Sequence[FindingView]) -> str:
    """The rows of the table of findings for the page's script."""
    rows = [
        [
            visible(view.place),
            view.target,
            view.path,
            view.finding.code,
            view.outcome,
            visible(view.finding.message),
            [visible(_evidence(evidence, view.path)) for evidence in view.finding.evidence],
        ]
        for view in views
    ]
    codes = {view.finding.code for view in views}
    return packed_json({"rows": rows, "names": {code: code_name(code) for code in codes}})


def _evidence(evidence: Evidence, path: str) -> str:
    """``because: …`` with its place."""
    line = f":{evidence.line}" if evidence.line else ""
    where = f" ({evidence.path or path}{line})" if evidence.path or evidence.line else ""
    return f"because: {evidence.sentence}{where}"


def _left(
    run: RunResult | None,
    file_views: Sequence[FileView],
    findings: Sequence[FindingView],
    models: Sequence[ModelView],
) -> list[Left]:
    """What is left to a person, the worst first."""
    left = [Left("not read", view.path, view.error, view.key) for view in file_views if view.error]
    left += [
        Left("mismatch", model.pair.name, model.pair.reason, model.key)
        for model in models
        if model.pair.status is Status.MISMATCH
    ]
    left += [
        Left("undecided" if view.finding.code == UNDECIDED else "manual",
             view.place, view.finding.message, view.key)
        for view in findings
        if view.outcome == "manual"
    ]  # fmt: skip
    return left


def _verdict_views(run: RunResult) -> list[VerdictView]:
    found = [(file.path, verdict) for file in run.files for verdict in file.verdicts]
    found.sort(key=lambda item: item[1].data_format is not DataFormat.UNDECIDED)
    return [
        _verdict_view(f"format-{number}", path, verdict)
        for number, (path, verdict) in enumerate(found)
    ]


def _verdict_view(key: str, path: str, verdict: Verdict) -> VerdictView:
    image = next(
        (t for t in verdict.shapes if t.channels_first and 3 <= len(t.channels_first) <= 5), None
    )
    if image is None:
        return VerdictView(key, path, verdict, "", ())
    readings = [
        axis_reading(image.channels_first, DataFormat.CHANNELS_FIRST, image.problem),
        axis_reading(image.channels_last, DataFormat.CHANNELS_LAST, image.problem),
    ]
    return VerdictView(key, path, verdict, image.name, readings)


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
