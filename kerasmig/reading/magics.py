"""IPython's own syntax in a cell, hidden from Python's parser and brought back afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Cell magics whose body is Python run in the notebook.
_PYTHON_CELLS = frozenset(
    ["time", "timeit", "capture", "prun", "matplotlib", "snippet", "memit", "mprun", "lprun"]
)
#: Line magics whose rest is a Python statement.
_PREFIXES = re.compile(
    r"%(?:time|timeit|prun|memit)(?:[ \t]+-\w+(?:[ \t]+\d+)?)*[ \t]+(?=[A-Za-z_(])"
)
_ASSIGNED = re.compile(r"([ \t]*)([A-Za-z_][\w, \t.]*?[ \t]*=[ \t]*)[!%](?![=])")
_HELP = re.compile(r"[ \t]*\??\??[A-Za-z_][\w.*]*\?{1,2}[ \t]*$|[ \t]*\?{1,2}[\w.*%]+[ \t]*$")
_LINE = re.compile(r"[ \t]*(?:%{1,2}\w|!)")
_TOKEN = re.compile(r"'''|\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|#[^\n]*|[()\[\]{}]")
_MASK = re.compile(r"^.*#kerasmig-magic-(\d+)-(\d+)(?=\r?$)", re.MULTILINE)
_PREFIX = re.compile(r"^[ \t]*#kerasmig-prefix-(\d+)-(\d+)\n([ \t]*)", re.MULTILINE)


@dataclass(frozen=True)
class Masked:
    """A cell's source as plain Python.

    Args:
        text: parses wherever the rest of the cell does.
        hidden: what the masks stand for, in their order.
        lines: the line of the cell for each line of ``text``.
        foreign: why the whole cell is not Python; empty if it is.
    """

    text: str
    hidden: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    foreign: str = ""

    def line(self, line: int) -> int:
        """The line in the cell for a 1-based line of ``text``."""
        return self.lines[min(line, len(self.lines)) - 1] if self.lines else line

    def restore(self, text: str) -> str:
        """The masked text, perhaps rewritten, with the magics back in place.

        Raises:
            AssertionError: a mask got lost or doubled.
        """
        seen: list[int] = []

        def magic(match: re.Match[str]) -> str:
            seen.append(int(match.group(2)))
            return self.hidden[seen[-1]]

        def prefix(match: re.Match[str]) -> str:
            seen.append(int(match.group(2)))
            return match.group(3) + self.hidden[seen[-1]]

        text = _PREFIX.sub(prefix, _MASK.sub(magic, text))
        assert sorted(seen) == list(range(len(self.hidden))), "a magic got lost"
        return text


def mask(source: str, cell: int) -> Masked:
    """Hide magics, shell commands and help of a cell.

    Args:
        cell: its number, which makes the masks unique in the notebook.
    """
    first = next((line for line in source.split("\n") if line.strip()), "")
    if first.startswith("%%") and (name := re.match(r"%%(\w+)", first)):
        if name.group(1) not in _PYTHON_CELLS:
            return Masked("", foreign=f"a cell of %%{name.group(1)} is not run as Python here")
    out: list[str] = []
    lines: list[int] = []
    hidden: list[str] = []
    state = _Reader()
    continued = False
    for number, line in enumerate(source.split("\n"), 1):
        plain = line.rstrip("\r")
        ending = line[len(plain) :]
        indent = plain[: len(plain) - len(plain.lstrip(" \t"))]
        tag = f"{cell}-{len(hidden)}"
        if continued or (state.at_statement and (_LINE.match(plain) or _HELP.match(plain))):
            timed = None if continued else _PREFIXES.match(plain.lstrip(" \t"))
            if timed is not None:
                hidden.append(timed.group())
                rest = indent + plain[len(indent) + timed.end() :]
                out += [f"{indent}#kerasmig-prefix-{tag}{ending}", rest + ending]
                lines += [number, number]
                state.feed(rest)
                continue
            hidden.append(plain)
            out.append(
                f"{indent if not continued else ''}pass  #kerasmig-magic-{tag}{ending}"
                if not continued
                else f"#kerasmig-magic-{tag}{ending}"
            )
            continued = plain.endswith("\\")
        elif state.at_statement and (assigned := _ASSIGNED.match(plain)):
            hidden.append(plain)
            out.append(f"{assigned.group(1)}{assigned.group(2)}None  #kerasmig-magic-{tag}{ending}")
            continued = plain.endswith("\\")
        else:
            out.append(line)
            state.feed(plain)
        lines.append(number)
    return Masked("\n".join(out), tuple(hidden), tuple(lines))


class _Reader:
    """Follows strings and brackets, to know where a line begins a statement."""

    def __init__(self) -> None:
        self._quote = ""
        self._depth = 0
        self._joined = False

    @property
    def at_statement(self) -> bool:
        """Whether the next line is not the inside of a string, a bracket or a joined line."""
        return not self._quote and not self._depth and not self._joined

    def feed(self, line: str) -> None:
        """Take one line."""
        position = 0
        while True:
            if self._quote:
                end = line.find(self._quote, position)
                while end > 0 and line[end - 1] == "\\":
                    end = line.find(self._quote, end + 1)
                if end < 0:
                    return
                position, self._quote = end + 3, ""
            token = _TOKEN.search(line, position)
            if token is None:
                break
            position = token.end()
            text = token.group()
            if text in ("'''", '"""'):
                self._quote = text
            elif text in "([{":
                self._depth += 1
            elif text in ")]}":
                self._depth = max(0, self._depth - 1)
        self._joined = line.endswith("\\")
