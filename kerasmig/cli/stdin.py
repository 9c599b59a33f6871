"""`kerasmig upgrade -`: a filter from stdin to stdout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

from kerasmig.cli.exits import UNREADABLE, exit_code, fail
from kerasmig.cli.printing import make_console
from kerasmig.cli.work import configure


def upgrade_stdin(diff: bool, options: dict[str, Any]) -> NoReturn:
    """Rewrite stdin to stdout; findings go to stderr."""

    from kerasmig.finding import RunResult
    from kerasmig.project.formatting import format_touched
    from kerasmig.report.diff import unified_diff
    from kerasmig.report.terminal import print_run
    from kerasmig.rewrite.one_file import upgrade_one
    from kerasmig.text.source import SourceError, decode, encode

    config = configure(options)
    data = sys.stdin.buffer.read()
    try:
        text, encoding = decode(data)
        result = upgrade_one(text, config.upgrade, "<stdin>")
        problem = result.error
    except SourceError as error:
        problem = str(error)
    if problem:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        fail(f"<stdin> {problem}", UNREADABLE)
    if result.changed and "\r" not in result.new:
        result = result._replace(new=format_touched(result.old, result.new, Path("<stdin>")))
    result = result._replace(encoding=encoding.name, bom=encoding.bom)
    if diff:
        sys.stdout.buffer.write(unified_diff(result).encode(encoding.name))
    else:
        sys.stdout.buffer.write(encode(result.new, encoding))
    sys.stdout.buffer.flush()
    run = RunResult((result,))
    print_run(run, make_console(stderr=True), dry_run=True)
    raise SystemExit(exit_code(run, None, False))
