"""Requirements that hold a project to Keras 1: found beside the code, and updated on request."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kerasmig.finding import Applicability, FileResult, Finding

CODE = "KM902"
_KERAS = "keras>=3.8"
_TENSORFLOW = "tensorflow>=2.18"
_FILES = re.compile(
    r"(?:.*requirements.*\.(?:txt|in)|setup\.(?:py|cfg)|environment\.ya?ml|pyproject\.toml|Pipfile)$",
    re.IGNORECASE,
)
#: ``keras==1.2.2``, ``Keras[tests] >=1.0,<2``, ``keras=1.2`` (conda), ``keras = "^1.2"`` (poetry).
_CLAUSES = r"(?:===?|>=|<=|~=|!=|<|>|=)[ \t]*\d[\w.*]*"
_REQUIREMENT = re.compile(
    r"(?<![\w./@-])(?P<name>keras|tensorflow(?:[-_](?:gpu|cpu))?|theano)(?:\[[\w, -]*\])?[ \t]*"
    r"(?P<spec>(?P<assigned>=[ \t]*(?P<quote>[\"'])[^\"'\n]*(?P=quote))"
    rf"|{_CLAUSES}(?:[ \t]*,[ \t]*{_CLAUSES})*)?(?![\w.-])",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(===?|>=|<=|~=|!=|<|>|=|\^|~)?[ \t]*(\d+)(?:\.(\d+))?")


class Pin(NamedTuple):
    """A requirement that today's Keras does not meet.

    Args:
        line, start, end: where it stands; offsets count in the line.
        new: what it becomes; empty where a person has to decide.
        message: what is wrong with it.
    """

    line: int
    start: int
    end: int
    name: str
    new: str
    message: str


def requirement_files(relevant: Iterable[Path], roots: Iterable[Path]) -> list[Path]:
    """The files with requirements in the folders of the code, up to the folders of the run."""
    tops = {os.path.abspath(root if root.is_dir() else root.parent) for root in roots}
    folders: dict[Path, None] = {}
    for path in relevant:
        for folder in path.parents:
            if folder in folders:
                break
            folders[folder] = None
            if os.path.abspath(folder) in tops:
                break
    found = []
    for folder in folders:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        found += [folder / n for n in names if _FILES.match(n) and (folder / n).is_file()]
    return sorted(found)


def upgrade_requirements(text: str, path: str, *, update: bool) -> FileResult:
    """What becomes of a file with requirements.

    Args:
        update: write today's versions; otherwise they are only reported.
    """
    pins = list(find_pins(text, path))
    new = _rewritten(text, pins) if update else text
    findings = tuple(
        Finding(
            CODE,
            pin.message,
            Applicability.ASSUMED if update and pin.new else Applicability.MANUAL,
            pin.line,
            pin.start,
            end_line=pin.line,
            end_column=pin.end,
            name=pin.name,
        )
        for pin in pins
    )
    return FileResult(path, old=text, new=new, findings=findings)


def find_pins(text: str, path: str) -> Iterator[Pin]:
    """The requirements of a file that hold it to Keras 1."""
    quoted_only = path.endswith((".py", ".toml", "Pipfile"))
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        code = line.partition("#")[0]
        for match in _REQUIREMENT.finditer(code):
            assigned = re.match(r"[ \t]*$", code[: match.start()]) is not None
            before = code[: match.start()].rstrip()[-1:]
            if (
                quoted_only
                and before not in ("'", '"')
                and not (assigned and path.endswith((".toml", "Pipfile")))
            ):
                continue
            pin = _pin(number, match)
            if pin is not None:
                yield pin


def _pin(line: int, match: re.Match[str]) -> Pin | None:
    name, spec = match.group("name").lower(), match.group("spec") or ""
    start, end = match.span()
    if name == "theano":
        message = "Keras 3 has no Theano backend: remove theano if nothing else needs it"
        return Pin(line, start, end, name, "", message)
    wanted = _KERAS if name == "keras" else _TENSORFLOW
    major = 3 if name == "keras" else 2
    if not _excludes(spec, major):
        return None
    new = wanted
    if match.group("assigned"):
        package, _, version = wanted.partition(">=")
        mark = match.group("quote")
        new = f"{package} = {mark}>={version}{mark}"
    shown = match.group().strip()
    return Pin(line, start, end, name, new, f"{shown} is too old for the migrated code: {wanted}")


def _excludes(spec: str, major: int) -> bool:
    """Whether a version specification leaves out everything from a major version on."""
    if re.match(r"=[ \t]*[\"']", spec):  # `keras = "^1.2"`, as poetry and Pipenv write it
        spec = spec[1:].strip(" \t\"'")
    for clause in spec.split(","):
        match = _CLAUSE.match(clause.strip())
        if match is None:
            continue
        operator, number, minor = match.group(1) or "==", int(match.group(2)), match.group(3)
        if operator in ("==", "===", "=", "~=", "^", "~", "<=") and number < major:
            return True
        if operator == "<" and (number, int(minor or 0)) <= (major, 0):
            return True
    return False


def _rewritten(text: str, pins: list[Pin]) -> str:
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    for pin in reversed(pins):
        if pin.new:
            line = lines[pin.line - 1]
            lines[pin.line - 1] = line[: pin.start] + pin.new + line[pin.end :]
    return "".join(lines)
