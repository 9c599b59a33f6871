"""The one way from a file's text to its result, behind every door: files, stdin, library, review."""

from __future__ import annotations

from kerasmig.finding import FileResult
from kerasmig.reading.program import LeftAlone, Program, read_program
from kerasmig.rewrite.around import Surroundings
from kerasmig.rewrite.engine import upgrade_text
from kerasmig.settings import UpgradeSettings
from kerasmig.text.depth import with_room
from kerasmig.text.source import SourceError


def upgrade_one(text: str, settings: UpgradeSettings, path: str) -> FileResult:
    """The result for a text by itself, with nothing known of what stands around it.

    Args:
        path: what to call it; its suffix tells notebooks.
    """
    try:
        return with_room(lambda: _upgrade_one(text, settings, path))
    except LeftAlone as left:
        return FileResult(path, old=text, new=text, findings=(left.finding,))
    except SourceError as error:
        return FileResult(path, old=text, new=text, error=str(error))


def _upgrade_one(text: str, settings: UpgradeSettings, path: str) -> FileResult:
    program = read_program(text, path, settings)
    result = rewritten(program, settings, path, Surroundings())
    if settings.layout != "keep" and not result.error:
        from kerasmig.rewrite.layout.program import Upgraded, in_layout

        (result,) = in_layout([Upgraded(result)], settings)
    return finished(program, result, settings)


def rewritten(
    program: Program, settings: UpgradeSettings, path: str, surroundings: Surroundings
) -> FileResult:
    """The result for a program; one odd file must not stop the others.

    Raises:
        RecursionError: it is nested too deeply for the stack at hand.
    """
    surroundings = surroundings._replace(
        python2=program.modern is not None, made_relative=program.made_relative
    )
    try:
        return upgrade_text(program.text, settings, path, surroundings, program.tree)
    except RecursionError:
        raise
    except Exception as error:
        return _internal(path, error)


def finished(program: Program, result: FileResult, settings: UpgradeSettings) -> FileResult:
    """The result for a file, from the result for its program."""
    if result.error:
        return result
    try:
        return program.finish(result, settings)
    except AssertionError as error:
        return _internal(result.path, error)


def _internal(path: str, error: Exception) -> FileResult:
    what = f"{type(error).__name__}: {error}".removeprefix("AssertionError: ")
    return FileResult(path, error=f"internal error, file left alone; please report: {what}")
