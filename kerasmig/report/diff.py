"""Unified diffs that ``git apply`` takes byte for byte.

For git only a line feed ends a line: carriage returns, form feeds and the separators of Unicode
(U+2028 and friends, on which `str.splitlines` breaks) belong to the line that they stand in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePath

from kerasmig.finding import FileResult, RunResult
from kerasmig.report.line_matcher import LineMatcher

_CONTEXT = 3
_NO_NEWLINE = "\\ No newline at end of file\n"
_ESCAPES = {
    0x07: "\\a",
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0B: "\\v",
    0x0C: "\\f",
    0x0D: "\\r",
    0x22: '\\"',
    0x5C: "\\\\",
}


def unified_diff(file: FileResult) -> str:
    """The change of one file as a patch; empty where nothing changed.

    The headers are pure ASCII, so the patch can be encoded as the file is: for a file that is not
    UTF-8, write the patch in the file's own encoding and git finds the same bytes again, as
    `run_diff_bytes` does.

    Args:
        file: its path is taken as relative to the folder where the patch will be applied.
    """
    if not file.changed:
        return ""
    mark = "\ufeff" if file.bom else ""
    old, new = _mark(file.old, mark), _mark(file.new, mark)
    header = _git_header(file.path)
    names = f"--- {_name('a', file.path)}\n+++ {_name('b', file.path)}\n"
    return header + names + "".join(_hunks(old, new))


def new_file_diff(path: str, text: str) -> str:
    """The creation of a file, such as the generated ``keras1_compat.py``, as a patch."""
    header = _git_header(path) + "new file mode 100644\n"
    if not text:
        return header + "index 0000000..e69de29\n"  # git wants to see that the file is empty
    lines = split_lines(text)
    names = f"--- /dev/null\n+++ {_name('b', path)}\n@@ -0,0 +{_range(0, len(lines))} @@\n"
    return header + names + _marked("+", lines)


def run_diff(result: RunResult) -> str:
    """All changes and new files of a run as one patch, for people to read."""
    changes = [unified_diff(file) for file in result.files]
    additions = [new_file_diff(path, text) for path, text in result.extra_files.items()]
    return "".join([*changes, *additions])


def run_diff_bytes(result: RunResult) -> bytes:
    """The same for ``git apply``: the lines of each file in that file's own encoding."""
    changes = [unified_diff(file).encode(file.encoding) for file in result.files]
    additions = [new_file_diff(path, text).encode() for path, text in result.extra_files.items()]
    return b"".join([*changes, *additions])


def split_lines(text: str) -> list[str]:
    """The lines of a text as git sees them, each with its line feed."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])


def _mark(text: str, mark: str) -> str:
    return text if text.startswith("\ufeff") else mark + text


def _hunks(old: str, new: str) -> Iterator[str]:
    before, after = split_lines(old), split_lines(new)
    for group in LineMatcher(before, after).get_grouped_opcodes(_CONTEXT):
        (_, first_old, _, first_new, _), (_, _, last_old, _, last_new) = group[0], group[-1]
        yield f"@@ -{_range(first_old, last_old)} +{_range(first_new, last_new)} @@\n"
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield _marked(" ", before[old_start:old_end])
                continue
            yield _marked("-", before[old_start:old_end])
            yield _marked("+", after[new_start:new_end])


def _range(start: int, end: int) -> str:
    """Lines as a hunk's head names them: the first, from 1, and how many unless it is one."""
    count = end - start
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def _marked(mark: str, lines: list[str]) -> str:
    """Each line behind a mark; only the last can be without its line feed."""
    if not lines:
        return ""
    text = mark + mark.join(lines)
    return text if text.endswith("\n") else f"{text}\n{_NO_NEWLINE}"


def _git_header(path: str) -> str:
    # No tab after a name with blanks here, unlike in the ---/+++ lines: that is git's own way.
    return f"diff --git {_quote('a/' + _posix(path))} {_quote('b/' + _posix(path))}\n"


def _name(side: str, path: str) -> str:
    quoted = _quote(f"{side}/{_posix(path)}")
    # git ends a bare name that contains blanks with a tab, so that patch does not read a date.
    return quoted + "\t" if " " in quoted and not quoted.startswith('"') else quoted


def _posix(path: str) -> str:
    return PurePath(path).as_posix().lstrip("/")


def _quote(name: str) -> str:
    """A file name as git prints it: C-quoted where it has quotes, controls or non-ASCII bytes."""
    if name.isascii() and name.isprintable() and not {'"', "\\"} & {*name}:
        return name
    data = os.fsencode(name)
    quoted = "".join(_ESCAPES.get(byte) or _plain_or_octal(byte) for byte in data)
    return name if quoted == name else f'"{quoted}"'


def _plain_or_octal(byte: int) -> str:
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
