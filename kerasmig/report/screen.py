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
_COMMANDS = ("::", "##[")
_PIPE_WIDTH = 160
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
    """A console whose lines are never wrapped by us and never fail to encode.

    Line breaks inside a message become blanks, so that one finding stays one line for ``grep``.
    """

    def __init__(self, console: AnyConsole) -> None:
        self.console = console

    def line(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        """Print one line made of texts or (text, style) pairs."""
        if isinstance(self.console, Pipe) or not self.console.is_terminal:  # nothing to lay out
            plain = self.safe("".join(p if isinstance(p, str) else p[0] for p in parts))
            if plain.lstrip().startswith(_COMMANDS):  # a file's name, in the log of GitHub
                plain = f"./{plain}"
            self.console.file.write(f"{' ' * indent}{plain}\n")
            return
        from rich.text import Text

        text = Text(" " * indent)
        for part in parts:
            content, style = part if isinstance(part, tuple) else (part, "")
            text.append(self.safe(content), style=style)
        self.console.print(text, soft_wrap=True, highlight=False, markup=False)

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
