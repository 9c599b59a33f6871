"""The JSON report: written, read back, joined from the parts of a sharded run, and its schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from kerasmig import __version__
from kerasmig.finding import FileResult, RunResult
from kerasmig.report.about import About
from kerasmig.report.diff import new_file_diff, unified_diff
from kerasmig.report.summary import RunSummary, summarize
from kerasmig.text.records import ValueMismatch, read, schema, write
from kerasmig.verify.result import Status, VerifyReport

T = TypeVar("T")

#: The first number changes when a reader of older reports would misread a new one.
SCHEMA_VERSION = "1.0"
SCHEMA_ID = "kerasmig-report.schema.json"


class ReportError(ValueError):
    """A report that cannot be read or joined; the message says why."""


def to_document(
    run: RunResult | None, verify: VerifyReport | None, about: About | None = None
) -> dict[str, Any]:
    """The report as JSON-able data, with the texts and the diff of each changed file."""
    return {
        "schema": SCHEMA_ID,
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "kerasmig", "version": __version__},
        "about": None if about is None else write(about),
        "run": None if run is None else _run_document(run),
        "verify": None if verify is None else _verify_document(verify),
    }


def to_json(run: RunResult | None, verify: VerifyReport | None, about: About | None = None) -> str:
    """The report as JSON text."""
    return dump(to_document(run, verify, about))


def about_of(document: Any) -> About | None:
    """The head of a report that `load` has read; ``None`` if it has none."""
    head = document.get("about")
    try:
        return None if head is None else read(About, head)
    except ValueMismatch as error:
        raise ReportError(f"the report is damaged: {error}") from error


def dump(document: dict[str, Any]) -> str:
    """A document as text; ASCII only, so that it survives any console encoding."""
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def load(document: Any) -> tuple[RunResult | None, VerifyReport | None]:
    """The results that a document was made from; texts of unchanged files stay empty.

    Raises:
        ReportError: it is not a report of kerasmig, or one of an incompatible version.
    """
    if not isinstance(document, dict) or "schema_version" not in document:
        raise ReportError("not a kerasmig JSON report: it has no schema_version")
    version = str(document["schema_version"])
    if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise ReportError(
            f"the report has schema version {version}, this kerasmig reads {SCHEMA_VERSION}; "
            "write it again with the same kerasmig"
        )
    run, verify = document.get("run"), document.get("verify")
    try:
        return (
            None if run is None else read(RunResult, run),
            None if verify is None else read(VerifyReport, verify),
        )
    except ValueMismatch as error:
        raise ReportError(f"the report is damaged: {error}") from error


def merge(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Join the reports of the shards of one run into one.

    What several parts contain alike is taken once; all figures are counted anew.

    Raises:
        ReportError: a part cannot be read, or two parts say different things of one file.
    """
    if not parts:
        raise ReportError("there is no report to merge")
    loaded = []
    for number, part in enumerate(parts, 1):
        try:
            loaded.append(load(part))
        except ReportError as error:
            raise ReportError(f"part {number}: {error}") from error
    runs = [run for run, _ in loaded if run is not None]
    reports = [report for _, report in loaded if report is not None]
    return to_document(
        _merge_runs(runs) if runs else None,
        _merge_reports(reports) if reports else None,
        next((about for part in parts if (about := about_of(part)) is not None), None),
    )


