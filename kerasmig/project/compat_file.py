"""The ``keras1_compat.py`` of a project on disk: read, merged with what is needed, written."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kerasmig.compat.merging import CannotMerge, merged
from kerasmig.disk.atomic import ChangedMeanwhile, replaceable
from kerasmig.disk.writing import regular_bytes
from kerasmig.text.source import Encoding, SourceError, decode, encode

if TYPE_CHECKING:
    from kerasmig.disk.backups import Backups

_TRIES = 20


class CompatFile(NamedTuple):
    """A compat module as it is and as it has to be.

    Args:
        present: its bytes; ``None`` if there is no such file.
        text: what it has to hold.
        encoding: in which it is written.
    """

    present: bytes | None
    text: str
    encoding: Encoding

    @property
    def data(self) -> bytes:
        """What it has to hold, as bytes."""
        return encode(self.text, self.encoding)


def read_and_merged(path: Path, names: Collection[str], inside: Path) -> CompatFile:
    """Read a compat module and add what is needed.

    Args:
        inside: the folder that it must not lead out of.

    Raises:
        CannotMerge: it cannot take the names, or is not to be written; the message says why.
        OSError: it cannot be read.
    """
    if path.is_symlink() and not path.resolve().is_relative_to(inside.resolve()):
        raise CannotMerge(
            f"is a symbolic link to {path.resolve()}, out of the files of this run: "
            "put a file of its own in its place and run again"
        )
    present = regular_bytes(path)
    replaceable(path.resolve())
    if present is None:
        return CompatFile(None, merged(None, names), Encoding())
    try:
        text, encoding = decode(present)
    except SourceError as error:
        raise CannotMerge(f"cannot be read ({error}): mend it and run again") from error
    new = merged(text.replace("\r\n", "\n"), names)
    return CompatFile(present, new.replace("\n", "\r\n") if "\r\n" in text else new, encoding)


def write_compat(path: Path, names: Collection[str], inside: Path, backups: Backups | None) -> str:
    """Add names to a compat module on disk; why it could not be done, empty if it was.

    What others write to it at the same time, be it people or other runs, is read and merged with.
    """
    from kerasmig.disk.atomic import replace

    try:
        for _ in range(_TRIES):
            file = read_and_merged(path, names, inside)
            if file.data == file.present:
                return ""
            if backups is not None:
                backups.keep(path, file.present, file.data)
            try:
                replace(path, file.data, file.present)
            except ChangedMeanwhile:
                continue
            return ""
        return "is changed by somebody else all the time; run again"
    except CannotMerge as error:
        return str(error)
    except OSError as error:
        return f"cannot be written: {error.strerror or error}"
