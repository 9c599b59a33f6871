"""Markdown for a pull-request comment or a GitHub step summary.

GitHub refuses comments of more than 65,536 characters. The report stays below that: the summary
and the models come first, and what no longer fits is counted instead of listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kerasmig.catalog.codes import code_name
from kerasmig.finding import DataFormat, FileResult, Finding, RunResult, Verdict
from kerasmig.report.about import About
from kerasmig.report.model_text import (
    conditions_sentence,
    counts_line,
    coverage_sentence,
    difference_figure,
    full_name,
    other_ordering_sentence,
    params_figure,
    programs_line,
    shapes_figure,
    status_word,
    stretch_figure,
    worth_telling,
)
from kerasmig.report.places import place
from kerasmig.report.shapes import (
    describe_axes,
    format_difference,
    format_params,
    format_shape,
)
from kerasmig.report.summary import needs_somebody, outcome, plural, proof_sentence, summarize
from kerasmig.verify.result import Pair, Status, VerifyReport

#: Lets a bot find its comment again to update it.
MARKER = "<!-- kerasmig report -->"
LIMIT = 60_000
_ICONS = {Status.MATCH: "✅", Status.MISMATCH: "❌", Status.NOT_VERIFIED: "⚠️"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#&$])")


def to_markdown(
    run: RunResult | None,
    verify: VerifyReport | None,
    *,
    about: About | None = None,
    limit: int = LIMIT,
) -> str:
    """The report as GitHub-flavoured Markdown of at most ``limit`` characters."""
    page = _Page(limit)
    page.add(MARKER, "## kerasmig")
    if about is not None:
        said = [code(about.project), code(about.commit), about.date, code(about.command)]
        page.add(", ".join(filter(None, said)))
    if run is not None:
        _summary(page, run)
    if verify is not None:
        _verification(page, verify)
    if run is not None:
        _undecided(page, run)
        _findings(page, run)
    return page.text()


def escape(text: str) -> str:
    """Plain text that Markdown shows as it is: one line, no markup, no mention of anybody."""
    text = re.sub(r"\s+", " ", text).strip()
    return _SPECIAL.sub(r"\\\1", text).replace("@", "@\u200b")


def code(text: str) -> str:
    """A code span, also inside a table."""
    text = re.sub(r"\s+", " ", text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    blank = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{blank}{text}{blank}{fence}" if text else ""


class _Page:
    """Blocks of text up to a limit; a block goes in whole or not at all."""

    _RESERVE = 200  # for the line that says what is missing

    def __init__(self, limit: int) -> None:
        self._blocks: list[str] = []
        self._left = limit - self._RESERVE
        self._omitted = 0

    def add(self, *blocks: str) -> None:
        for block in blocks:
            # GitHub counts UTF-16 units at most, so bytes are on the safe side.
            size = len(block.encode("utf-8")) + 2
            if size <= self._left:
                self._blocks.append(block)
                self._left -= size
            else:
                self._omitted += 1

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
        lines = [f"| {' | '.join(row)} |" for row in rows]
        size = len(head.encode("utf-8")) + 2
        kept = 0
        for line in lines:
            size += len(line.encode("utf-8")) + 1
            if size > self._left:
                break
            kept += 1
        if kept:
            self.add("\n".join([head, *lines[:kept]]))
        self._omitted += len(lines) - kept

    def text(self) -> str:
        if self._omitted:
            self._blocks.append(
                f"_{plural(self._omitted, 'entry', 'entries')} did not fit into this comment; "
                "the JSON and HTML reports have all._"
            )
        return "\n\n".join(self._blocks) + "\n"


def _summary(page: _Page, run: RunResult) -> None:
    summary = summarize(run)
    tally = summary.tally
    created = f", {summary.created} {summary.would}added" if summary.created else ""
    page.add(
        f"**{plural(summary.files, 'file')} looked at, {summary.changed} {summary.would}changed{created}.** "
        + (f"Left to do: {'; '.join(summary.left)}." if summary.left else "Nothing is left to do.")
    )
    page.table(
        ["uses found", "kept", "rewritten", "assumed", "manual", "suppressed"],
        [[str(value) for value in tally.values()]],
    )
    if sentence := proof_sentence(summary):
        page.add(f"**Proof:** {sentence}.")
    if not summary.adds_up:
        page.add("❌ **The sums do not add up: this is a defect of kerasmig, please report it.**")
    if summary.codes:
        page.table(
            ["code", "about", "automatic", "assumed", "manual", "suppressed"],
            [
                [
                    c.code,
                    escape(code_name(c.code)),
                    *(str(n or "") for n in (c.automatic, c.assumed, c.manual, c.suppressed)),
                ]
                for c in summary.codes
            ],
        )


def _verification(page: _Page, report: VerifyReport) -> None:
    page.add("### Verification", f"**{counts_line(report)}.** {coverage_sentence(report)}.")
    if programs := programs_line(report):
        page.add(f"Whole programs: {programs}.")
    rows = [_model_row(pair, report) for pair in sorted(report.pairs, key=_worst_first)]
    for skip in report.skipped:
        rows.append([f"⚠️ {'unreadable' if skip.unreadable else 'not verified'}"])
        rows[-1] += [code(skip.name), "", "", escape(skip.reason)]
    if rows:
        page.table(["result", "model", "output shape", "parameters", "outputs"], rows)
    for pair in report.pairs:
        if pair.status is Status.MISMATCH:
            _mismatch(page, pair)
    for pair in report.pairs:
        for reading in pair.alternatives:
            if worth_telling(pair, reading) and not reading.error:
                sentence = escape(other_ordering_sentence(pair, reading))
                page.add(f"> {code(pair.name)}: {sentence}.")


def _worst_first(pair: Pair) -> tuple[int, str]:
    return [Status.MISMATCH, Status.NOT_VERIFIED, Status.MATCH].index(pair.status), pair.name


def _model_row(pair: Pair, report: VerifyReport) -> list[str]:
    last = difference_figure(pair) or stretch_figure(pair) or pair.reason
    if condition := conditions_sentence(pair):
        last = f"{last}; {condition}"
    return [
        f"{_ICONS[pair.status]} {status_word(pair)}",
        code(full_name(pair, report)),
        code(shapes_figure(pair)),
        escape(params_figure(pair).removesuffix(" parameters")),
        escape(last),
    ]


def _mismatch(page: _Page, pair: Pair) -> None:
    lines = [f"#### ❌ {code(pair.name)}"]
    difference = pair.first_difference
    if difference is not None:
        lines.append(f"First difference: {escape(difference.what)}.")
        if difference.old_shape != difference.new_shape:
            old, new = format_shape(difference.old_shape), format_shape(difference.new_shape)
            lines.append(f"Shape before {code(old)}, now {code(new)}.")
        if difference.likely_cause:
            lines.append(f"**Likely cause:** {escape(difference.likely_cause)}.")
        sources = [("old", difference.old_source), ("new", difference.new_source)]
        lines += [f"- {side}: {code(source)}" for side, source in sources if source]
    page.add("\n".join(lines))
    page.table(
        ["#", "old layer", "new layer", "old shape", "new shape", "parameters", "difference", ""],
        [
            [
                str(row.index),
                code(row.old_class or "-"),
                code(row.new_class or "-"),
                code(format_shape(row.old_shape)),
                code(format_shape(row.new_shape)),
                " / ".join(dict.fromkeys(map(format_params, (row.old_params, row.new_params)))),
                format_difference(row.max_abs_diff),
                f"{_ICONS[row.status]} {escape(row.note)}".strip(),
            ]
            for row in pair.layers
        ],
    )


def _undecided(page: _Page, run: RunResult) -> None:
    open_verdicts = [
        (file, verdict)
        for file in run.files
        for verdict in file.verdicts
        if verdict.data_format is DataFormat.UNDECIDED
    ]
    if open_verdicts:
        page.add("### Data format undecided")
    for file, verdict in open_verdicts:
        page.add(f"{code(f'{file.path}:{verdict.line}')} {escape(verdict.model)}")
        page.table(["tensor", "as channels_first", "as channels_last"], _readings(verdict))


def _readings(verdict: Verdict) -> list[list[str]]:
    rows = []
    for tensor in verdict.shapes:
        cells = [f"{code(tensor.name)} (line {tensor.line})"]
        for shape, form in (
            (tensor.channels_first, DataFormat.CHANNELS_FIRST),
            (tensor.channels_last, DataFormat.CHANNELS_LAST),
        ):
            words = describe_axes(shape, form) or escape(f"cannot be built: {tensor.problem}")
            cells.append(words if shape is None else f"{code(format_shape(shape))} {words}")
        rows.append(cells)
    return rows


def _findings(page: _Page, run: RunResult) -> None:
    open_findings = [
        (file, finding)
        for file in run.files
        for finding in file.findings
        if needs_somebody(finding)
    ]
    failed = [file for file in run.files if file.error]
    if not open_findings and not failed:
        return
    page.add("### To look at")
    rows = [[code(file.path), "error", "", escape(file.error)] for file in failed]
    ordered = sorted(open_findings, key=lambda item: -item[1].applicability.severity)
    page.table(
        ["place", "", "code", "message"], [*rows, *(_finding_row(*item) for item in ordered)]
    )


def _finding_row(file: FileResult, finding: Finding) -> list[str]:
    because = "; ".join(evidence.sentence for evidence in finding.evidence)
    message = f"{finding.message} (because: {because})" if because else finding.message
    return [
        code(place(file.path, finding)),
        f"**{outcome(finding)}**",
        finding.code,
        escape(message),
    ]
