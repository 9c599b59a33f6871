"""What the files around a file tell of it: who imports it, and what they say of the ordering."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from kerasmig.analysis.dataformat.project_evidence import from_keras_json, from_text
from kerasmig.disk.reading import read_file
from kerasmig.finding import Evidence
from kerasmig.project.marks import TOLD_IN

_MOST_IMPORTERS = 12
_MOST_BYTES = 200_000


def importers(path: Path, imported_by: Mapping[Path, Iterable[Path]]) -> list[Path]:
    """The files that import a file, straight or through others, nearest first."""
    found: dict[Path, None] = {}
    layer = [path]
    while layer and len(found) < _MOST_IMPORTERS:
        layer = [
            user
            for known in layer
            for user in imported_by.get(known, ())
            if user != path and user not in found
        ]
        found.update(dict.fromkeys(layer))
    return list(found)[:_MOST_IMPORTERS]


def module_name(path: Path, near: Path) -> str:
    """The dotted name by which a search that starts beside ``near`` and climbs finds ``path``."""
    base = Path(os.path.commonpath([path.parent, near.parent]))
    parts = list(path.relative_to(base).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


@cache
def told_in(folder: Path) -> tuple[Evidence, ...]:
    """What keras.json, READMEs and scripts of a folder say of the ordering."""
    found: list[Evidence] = []
    for pattern in TOLD_IN:
        for path in sorted(folder.glob(pattern)):
            try:
                if not path.is_file() or path.stat().st_size > _MOST_BYTES:
                    continue
                text = read_file(path).decode("utf-8", "replace")
            except OSError:
                continue
            if path.name == "keras.json":
                evidence = from_keras_json(text, path.name)
                found += [evidence] if evidence is not None else []
            else:
                found += from_text(text, path.name)
    return tuple(found)
