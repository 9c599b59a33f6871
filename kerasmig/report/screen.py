"""Printing to a terminal or a pipe, whatever its width and encoding."""

from __future__ import annotations

import os
import re
from typing import IO, TYPE_CHECKING, TypeAlias

from kerasmig.finding import Applicability, Finding
from kerasmig.report.summary import outcome
from kerasmig.text.plain import PLAIN

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

OUTCOME_STYLES = {
    Applicability.AUTOMATIC.value: "green",
    Applicability.ASSUMED.value: "bold yellow",
    Applicability.MANUAL.value: "bold red",
    "suppressed": "dim",
}
# Anything that could move the cursor or recolour the terminal; file names may hold it.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: What begins a command to GitHub's runner, where it begins a line.
COMMANDS = ("::", "##[")
_PIPE_WIDTH = 160
_HANG = 4  # how much further in the rest of a broken line stands
#: A word, or short code between backticks, which is one to a reader.
_WORD = re.compile(r"\s*(?:[^\s`]*`[^`\n]{1,40}`[^\s`]*|\S+)\s*")
#: What makes rich take any stream for a terminal.
_FORCING = ("FORCE_COLOR", "TTY_COMPATIBLE")


class Pipe:
    """In the place of a console where nobody looks: plain lines need none, and no time to load it.

    Args:
        file: where the lines go.
    """

    is_terminal = False

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    @property
    def encoding(self) -> str:
        """That of the stream."""
        return (getattr(self.file, "encoding", None) or "utf-8").lower()


AnyConsole: TypeAlias = "Console | Pipe"


def console_on(stream: IO[str]) -> AnyConsole:
    """A console if the stream is a terminal, or is said to be one."""
    if not stream.isatty() and not any(os.environ.get(name) for name in _FORCING):
        return Pipe(stream)
    from rich.console import Console

    return Console(file=stream, soft_wrap=True, highlight=False)


class Screen:
    """A console whose lines never fail to encode.

    Line breaks inside a message become blanks, so that in a pipe one finding stays one line for
    ``grep``. In a window lines are broken between words, with the rest further in.
    """

    def __init__(self, console: AnyConsole) -> None:
        self.console = console

    def line(self, *parts: str | tuple[str, str], indent: int = 0, whole: bool = False) -> None:
        """Print one line made of texts or (text, style) pairs.

        Args:
            whole: do not break it in a window: it is code.
        """
        if isinstance(self.console, Pipe) or not self.console.is_terminal:  # nothing to lay out
            plain = self.safe("".join(p if isinstance(p, str) else p[0] for p in parts))
            if plain.lstrip().startswith(COMMANDS):  # a file's name, in the log of GitHub
                plain = f"./{plain}"
            self.console.file.write(f"{' ' * indent}{plain}\n")
            return
        from rich.text import Text

        text = Text()
        for part in parts:
            content, style = part if isinstance(part, tuple) else (part, "")
            text.append(self.safe(content), style=style)
        room = self.console.width - indent
        lines = [text] if whole else list(text.divide(_breaks(text.plain, room)))
        for number, part_of in enumerate(lines):
            before = Text(" " * (indent + (_HANG if number else 0)))
            part_of.rstrip()
            self.console.print(before + part_of, soft_wrap=True, highlight=False, markup=False)

    def heading(self, title: str) -> None:
        """Print a title after an empty line."""
        self.line("")
        self.line((title, "bold"))

    def table(self, columns: list[str], rows: list[list[str | tuple[str, str]]]) -> None:
        """Print rows under column titles, folded where the terminal is narrow."""
        from rich.console import Console
        from rich.table import Table

        console = self.console
        if isinstance(console, Pipe):
            console = Console(file=console.file, soft_wrap=True, highlight=False)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(self._cell(cell) for cell in row))
        width = console.width
        if not console.is_terminal:  # nobody looks at a pipe through a window
            console.width = max(width, _PIPE_WIDTH)
        console.print(table, highlight=False, markup=False)
        console.width = width

    def safe(self, text: str) -> str:
        """The text without line breaks and controls, in characters that the console can show."""
        text = without_controls(re.sub(r"[\r\n]+", " ", text))
        encoding = self.console.encoding or "utf-8"
        return text.encode(encoding, PLAIN).decode(encoding, "replace")

    def _cell(self, cell: str | tuple[str, str]) -> Text:
        from rich.text import Text

        content, style = cell if isinstance(cell, tuple) else (cell, "")
        return Text(self.safe(content), style=style)


def _breaks(text: str, room: int) -> list[int]:
    """Where to break a line, so that its parts fit a window; a word that is longer stays whole."""
    from rich.cells import cell_len

    found: list[int] = []
    taken = 0
    for word in _WORD.finditer(text):
        wide = cell_len(word.group().rstrip())
        if taken and taken + wide > room - (_HANG if found else 0):
            found.append(word.start())
            taken = 0
        taken += cell_len(word.group())
    return found


def outcome_mark(finding: Finding) -> tuple[str, str]:
    """``[assumed]`` in its colour: the word tells it where colours do not."""
    word = outcome(finding)
    return f"[{word}]", OUTCOME_STYLES[word]


def without_controls(text: str) -> str:
    """The text with everything that could move a cursor, or is half a character, written out."""
    return _CONTROLS.sub(lambda match: _escaped(match.group()), text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
