"""Requirements that hold a project to Keras 1: found beside the code, and updated on request."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kerasmig.disk.find import absolute
from kerasmig.finding import Applicability, FileResult, Finding
from kerasmig.rewrite.directives import line_ignores

CODE = "KM902"
_KERAS = "keras>=3.8"
_TENSORFLOW = "tensorflow>=2.18"
#: The oldest versions that today's Keras and TensorFlow can be installed and run with.
_BESIDE = {
    "numpy": "1.26",
    "scipy": "1.11",
    "h5py": "3.11",
    "pillow": "9.5",
    "pandas": "2.0",
    "scikit-learn": "1.3",
    "matplotlib": "3.8",
    "opencv-python": "4.8",
    "scikit-image": "0.22",
    "pyyaml": "6.0",
    "protobuf": "4.25",
}
_FILES = re.compile(
    r"(?:.*requirements.*\.(?:txt|in)|setup\.(?:py|cfg)|environment\.ya?ml|pyproject\.toml|Pipfile)$",
    re.IGNORECASE,
)
#: ``keras==1.2.2``, ``Keras[tests] >=1.0,<2``, ``keras=1.2`` (conda), ``keras = "^1.2"`` (poetry).
_CLAUSES = r"(?:===?|>=|<=|~=|!=|<|>|=)[ \t]*\d[\w.*]*"
_REQUIREMENT = re.compile(
    r"(?<![\w./@-])(?P<name>keras|tensorflow(?:[-_](?:gpu|cpu))?|theano"
    rf"|{'|'.join(_BESIDE)})(?:\[[\w, -]*\])?[ \t]*"
    r"(?P<spec>(?P<assigned>=[ \t]*(?P<quote>[\"'])[^\"'\n]*(?P=quote))"
    rf"|{_CLAUSES}(?:[ \t]*,[ \t]*{_CLAUSES})*)?(?![\w.-])",
    re.IGNORECASE,
)
_NOTHING = "-"  # what a requirement becomes that goes with its line
_CLAUSE = re.compile(r"(===?|>=|<=|~=|!=|<|>|=|\^|~)?[ \t]*(\d+)(?:\.(\d+))?")


class Pin(NamedTuple):
    """A requirement that today's Keras does not meet.

    Args:
        line, start, end: where it stands; offsets count in the line.
        new: what it becomes; empty where a person has to decide.
        message: what is wrong with it, and what to write; ``done``: what was written.
    """

    line: int
    start: int
    end: int
    name: str
    new: str
    message: str
    done: str = ""


def folders_of_code(relevant: Iterable[Path], roots: Sequence[Path]) -> list[Path]:
    """The folders of some code, and those above up to the folders of the run."""
    tops = {os.path.abspath(root if root.is_dir() else root.parent) for root in roots}
    folders: dict[Path, None] = {}
    for path in relevant:
        for folder in path.parents:
            if folder in folders:
                break
            folders[folder] = None
            if os.path.abspath(folder) in tops:
                break
    return list(folders)


def requirement_files(relevant: Iterable[Path], roots: Sequence[Path]) -> list[Path]:
    """The files with requirements in the folders of the code, up to the folders of the run.

    Those that the run names outright are among them, with or without code beside them.
    """
    found = []
    for folder in folders_of_code(relevant, roots):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        found += [folder / n for n in names if _FILES.match(n) and (folder / n).is_file()]
    found += [absolute(root) for root in roots if holds_requirements(root) and root.is_file()]
    return sorted(dict.fromkeys(found))


def holds_requirements(path: Path) -> bool:
    """Whether a file of this name holds requirements, and maybe code as well (setup.py)."""
    return _FILES.match(path.name) is not None


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
            pin.done if update and pin.new else pin.message,
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
    """The requirements of a file that hold it to Keras 1, or that today's Keras lacks."""
    found = list(_requirements(text, path))
    names = {match.group("name").lower() for _, match in found}
    lacks_tensorflow = not any(name.startswith("tensorflow") for name in names)
    if "keras" not in names and not any(n.startswith(("tensorflow", "theano")) for n in names):
        return
    for number, match in found:
        pin = _pin(number, match)
        if match.group("name").lower() == "keras" and lacks_tensorflow:
            pin = _with_tensorflow(number, match, pin)
            lacks_tensorflow = False
        if pin is not None:
            yield pin


