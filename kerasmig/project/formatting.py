"""black on the lines that a rewrite touched, where the project itself uses black."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from kerasmig.project.config import ConfigError, tool_table


def format_touched(old: str, new: str, path: Path) -> str:
    """The new text with its changed lines in black's layout, if the project uses black.

    Args:
        old, new: the text before and after.
        path: the file, whose nearest pyproject.toml decides.
    """
    options = _black_options(path.resolve().parent)
    if options is None or old == new:
        return new
    import black
    from black.const import DEFAULT_LINE_LENGTH
    from black.parsing import InvalidInput
    from black.report import NothingChanged

    length = options.get("line-length", DEFAULT_LINE_LENGTH)
    if not isinstance(length, int):
        return new  # black itself would refuse these settings
    mode = black.Mode(
        line_length=length,
        string_normalization=not options.get("skip-string-normalization", False),
        magic_trailing_comma=not options.get("skip-magic-trailing-comma", False),
        preview=bool(options.get("preview", False)),
    )
    try:
        return black.format_str(new, mode=mode, lines=_touched(old, new))
    except (NothingChanged, InvalidInput, ValueError):
        return new  # black's own limits are no reason to lose the rewrite


@cache
def _black_options(folder: Path) -> dict[str, Any] | None:
    """``[tool.black]`` of the nearest pyproject.toml, ``None`` if there is none."""
    for parent in (folder, *folder.parents):
        path = parent / "pyproject.toml"
        if path.is_file():
            try:
                found = tool_table(path, "black")
            except ConfigError:
                return None
            return None if found is None else dict(found)
    return None


def _touched(old: str, new: str) -> list[tuple[int, int]]:
    """1-based ranges of the new text's lines that are not in the old text."""
    import difflib  # with black: most projects need neither

    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [
        (start + 1, end)
        for tag, _, _, start, end in matcher.get_opcodes()
        if tag in ("replace", "insert") and end > start
    ]
