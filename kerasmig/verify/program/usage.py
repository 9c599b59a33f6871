"""docopt, where it is not installed or nobody gave the arguments that a usage text asks for. In workers.

The text is read as docopt reads it, as far as programs for training go: options with their defaults,
arguments, commands. What is required and was not given gets a plausible value; of several ways of
use the first is taken.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from kerasmig.verify.program.arguments import command_line_value

_USAGE = re.compile(r"usage:\s*(.*?)(?:\n\s*\n|\Z)", re.IGNORECASE | re.DOTALL)
_OPTION = re.compile(r"^\s*(-.*?)(?:\s{2,}(.*))?$")
_DEFAULT = re.compile(r"\[default:\s*([^\]]*)\]", re.IGNORECASE)
_WORD = re.compile(r"--[\w-]+(?:[= ]<[^>]+>|=[\w<>-]+)?|-\w|<[^>]+>|\.\.\.|[\[\]()|]|[\w-]+")


def docopt(doc: str, argv: Sequence[str] | None = None, *_: Any, **__: Any) -> dict[str, Any]:
    """What a program is told that asks docopt for its arguments."""
    given = list(sys.argv[1:] if argv is None else argv)
    takes, answer, names = _options(doc)
    places: list[str] = []
    for position, way in enumerate(_ways(doc)):
        for word, optional, many in _words(way):
            if word.startswith("-"):
                name = names.get(word.partition("=")[0].partition(" ")[0], "")
                if not name:
                    name = word.partition("=")[0].partition(" ")[0]
                    takes[name] = "=" in word or "<" in word
                    answer[name] = None if takes[name] else False
                    names[name] = name
                if position == 0 and not optional and answer[name] is None:
                    answer[name] = str(_plausible(name))
            elif word.startswith("<") or word.isupper():
                value = None if optional or position else str(_plausible(word))
                answer.setdefault(word, ([value] if value else []) if many else value)
                if position == 0:
                    places.append(word)
            else:
                answer.setdefault(word, position == 0 and not optional)
    _take(given, answer, takes, names, places)
    return answer


def _options(doc: str) -> tuple[dict[str, bool], dict[str, Any], dict[str, str]]:
    """By name of an option whether it takes a value; its default; and what each spelling means."""
    takes: dict[str, bool] = {}
    defaults: dict[str, Any] = {}
    names: dict[str, str] = {}
    current = ""
    for line in doc.splitlines():
        match = _OPTION.match(line)
        if match is None:
            if current and (late := _DEFAULT.search(line)) and takes[current]:
                defaults[current] = late.group(1)
            continue
        spelled = re.findall(r"--?[\w-]+", re.sub(r"[= ]<[^>]*>|=\S+", "", match.group(1)))
        if not spelled:
            continue
        current = max(spelled, key=len)
        rest = re.sub(r"--?[\w-]+|[,\s]", "", match.group(1))
        takes[current] = bool(rest) or re.search(r"\s[A-Z]+\b", match.group(1)) is not None
        default = _DEFAULT.search(match.group(2) or "")
        defaults[current] = None if takes[current] else False
        if default is not None and takes[current]:
            defaults[current] = default.group(1)
        names |= dict.fromkeys(spelled, current)
    return takes, defaults, names


def _ways(doc: str) -> list[str]:
    """The ways of use, without the program's name."""
    usage = _USAGE.search(doc)
    lines = [line.strip() for line in usage.group(1).splitlines()] if usage else []
    return [line.partition(" ")[2] for line in lines if line and not line.startswith(("-", "["))]


def _words(way: str) -> Iterator[tuple[str, bool, bool]]:
    """The words of a way of use, each with whether it is optional, and whether it repeats."""
    depth = 0
    choice = False
    found = _WORD.findall(way)
    for index, word in enumerate(found):
        if word in "[(":
            depth += word == "["
        elif word in "])":
            depth -= word == "]"
            choice = False
        elif word == "|":
            choice = True  # the first of a choice is taken
        elif word != "..." and not (depth and word == "options"):
            yield word, depth > 0 or choice, found[index + 1 : index + 2] == ["..."]


def _plausible(name: str) -> Any:
    return command_line_value(name.strip("<>-").lower(), None, None)


def _take(
    given: list[str],
    answer: dict[str, Any],
    takes: dict[str, bool],
    names: dict[str, str],
    places: list[str],
) -> None:
    """Put what was really given in place of what was made up."""
    left = list(places)
    while given:
        word = given.pop(0)
        spelled, equals, value = word.partition("=")
        if spelled in names:
            name = names[spelled]
            if takes.get(name):
                answer[name] = value if equals else (given.pop(0) if given else None)
            else:
                answer[name] = True
        elif word in answer and isinstance(answer[word], bool):
            answer[word] = True
        elif left:
            name = left.pop(0)
            answer[name] = [word] if isinstance(answer[name], list) else word
