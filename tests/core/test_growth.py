"""What a run does for each file does not grow with their number: counted, not timed."""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import pytest

from kerasmig.project.programs import program_around, spread
from tests.core.trees import OLD, run, write_tree

SMALL, LARGE = 60, 240
COMPAT = OLD + "from keras.layers import Highway\nmodel.add(Highway())\n"


def tree(kind: str, count: int) -> dict[str, bytes]:
    """Trees whose files have to do with each other in one way or another."""
    if kind == "apart":
        return {f"team{i}/net.py": COMPAT.encode() for i in range(count)}
    if kind == "one folder":
        return {f"net{i}.py": COMPAT.encode() for i in range(count)}
    if kind == "import one":
        files = {f"user{i}.py": b"from shared import net\n" for i in range(count)}
        return files | {"shared.py": COMPAT.encode()}
    if kind == "a chain":
        files = {f"m{i}.py": f"from m{i + 1} import *\n".encode() for i in range(count)}
        return files | {f"m{count}.py": COMPAT.encode()}
    if kind == "packages":
        used = COMPAT.replace("model = ", "from .h{} import *\nmodel = ")
        nets = {f"p{i // 20}/n{i}.py": used.format(i).encode() for i in range(0, count, 2)}
        return nets | {f"p{i // 20}/h{i}.py": b"x = 1\n" for i in range(0, count, 2)}
    if kind == "tests":
        return {f"t{i // 40}/test_{i}.py": COMPAT.encode() for i in range(count)}
    return {f"pkg{i}/__init__.py": b"import os\nx = os.path.join('a')\n" for i in range(count)} | {
        "net.py": COMPAT.encode()
    }


def calls(folder: Path, *arguments: str) -> int:
    """How many Python functions are called: those that compare and hash paths, too."""
    counted: Counter[str] = Counter()

    def note(frame: object, event: str, argument: object) -> None:
        if event == "call":
            counted["call"] += 1

    sys.setprofile(note)
    try:
        assert run(folder, *arguments).code in (0, 1)
    finally:
        sys.setprofile(None)
    return counted["call"]


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "kind", ["apart", "one folder", "import one", "a chain", "packages", "tests", "plain"]
)
def test_work_for_each_file_does_not_grow_with_their_number(kind: str, tmp_path: Path) -> None:
    each = []
    for count in (SMALL, LARGE):
        folder = tmp_path / f"tree{count}"
        write_tree(folder, tree(kind, count))
        each.append(calls(folder, "upgrade", "-j1", "--no-cache", "--no-backup") / count)
    assert each[1] <= each[0] * 1.3, each


def test_marks_of_all_programs_at_once_are_those_of_each() -> None:
    for seed in range(200):
        draw = random.Random(seed)
        files = [Path(str(number)) for number in range(draw.randint(1, 12))]
        imported = {path: [p for p in files if draw.random() < 0.2] for path in files}
        users = {path: [p for p in files if path in imported[p]] for path in files}
        own = {path: frozenset(draw.sample("abcdef", draw.choice((0, 0, 1, 2)))) for path in files}
        found = spread(spread(own, users.__getitem__), imported.__getitem__)
        for path in files:
            program = program_around(path, users.__getitem__, imported.__getitem__)
            assert found[path] == frozenset().union(*(own[file] for file in program)), seed
