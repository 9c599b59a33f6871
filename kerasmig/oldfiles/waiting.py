"""Which files of a project Keras 1 has written, and whether they are converted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kerasmig.oldfiles.converting import Converter, ConvertSettings
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError


class Waiting(NamedTuple):
    """A file that Keras 1 wrote.

    Args:
        kind: ``weights``, ``model`` or ``configuration``.
        output: what it is converted to; ``None`` while that needs an answer.
        asks: what has to be said, or why it cannot be converted.
    """

    path: Path
    kind: str
    output: Path | None = None
    asks: str = ""

    @property
    def converted(self) -> bool:
        """Whether its conversion is there."""
        return self.output is not None and self.output.exists()


def files_of_keras1(paths: Iterable[Path]) -> Iterator[Waiting]:
    """Those of some files that Keras 0 or 1 wrote; what Keras did not write is passed over."""
    with Converter(ConvertSettings(dry_run=True, verify=False)) as converter:
        for path in paths:
            try:
                file = converter.reader.read(path)
            except OldFileError:
                continue
            if file.era >= 2:
                continue
            try:
                yield Waiting(path, file.kind, converter.plan(file).output)
            except (NeedsAnswer, OldFileError) as error:
                yield Waiting(path, file.kind, asks=str(error))