def report_schema() -> dict[str, Any]:
    """The JSON schema of the report (draft 2020-12)."""
    definitions: dict[str, Any] = {}
    run = schema(RunResult, definitions)
    verify = schema(VerifyReport, definitions)
    summary = schema(RunSummary, definitions)
    about = schema(About, definitions)
    texts = {"type": "object", "additionalProperties": {"type": "string"}}
    _extend(definitions["RunResult"], summary=summary, extra_diffs=texts)
    _extend(definitions["RunSummary"], adds_up={"type": "boolean"})
    _extend(definitions["FileResult"], changed={"type": "boolean"}, diff={"type": "string"})
    _extend(definitions["VerifyReport"], summary=_VERIFY_SUMMARY)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "kerasmig report",
        "description": "What kerasmig changed and found (run) and what it verified (verify).",
        "type": "object",
        "required": ["schema", "schema_version", "tool", "run", "verify"],
        "properties": {
            "schema": {"const": SCHEMA_ID},
            "schema_version": {"type": "string", "pattern": r"^1\.[0-9]+$"},
            "tool": {
                "type": "object",
                "required": ["name", "version"],
                "properties": {"name": {"const": "kerasmig"}, "version": {"type": "string"}},
            },
            "about": {"anyOf": [about, {"type": "null"}]},
            "run": {"anyOf": [run, {"type": "null"}]},
            "verify": {"anyOf": [verify, {"type": "null"}]},
        },
        "$defs": definitions,
    }


_COUNT = {"type": "integer", "minimum": 0}
_VERIFY_SUMMARY: dict[str, Any] = {
    "description": "Pairs by status, and places skipped: those are not verified either. "
    "Coverage is null where no place was found.",
    "type": "object",
    "properties": {
        **{status.value: _COUNT for status in Status},
        "skipped": _COUNT,
        "places_found": _COUNT,
        "places_reached": _COUNT,
        "coverage": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}]},
        "exit_code": {"enum": [0, 1, 3]},
    },
    "required": [*(status.value for status in Status), "skipped", "coverage", "exit_code"],
}


def _extend(definition: dict[str, Any], **properties: Any) -> None:
    """Add what the report computes on top of the fields of a result."""
    definition["properties"].update(properties)
    definition["required"].extend(properties)


def _run_document(run: RunResult) -> dict[str, Any]:
    data: dict[str, Any] = write(run)
    for file, entry in zip(run.files, data["files"], strict=True):
        entry["changed"] = file.changed
        entry["diff"] = unified_diff(file)
        if not file.changed:
            entry["old"] = entry["new"] = ""
    data["extra_diffs"] = {path: new_file_diff(path, t) for path, t in run.extra_files.items()}
    summary = summarize(run)
    data["summary"] = {**write(summary), "adds_up": summary.adds_up}
    return data


def _verify_document(report: VerifyReport) -> dict[str, Any]:
    summary = {**report.to_json()["summary"], "skipped": len(report.skipped)}
    return {**write(report), "summary": summary}


def _merge_runs(runs: Iterable[RunResult]) -> RunResult:
    files: dict[str, FileResult] = {}
    extra: dict[str, str] = {}
    pending = False
    for run in runs:
        pending = pending or run.pending
        for file in run.files:
            if files.setdefault(file.path, file) != file:
                raise ReportError(f"two parts say different things of {file.path}")
        for path, text in run.extra_files.items():
            if extra.setdefault(path, text) != text:
                raise ReportError(f"two parts write {path} differently")
    ordered = tuple(files[path] for path in sorted(files))
    return RunResult(ordered, dict(sorted(extra.items())), pending)


def _merge_reports(reports: Sequence[VerifyReport]) -> VerifyReport:
    versions: dict[str, str] = {}
    settings: dict[str, Any] = {}
    for report in reports:
        for name, value in report.versions.items():
            known = versions.setdefault(name, value)
            if value not in known.split(" and "):
                versions[name] = f"{known} and {value}"
        settings.update(report.settings)
    pairs = _once(pair for report in reports for pair in report.pairs)
    return replace(
        reports[0],
        pairs=tuple(sorted(pairs, key=lambda p: (p.place.file, p.place.line, p.name, p.ordering))),
        places_found=_once(place for report in reports for place in report.places_found),
        places_reached=_once(place for report in reports for place in report.places_reached),
        skipped=_once(skip for report in reports for skip in report.skipped),
        versions=versions,
        settings=settings,
        seconds=sum(report.seconds for report in reports),
        confined=", ".join(sorted({r.confined for r in reports if r.confined})),
    )


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


if __name__ == "__main__":
    print(dump(report_schema()), end="")
