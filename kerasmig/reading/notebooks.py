"""Notebooks: their code cells as one program, and the program back into the cells.

The JSON is never written anew. Only the strings of source lines that changed are replaced, so
indentation, key order, escapes, outputs, metadata and ids stay byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from kerasmig.reading.magics import Masked, mask
from kerasmig.text.source import SourceError

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_PIECE = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|[^\\]+?", re.DOTALL)
MARKER = "#%% kerasmig cell "
_MARKED = re.compile(r"^#%% kerasmig cell (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Item:
    """A line of a cell's source: its text, and how it stands in the JSON."""

    value: str
    raw: str


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Args:
        number: 1-based, counting all cells.
        kind: ``code``, ``markdown``, ...
        source: its text.
        start, end: where the value of its source stands in the JSON.
        items: its lines, for a list of strings as for one string.
        listed: the source is a list of strings.
    """

    number: int
    kind: str
    source: str
    start: int
    end: int
    items: tuple[Item, ...]
    listed: bool
    lead: str = ""
    separator: str = ""
    tail: str = ""


@dataclass
class Notebook:
    """A notebook and the program that its code cells make.

    Args:
        text: the JSON.
        cells: all cells.
        program: the code of the Python cells, each behind a marker line.
        left: number → reason, of the code cells that are not part of the program.
    """

    text: str
    cells: tuple[Cell, ...]
    program: str = ""
    left: dict[int, str] = field(default_factory=dict)
    _masked: dict[int, Masked] = field(default_factory=dict)
    _first_lines: list[tuple[int, int]] = field(default_factory=list)

    def compose(self, leave: Callable[[Cell], str] | None = None) -> None:
        """Make the program, without the cells for which ``leave`` gives a reason."""
        parts: list[str] = []
        self._masked, self._first_lines, self.left = {}, [], {}
        line = 1
        for cell in self.cells:
            if cell.kind != "code" or not cell.source.strip():
                continue
            masked = mask(cell.source, cell.number)
            reason = masked.foreign or (leave(cell) if leave is not None else "")
            if reason:
                self.left[cell.number] = reason
                continue
            body = masked.text if masked.text.endswith("\n") else masked.text + "\n"
            self._masked[cell.number] = masked
            self._first_lines.append((line, cell.number))
            parts.append(f"{MARKER}{cell.number}\n{body}")
            line += 1 + body.count("\n")
        self.program = "".join(parts)

    def masked(self, cell: Cell) -> str:
        """A cell's source as it stands in the program."""
        return mask(cell.source, cell.number).text

    def locate(self, line: int) -> tuple[int, int]:
        """Cell and line in the cell for a line of the program; (0, 0) for line 0."""
        if line <= 0 or not self._first_lines:
            return 0, 0
        first, number = self._first_lines[0]
        for start, candidate in self._first_lines:
            if start > line:
                break
            first, number = start, candidate
        return number, self._masked[number].line(max(line - first, 1))

    def rebuild(self, program: str) -> str:
        """The notebook's JSON with the changed program in its cells.

        Raises:
            AssertionError: the program no longer has all the cells and magics.
        """
        new = self.sources(program)
        out: list[str] = []
        position = 0
        for cell in self.cells:
            if cell.number not in new or new[cell.number] == cell.source:
                continue
            out += [self.text[position : cell.start], _spliced(cell, new[cell.number], self._ascii)]
            position = cell.end
        return "".join([*out, self.text[position:]])

    def sources(self, program: str) -> dict[int, str]:
        """The source of each cell in a changed program.

        Raises:
            AssertionError: the program no longer has all the cells and magics.
        """
        marks = list(_MARKED.finditer(program))
        assert [int(mark.group(1)) for mark in marks] == list(self._masked), "a cell got lost"
        found: dict[int, str] = {}
        before = program[: marks[0].start()] if marks else ""
        for index, mark in enumerate(marks):
            end = marks[index + 1].start() if index + 1 < len(marks) else len(program)
            number = int(mark.group(1))
            body = before + program[mark.end() + 1 : end]
            before = ""
            masked = self._masked[number]
            source = masked.restore(body)
            if not masked.text.endswith("\n"):
                source = source.removesuffix("\n")
            found[number] = source
        return found

    def readable(self, program: str) -> str:
        """The program as a person reads it: magics as they are, a heading for each cell."""
        sources = self.sources(program)
        parts = [
            f"# cell {n}\n{s}" + ("" if s.endswith("\n") else "\n") for n, s in sources.items()
        ]
        return "\n".join(parts)

    @property
    def _ascii(self) -> bool:
        return self.text.isascii() and "\\u" in self.text


