"""Fuzzing for as long as wanted: ``python -m tests.fuzz [SECONDS] [SEED] [TARGET...]``.

Inputs that failed are kept in ``build/fuzz/``, one a kind of failure, with the seed that makes them.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.targets import TARGETS, WEIGHTS, Failed, run_one

KEPT = Path(__file__).parents[2] / "build" / "fuzz"


def fuzz(
    seconds: float, seed: int, only: tuple[str, ...] = (), most: int = 0
) -> tuple[Counter[str], dict[str, str]]:
    """Run odd inputs for a while: how many of each target, and a failure of each kind.

    Args:
        seed: the first; inputs are numbered from it, so that a later run can go on with others.
        most: no more inputs than so many, if not 0.
    """
    names = [name for name in TARGETS for _ in range(WEIGHTS[name]) if not only or name in only]
    count: Counter[str] = Counter()
    failures: dict[str, str] = {}
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="kerasmig-fuzz-") as name:
        folders = {target: Path(name, target) for target in TARGETS}
        for folder in folders.values():
            folder.mkdir()
        number = seed
        while time.monotonic() < until and not (most and number >= seed + most):
            number += 1
            target = random.Random(number).choice(names)
            started = time.process_time()
            try:
                run_one(target, number, folders[target])
            except Failed as failed:
                kind = f"{target}: " + re.sub(r"\d+|'[^']*'|\"[^\"]*\"", "_", str(failed))[:120]
                if kind not in failures:
                    failures[kind] = f"{target} {number}: {failed}"
                    KEPT.mkdir(parents=True, exist_ok=True)
                    (KEPT / f"{target}-{number}").write_bytes(failed.data)
                count[f"{target} failed"] += 1
            if time.process_time() - started > 20:
                failures[f"{target} is slow"] = f"{target} {number}: more than 20 CPU seconds"
            count[target] += 1
    return count, failures


if __name__ == "__main__":
    given = sys.argv[1:]
    done, found = fuzz(
        float(given[0]) if given else 60.0, int(given[1]) if given[1:] else 0, tuple(given[2:])
    )
    print(dict(done))
    for told in found.values():
        print(told)
    sys.exit(1 if found else 0)
