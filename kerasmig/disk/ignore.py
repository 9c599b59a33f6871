"""Patterns in the manner of .gitignore, matched in a time that no pattern can blow up.

Lines with up to two wildcards go to pathspec. It makes regular expressions of them, which try all
ways to share a name out among several wildcards: with a dozen of them that takes for ever. Lines
with more are matched folder by folder, each with what `fnmatch` makes of it, which never goes back.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pathspec

_WILDCARDS = re.compile(r"\*+")
_HARMLESS = 2

#: What some lines say of a path: to be left out, to be kept, or nothing.
_Opinion: TypeAlias = Callable[[str], "bool | None"]


class Patterns:
    """The lines of a .gitignore; those that are no patterns say nothing, as with git."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._opinions: list[_Opinion] = []
        simple: list[str] = []
        for line in lines:
            if len(_WILDCARDS.findall(line)) > _HARMLESS and not line.startswith("#"):
                self._add(simple)
                self._opinions.append(_many_wildcards(line))
                simple = []
            elif is_pattern(line):
                simple.append(line)
        self._add(simple)

    def _add(self, lines: Sequence[str]) -> None:
        if lines:
            spec = _spec(lines)
            self._opinions.append(lambda path: spec.check_file(path).include)

    def opinion(self, path: str) -> bool | None:
        """What the last line that fits says of a path (folders end in a slash): left out or kept."""
        for opinion in reversed(self._opinions):
            found = opinion(path)
            if found is not None:
                return bool(found)
        return None

    def match(self, path: str) -> bool:
        """Whether the lines take a path."""
        return self.opinion(path) is True


def pattern_problem(patterns: Iterable[str]) -> str:
    """What is wrong with the first pattern that is none; empty if nothing is."""
    return next((f"{line!r} is not a pattern" for line in patterns if not is_pattern(line)), "")


def is_pattern(line: str) -> bool:
    """Whether a line can be read as a pattern."""
    try:
        _spec([line])
    except (ValueError, re.error, RecursionError):
        return False
    return True


def _spec(lines: Iterable[str]) -> pathspec.GitIgnoreSpec:
    import pathspec  # only where there are patterns: it takes its time to load

    return pathspec.GitIgnoreSpec.from_lines(lines)


def _many_wildcards(line: str) -> _Opinion:
    says = not line.startswith("!")
    body = re.sub(r"(?<!\\) +$", "", line.removeprefix("!"))
    only_folders = body.endswith("/")
    body = body.rstrip("/")
    folders = body.removeprefix("/").split("/")
    if "/" not in body:
        folders.insert(0, "**")
    steps = [None if folder == "**" else _one_name(folder) for folder in folders]

    def opinion(path: str) -> bool | None:
        names = path.rstrip("/").split("/")
        # How many steps may be behind us: all that is kept of the ways to get here.
        reached = _free({0}, steps)
        for depth, name in enumerate(names, 1):
            taken = {step for step in reached if step < len(steps) and steps[step] is None}
            for step in reached:
                matches = steps[step] if step < len(steps) else None
                if matches is not None and matches(name):
                    taken.add(step + 1)
            folder = depth < len(names) or path.endswith("/")
            whole = len(steps) in taken or (steps[-1] is None and len(steps) - 1 in taken)
            if whole and (folder or not only_folders):
                return says
            reached = _free(taken, steps)
        return None

    return opinion


def _free(reached: set[int], steps: Sequence[Callable[[str], object] | None]) -> set[int]:
    """The steps that can be behind us if each ``**`` may stand for no folder at all."""
    found = set(reached)
    for step in range(len(steps) - 1):
        if step in found and steps[step] is None:
            found.add(step + 1)
    return found


def _one_name(pattern: str) -> Callable[[str], object]:
    """Matches the name of one file or folder."""
    plain = re.sub(r"\\(.)", lambda match: f"[{match[1]}]", pattern).replace("[^", "[!")
    try:
        return re.compile(fnmatch.translate(plain)).match
    except re.error:
        return lambda name: False
