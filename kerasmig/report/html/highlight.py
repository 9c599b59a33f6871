"""Python in colours, for code of any age and also where it does not parse.

One expression tells comments, strings, numbers and words apart. A lexer of a library knows more of
them, and takes ten times as long: a report of ten thousand files would wait for it.
"""

from __future__ import annotations

import builtins
import keyword
import re

Piece = tuple[str, str]  # CSS class, text

NEWLINE = re.compile(r"\r\n|\r|\n")  # what ends a line for Python, as findings count them
_PREFIX = r"(?:\b(?:[rR][bBfF]?|[bBfF][rR]?|[uU][rR]?))?"
_TOKEN = re.compile(
    rf"""(?P<c>\#[^\r\n]*)
    |(?P<s>{_PREFIX}(?:\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)|'''(?:[^\\]|\\.)*?(?:'''|\Z)
        |"(?:[^"\\\r\n]|\\(?:\r\n|.))*"?|'(?:[^'\\\r\n]|\\(?:\r\n|.))*'?))
    |(?P<m>\b\d(?:[\w.]|(?<=[eE])[+-])*)
    |(?P<f>(?<=\bdef[ ])\w+|(?<=\bclass[ ])\w+|(?m:^[ \t]*@[\w.]+))
    |(?P<w>\w+)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {
    **{name: "b" for name in dir(builtins) if not name.startswith("_")},
    **dict.fromkeys((*keyword.kwlist, "print", "exec"), "k"),
}


def highlight(text: str, python: bool) -> list[list[Piece]]:
    """The pieces of each line."""
    lines: list[list[Piece]] = [[]]
    if not python:
        _add(lines, "", text)
        return lines
    position = 0
    for match in _TOKEN.finditer(text):
        css = match.lastgroup or ""
        if css == "w":
            found = _WORDS.get(match.group())
            if found is None:
                continue
            css = found
        start, end = match.span()
        if start > position:
            _add(lines, "", text[position:start])
        _add(lines, css, text[start:end])
        position = end
    _add(lines, "", text[position:])
    return lines


def _add(lines: list[list[Piece]], css: str, text: str) -> None:
    for number, part in enumerate(NEWLINE.split(text)):
        if number:
            lines.append([])
        if part:
            lines[-1].append((css, part))
