"""The playground's side in Python: source and choices in, everything that the page shows out."""

import difflib
import json

from kerasmig import UpgradeSettings, __version__, upgrade_source
from kerasmig.catalog.codes import code_summary
from kerasmig.report.shapes import format_shape
from kerasmig.text.source import SourceError


def answer(text: str, data_format: str, layout: str) -> str:
    """What became of the source, as JSON."""
    settings = UpgradeSettings(data_format=data_format, layout=layout)
    try:
        result = upgrade_source(text, settings, path="your code")
    except SourceError as error:
        return json.dumps({"error": str(error)})
    return json.dumps(
        {
            "version": __version__,
            "code": result.code,
            "changed": _changed_lines(text, result.code),
            "compat": result.compat,
            "tally": (
                result.tally._asdict() if hasattr(result.tally, "_asdict") else vars(result.tally)
            ),
            "findings": [_finding(finding) for finding in result.findings],
            "models": [_model(verdict) for verdict in result.verdicts],
        }
    )


def _changed_lines(old: str, new: str) -> list[int]:
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    return [
        line
        for kind, _, _, start, end in matcher.get_opcodes()
        if kind != "equal"
        for line in range(start, end)
    ]


def _finding(finding) -> dict:
    return {
        "code": finding.code,
        "summary": code_summary(finding.code),
        "message": finding.message,
        "applicability": "suppressed" if finding.suppressed else finding.applicability.value,
        "line": finding.line,
    }


def _model(verdict) -> dict:
    return {
        "name": verdict.model,
        "line": verdict.line,
        "verdict": verdict.data_format.value,
        "confidence": round(verdict.confidence, 2),
        "evidence": [evidence.sentence for evidence in verdict.evidence],
        "shapes": [
            {
                "name": row.name,
                "line": row.line,
                "first": format_shape(row.channels_first),
                "last": format_shape(row.channels_last),
                "problem": row.problem,
            }
            for row in verdict.shapes
        ],
    }
