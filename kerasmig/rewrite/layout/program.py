"""From the results of an upgrade to those with channels last, with the findings that say so."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from kerasmig.analysis.names.resolution import Names
from kerasmig.catalog.layout import DATA, EDGE, EITHER, LEFT, POSITIONS, TURNED, UNFED, UNSEEN
from kerasmig.finding import Applicability, DataFormat, FileResult, Finding
from kerasmig.rewrite.layout.convert import convert
from kerasmig.rewrite.layout.result import Converted, Left, Source
from kerasmig.settings import UpgradeSettings
from kerasmig.text.source import SourceError, parse


class Upgraded(NamedTuple):
    """A file that has been upgraded.

    Args:
        result: what came of it; ``module``: the name that others import it by.
        is_package: whether it is an ``__init__``.
    """

    result: FileResult
    module: str = ""
    is_package: bool = False


Find = Callable[[str], str | None]
"""The path of a module of the program by its dotted name."""


def in_layout(
    files: Sequence[Upgraded], settings: UpgradeSettings, find: Find = lambda name: None
) -> list[FileResult]:
    """The results of one program in the layout that the settings ask for.

    Args:
        files: those of one program: what belongs together is converted together.
        find: tells the path of a module.
    """
    if settings.layout == "keep" or not settings.wants(TURNED):
        return [file.result for file in files]
    trees: dict[str, ast.Module] = {}
    for file in files:
        try:
            trees[file.result.path] = parse(file.result.new, path=file.result.path)
        except SourceError:
            continue
    known: dict[str, Names] = {}

    def names_of(path: str) -> Names | None:
        file = next((f for f in files if f.result.path == path), None)
        if file is None or path not in trees:
            return None
        if path not in known:
            known[path] = Names(trees[path], file.module, file.is_package, loaded)
        return known[path]

    def loaded(name: str) -> Names | None:
        path = find(name)
        return None if path is None else names_of(path)

    sources = [
        Source(path, file.module, file.result.new, trees[path], names)
        for file in files
        if (path := file.result.path) in trees and (names := names_of(path)) is not None
    ]
    converted = _converted(sources, loaded, settings.with_data)
    return [_result(file.result, converted) for file in files]


def _converted(
    sources: Sequence[Source], loaded: Callable[[str], Names | None], with_data: bool
) -> Converted:
    """What the conversion makes of the files; where it fails they stay as they are."""
    try:
        converted = convert(sources, load=loaded, with_data=with_data)
        for path, text in converted.texts.items():
            parse(text, path=path)
    except Exception as error:  # one odd program must not stop the others
        message = f"left channels_first: internal error ({type(error).__name__}: {error})"
        return Converted(left=[Left(s.path, 1, f"{message}; please report") for s in sources])
    return converted


def _result(result: FileResult, converted: Converted) -> FileResult:
    """One file's result with what the conversion did to it."""
    lines = Lines(result.old, result.new)
    findings = [*result.findings, *_either(result)]
    for edge in converted.edges:
        if edge.path == result.path:
            message = f"{edge.what}: {edge.why}"
            findings.append(_finding(EDGE, message, Applicability.AUTOMATIC, lines.old(edge.line)))
    for turned in converted.turned:
        if turned.path == result.path:
            message = f"{turned.layers} layers work with the channels last"
            line = lines.old(turned.line)
            findings.append(_finding(TURNED, message, Applicability.AUTOMATIC, line))
    for left in converted.left:
        if left.path == result.path:
            findings.append(
                _finding(LEFT, left.message, Applicability.MANUAL, lines.old(left.line))
            )
    for place in converted.unseen:
        if place.path == result.path:
            line = lines.old(place.line)
            findings.append(_finding(UNSEEN, place.message, Applicability.ASSUMED, line))
    for place in converted.unfed:
        if place.path == result.path:
            line = lines.old(place.line)
            findings.append(_finding(UNFED, place.message, Applicability.MANUAL, line))
    for place in converted.kept:
        if place.path == result.path:
            line = lines.old(place.line)
            findings.append(_finding(UNFED, place.message, Applicability.ASSUMED, line))
    for place in converted.data:
        if place.path == result.path:
            line = lines.old(place.line)
            findings.append(_finding(DATA, place.message, Applicability.AUTOMATIC, line))
    for place in converted.counted:
        if place.path == result.path:
            message = place.message
            findings.append(
                _finding(POSITIONS, message, Applicability.MANUAL, lines.old(place.line))
            )
    findings.sort(key=lambda f: (f.line, f.column, f.code))
    return result._replace(
        new=converted.texts.get(result.path, result.new),
        findings=tuple(findings),
        compat=tuple(sorted({*result.compat, *converted.compat.get(result.path, ())})),
    )


def _either(result: FileResult) -> list[Finding]:
    """Models whose code handles both orders run with the channels last unless they are told."""
    return [
        _finding(
            EITHER,
            f"{verdict.model}: the code handles both orders, and is left as it is: it works with "
            "the channels last unless keras.json or the program says channels_first",
            Applicability.AUTOMATIC,
            verdict.line,
        )
        for verdict in result.verdicts
        if verdict.data_format is DataFormat.EITHER
    ]


def _finding(code: str, message: str, applicability: Applicability, line: int) -> Finding:
    return Finding(code, message, applicability, line, 0, line, 0, name="layout")


class Lines:
    """Which line of the old text became a line of the new one."""

    def __init__(self, old: str, new: str) -> None:
        self._map: dict[int, int] = {}
        before, after = old.splitlines(), new.splitlines()
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for _, start, end, new_start, new_end in matcher.get_opcodes():
            for offset in range(new_end - new_start):
                self._map[new_start + offset + 1] = min(start + offset, max(end - 1, start)) + 1
        self._last = len(before)

    def old(self, line: int) -> int:
        """The line of the old text."""
        return min(self._map.get(line, line), max(self._last, 1))


__all__ = ["Lines", "Mapping", "Upgraded", "in_layout"]
