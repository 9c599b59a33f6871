"""Verification on a cluster: what Dask costs, and how a thousand repositories would spread.

    python benchmarks/cluster.py measure --models 300 --workers 2   plain pool against local:2
    python benchmarks/cluster.py record                             the times of kept verifications
    python benchmarks/cluster.py simulate                           from those

`measure` writes made-up programs, migrates them, verifies them on both ways with as many programs at
once, and compares the reports, times aside.

`record` takes the seconds of programs from the cache of verifications into `cluster_times.json`.
`simulate` gives those times to 1,000 repositories on 100 workers: each repository has some programs,
few have many. A program is a task of the old side (two fifths of its time), then, both at once, the new
side (two fifths) and the other ordering. A worker starts cold. Tasks go out as Dask's do: what
continues a program first.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

TIMES = Path(__file__).with_name("cluster_times.json")
_HEAD = """from keras.models import Sequential
from keras.layers import {names}

def build(classes={classes}):
    model = Sequential()
"""


# -- programs ------------------------------------------------------------------------------------


def program(draw: random.Random) -> str:
    """A program of Keras 1 as people wrote them: convolutions, pooling, dense layers, compiled."""
    size, classes = draw.choice((16, 24, 32)), draw.choice((2, 10, 20))
    lines, used = [], {"Convolution2D", "MaxPooling2D", "Flatten", "Dense", "Dropout"}
    for number in range(draw.randint(1, 3)):
        shape = f", input_shape=({size}, {size}, 3)" if number == 0 else ""
        lines.append(
            f"Convolution2D({draw.choice((4, 8, 16))}, 3, 3, activation='relu', "
            f"border_mode='same', dim_ordering='tf'{shape})"
        )
        if draw.random() < 0.5:
            lines.append("BatchNormalization()")
            used.add("BatchNormalization")
        lines.append("MaxPooling2D(pool_size=(2, 2), dim_ordering='tf')")
    lines += ["Flatten()", f"Dense({draw.choice((16, 64))}, activation='tanh')", "Dropout(0.5)"]
    lines.append("Dense(classes, activation='softmax')")
    body = "".join(f"    model.add({line})\n" for line in lines)
    head = _HEAD.format(names=", ".join(sorted(used)), classes=classes)
    end = "    model.compile('sgd', 'categorical_crossentropy')\n    return model\n\nmodel = build()\n"
    return head + body + end


def write_trees(root: Path, models: int) -> tuple[Path, Path]:
    """Old programs, and what kerasmig makes of them."""
    from kerasmig import upgrade_source

    draw = random.Random(1)
    for number in range(models):
        old = program(draw)
        for side, text in (("old", old), ("new", upgrade_source(old).code)):
            path = root / side / f"part{number % 10}" / f"net{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return root / "old", root / "new"


# -- measuring -----------------------------------------------------------------------------------


def measure(models: int, workers: int, level: str, only: str) -> int:
    """Verify on both ways; 1 if the reports differ."""
    from kerasmig.verify import VerifySettings, verify_trees
    from kerasmig.verify.result import to_jsonable

    texts, took = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        old, new = write_trees(Path(folder), models)
        for name, scheduler in (("plain pool", ""), ("Dask", f"local:{workers}")):
            if only and only != name.split()[0].lower():
                continue
            peak = _Watch()
            started, cpu = time.monotonic(), _cpu()
            settings = VerifySettings(level=level, jobs=workers, scheduler=scheduler)
            report = verify_trees(old, new, settings=settings)
            took[name] = time.monotonic() - started
            text = json.dumps(to_jsonable(report), indent=1, sort_keys=True)
            texts[name] = re.sub(r'"(\w*seconds|peak_mb)": [\d.]+', r'"\1": 0', text)
            matched = sum(pair.status.value == "match" for pair in report.pairs)
            print(
                f"{name:10}: {took[name]:7.1f} s, {_cpu() - cpu:7.1f} CPU s, {len(report.pairs)} "
                f"models, {matched} match, {models / took[name] * 60:.0f} programs a minute; "
                f"{peak.stop()}",
                flush=True,
            )
    if len(texts) == 2:
        same = texts["plain pool"] == texts["Dask"]
        print(f"Dask takes {took['Dask'] / took['plain pool'] - 1:+.1%}; reports "
              f"{'are the same' if same else 'DIFFER'}")  # fmt: skip
        return 0 if same else 1
    return 0


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


class _Watch:
    """Looks at the processes below this one every few seconds: memory, number, open files."""

    def __init__(self) -> None:
        import threading

        self._most = [0.0, 0, 0]
        self._seen: list[tuple[float, int, int]] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._end.wait(5):
            memory, count, files = 0.0, 0, 0
            for pid in _below(os.getpid()):
                try:
                    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                    files += len(os.listdir(f"/proc/{pid}/fd"))
                except (OSError, IndexError):
                    continue
                memory, count = memory + pages * 4096 / 1e6, count + 1
            self._seen.append((memory, count, files))

    def stop(self) -> str:
        self._end.set()
        self._thread.join()
        if not self._seen:
            return "no time to look"
        third = max(1, len(self._seen) // 3)
        parts = (self._seen[third : 2 * third] or self._seen, self._seen[-third:])
        told = [
            f"{sum(s[0] for s in part) / len(part):.0f} MB, {sum(s[1] for s in part) / len(part):.1f}"
            f" processes, {sum(s[2] for s in part) / len(part):.0f} handles"
            for part in parts
        ]
        return f"second third: {told[0]}; last third: {told[1]}"


def _below(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        parents.setdefault(parent, []).append(int(path.name))
    found, waiting = [], [root]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


# -- simulating ----------------------------------------------------------------------------------


class Outcome:
    """What a simulated run took: seconds until the last task ended, and of work in all."""

    def __init__(self, makespan: float, work: float, workers: int) -> None:
        self.makespan = makespan
        self.ideal = work / workers


def simulated(
    programs: Sequence[tuple[float, Sequence[float]]], workers: int, start: float, *, warm: bool
) -> Outcome:
    """Give programs to workers as they come free.

    Args:
        programs: of each, the seconds of its first task, and of those that follow on it.
        start: seconds that a worker needs to start.
        warm: a worker starts once; else for every task.
    """
    free = [(start if warm else 0.0, number) for number in range(workers)]
    heapq.heapify(free)
    begin = list(reversed(programs))
    follow: list[tuple[float, int, float]] = []  # ready at, order, seconds
    work, end, count = 0.0, 0.0, 0
    more = 0.0 if warm else start
    while begin or follow:
        now, worker = heapq.heappop(free)
        if follow and (follow[0][0] <= now or not begin):
            ready, _, seconds = heapq.heappop(follow)
            now = max(now, ready)
        else:
            seconds, later = begin.pop()
            for one in later:
                count += 1
                heapq.heappush(follow, (now + seconds + more, count, one))
        work += seconds
        end = max(end, now + seconds + more)
        heapq.heappush(free, (now + seconds + more, worker))
    return Outcome(end, work, workers)


def record(folder: Path) -> int:
    """Keep the seconds of the programs of earlier verifications."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(round(float(json.loads(path.read_text())["seconds"]), 2))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    TIMES.write_text(json.dumps(sorted(found)) + "\n")
    print(f"{len(found)} programs, {sum(found) / len(found):.1f} s on average")
    return 0


