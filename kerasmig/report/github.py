"""GitHub workflow commands, which show as annotations on the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step: the worst come first.
"""

from __future__ import annotations

from kerasmig.finding import Applicability, FileResult, Finding, RunResult
from kerasmig.report.model_text import (
    STATUS_WORDS,
    counts_line,
    coverage_sentence,
    figures_line,
    programs_line,
)
from kerasmig.report.places import place_in_file
from kerasmig.report.screen import without_controls
from kerasmig.report.summary import outcome, summarize
from kerasmig.verify.result import Pair, Skipped, Status, VerifyReport

_LEVELS = {
    Applicability.MANUAL: "error",
    Applicability.ASSUMED: "warning",
    Applicability.AUTOMATIC: "notice",
}
_ORDER = ("error", "warning", "notice")


def to_github(run: RunResult | None, verify: VerifyReport | None) -> str:
    """One workflow command a line, and a notice with the summary at the end."""
    commands: list[tuple[str, str]] = []
    ending = []
    if run is not None:
        for file in run.files:
            commands += _file_commands(file)
        summary = summarize(run)
        ending.append(
            f"{summary.changed} of {summary.files} files {summary.would}changed; "
            f"left to do: {'; '.join(summary.left) or 'nothing'}"
        )
    if verify is not None:
        pairs = [pair for pair in verify.pairs if pair.status is not Status.MATCH]
        commands += [_pair_command(pair) for pair in pairs]
        commands += [_skipped_command(skip) for skip in verify.skipped]
        programs = programs_line(verify)
        told = [counts_line(verify), *([f"programs: {programs}"] if programs else [])]
        ending.append(f"verified: {'; '.join([*told, coverage_sentence(verify)])}")
    commands.sort(key=lambda command: _ORDER.index(command[0]))
    lines = [line for _, line in commands]
    lines += [_command("notice", text, title="kerasmig") for text in ending]
    return "\n".join(lines) + "\n"


def _file_commands(file: FileResult) -> list[tuple[str, str]]:
    commands = []
    if file.error:
        commands.append(("error", _command("error", file.error, file=file.path, title="kerasmig")))
    for finding in file.findings:
        if not finding.suppressed:
            level = _LEVELS[finding.applicability]
            commands.append((level, _finding_command(level, file.path, finding)))
    return commands


def _finding_command(level: str, path: str, finding: Finding) -> str:
    because = "".join(f"\nbecause: {evidence.sentence}" for evidence in finding.evidence)
    title = f"{finding.code} [{outcome(finding)}]"
    if finding.cell:  # GitHub counts the lines of the notebook's JSON, which are nobody's
        message = f"{place_in_file(finding)}: {finding.message}{because}"
        return _command(level, message, file=path, title=title)
    place: dict[str, object] = {"file": path, "line": finding.line}
    if finding.end_line:
        place["endLine"] = finding.end_line
    if finding.end_line in (0, finding.line):  # columns are for one line only
        place["col"] = finding.column + 1
        if finding.end_line:
            place["endColumn"] = finding.end_column + 1
    return _command(level, finding.message + because, **place, title=title)


def _pair_command(pair: Pair) -> tuple[str, str]:
    level = "error" if pair.status is Status.MISMATCH else "warning"
    lines = [pair.reason, figures_line(pair)]
    if pair.first_difference is not None:
        lines.append(f"first difference: {pair.first_difference.what}")
        lines.append(pair.first_difference.likely_cause)
    place = {"file": pair.place.file, "line": pair.place.new_line or pair.place.line}
    title = f"{STATUS_WORDS[pair.status]}: {pair.name}"
    return level, _command(level, "\n".join(filter(None, lines)), **place, title=title)


def _skipped_command(skip: Skipped) -> tuple[str, str]:
    level = "error" if skip.unreadable else "warning"
    place = {"file": skip.file, "line": max(skip.line, 1)}
    return level, _command(level, skip.reason, **place, title=f"not verified: {skip.name}")


def _command(level: str, message: str, **properties: object) -> str:
    fields = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{level} {fields}::{_data(message)}"


def _data(text: str) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return without_controls(text)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
