"""What is analysed of a file, and the way back: Python 2 and notebooks become plain Python 3."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from kerasmig.finding import Applicability, Evidence, FileResult, Finding, Verdict
from kerasmig.reading.python2_signs import uses_python2_names
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import SourceError, parse
from kerasmig.text.tree import walk

if TYPE_CHECKING:
    from kerasmig.reading.notebooks import Cell, Notebook
    from kerasmig.reading.python2 import Modern

PYTHON2 = "KM801"
NOTEBOOK_TEXT = "KM903"
NOTEBOOK_CELL = "KM904"
NOTEBOOK_SUFFIX = ".ipynb"


#: A person's decision, as the interactive review stores it.
_DECLINED = re.compile(r"^#[ \t]*kerasmig:[ \t]*ignore\[[^\]]*\bKM801\b", re.MULTILINE)
_IMPORTS_KERAS = re.compile(r"^[ \t]*(?:from|import)[ \t]+keras\b", re.MULTILINE)


class LeftAlone(Exception):
    """A file that is understood but is not to be touched; its finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Program(NamedTuple):
    """A file's program as Python 3.

    Args:
        file_text: the file as it stands.
        text, tree: what is analysed and rewritten.
        modern: how Python 2 became Python 3, if it was Python 2.
        notebook: the notebook that it comes from, if it does.
    """

    file_text: str
    text: str
    tree: ast.Module
    modern: Modern | None = None
    notebook: Notebook | None = None

    @property
    def made_relative(self) -> tuple[int, ...]:
        """Lines where the conversion made an implicit relative import explicit."""
        if self.modern is None:
            return ()
        old = self._old_program().split("\n")
        return tuple(
            node.lineno
            for node in walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            and node.level
            and not re.match(r"[ \t]*from[ \t]*\.", old[self.modern.old_line(node.lineno) - 1])
        )

    def _old_program(self) -> str:
        return self.file_text if self.notebook is None else self.notebook.program

    def finish(self, result: FileResult, settings: UpgradeSettings) -> FileResult:
        """The result for the file, from the result for its program.

        Raises:
            AssertionError: the program cannot be put back into the file.
        """
        findings = [self._placed(finding) for finding in result.findings]
        findings += [note for note in self._notes(settings) if settings.wants(note.code)]
        findings.sort(key=lambda f: (f.cell, f.line, f.column, f.code))
        new, sources = result.new, ("", "")
        if self.notebook is not None:
            new = self.notebook.rebuild(result.new)
            if new != self.file_text:
                programs = (self.notebook.program, result.new)
                sources = tuple(map(self.notebook.readable, programs))  # type: ignore[assignment]
        return result._replace(
            old=self.file_text,
            new=new,
            findings=tuple(findings),
            verdicts=tuple(self._placed_verdict(verdict) for verdict in result.verdicts),
            source_old=sources[0],
            source_new=sources[1],
        )

    def place(self, line: int) -> tuple[int, int]:
        """Cell (0 outside notebooks) and line in the file for a line of the program."""
        if self.modern is not None:
            line = self.modern.old_line(line)
        return (0, line) if self.notebook is None else self.notebook.locate(line)

    def _placed(self, finding: Finding) -> Finding:
        if self.modern is None and self.notebook is None:
            return finding
        cell, line = self.place(finding.line)
        evidence = tuple(self._placed_evidence(item) for item in finding.evidence)
        return finding._replace(
            cell=cell,
            line=line,
            end_line=self.place(finding.end_line)[1],
            evidence=evidence,
        )

    def _placed_evidence(self, evidence: Evidence) -> Evidence:
        if evidence.path or not evidence.line:
            return evidence
        cell, line = self.place(evidence.line)
        return evidence._replace(line=line, path=f"cell {cell}" if cell else "")

    def _placed_verdict(self, verdict: Verdict) -> Verdict:
        if self.modern is None and self.notebook is None:
            return verdict
        cell, line = self.place(verdict.line)
        where = f" (cell {cell})" if cell else ""
        return verdict._replace(
            model=verdict.model + where,
            line=line,
            evidence=tuple(self._placed_evidence(item) for item in verdict.evidence),
            shapes=tuple(s._replace(line=self.place(s.line)[1]) for s in verdict.shapes),
        )

    def _notes(self, settings: UpgradeSettings) -> list[Finding]:
        """What reading the file showed."""
        notes: list[Finding] = []
        if self.modern is not None:
            notes.append(self._python2_note(self.modern))
        if self.notebook is None:
            return notes
        for number, reason in sorted(self.notebook.left.items()):
            cell = next(c for c in self.notebook.cells if c.number == number)
            code = old_spellings(cell.source) or _IMPORTS_KERAS.search(cell.source)
            if not reason.startswith("a cell of") or code:
                notes.append(_note(NOTEBOOK_CELL, f"left alone: {reason}", number))
        for cell in self.notebook.cells:
            if cell.kind != "code" and (words := old_spellings(cell.source)):
                shown = ", ".join(words[:3])
                message = f"the text shows Keras 1 code ({shown}): change it by hand"
                notes.append(_note(NOTEBOOK_TEXT, message, cell.number, words[0]))
        return notes

    def _python2_note(self, modern: Modern) -> Finding:
        changed = _first_difference(self._old_program(), modern.text)
        cell, line = self.place(changed)
        what = f": {', '.join(modern.what)}" if modern.what else ""
        return Finding(
            PYTHON2,
            f"Python 2 brought to Python 3 in {modern.changed} lines{what}",
            Applicability.AUTOMATIC,
            line or 1,
            0,
            end_line=line or 1,
            cell=cell,
        )


