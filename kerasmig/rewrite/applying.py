"""Put the edits of findings into the text; what clashes waits for another round."""

from __future__ import annotations

from kerasmig.finding import Edit, Finding
from kerasmig.text.source import OverlapError, Text


def apply_edits(source: Text, findings: list[Finding]) -> tuple[str, list[Finding], list[Finding]]:
    """Apply the edits; what clashes with another finding's waits for the next round.

    The same change asked for twice (a generator for training and for validation) is made once.
    """
    findings = _each_once(findings)
    edits = [edit for f in findings if not f.suppressed for edit in f.edits]
    try:
        return source.apply(edits), findings, []
    except OverlapError:
        return _apply_one_by_one(source, findings)


def _each_once(findings: list[Finding]) -> list[Finding]:
    seen: set[Edit] = set()
    found: list[Finding] = []
    for finding in findings:
        if finding.edits and not finding.suppressed:
            own: list[Edit] = []
            for edit in finding.edits:
                if edit not in seen:
                    own.append(edit)
                if edit.span.start != edit.span.end:
                    seen.add(edit)
            if len(own) < len(finding.edits):
                finding = finding._replace(edits=tuple(own))
        found.append(finding)
    return found


def _apply_one_by_one(
    source: Text, findings: list[Finding]
) -> tuple[str, list[Finding], list[Finding]]:
    accepted: list[Finding] = []
    edits: list[Edit] = []
    waiting: list[Finding] = []
    for finding in findings:
        if finding.edits and not finding.suppressed:
            try:
                source.apply([*edits, *finding.edits])
            except OverlapError:
                waiting.append(finding._replace(edits=()))
                accepted.append(waiting[-1])
                continue
            edits += finding.edits
        accepted.append(finding)
    return source.apply(edits), accepted, waiting
