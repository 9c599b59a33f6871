"""What a made-up table looks like: as the code that reads it wants it. In workers."""

from __future__ import annotations

import ast
import re
import zlib
from collections.abc import Iterator

LINES = 32
_COLUMNS, _MOST = 16, 256
_SKIPS = re.compile(
    r"DictReader|\bnext\s*\(|\.next\s*\(|\breadline\s*\(|\[1:\]|[Ss]kip|[Hh]eader|\bline_?(?:num|no)\b|== ?0"
)
"""Words of code that does not take the first line of a table for data."""


def table(source: str, separator: str) -> str:
    """A table for the code that reads it.

    Args:
        source: that code; empty: it is not known.

    Columns by whose names or numbers the code asks are there. The first line names the columns
    where the code looks at it in another way than at the others, or may do so.
    """
    names, width = _columns(source)
    named = len(names)
    names += [f"column{i}" for i in range(len(names), max(width, _COLUMNS))]
    # By name, not by place: what one side asks for besides moves no values on the other.
    first = [zlib.crc32(name.encode()) % _COLUMNS for name in names]
    first[named:] = range(named, len(names))
    rows = [[str(row + value) for value in first] for row in range(LINES)]
    if not source or _SKIPS.search(source):
        rows.insert(0, names)
    return "".join(separator.join(row) + "\n" for row in rows)


def _columns(source: str) -> tuple[list[str], int]:
    """The names that code asks for, and how many columns its numbers need."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return [], 0
    values = [value for node in ast.walk(tree) for value in _asked_for(node)]
    numbers = [value for value in values if type(value) is int and 0 <= value < _MOST]
    if "DictReader" not in source:
        return [], max(numbers, default=-1) + 1
    names = [v for v in values if isinstance(v, str) and v and not re.search(r"[\s,;/]", v)]
    return sorted(set(names))[:_MOST], max(numbers, default=-1) + 1


def _asked_for(node: ast.AST) -> Iterator[object]:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        yield node.slice.value
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
        if isinstance(node.args[0], ast.Constant):
            yield node.args[0].value
