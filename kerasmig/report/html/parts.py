"""Parts of a long page that stay packed until somebody opens what they stand in."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

_CHUNK = 400_000  # characters that are packed together: what is alike costs little


class Chunk(NamedTuple):
    """Some parts in one packed text; ``sizes`` are their lengths in bytes, in their order."""

    sizes: str
    data: str


class Parts:
    """Takes parts of the page as the templates make them.

    Args:
        packed: keep them packed and leave an empty place; otherwise they stay where they are.
    """

    def __init__(self, packed: bool) -> None:
        self.packed = packed
        self._count = 0
        self._waiting: list[bytes] = []
        self._size = 0
        self._chunks: list[Chunk] = []

    def keep(self, caller: Callable[[], str]) -> Markup:
        """What stands in the page for the block of a template."""
        if not self.packed:
            return Markup(caller())
        part = caller().encode("utf-8")
        number, self._count = self._count, self._count + 1
        self._waiting.append(part)
        self._size += len(part)
        if self._size >= _CHUNK:
            self._pack()
        return Markup(f'<div data-part="{number}"></div>')

    def chunks(self) -> Iterator[Chunk]:
        """All that was kept."""
        self._pack()
        yield from self._chunks

    def _pack(self) -> None:
        if self._waiting:
            sizes = " ".join(str(len(part)) for part in self._waiting)
            self._chunks.append(Chunk(sizes, packed(b"".join(self._waiting))))
            self._waiting, self._size = [], 0


def packed_json(value: Sequence[Any] | dict[str, Any]) -> str:
    """A value as packed JSON."""
    return packed(json.dumps(value, separators=(",", ":")).encode("ascii"))


def packed(data: bytes) -> str:
    """Bytes as raw deflate, which browsers unpack by themselves, in letters."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(squeezed.compress(data) + squeezed.flush()).decode("ascii")