def _requirements(text: str, path: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The requirements that are known here, with their lines."""
    quoted_only = path.endswith((".py", ".toml", "Pipfile"))
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line_ignores(line, CODE):
            continue
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
            yield number, match


def _pin(line: int, match: re.Match[str]) -> Pin | None:
    name, spec = match.group("name").lower(), match.group("spec") or ""
    start, end = match.span()
    if name == "theano":
        message = "Keras 3 has no Theano backend: remove theano if nothing else needs it"
        new = _NOTHING if match.string.strip() == match.group().strip() else ""
        done = f"{match.group().strip()} is taken out: Keras 3 has no Theano backend"
        return Pin(line, start, end, name, new, message, done)
    if name in _BESIDE:
        lowest = tuple(map(int, _BESIDE[name].split(".")))
        wanted = f"{match.group('name')}>={_BESIDE[name]}"
        if not _excludes(spec, *lowest):
            return None
    else:
        wanted = _KERAS if name == "keras" else _TENSORFLOW
        if not _excludes(spec, 3 if name == "keras" else 2):
            return None
    shown = match.group().strip()
    message = f"{shown} is too old for the migrated code: write {wanted}"
    done = f"{shown} is now {wanted}: see whether anything else needs the old version"
    return Pin(line, start, end, name, _assigned(wanted, match), message, done)


def _assigned(wanted: str, match: re.Match[str]) -> str:
    """A requirement in the way of the file: ``keras = ">=3.8"`` where poetry or Pipenv read it."""
    if not match.group("assigned"):
        return wanted
    package, _, version = wanted.partition(">=")
    mark = match.group("quote")
    return f"{package} = {mark}>={version}{mark}"


def _with_tensorflow(line: int, match: re.Match[str], pin: Pin | None) -> Pin:
    """Keras with the TensorFlow that the migrated code runs on, and that nothing asks for."""
    start, end = match.span()
    old = match.group()
    new = pin.new if pin is not None else old
    before, after = match.string[:start], match.string[end:]
    mark = before[-1:]
    if mark in ("'", '"') and after[:1] == mark:
        new = f"{new}{mark}, {mark}{_TENSORFLOW}"
    else:
        # Above, so that a comment behind the old requirement stays behind it.
        new = f"{_assigned(_TENSORFLOW, match)}\n{before}{new}"
    told = [pin.message] if pin is not None else []
    told.append(
        f"the migrated code runs on TensorFlow, which is not asked for: add {_TENSORFLOW}, by hand or "
        "with `kerasmig upgrade --update-requirements`"
    )
    done = [pin.done] if pin is not None else []
    done.append(f"{_TENSORFLOW}, on which the migrated code runs, is added")
    return Pin(line, start, end, "keras", new, "; ".join(told), "; ".join(done))


def _excludes(spec: str, major: int, least: int = 0) -> bool:
    """Whether a version specification leaves out everything from a version on."""
    if re.match(r"=[ \t]*[\"']", spec):  # `keras = "^1.2"`, as poetry and Pipenv write it
        spec = spec[1:].strip(" \t\"'")
    for clause in spec.split(","):
        match = _CLAUSE.match(clause.strip())
        if match is None:
            continue
        operator, number, minor = match.group(1) or "==", int(match.group(2)), match.group(3)
        given = (number, int(minor or 0))
        if operator in ("==", "===", "=", "~=", "^", "~", "<=") and given < (major, least):
            return True
        if operator == "<" and given <= (major, least):
            return True
    return False


def _rewritten(text: str, pins: list[Pin]) -> str:
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    newline = "\r\n" if "\r\n" in text else "\n"
    for pin in reversed(pins):
        line = lines[pin.line - 1]
        if pin.new == _NOTHING:
            lines[pin.line - 1] = ""
        elif pin.new:
            new = line[: pin.start] + pin.new.replace("\n", newline) + line[pin.end :]
            lines[pin.line - 1] = new
    return "".join(lines)
