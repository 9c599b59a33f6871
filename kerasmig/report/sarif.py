"""SARIF 2.1.0, for code scanning (https://docs.oasis-open.org/sarif/sarif/v2.1.0/).

Manual findings and mismatches are errors, assumed changes warnings, automatic ones notes. Edits are
not offered as SARIF fixes: applied one by one they would leave a program half migrated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from kerasmig import __version__
from kerasmig.catalog.codes import code_name, code_summary
from kerasmig.catalog.explain import explanation
from kerasmig.finding import Applicability, Evidence, FileResult, Finding, Proof, RunResult
from kerasmig.report.model_text import figures_line
from kerasmig.report.places import place_in_file
from kerasmig.report.summary import outcome
from kerasmig.verify.result import Pair, Skipped, Status, VerifyReport

Json = dict[str, Any]

_LEVELS = {
    Applicability.AUTOMATIC: "note",
    Applicability.ASSUMED: "warning",
    Applicability.MANUAL: "error",
}
MISMATCH_RULE, UNVERIFIED_RULE = "verify-mismatch", "verify-not-verified"
_VERIFY_RULES = {
    MISMATCH_RULE: "The migrated model does not compute what the Keras 1 model computed.",
    UNVERIFIED_RULE: "A model could not be compared with its Keras 1 original.",
}


def to_sarif(run: RunResult | None, verify: VerifyReport | None) -> str:
    """The report as a SARIF log with one run."""
    files = () if run is None else run.files
    results = [_finding(file, finding) for file in files for finding in file.findings]
    notifications = [_unreadable(file.path, file.error) for file in files if file.error]
    if verify is not None:
        results += [_pair(pair) for pair in verify.pairs if pair.status is not Status.MATCH]
        results += [_skipped(skip) for skip in verify.skipped if not skip.unreadable]
        notifications += [_unreadable(s.file, s.reason) for s in verify.skipped if s.unreadable]
    codes = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = codes.index(result["ruleId"])
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(codes)},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not notifications,
                        "toolExecutionNotifications": notifications,
                    }
                ],
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=2) + "\n"


def _driver(codes: Iterable[str]) -> Json:
    return {
        "name": "kerasmig",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in codes],
    }


def _rule(code: str) -> Json:
    if code in _VERIFY_RULES:
        text = _VERIFY_RULES[code]
        return {"id": code, "shortDescription": {"text": text}, "help": {"text": text}}
    text = code_summary(code) or f"Keras 1 code that Keras 3 takes differently ({code})."
    return {
        "id": code,
        "name": code_name(code) or code,
        "shortDescription": {"text": text},
        "help": {
            "text": f"{text} Run 'kerasmig explain {code}' for the whole story.",
            "markdown": explanation(code) or text,
        },
    }


def _finding(file: FileResult, finding: Finding) -> Json:
    because = "".join(f"\nbecause: {evidence.sentence}" for evidence in finding.evidence)
    cell = f"{place_in_file(finding)}: " if finding.cell else ""
    result: Json = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.applicability],
        "message": {"text": f"{cell}{finding.message} [{outcome(finding)}]{because}"},
        "locations": [{"physicalLocation": _location(file.path, _region(finding))}],
        "properties": {"applicability": finding.applicability.value, "name": finding.name},
    }
    if finding.proof:
        result["properties"]["proof"] = finding.proof
    if finding.proof == Proof.PROVEN and finding.settled:
        result["level"] = "note"
    related = [e for e in finding.evidence if e.line and not finding.cell]
    if related:
        result["relatedLocations"] = [_related(n, e, file.path) for n, e in enumerate(related)]
    if finding.suppressed:
        result["suppressions"] = [{"kind": "inSource"}]
    return result


def _region(finding: Finding) -> Json | None:
    if finding.cell:  # a line of a cell is not a line of the file
        return None
    region = {"startLine": finding.line, "startColumn": finding.column + 1}
    if finding.end_line:
        region |= {"endLine": finding.end_line, "endColumn": finding.end_column + 1}
    return region


def _related(number: int, evidence: Evidence, path: str) -> Json:
    place = _location(evidence.path or path, {"startLine": evidence.line})
    return {"id": number, "physicalLocation": place, "message": {"text": evidence.sentence}}


def _pair(pair: Pair) -> Json:
    difference = pair.first_difference
    mismatch = pair.status is Status.MISMATCH
    lines = [f"{pair.name}: {pair.reason or pair.status.value}", figures_line(pair)]
    if difference is not None:
        lines.append(f"first difference: {difference.what}")
        if difference.likely_cause:
            lines.append(f"likely cause: {difference.likely_cause}")
        lines += [line for line in (difference.old_source, difference.new_source) if line]
    line = pair.place.new_line or pair.place.line
    return _verify_result(mismatch, lines, pair.place.file, line)


def _skipped(skip: Skipped) -> Json:
    return _verify_result(False, [f"{skip.name}: {skip.reason}"], skip.file, skip.line)


def _verify_result(mismatch: bool, lines: Iterable[str], path: str, line: int) -> Json:
    return {
        "ruleId": MISMATCH_RULE if mismatch else UNVERIFIED_RULE,
        "level": "error" if mismatch else "warning",
        "message": {"text": "\n".join(text for text in lines if text)},
        "locations": [{"physicalLocation": _location(path, {"startLine": max(line, 1)})}],
    }


def _unreadable(path: str, reason: str) -> Json:
    return {
        "level": "error",
        "message": {"text": f"{path}: {reason}"},
        "locations": [{"physicalLocation": _location(path)}],
    }


def _location(path: str, region: Json | None = None) -> Json:
    pure = PurePath(path)
    artifact = (
        {"uri": pure.as_uri()}
        if pure.is_absolute()
        else {"uri": quote(pure.as_posix(), errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}
    )
    return {"artifactLocation": artifact} | ({"region": region} if region else {})
