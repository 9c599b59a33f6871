"""How plausible are sizes as channels, rows and columns, and what do their names say?"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from kerasmig.analysis.interpreter.values import Dim, Unknown
from kerasmig.finding import DataFormat

FIRST, LAST = DataFormat.CHANNELS_FIRST, DataFormat.CHANNELS_LAST

_CHANNEL_WORDS = frozenset(
    [
        "ch",
        "chan",
        "chans",
        "channel",
        "channels",
        "nchannel",
        "nchannels",
        "nch",
        "color",
        "colors",
        "colour",
        "colours",
        "bands",
        "band",
        "depth",
        "d",
        "history",
        "frames",
        "planes",
    ]
)
_SPATIAL_WORDS = frozenset(
    [
        "row",
        "rows",
        "col",
        "cols",
        "column",
        "columns",
        "height",
        "width",
        "h",
        "w",
        "hh",
        "ww",
        "rsize",
        "csize",
        "size",
        "px",
        "pixels",
        "ht",
        "wd",
        "side",
        "resolution",
        "res",
        "x",
        "y",
        "xdim",
        "ydim",
        "imgsize",
        "imsize",
    ]
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def judge_input(sizes: Sequence[Dim]) -> tuple[DataFormat | None, float]:
    """Which end of an image's shape (without batch axis) looks like its channels?

    Args:
        sizes: 3 or 4 sizes; None for any size, `Unknown` for one that is not known.

    Returns:
        the format that it speaks for, and how strongly (0 to 1).
    """
    first, last = sizes[0], sizes[-1]
    if first is None and last is not None:
        # A convolution must know its number of channels when it is built.
        return LAST, 0.95
    if last is None and first is not None:
        return FIRST, 0.95
    as_first = _channels(first) * _picture(sizes[1:])
    as_last = _channels(last) * _picture(sizes[:-1])
    if as_first == as_last:
        return None, 0.0
    ratio = max(as_first, as_last) / min(as_first, as_last)
    favours, channels = (FIRST, first) if as_first > as_last else (LAST, last)
    # Only 1 and 3 are channels of a picture for sure; 4 may as well be rows.
    cap = 0.95 if channels in (1, 3) else 0.5
    return favours, min(cap, _weight(ratio))


def judge_feature_map(sizes: Sequence[Dim]) -> tuple[DataFormat | None, float]:
    """The same for a shape that the code makes out of a vector: ``Reshape((128, 7, 7))``."""
    as_first = _feature_channels(sizes[0]) * _square(sizes[1:])
    as_last = _feature_channels(sizes[-1]) * _square(sizes[:-1])
    if as_first == as_last:
        return None, 0.0
    ratio = max(as_first, as_last) / min(as_first, as_last)
    return (FIRST if as_first > as_last else LAST), min(0.85, _weight(ratio))


def _weight(ratio: float) -> float:
    for least, weight in ((15, 0.95), (6, 0.85), (3, 0.6), (1.5, 0.3)):
        if ratio >= least:
            return weight
    return 0.0


def _channels(size: Dim) -> float:
    if isinstance(size, Unknown) or size is None:
        return 0.3
    if size in (1, 3):
        return 1.0
    if size in (2, 4):
        return 0.5
    return 0.3 if size <= 16 else 0.05


def _feature_channels(size: Dim) -> float:
    return 0.8 if size in (1, 3) else 0.5


def _picture(sizes: Sequence[Dim]) -> float:
    known = [s for s in sizes if isinstance(s, int)]
    if any(size <= 4 for size in known):
        return 0.1
    if len(known) < len(sizes):
        return 0.8
    return 1.0 if max(known) <= 8 * min(known) else 0.4


def _square(sizes: Sequence[Dim]) -> float:
    known = [s for s in sizes if isinstance(s, int) and s > 0]
    if len(known) < len(sizes):
        same = len({id(s) if isinstance(s, Unknown) else s for s in sizes}) == 1
        return 0.8 if same else 0.4
    if len(set(known)) == 1:
        return 1.0
    return 0.5 if max(known) <= 2 * min(known) else 0.12


def describe(sizes: Sequence[Dim]) -> tuple[str, str]:
    """What a shape means as channels_first and as channels_last, in words."""
    return _words(sizes[0], sizes[1:]), _words(sizes[-1], sizes[:-1])


def _words(channels: Dim, sizes: Sequence[Dim]) -> str:
    count = _text(channels)
    noun = "channel" if count == "1" else "channels"
    if len(sizes) == 2:
        rows, columns = _text(sizes[0]), _text(sizes[1])
        row = "row" if rows == "1" else "rows"
        column = "column" if columns == "1" else "columns"
        return f"{rows} {row} × {columns} {column} × {count} {noun}"
    return f"{' × '.join(map(_text, sizes))} voxels × {count} {noun}"


def _text(size: Dim) -> str:
    if isinstance(size, Unknown):
        return size.name or "?"
    return "any" if size is None else str(size)


def judge_names(elements: Sequence[ast.expr]) -> tuple[DataFormat | None, float]:
    """What the names in ``(img_channels, img_rows, img_cols)`` say."""
    kinds = [name_kind(element) for element in elements]
    first, last = kinds[0], kinds[-1]
    if first == "channel" and last == "spatial":
        return FIRST, 0.9
    if last == "channel" and first == "spatial":
        return LAST, 0.9
    if first != "spatial" and kinds[1:] == ["spatial"] * (len(kinds) - 1):
        return FIRST, 0.75
    if last != "spatial" and kinds[:-1] == ["spatial"] * (len(kinds) - 1):
        return LAST, 0.75
    return None, 0.0


def name_kind(node: ast.expr) -> str:
    """``channel``, ``spatial`` or empty: what a size is called."""
    if isinstance(node, ast.Name):
        name = node.id
    elif isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, (ast.BinOp,)):
        return name_kind(node.left) or name_kind(node.right)
    else:
        return ""
    words = {word.lower() for word in _WORDS.findall(name)}
    if words & _CHANNEL_WORDS and not words & (_SPATIAL_WORDS - {"x", "y", "size"}):
        return "channel"
    return "spatial" if words & _SPATIAL_WORDS else ""
