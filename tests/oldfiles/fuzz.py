"""Damaged files by the thousand: ``python -m tests.oldfiles.fuzz FOLDER COUNT [SEED [SECONDS]]``.

FOLDER holds good files (.h5, .json, .yaml); one that is empty is filled with a few. Each is damaged
in one of a few ways and planned for conversion, and plain weights of which a plan could be made are
written now and then. The answer is a plan, a file, or an `OldFileError` of one line, nothing else,
in time and in bounded memory. With SECONDS it ends when they are over; for a night:

    python -m tests.oldfiles.fuzz /tmp/seeds 1000000000 1 28800
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kerasmig.oldfiles.converting import Converter, ConvertSettings, Plan
from kerasmig.oldfiles.errors import NeedsAnswer, OldFileError
from tests.oldfiles.seeds import seeds

SECONDS = 90
"""No file may take longer, on however busy a machine."""
MEMORY = 3 << 20
"""KiB that no process may have been larger than: reading is limited to two GiB."""
WRITTEN = 12
"""Of the plans for plain weights, one in so many is carried out: that starts a process."""


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


def run(folder: Path, count: int, seed: int = 0, seconds: float | None = None) -> Counter[str]:
    """Damage up to ``count`` files; how many ended in which way.

    Raises:
        AssertionError: a file had another end than a plan or a line, or took too long or too much.
    """
    ends: Counter[str] = Counter()
    until = None if seconds is None else time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as scratch, Converter(ConvertSettings()) as converter:
        for number, path in enumerate(_files(folder, Path(scratch), count, random.Random(seed))):
            if until is not None and time.monotonic() > until:
                break
            start = time.monotonic()
            try:
                end = _end(converter, path)
            except Exception as error:
                kept = Path(tempfile.gettempdir()) / f"fuzz-{seed}-{number}{path.suffix}"
                kept.write_bytes(path.read_bytes())
                raise AssertionError(f"{kept}: {type(error).__name__}: {error}") from error
            ends[end] += 1
            assert time.monotonic() - start < SECONDS, f"{seed}/{number}: too long"
            left = sorted(other.name for other in Path(scratch).iterdir() if other != path)
            assert left == [], f"{seed}/{number}: left {left}"
    assert largest() < MEMORY, f"{largest()} KiB"
    return ends


def largest() -> int:
    """KiB of memory that the largest process had, this one and those that it started."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    size = max(resource.getrusage(kind).ru_maxrss for kind in kinds)
    return size if sys.platform == "linux" else size // 1024


def _files(folder: Path, scratch: Path, count: int, draw: random.Random) -> Iterator[Path]:
    good = [path for path in sorted(folder.iterdir()) if path.suffix in (".h5", ".json", ".yaml")]
    data = {path: path.read_bytes() for path in good}
    for _ in range(count):
        source = draw.choice(good)
        path = scratch / f"f{source.suffix}"
        path.write_bytes(damaged(data[source], draw))
        yield path
        path.unlink()


def _end(converter: Converter, path: Path) -> str:
    try:
        plan = converter.plan(converter.reader.read(path))
        return _written(converter, plan) if _is_to_be_written(plan) else "planned"
    except NeedsAnswer:
        return "asked"
    except OldFileError as error:
        if "\n" in str(error):
            raise ValueError(f"more than a line: {error}") from error
        return "lost the library" if "was lost" in str(error) else "refused"


def _is_to_be_written(plan: Plan) -> bool:
    return (
        plan.config is None and plan.file.era < 2 and plan.file.path.stat().st_size % WRITTEN == 0
    )


def _written(converter: Converter, plan: Plan) -> str:
    done = converter.convert(plan.file.path)
    if done.status != "converted":
        raise OldFileError(done.message)
    assert done.output is not None
    done.output.unlink()
    return "written"


def main() -> None:
    """Do what the command line says, and say how it went."""
    where, count, *more = sys.argv[1:]
    Path(where).mkdir(parents=True, exist_ok=True)
    if not any(Path(where).iterdir()):
        seeds(Path(where))
    began = time.monotonic()
    seed = int(more[0]) if more else 0
    ends = run(Path(where), int(count), seed, float(more[1]) if len(more) > 1 else None)
    print(f"{dict(ends)}: {time.monotonic() - began:.0f} s, at most {largest() // 1024} MiB")


if __name__ == "__main__":
    main()
