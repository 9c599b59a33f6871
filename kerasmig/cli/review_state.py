"""What the interactive review knows of each file, and which findings it asks about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kerasmig.catalog.general import UNDECIDED
from kerasmig.finding import Applicability, DataFormat, FileResult, Finding, Verdict
from kerasmig.reading.program import PYTHON2
from kerasmig.text.source import Text

IMPORTS = "KM101"  # follow from the other changes

Place = tuple[str, int, int]


class Quit(Exception):
    """The person wants no more questions."""


class Skip(Exception):
    """The person wants no more questions of this file."""


class Moved(Exception):
    """The next question is one of another file, or an earlier one."""


@dataclass(frozen=True)
class FileState:
    """What was decided in one file.

    Args:
        accepted: the places of changes to be made.
        whole: all changes are to be made; ``imports_stay``: not the one that was left, of imports.
        declined: the file is to stay in Python 2; ``modern``: it may become Python 3.
        open_formats: models whose data format was left open.
        rejected, edited, decided: how many changes were rejected or written by the person, and
            formats decided.
        asked: how many questions were answered.
    """

    accepted: frozenset[Place] = frozenset()
    whole: bool = False
    imports_stay: bool = False
    declined: bool = False
    modern: bool = False
    open_formats: frozenset[str] = frozenset()
    rejected: int = 0
    edited: int = 0
    decided: int = 0
    asked: int = 0

    @property
    def touched(self) -> bool:
        """Whether anything was decided that is to be written."""
        counts = self.rejected + self.edited + self.decided
        return bool(self.accepted or self.whole or self.declined or counts)

    @property
    def changes(self) -> bool:
        """Whether code is to be changed, not only commented on."""
        return bool(self.accepted or self.whole or self.edited or self.decided)


@dataclass(frozen=True)
class Moment:
    """What was known when a question was asked, to come back to."""

    path: Path
    text: str
    state: FileState
    codes: frozenset[str]


def decide_python2(text: str) -> str:
    """The text of a Python 2 file with the decision that it stays so."""
    newline = Text(text).newline
    lines = text.split(newline)
    at = 1 if lines[0].startswith("#!") else 0
    at += 1 if len(lines) > at and "coding" in lines[at] and lines[at].startswith("#") else 0
    return newline.join([*lines[:at], f"# kerasmig: ignore[{PYTHON2}]", *lines[at:]])


def asks(result: FileResult) -> bool:
    undecided = any(v.data_format is DataFormat.UNDECIDED for v in result.verdicts)
    return undecided or any(f.edits and not f.suppressed for f in result.findings)


def untouched(result: FileResult) -> FileResult:
    return result._replace(new=result.old, source_old="", source_new="", compat=())


def changes_of(result: FileResult) -> list[Finding]:
    """The findings that a person is asked about.

    Imports follow from the other changes, and are asked about where there are none; data formats are
    settled by themselves.
    """
    offered = [f for f in result.findings if f.edits and not f.suppressed and not is_question(f)]
    return [finding for finding in offered if finding.code != IMPORTS] or offered


def is_question(finding: Finding) -> bool:
    """Whether a finding asks for a data format: that is settled by itself (`Review._settle`)."""
    return finding.code == UNDECIDED and finding.applicability is Applicability.MANUAL


def where_asked(result: FileResult, model: str) -> list[int]:
    return [f.end_line for f in result.findings if is_question(f) and f.name == model]


def place_of(finding: Finding) -> Place:
    return (finding.code, finding.line, finding.column)


def verdict_at(result: FileResult, finding: Finding) -> Verdict | None:
    """The verdict of the model that a finding stands in."""
    lines = range(finding.line, max(finding.end_line, finding.line) + 1)
    for verdict in result.verdicts:
        if any(tensor.line in lines for tensor in verdict.shapes):
            return verdict
    before = [verdict for verdict in result.verdicts if verdict.line <= finding.line]
    return max(before, key=lambda verdict: verdict.line, default=None)