def read_notebook(text: str) -> Notebook:
    """Read a notebook of format 3 or 4.

    Raises:
        SourceError: it is no notebook, or its code is not Python.
    """
    try:
        document, end = _DECODER.raw_decode(text, _skip(text, 0))
        if _skip(text, end) != len(text):
            raise json.JSONDecodeError("more stands behind its end", text, end)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"is no notebook: {error}") from error
    if not isinstance(document, dict) or not ({"cells", "worksheets"} & set(document)):
        raise SourceError("is no notebook: it has no cells")
    if problem := _problem(document):
        raise SourceError(f"is no notebook: {problem}")
    language = _language(document)
    if language not in ("", "python", "ipython"):
        raise SourceError(f"is a notebook of {language}, not of Python")
    notebook = Notebook(text, tuple(_cells(text)))
    notebook.compose()
    return notebook


def _problem(document: dict[str, object]) -> str:
    """What is wrong with the parts of a notebook that are read; empty if nothing is."""
    sheets: list[object] = [document] if "cells" in document else []
    if "worksheets" in document:
        given = document["worksheets"]
        if not isinstance(given, list):
            return "its worksheets are no list"
        sheets += given
    number = 0
    for sheet in sheets:
        cells = sheet.get("cells", []) if isinstance(sheet, dict) else None
        if not isinstance(cells, list):
            return "its cells are no list"
        for cell in cells:
            number += 1
            if not isinstance(cell, dict) or not isinstance(cell.get("cell_type", ""), str):
                return f"cell {number} is none"
            for key in ("source", "input"):
                lines = cell.get(key, "")
                if isinstance(lines, str):
                    lines = [lines]
                if not isinstance(lines, list) or not all(isinstance(s, str) for s in lines):
                    return f"the {key} of cell {number} is neither text nor a list of lines"
    return ""


def _language(document: dict[str, object]) -> str:
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(key)
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return str(part[name]).lower()
    return ""


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    assert match is not None
    return match.end()


def _members(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Key, start and end of each value of the object at ``start``."""
    position = _skip(text, start + 1)
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        begin = _skip(text, _skip(text, position) + 1)
        _, end = _DECODER.raw_decode(text, begin)
        yield key, begin, end
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _elements(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Start and end of each value of the array at ``start``."""
    position = _skip(text, start + 1)
    while text[position] != "]":
        _, end = _DECODER.raw_decode(text, position)
        yield position, end
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _cells(text: str) -> Iterator[Cell]:
    number = 0
    for cells in _cell_lists(text):
        for start, _ in _elements(text, cells):
            number += 1
            found = {key: (begin, end) for key, begin, end in _members(text, start)}
            kind = _text_at(text, found.get("cell_type"))
            source = found.get("source") or found.get("input")
            if source is not None:
                yield _cell(text, number, kind, *source)


def _cell_lists(text: str) -> Iterator[int]:
    for key, begin, _ in _members(text, _skip(text, 0)):
        if key == "cells":
            yield begin
        elif key == "worksheets":
            for sheet, _ in _elements(text, begin):
                yield from (at for name, at, _ in _members(text, sheet) if name == "cells")


def _text_at(text: str, span: tuple[int, int] | None) -> str:
    return str(json.loads(text[span[0] : span[1]])) if span else ""


def _cell(text: str, number: int, kind: str, start: int, end: int) -> Cell:
    if text[start] == '"':
        items = tuple(_lines_of_string(text[start + 1 : end - 1]))
        return Cell(number, kind, "".join(i.value for i in items), start, end, items, False)
    spans = list(_elements(text, start))
    items = tuple(Item(str(json.loads(text[a:b])), text[a:b]) for a, b in spans)
    lead = text[start + 1 : spans[0][0]] if spans else ""
    tail = text[spans[-1][1] : end - 1] if spans else ""
    separator = text[spans[0][1] : spans[1][0]] if len(spans) > 1 else f",{lead}"
    source = "".join(item.value for item in items)
    return Cell(number, kind, source, start, end, items, True, lead, separator, tail)


def _lines_of_string(raw: str) -> Iterator[Item]:
    """The lines of a JSON string between its quotes, each with its own escapes."""
    start = 0
    for piece in re.finditer(r"\\u[0-9a-fA-F]{4}|\\.", raw):
        if piece.group() in ("\\n", "\\u000a", "\\u000A"):
            part = raw[start : piece.end()]
            yield Item(json.loads(f'"{part}"'), part)
            start = piece.end()
    if start < len(raw):
        yield Item(json.loads(f'"{raw[start:]}"'), raw[start:])


def _spliced(cell: Cell, source: str, ascii_only: bool) -> str:
    """The JSON value of a cell's new source, unchanged lines as they stood."""
    old = [item.value for item in cell.items]
    new = [line for line in re.split(r"(?<=\n)", source) if line]
    out: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            out += [item.raw for item in cell.items[i1:i2]]
        else:
            encoded = (json.dumps(line, ensure_ascii=ascii_only) for line in new[j1:j2])
            out += [text if cell.listed else text[1:-1] for text in encoded]
    if not cell.listed:
        return '"' + "".join(out) + '"'
    return "[" + cell.lead + cell.separator.join(out) + cell.tail + "]"
