"""GitLab's code quality format, which a merge request shows in its widget and beside the lines."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from kerasmig.finding import Applicability, FileResult, RunResult
from kerasmig.verify.result import Status, VerifyReport

_SEVERITIES = {
    Applicability.MANUAL: "major",
    Applicability.ASSUMED: "minor",
    Applicability.AUTOMATIC: "info",
}


def to_gitlab(run: RunResult | None, verify: VerifyReport | None) -> str:
    """A JSON array, one object an issue."""
    seen: Counter[str] = Counter()
    issues: list[dict[str, object]] = []
    for file in run.files if run is not None else ():
        issues += _issues(file, seen)
    for pair in verify.pairs if verify is not None else ():
        if pair.status is Status.MISMATCH:
            line = pair.place.new_line or pair.place.line or 1
            text = f"{pair.name}: {pair.reason}"
            issues.append(_issue("mismatch", text, "critical", pair.place.file, line, seen))
    return json.dumps(issues, indent=1) + "\n"


def _issues(file: FileResult, seen: Counter[str]) -> list[dict[str, object]]:
    found = []
    if file.error:
        found.append(_issue("error", file.error, "blocker", file.path, 1, seen))
    for finding in file.findings:
        if not finding.suppressed:
            severity = _SEVERITIES[finding.applicability]
            text = f"{finding.code} {finding.message}"
            found.append(_issue(finding.code, text, severity, file.path, finding.line, seen))
    return found


def _issue(
    check: str, text: str, severity: str, path: str, line: int, seen: Counter[str]
) -> dict[str, object]:
    # Without the line, so that an issue stays the same one when the code above it grows.
    key = f"{path}\0{check}\0{text}"
    seen[key] += 1
    fingerprint = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "replace")).hexdigest()
    return {
        "description": text,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": path.encode("utf-8", "replace").decode(),
            "lines": {"begin": max(line, 1)},
        },
    }
