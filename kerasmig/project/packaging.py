"""Whether what installs a project takes ``keras1_compat.py`` along, which lies beside its packages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from kerasmig.catalog.code_base import PACKAGING as CODE
from kerasmig.disk.find import shown_path
from kerasmig.disk.reading import read_file
from kerasmig.finding import Applicability, FileResult, Finding
from kerasmig.project.marks import COMPAT_FILE

_MODULE = COMPAT_FILE.removesuffix(".py")
#: What lists packages in a file, and the line that adds the module to them.
_LISTS = {
    "setup.py": (
        re.compile(r"\bpackages[ \t]*="),
        f"give `setup` the argument `py_modules=['{_MODULE}']`",
    ),
    "setup.cfg": (
        re.compile(r"^packages[ \t]*=", re.MULTILINE),
        f"write `py_modules = {_MODULE}` under [options]",
    ),
    "pyproject.toml": (
        re.compile(
            r"^\[tool\.setuptools\.packages|^packages[ \t]*=[ \t]*\[[ \t]*[\"']", re.MULTILINE
        ),
        f'write `py-modules = ["{_MODULE}"]` under [tool.setuptools]',
    ),
}
_POETRY = re.compile(r"^\[tool\.poetry\]", re.MULTILINE)


def missing_from_packages(compat: Iterable[Path]) -> list[FileResult]:
    """The files that list packages and leave the compat module beside them out.

    Args:
        compat: where the module lies, or is about to.
    """
    found: dict[Path, FileResult] = {}
    for path in compat:
        for folder in (path.parent, path.parent.parent):
            for name, (lists, advice) in _LISTS.items():
                file = folder / name
                if file not in found and (result := _left_out(file, lists, advice)) is not None:
                    found[file] = result
    return list(found.values())


def _left_out(file: Path, lists: re.Pattern[str], advice: str) -> FileResult | None:
    try:
        text = read_file(file).decode("utf-8", "replace")
    except OSError:
        return None
    match = lists.search(text)
    if file.name == "pyproject.toml" and (poetry := _POETRY.search(text)):
        match, advice = poetry, f'write `packages = [{{include = "{COMPAT_FILE}"}}, ...]` there'
    if match is None or _MODULE in text:
        return None
    line = text.count("\n", 0, match.start()) + 1
    finding = Finding(
        CODE,
        f"{COMPAT_FILE} lies beside the packages and would not be installed: {advice}",
        Applicability.MANUAL,
        line,
        0,
        end_line=line,
        end_column=len(match.group()),
        name="packages",
    )
    return FileResult(shown_path(file), old=text, new=text, findings=(finding,))