def _note(code: str, message: str, cell: int, name: str = "") -> Finding:
    return Finding(code, message, Applicability.MANUAL, 1, 0, end_line=1, name=name, cell=cell)


def _first_difference(old: str, new: str) -> int:
    """The 1-based line of the new text where it first differs from the old one."""
    for number, (a, b) in enumerate(zip(old.splitlines(), new.splitlines(), strict=False), 1):
        if a != b:
            return number
    return 1


def read_program(text: str, path: str, settings: UpgradeSettings) -> Program:
    """The program of a file.

    Args:
        path: its suffix tells notebooks; its folder, what Python 2 would import from there.

    Raises:
        SourceError: neither Python 3 nor Python 2, or no notebook.
        LeftAlone: Python 2, and that is to be left alone.
    """
    if not path.endswith(NOTEBOOK_SUFFIX):
        return _as_python3(text, text, path, settings, None)
    from kerasmig.reading.notebooks import read_notebook

    notebook = read_notebook(text)
    try:
        return _as_python3(text, notebook.program, path, settings, notebook)
    except SourceError:
        notebook.compose(lambda cell: _unparsable(notebook, cell, path))
        return _as_python3(text, notebook.program, path, settings, notebook)


def _as_python3(
    file_text: str,
    text: str,
    path: str,
    settings: UpgradeSettings,
    notebook: Notebook | None,
) -> Program:
    try:
        tree = parse(text, path=path)
    except SourceError as error:
        try:
            modern = _to_python3(text, path)
        except SourceError:
            raise error from None
    else:
        if not uses_python2_names(text, tree):
            return Program(file_text, text, tree, None, notebook)
        modern = _to_python3(text, path)
    declined = _DECLINED.search(text) is not None
    if (
        declined
        or not settings.python2
        or any(PYTHON2.startswith(code) for code in settings.ignore)
    ):
        raise LeftAlone(
            Finding(
                PYTHON2,
                "Python 2 source, left alone as asked; without --no-python2 it is brought to "
                "Python 3 and migrated",
                Applicability.MANUAL,
                1,
                0,
                end_line=1,
            )
        )
    return Program(file_text, modern.text, parse(modern.text, path=path), modern, notebook)


def _to_python3(text: str, path: str) -> Modern:
    from kerasmig.reading.python2 import to_python3

    return to_python3(text, path)


def _unparsable(notebook: Notebook, cell: Cell, path: str) -> str:
    """Why a cell on its own is not Python; empty if it is."""
    text = notebook.masked(cell)
    try:
        parse(text, path=path)
    except SourceError as error:
        try:
            _to_python3(text, path)
        except SourceError:
            return f"the cell {error}"
    return ""


_OLD_ARGUMENTS = [
    "nb_filter",
    "nb_row",
    "nb_col",
    "border_mode",
    "dim_ordering",
    "subsample",
    "nb_epoch",
    "samples_per_epoch",
    "nb_val_samples",
    "W_regularizer",
    "b_regularizer",
    "filter_length",
]


@cache
def _old_words() -> re.Pattern[str]:
    from kerasmig.catalog import entries

    layers = {
        entry.short
        for entry in entries().values()
        if entry.name.startswith("keras.layers.")
        and entry.short[:1].isupper()
        and (entry.to is None or entry.to.rpartition(".")[2] != entry.short)
        and re.search(r"[a-z][A-Z0-9]", entry.short)
    }
    return re.compile(r"\b(?:{})\b".format("|".join(sorted(layers) + _OLD_ARGUMENTS)))


def old_spellings(text: str) -> list[str]:
    """Words that only Keras 1 code has, in the order of the text."""
    return list(dict.fromkeys(_old_words().findall(text)))
