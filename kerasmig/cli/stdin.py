"""`kerasmig upgrade -`: a filter from stdin to stdout."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from kerasmig.cli.exits import FINDINGS, UNREADABLE, exit_code, fail
from kerasmig.cli.printing import make_console
from kerasmig.cli.work import configure


def upgrade_stdin(diff: bool, options: dict[str, Any]) -> NoReturn:
    """Rewrite stdin to stdout; findings go to stderr."""

    from kerasmig.finding import RunResult
    from kerasmig.reading.program import LeftAlone, read_program
    from kerasmig.report.diff import unified_diff
    from kerasmig.report.terminal import print_run
    from kerasmig.rewrite.engine import Surroundings, upgrade_text
    from kerasmig.text.source import SourceError, decode, encode

    config = configure(options)
    data = sys.stdin.buffer.read()
    try:
        text, encoding = decode(data)
        program = read_program(text, "<stdin>", config.upgrade)
        surroundings = Surroundings(python2=program.modern is not None)
        result = upgrade_text(program.text, config.upgrade, "<stdin>", surroundings)
        result = program.finish(result, config.upgrade)
    except LeftAlone as left:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        fail(str(left), FINDINGS)
    except SourceError as error:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        fail(f"<stdin> {error}", UNREADABLE)
    if result.error:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        fail(f"<stdin> {result.error}", UNREADABLE)
    result = result._replace(encoding=encoding.name, bom=encoding.bom)
    if diff:
        sys.stdout.buffer.write(unified_diff(result).encode(encoding.name))
    else:
        sys.stdout.buffer.write(encode(result.new, encoding))
    sys.stdout.buffer.flush()
    run = RunResult((result,))
    print_run(run, make_console(stderr=True), dry_run=True)
    raise SystemExit(exit_code(run, None, False))
