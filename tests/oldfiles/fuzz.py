"""Damaged files by the thousand: ``python -m tests.oldfiles.fuzz FOLDER COUNT [SEED]``.

FOLDER holds good files (.h5, .json, .yaml). Each is damaged in one of a few ways, and planned for
conversion: the answer is a plan or an `OldFileError` of one line, nothing else, and in time.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from kerasmig.oldfiles.converting import Converter, ConvertSettings
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError

SECONDS = 90
"""No file may take longer, on however busy a machine."""


def damaged(data: bytes, draw: random.Random) -> bytes:
    """Bytes with something wrong: flipped, cut, doubled, zeroed, with wild numbers or words."""
    found = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        if not found:
            break
        at, way = draw.randrange(len(found)), draw.randrange(8)
        if way == 0:
            found[at] ^= 1 << draw.randrange(8)
        elif way == 1:
            del found[at:]
        elif way == 2:
            end = min(len(found), at + draw.randrange(1, 64))
            found[at:at] = found[at:end]
        elif way == 3:
            end = min(len(found), at + draw.randrange(1, 64))
            found[at:end] = bytes(end - at)
        elif way == 4:
            found[at : at + 8] = draw.choice((b"\xff" * 8, b"\x7f" + b"\xff" * 7, b"\0" * 8))
        elif way == 5:
            other = draw.randrange(len(found))
            found[at : at + 16] = found[other : other + 16]
        elif way == 6:
            words = (b"null", b"[]", b"{}", b"-1", b"1e999", b'"Merge"', b"9" * 30, b"[[[[")
            found[at : at + 4] = draw.choice(words)
        else:
            found[at] = draw.randrange(256)
    return bytes(found)


def run(folder: Path, count: int, seed: int = 0) -> Counter[str]:
    """Damage ``count`` files; how many ended in which way.

    Raises:
        AssertionError: a file had another end than a plan or a line, or took too long.
    """
    draw = random.Random(seed)
    good = [path for path in sorted(folder.iterdir()) if path.suffix in (".h5", ".json", ".yaml")]
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch, Converter(ConvertSettings()) as converter:
        for number in range(count):
            source = draw.choice(good)
            path = Path(scratch) / f"f{source.suffix}"
            path.write_bytes(damaged(source.read_bytes(), draw))
            start = time.monotonic()
            try:
                converter.plan(converter.reader.read(path))
                end = "planned"
            except NeedsAnswer:
                end = "asked"
            except OldFileError as error:
                assert "\n" not in str(error), f"{seed}/{number}: {error}"
                end = "lost the library" if "was lost" in str(error) else "refused"
            except Exception as error:
                kept = Path(tempfile.gettempdir()) / f"fuzz-{seed}-{number}{source.suffix}"
                kept.write_bytes(path.read_bytes())
                raise AssertionError(f"{kept}: {type(error).__name__}: {error}") from error
            ends[end] += 1
            assert time.monotonic() - start < SECONDS, f"{seed}/{number}: too long"
    return ends


if __name__ == "__main__":
    print(run(Path(sys.argv[1]), int(sys.argv[2]), int((sys.argv[3:] or ["0"])[0])))
