"""Which lines of two texts are the same: difflib's answer, with the plain cases settled first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

Tag: TypeAlias = Literal["replace", "delete", "insert", "equal"]
Opcode: TypeAlias = tuple[Tag, int, int, int, int]


class LineMatcher(SequenceMatcher[str]):
    """Compares two lists of lines that differ in few places.

    Where they part, the nearest line that stands once on either side is where they meet again, and
    difflib is asked about what lies between. That is mostly too little for difflib to take frequent
    lines for junk, as it must in long texts: an empty line between two changes stays what it was.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__()
        self._old, self._new = old, new
        counts, twice = Counter(old), Counter(new)
        #: Where each line that stands once on either side is in the new text.
        self._places = {
            line: j for j, line in enumerate(new) if twice[line] == 1 and counts.get(line) == 1
        }

    def get_opcodes(self) -> list[Opcode]:
        """How the old lines become the new ones."""
        found: list[Opcode] = []
        for opcode in self._find_opcodes():
            if found and found[-1][0] == opcode[0] == "equal":
                tag, old_start, _, new_start, _ = found.pop()
                opcode = (tag, old_start, opcode[2], new_start, opcode[4])
            found.append(opcode)
        return found

    def _find_opcodes(self) -> Iterator[Opcode]:
        i = j = 0
        while i < len(self._old) or j < len(self._new):
            start, ends = i, min(len(self._old) - i, len(self._new) - j) + i
            shift = j - i
            while i < ends and self._old[i] == self._new[i + shift]:
                i += 1
            j = i + shift
            if i > start:
                yield "equal", start, i, start + shift, j
            old, new = self._where_they_meet(i, j)
            yield from self._between(i, old, j, new)
            i, j = old, new

    def _where_they_meet(self, i: int, j: int) -> tuple[int, int]:
        """The nearest places from here on at which the same line stands, once on either side."""
        found = (len(self._old), len(self._new))
        least = sum(found) - i - j
        for old in range(i, len(self._old)):
            if old - i >= least:
                break
            new = self._places.get(self._old[old], -1)
            if new >= j and (skipped := old - i + new - j) < least:
                found, least = (old, new), skipped
        return found

    def _between(self, i: int, old: int, j: int, new: int) -> Iterator[Opcode]:
        if i == old and j == new:
            return
        if set(self._old[i:old]).isdisjoint(self._new[j:new]):  # mostly: nothing to find out
            yield "insert" if i == old else "delete" if j == new else "replace", i, old, j, new
            return
        matcher = SequenceMatcher(None, self._old[i:old], self._new[j:new])
        for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
            yield tag, i + old_start, i + old_end, j + new_start, j + new_end
