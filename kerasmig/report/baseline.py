"""A baseline: findings that are known and accepted, so that only new ones fail a check.

Lines are not in it: a finding stays known when the code above it grows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from kerasmig.finding import FileResult, Finding, RunResult

_VERSION = 1

Known = Mapping[str, Mapping[str, int]]
"""Path of a file → ``CODE message`` → how often."""


class BaselineError(ValueError):
    """A text is no baseline; the message says what is wrong."""


def baseline_text(run: RunResult) -> str:
    """The baseline of a run, as JSON: everything that it found."""
    files = {
        file.path: dict(sorted(Counter(map(_key, file.findings)).items()))
        for file in run.files
        if file.findings
    }
    return (
        json.dumps({"kerasmig-baseline": _VERSION, "files": files}, indent=1, ensure_ascii=False)
        + "\n"
    )


def read_baseline(text: str) -> Known:
    """The known findings.

    Raises:
        BaselineError: the text is no baseline, or one of another version.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"is not JSON: {error}") from error
    if not isinstance(data, dict) or data.get("kerasmig-baseline") != _VERSION:
        raise BaselineError("is no baseline of this version: write it anew with --update-baseline")
    files = data.get("files")
    if not isinstance(files, dict) or not all(
        isinstance(known, dict) and all(isinstance(n, int) for n in known.values())
        for known in files.values()
    ):
        raise BaselineError("is damaged: write it anew with --update-baseline")
    return files


def without_known(run: RunResult, known: Known) -> RunResult:
    """The run with the findings of a baseline marked as suppressed."""
    return run._replace(files=tuple(_without(file, known.get(file.path, {})) for file in run.files))


def _without(file: FileResult, known: Mapping[str, int]) -> FileResult:
    left = Counter(known)
    findings = []
    for finding in file.findings:
        if left[_key(finding)] > 0:
            left[_key(finding)] -= 1
            finding = finding._replace(suppressed=True)
        findings.append(finding)
    return file._replace(findings=tuple(findings))


def _key(finding: Finding) -> str:
    return f"{finding.code} {finding.message}"
