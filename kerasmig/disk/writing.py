"""Writing results: what is on disk is replaced in one step, and only if nobody else changed it."""

from __future__ import annotations

from pathlib import Path

from kerasmig.disk.atomic import NotReplaced, replace, replaceable
from kerasmig.disk.backups import Backups
from kerasmig.disk.find import shown_path
from kerasmig.disk.reading import read_file
from kerasmig.finding import FileResult
from kerasmig.text.source import Encoding, encode


def write_result(path: Path, result: FileResult, backups: Backups | None) -> list[str]:
    """Write the new text of a file, if it changed.

    Returns:
        Why it could not be written; empty if it was.
    """
    if not result.changed or result.error:
        return []
    old = encode(result.old, Encoding(result.encoding, result.bom))
    return write_bytes(path, bytes_of(result), backups, old)


def write_bytes(
    path: Path, data: bytes, backups: Backups | None, old: bytes | None = None
) -> list[str]:
    """Replace a file, unless it is that already or is not what it was expected to be.

    Args:
        old: what stood there when it was read; ``None``: nothing did.
    """
    try:
        present = regular_bytes(path)
        if present == data:
            return []
        if present != old:
            return [f"{shown_path(path)}: was changed by somebody else meanwhile; run again"]
        replaceable(path.resolve())
        if backups is not None:
            backups.keep(path, present, data)
        replace(path, data, present)
    except NotReplaced as error:
        return [f"{shown_path(path)}: {error.strerror}"]
    except OSError as error:
        return [f"{shown_path(path)}: cannot be written: {error.strerror or error}"]
    return []


def regular_bytes(path: Path) -> bytes | None:
    """What a file holds; ``None`` if there is none.

    Raises:
        OSError: it cannot be read, or is something from which reading might never end.
    """
    try:
        return read_file(path)
    except FileNotFoundError:
        return None


def bytes_of(result: FileResult) -> bytes:
    """The new contents of a file in its own encoding."""
    return encode(result.new, Encoding(result.encoding, result.bom))
