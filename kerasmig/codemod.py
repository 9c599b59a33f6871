"""The door for people who run LibCST codemods: `UpgradeKeras1`, a ``CodemodCommand``.

    python -m libcst.tool codemod -x kerasmig.codemod.UpgradeKeras1 PATH

Programs of several files need the whole file list before the first file changes, and the runner
hands a command one file at a time. So the upgrade is done once, when the runner has read its command
line and before it starts its workers; the workers take each file's result from there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import libcst
from libcst.codemod import CodemodCommand, CodemodContext, gather_files

from kerasmig.finding import Applicability, FileResult, Finding
from kerasmig.settings import DATA_FORMAT_CHOICES, UpgradeSettings

COMPAT_KEY = "kerasmig.compat"
"""In ``context.scratch``: source of the ``keras1_compat`` module that the new code imports."""


class UpgradeKeras1(CodemodCommand):
    """Upgrade Keras 1 code to Keras 3, as ``kerasmig upgrade`` does.

    What is assumed or left to a person becomes a warning. Run by ``libcst.tool``, the files given
    on its command line are one project, and ``keras1_compat.py`` is written beside them; run from
    another codemod, a module stands alone and the source of ``keras1_compat`` is left in
    ``context.scratch["kerasmig.compat"]``.

    Args:
        context: LibCST's.
        data_format, idiomatic: as the options of ``kerasmig upgrade``.
        prepared: path of the file with the results for the whole project; empty: none.
    """

    DESCRIPTION = "Upgrade Keras 1 code to Keras 3 (kerasmig)."

    def __init__(
        self,
        context: CodemodContext,
        data_format: str = "auto",
        idiomatic: bool = False,
        prepared: str = "",
    ) -> None:
        super().__init__(context)
        self._settings = UpgradeSettings(data_format=data_format, idiomatic=idiomatic)
        self._prepared = prepared

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """The options of the command; the upgrade itself begins once all of them are read."""
        arg_parser.add_argument("--data-format", choices=DATA_FORMAT_CHOICES, default="auto")
        arg_parser.add_argument(
            "--idiomatic", action="store_true", help="Take Keras 3's defaults, and report each."
        )
        arg_parser.set_defaults(prepared="")
        _prepare_when_parsed(arg_parser)

    def transform_module_impl(self, tree: libcst.Module) -> libcst.Module:
        """The upgraded module."""
        known = _known_result(self._prepared, self.context.filename or "")
        if known is None:
            known = self._alone(tree.code)
        for warning in known.warnings:
            self.warn(warning)
        if known.code is None or known.code == tree.code:
            return tree
        return libcst.parse_module(known.code, config=tree.config_for_parsing)

    def _alone(self, code: str) -> _Known:
        from kerasmig.api import upgrade_source

        result = upgrade_source(code, self._settings, path=self.context.filename or "<module>")
        if result.compat:
            self.context.scratch[COMPAT_KEY] = result.compat
        return _Known(result.code, _warnings(result.findings))


class _Known:
    """What a file becomes: its new code (``None``: it stays), and the warnings."""

    def __init__(self, code: str | None, warnings: Sequence[str]) -> None:
        self.code = code
        self.warnings = warnings


def _prepare_when_parsed(parser: argparse.ArgumentParser) -> None:
    """Have the project upgraded when the runner has parsed its command line.

    A command is told nothing of the files that it will run on, so this looks at what the runner's
    parser found.
    """
    parse = parser.parse_args

    def parse_args(arguments: Sequence[str] | None = None) -> argparse.Namespace:
        options = parse(arguments)
        paths = [path for path in options.path if path != "-"]
        if paths:
            options.prepared = _prepare(
                [Path(name) for name in gather_files(paths)],
                UpgradeSettings(data_format=options.data_format, idiomatic=options.idiomatic),
                dry_run=options.unified_diff is not None,
            )
        return options

    parser.parse_args = parse_args  # type: ignore[method-assign,assignment]


def _prepare(files: Sequence[Path], settings: UpgradeSettings, *, dry_run: bool) -> str:
    """Upgrade a project and keep the results in a file; its path.

    ``keras1_compat.py`` is written first: code that imports a module which is not there would be
    worse than old code.
    """
    from kerasmig.disk.writing import write_bytes
    from kerasmig.project.project import Project

    absolute = sorted({Path(os.path.abspath(path)) for path in files}, key=lambda p: p.parts)
    project = Project(absolute, settings)
    run = project.upgrade()
    kept: dict[str, tuple[str | None, list[str]]] = {}
    for path, result in zip(absolute, run.files, strict=True):
        kept[str(path)] = (result.new if result.changed else None, _warnings_of(result))
    for name, text in run.extra_files.items():
        if dry_run:
            print(f"kerasmig: {name} would be written (--unified-diff)", file=sys.stderr)
            continue
        for problem in write_bytes(Path(name), text.encode("utf-8"), None):
            raise SystemExit(f"kerasmig: {problem}; nothing was changed")
        kept[os.path.abspath(name)] = (None, [])
    handle, prepared = tempfile.mkstemp(prefix="kerasmig-codemod-", suffix=".json")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(kept, stream)
    _remove_at_exit(prepared)
    return prepared


def _remove_at_exit(path: str) -> None:
    import atexit

    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # workers leave it to the process that made it
            Path(path).unlink(missing_ok=True)

    atexit.register(remove)


@cache
def _results(prepared: str) -> Mapping[str, tuple[str | None, list[str]]]:
    found: Mapping[str, tuple[str | None, list[str]]] = json.loads(
        Path(prepared).read_text(encoding="utf-8")
    )
    return found


def _known_result(prepared: str, filename: str) -> _Known | None:
    if not prepared:
        return None
    found = _results(prepared).get(os.path.abspath(filename))
    return None if found is None else _Known(*found)


def _warnings_of(result: FileResult) -> list[str]:
    if result.error:
        return [f"{result.path}: {result.error}"]
    return _warnings(result.findings)


def _warnings(findings: Sequence[Finding]) -> list[str]:
    """What a person has to look at, with code and line."""
    return [
        f"line {finding.line}: {finding.code} [{finding.applicability.value}] {finding.message}"
        for finding in findings
        if finding.applicability is not Applicability.AUTOMATIC and not finding.suppressed
    ]
