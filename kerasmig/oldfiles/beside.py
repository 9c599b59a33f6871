"""The configuration that lies beside weights: named to people, who say whether it is theirs."""

from __future__ import annotations

from pathlib import Path

from kerasmig.oldfiles.configs import all_layers, layer_name
from kerasmig.oldfiles.errors import OldFileError
from kerasmig.oldfiles.reading import OldFile, Reader

_MOST_FILES = 40
_MOST_BYTES = 2_000_000


def model_beside(reader: Reader, file: OldFile) -> Path | None:
    """The one configuration in the folder of plain weights that has all their layers by name."""
    wanted = {group.name for group in file.groups if group.arrays}
    if not wanted or file.era != 1:
        return None  # Keras 0 named no layers
    found = [path for path in _texts(file.path.parent) if wanted <= _names(reader, path)]
    return found[0] if len(found) == 1 else None


def _texts(folder: Path) -> list[Path]:
    try:
        paths = [p for p in sorted(folder.iterdir()) if p.suffix in (".json", ".yaml", ".yml")]
        return [p for p in paths[:_MOST_FILES] if p.stat().st_size <= _MOST_BYTES]
    except OSError:
        return []


def _names(reader: Reader, path: Path) -> set[str]:
    try:
        config = reader.read(path).config
    except OldFileError:
        return set()
    return {layer_name(layer) for layer in all_layers(config or {})}
