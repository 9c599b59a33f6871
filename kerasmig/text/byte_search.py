"""Seeking in the bytes of files.

Every file of a tree is looked at, and a plain word is found many times faster than a pattern that
can begin in several ways.
"""

from __future__ import annotations

_IN_WORDS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def has_word(data: bytes, word: bytes) -> bool:
    r"""Whether a text stands somewhere, and not within a longer word: ``\b`` is around its words."""
    start = data.find(word)
    while start >= 0:
        end = start + len(word)
        if not (_joins(data, start) or _joins(data, end)):
            return True
        start = data.find(word, start + 1)
    return False


def _joins(data: bytes, position: int) -> bool:
    """Whether a word goes on over a position."""
    return (
        0 < position < len(data) and data[position - 1] in _IN_WORDS and data[position] in _IN_WORDS
    )


def begins_line(data: bytes, position: int) -> bool:
    """Whether only blanks, or the quotes of a notebook's source, stand before in the line."""
    return not data[data.rfind(b"\n", 0, position) + 1 : position].strip(b' \t"')
