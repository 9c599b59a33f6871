"""Files of Keras 1 that code names by literals, and that are at hand: for `upgrade --convert-files`."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kerasmig.oldfiles.converting import Conversion, Converter, ConvertSettings
from kerasmig.oldfiles.errors import OldFileError

_ENDINGS = (".h5", ".hdf5", ".hdf", ".json")
_LOADS = ("load_weights", "load_model", "model_from_json")


class Named(NamedTuple):
    """A file that code names.

    Args:
        literal: as the code names it; ``path``: where it is.
    """

    literal: str
    path: Path


def named_files(sources: Iterable[tuple[Path, str]], roots: Sequence[Path]) -> list[Named]:
    """The files that sources name and that exist beside them, or where programs are started.

    Args:
        sources: files of code with their texts.
        roots: folders that programs may be started in.
    """
    found: dict[str, Path] = {}
    for file, text in sources:
        if not any(word in text for word in _LOADS):
            continue
        for literal in _literals(text):
            for folder in (file.parent, *roots):
                path = folder / literal
                if literal not in found and path.is_file():
                    found[literal] = path
    return [Named(literal, path) for literal, path in found.items()]


def _literals(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and value.endswith(_ENDINGS) and "\0" not in value:
            yield value


def convert_named(
    files: Sequence[Named], *, dry_run: bool
) -> Iterator[tuple[Named, Conversion, str]]:
    """Convert those that Keras 0 or 1 wrote, beside the old ones.

    Yields:
        A file, what became of it, and what the code is to name instead (empty if it is to go on
        as it was).
    """
    with Converter(ConvertSettings(dry_run=dry_run)) as converter:
        for named in files:
            try:
                file = converter.reader.read(named.path)
            except OldFileError:
                continue  # data of another kind
            if file.era >= 2:
                continue
            done = _present(converter, named.path) or converter.convert(named.path)
            good = done.status in ("converted", "would convert") and not _guessed(done)
            now = ""
            if good and done.output is not None:
                now = os.path.join(os.path.dirname(named.literal), done.output.name)
            yield named, done, now


def _present(converter: Converter, path: Path) -> Conversion | None:
    """A conversion that is there already."""
    try:
        plan = converter.plan(converter.reader.read(path))
    except OldFileError:
        return None
    if not plan.output.exists():
        return None
    return Conversion(
        path, "converted", "", plan.output, plan.evidence, plan.notes, proof="done before"
    )


def _guessed(done: Conversion) -> bool:
    """Whether the kinds of layers were taken from arrays: the loader of the code sees the model."""
    return any("taken for Convolution2D" in note for note in done.notes)
