"""What stands around the code of a project and still speaks of Keras 1.

Commands and settings in READMEs, scripts and configurations, and files that may hold old weights. Rules rewrite code; of this, a person is told the line to write.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kerasmig.catalog.code_base import SETTINGS as CODE
from kerasmig.disk.find import Selection, find_files, shown_path
from kerasmig.disk.reading import read_file
from kerasmig.finding import Applicability, FileResult, Finding
from kerasmig.rewrite.directives import line_ignores

_MOST_BYTES = 200_000
_TOLD_IN = (
    *("README*", "readme*", "*.md", "*.rst", "*.sh", "Dockerfile*", "Makefile", "*.mk"),
    *("*.yml", "*.yaml", "*.cfg", "*.ini", ".env", "*.py", "*.ipynb"),
)
_CODE = (".py", ".ipynb")
_BACKEND = re.compile(
    r"""(?P<set>\bKERAS_BACKEND\b["'\]]*\s*[=:,\s]\s*["']?)(?:theano|cntk)\b""", re.IGNORECASE
)
_FLAGS = re.compile(r"""\bTHEANO_FLAGS\s*=\s*(?:'[^']*'|"[^"]*"|[^\s'"]+)[ \t]*""")
_PYTHON2 = re.compile(r"(?<![\w./:-])python2(?:\.7)?(?=[ \t])")
_IMAGE = re.compile(r"(^\s*FROM\s+python:)2(?:\.\d+)*", re.IGNORECASE)
_INSTALLS = re.compile(r"\b(?:pip3?|conda)\s+install\b")
_OLD_KERAS = re.compile(r"(?<![\w./-])keras==?[012](?:\.\d+)*", re.IGNORECASE)
_OLD_BACKEND = re.compile(
    r"(?<![\w./-])(?:theano(?:==?[\d.]+)?|tensorflow(?:-gpu)?==?1(?:\.\d+)*)(?![\w./-])",
    re.IGNORECASE,
)
_THEANO = re.compile(r"[ \t]+theano(?:==?[\d.]+)?(?![\w./-])", re.IGNORECASE)
_KERNEL = re.compile(r'("name"\s*:\s*")python2(")')
_COMMAND = re.compile(
    r"(?<![\w./-])python[0-9.]*[ \t]+(?:-u[ \t]+)?(?:-m[ \t]+)?(?P<file>[\w./-]+)"
)
_WEIGHTS = (".h5", ".hdf5", ".hdf")
_HDF5 = b"\x89HDF\r\n\x1a\n"


class Line(NamedTuple):
    """A line that has to change.

    Args:
        path, line: where it stands; ``old``: what stands there.
        new: what to write; empty: take the line out.
        why: one sentence.
    """

    path: str
    line: int
    old: str
    new: str
    why: str


def other_files(path: Path, selection: Selection) -> list[Path]:
    """All files that the code's folder holds, ignored ones too: weights seldom are in git."""
    if not path.is_dir():
        return []
    every = selection._replace(respect_gitignore=False, include=())
    return find_files([path], every, suffixes=("",))


def settings_of_keras1(files: Iterable[Path]) -> Iterator[Line]:
    """The lines that choose a backend or a Python which today's Keras does not have."""
    for path in files:
        if path.name == "keras.json":
            yield from _keras_json(path)
        elif any(fnmatch.fnmatch(path.name, pattern) for pattern in _TOLD_IN):
            yield from _lines(path)


def setting_files(folders: Iterable[Path]) -> list[Path]:
    """The files beside the code, no code themselves, that may choose a backend."""
    found = []
    for folder in folders:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        wanted = [n for n in names if n == "keras.json" or any(map(partial(_fits, n), _TOLD_IN))]
        found += [folder / n for n in wanted if not n.endswith(_CODE) and (folder / n).is_file()]
    return sorted(dict.fromkeys(found))


def _fits(name: str, pattern: str) -> bool:
    return fnmatch.fnmatch(name, pattern)


def old_settings(path: Path, shown: str) -> FileResult | None:
    """What a file beside the code still sets for Keras 1, as findings; ``None`` if nothing."""
    lines = list(settings_of_keras1([path]))
    if not lines:
        return None
    text = _text(path)
    findings = tuple(
        Finding(
            CODE,
            f"{line.old}: {line.why}; "
            + (f"write {line.new}" if line.new else "take the line out"),
            Applicability.MANUAL,
            line.line,
            0,
            end_line=line.line,
            end_column=len(line.old),
            name="KERAS_BACKEND",
        )
        for line in lines
    )
    return FileResult(shown, old=text, new=text, findings=findings)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return ""
        return read_file(path).decode("utf-8", "replace")
    except OSError:
        return ""


def _lines(path: Path) -> Iterator[Line]:
    code = path.suffix in _CODE
    for number, line in enumerate(_text(path).splitlines(), 1):
        if line_ignores(line, CODE):
            continue
        new = _BACKEND.sub(r"\g<set>tensorflow", line)
        why = "Keras 3 has no Theano backend" if new != line else ""
        if path.suffix == ".ipynb":
            new = _KERNEL.sub(r"\1python3\2", new)
            why = why or "Jupyter has no kernel for Python 2 any more"
        if not code:
            new = _PYTHON2.sub("python3", _FLAGS.sub("", new))
            new = _IMAGE.sub(r"\g<1>3.11", new)
            new = _installing(new)
            why = why or "Keras 3 runs on Python 3 and TensorFlow 2, without Theano"
        if new != line:
            yield Line(shown_path(path), number, line.strip(), new.strip(), why)


def _installing(line: str) -> str:
    """A line with what it installs today; words before the command are prose."""
    found = _INSTALLS.search(line)
    if found is None:
        return line
    before, what = line[: found.end()], line[found.end() :]
    what = _OLD_KERAS.sub("'keras>=3.8'", what)
    if re.search(r"\btensorflow\b(?!==?1)", what):
        what = _THEANO.sub("", what)  # TensorFlow is asked for beside it
    return before + _OLD_BACKEND.sub("'tensorflow>=2.18'", what)


def _keras_json(path: Path) -> Iterator[Line]:
    text = _text(path)
    try:
        backend = json.loads(text).get("backend", "tensorflow")
    except (ValueError, AttributeError):
        return
    if backend in ("theano", "cntk"):
        line = next((n for n, row in enumerate(text.splitlines(), 1) if '"backend"' in row), 1)
        old = text.splitlines()[line - 1].strip()
        new = re.sub(r'"backend"(\s*:\s*)"\w+"', r'"backend"\1"tensorflow"', old)
        yield Line(shown_path(path), line, old, new, "Keras 3 does not start with this backend")


def commands_told(files: Iterable[Path], entries: Sequence[str]) -> list[str]:
    """The commands with which READMEs and scripts start the programs, as they are written today.

    Args:
        entries: the programs, as shown to the person.
    """
    found: dict[str, None] = {}
    for path in files:
        if path.suffix in _CODE or not any(fnmatch.fnmatch(path.name, p) for p in _TOLD_IN):
            continue
        for line in _text(path).splitlines():
            match = _COMMAND.search(line)
            name = match["file"].removeprefix("./") if match else ""
            module = name.replace(".", "/") + ".py"
            if not any(e == n or e.endswith(f"/{n}") for e in entries for n in (name, module)):
                continue
            assert match is not None
            told = line[match.start() :].strip().rstrip("`").rstrip()
            told = re.sub(r"^python[0-9.]*", "python", told)
            beside = any((path.parent / file).is_file() for file in (name, module))
            folder = shown_path(path.parent)
            if beside and folder not in (".", ""):  # it is started where it is told
                told = f"cd {shlex.quote(folder)} && {told}"
            found[told] = None
    return list(found)


def hdf5_files(files: Iterable[Path]) -> list[Path]:
    """The files that may hold weights or a model."""
    found = []
    for path in files:
        if path.name.lower().endswith(_WEIGHTS) and not path.name.endswith(
            (".weights.h5", ".keras3.h5")
        ):
            try:
                with path.open("rb") as file:
                    if file.read(8) == _HDF5:
                        found.append(path)
            except OSError:
                continue
    return found
