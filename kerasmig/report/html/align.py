"""Which line of a changed block stands opposite which."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

_WORD = re.compile(r"\w+|[^\w\s]")
_LIKENESS = 0.4  # below this, two lines have nothing to do with each other
_LARGEST = 40  # lines of a block that is aligned by likeness: the time grows with the square

Pairing = tuple[int | None, int | None]


def align(old: Sequence[str], new: Sequence[str]) -> list[Pairing]:
    """Pair the lines of a block in their order, so that the likest stand side by side.

    Returns:
        Pairs of indices; None where a line has no counterpart.
    """
    if len(old) == len(new) or max(len(old), len(new)) > _LARGEST:
        return _in_order(len(old), len(new))
    scores = [[_likeness(before, after) for after in new] for before in old]
    # best[i][j]: the most likeness that old[i:] and new[j:] can have.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            paired = scores[i][j] + best[i + 1][j + 1] if scores[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[Pairing] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if scores[i][j] and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return [
        *pairs,
        *((n, None) for n in range(i, len(old))),
        *((None, n) for n in range(j, len(new))),
    ]


def _in_order(old: int, new: int) -> list[Pairing]:
    return [(n if n < old else None, n if n < new else None) for n in range(max(old, new))]


def _likeness(before: str, after: str) -> float:
    matcher = difflib.SequenceMatcher(None, _WORD.findall(before), _WORD.findall(after))
    ratio = matcher.ratio() if matcher.quick_ratio() >= _LIKENESS else 0.0
    return ratio if ratio >= _LIKENESS else 0.0