def repositories(
    count: int, times: Sequence[float], draw: random.Random
) -> list[list[tuple[float, list[float]]]]:
    """Repositories with few programs mostly, and many at times; programs take recorded times."""
    found = []
    for _ in range(count):
        programs = min(400, max(1, round(draw.lognormvariate(1.6, 1.1))))
        found.append([(0.4 * s, [0.4 * s, 0.2 * s]) for s in draw.choices(list(times), k=programs)])
    return found


def simulate(count: int, workers: int, limit: float, cold: float) -> int:
    draw = random.Random(1)
    found = repositories(count, json.loads(TIMES.read_text()), draw)
    programs = [one for repository in found for one in repository]
    hanging = [(limit, []) if draw.random() < 0.01 else one for one in programs]
    longest = sorted(hanging, key=lambda one: -(one[0] + sum(one[1])))
    tasks = sum(1 + len(later) for _, later in programs)
    print(f"{count} repositories, {len(programs)} programs, {tasks} tasks, {workers} workers\n")
    print("| | makespan | work / workers | efficiency |\n| --- | ---: | ---: | ---: |")
    for name, which, warm in (
        ("warm workers", programs, True),
        ("a start for every task", programs, False),
        (f"1 in 100 programs runs into its limit ({limit:.0f} s)", hanging, True),
        ("the same, those by chance last", sorted(hanging, key=lambda one: one[0]), True),
        ("the same, those first", longest, True),
    ):
        out = simulated(which, workers, cold, warm=warm)
        print(f"| {name} | {out.makespan:.0f} s | {out.ideal:.0f} s | "
              f"{out.ideal / out.makespan:.0%} |")  # fmt: skip
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("measure")
    one.add_argument("--models", type=int, default=300)
    one.add_argument("--workers", type=int, default=2)
    one.add_argument("--level", default="outputs")
    one.add_argument("--only", default="", choices=("", "plain", "dask"))
    two = commands.add_parser("simulate")
    two.add_argument("--repositories", type=int, default=1000)
    two.add_argument("--workers", type=int, default=100)
    two.add_argument("--limit", type=float, default=72.0, help="what a hanging program takes")
    two.add_argument("--start", type=float, default=10.0, help="what a worker takes to start")
    three = commands.add_parser("record")
    three.add_argument("--cache", type=Path, help="folder of kept verifications")
    given = parser.parse_args(arguments)
    if given.command == "measure":
        return measure(given.models, given.workers, given.level, given.only)
    if given.command == "record":
        from kerasmig.disk.cache_folder import cache_folder

        return record(given.cache or cache_folder() / "verify")
    return simulate(given.repositories, given.workers, given.limit, given.start)


if __name__ == "__main__":
    sys.exit(main())
