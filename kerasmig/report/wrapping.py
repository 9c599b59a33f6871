"""Text for a window: broken between words only, with what goes on further in."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

_MARK = re.compile(r"[ ]*(?:[-*•→✓] |\d+\. |[$] )?[ ]*")
_CODE = re.compile(r"`[^`]+`[,.;:)]?")
_SPACE = "\ue000"  # stands for a space that a line is not broken at
_AS_IT_IS = re.compile(r"\||    |\t")  # tables and code


def wrapped(line: str, width: int) -> list[str]:
    """One line as several of a width; a word that is longer stays whole."""
    if len(line) <= width:
        return [line]
    mark = _MARK.match(line)
    hang = " " * len(mark.group()) if mark is not None else ""
    room = width - len(hang)
    whole = _CODE.sub(lambda code: _kept(code.group(), room), line)
    lines = textwrap.wrap(
        whole,
        max(width, len(hang) + 10),
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return [one.replace(_SPACE, " ") for one in lines] or [line]


def _kept(code: str, room: int) -> str:
    """Code that is not broken, where a line has room for it: a command is copied whole."""
    return code.replace(" ", _SPACE) if len(code) <= room else code


def wrapped_markdown(text: str, width: int) -> str:
    """Markdown whose paragraphs and lists fit a width; code and tables stay."""
    return "\n".join(_lines(text, width))


def _lines(text: str, width: int) -> Iterator[str]:
    code = False
    for line in text.split("\n"):
        fence = line.lstrip().startswith("```")
        code = code != fence
        if code or fence or _AS_IT_IS.match(line):
            yield line
        else:
            yield from wrapped(line, width)
