"""`kerasmig upgrade -`, a filter from stdin to stdout, and `kerasmig check -`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kerasmig.cli.exits import FINDINGS, OK, UNREADABLE, exit_code, fail
from kerasmig.cli.printing import make_console

if TYPE_CHECKING:
    from kerasmig.finding import FileResult, RunResult
    from kerasmig.project.config import Config
    from kerasmig.text.source import Encoding

_NAME = "<stdin>"


def from_stdin(paths: tuple[Path, ...], options: dict[str, Any]) -> bool:
    """Whether the code comes from stdin; a name for it makes no sense otherwise."""
    asked = [str(path) for path in paths] == ["-"]
    if options.get("stdin_filename") and not asked:
        fail("--stdin-filename names what comes from stdin: give `-` as the path")
    return asked


def upgrade_stdin(diff: bool, config: Config, name: str | None, *, exit_zero: bool) -> NoReturn:
    """Rewrite stdin to stdout; findings go to stderr."""

    from kerasmig.finding import RunResult
    from kerasmig.report.diff import unified_diff
    from kerasmig.report.terminal import print_run
    from kerasmig.text.source import encode

    data = sys.stdin.buffer.read()
    if _left_out(config, name):
        result, encoding = None, None
    else:
        result, encoding = _result(data, config, name)
    if result is None or encoding is None or result.error:
        if not diff:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        if result is None:
            raise SystemExit(OK)
        fail(f"{name or _NAME} {result.error}", UNREADABLE)
    if diff:
        sys.stdout.buffer.write(unified_diff(result).encode(encoding.name))
    else:
        sys.stdout.buffer.write(encode(result.new, encoding))
    sys.stdout.buffer.flush()
    run = RunResult((result,))
    print_run(run, make_console(stderr=True), dry_run=True)
    code = exit_code(run, None, False)
    raise SystemExit(OK if exit_zero and code == FINDINGS else code)


def run_of_stdin(config: Config, name: str | None) -> RunResult:
    """What a check of stdin finds."""
    from kerasmig.finding import RunResult

    data = sys.stdin.buffer.read()
    return RunResult(() if _left_out(config, name) else (_result(data, config, name)[0],))


def _left_out(config: Config, name: str | None) -> bool:
    """Whether the file of this name is not to be touched, as with a file that is named outright."""
    return bool(name) and config.selection.force and config.selection.leaves_out(Path(str(name)))


def _result(data: bytes, config: Config, name: str | None) -> tuple[FileResult, Encoding | None]:
    from kerasmig.finding import FileResult
    from kerasmig.project.formatting import format_touched
    from kerasmig.project.patterns import settings_for
    from kerasmig.rewrite.one_file import upgrade_one
    from kerasmig.text.source import SourceError, decode

    shown = name or _NAME
    try:
        text, encoding = decode(data)
    except SourceError as error:
        return FileResult(shown, error=str(error)), None
    path = Path(shown)
    names = {path.as_posix()}
    if name and path.absolute().is_relative_to(config.root.absolute()):
        names.add(path.absolute().relative_to(config.root.absolute()).as_posix())
    result = upgrade_one(text, settings_for(config.upgrade, names), shown)
    if result.changed and "\r" not in result.new and path.suffix != ".ipynb":
        result = result._replace(new=format_touched(result.old, result.new, path))
    return result._replace(encoding=encoding.name, bom=encoding.bom), encoding
