"""Runs stretches of small programs for the tests: the old one once, many new ones against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from kerasmig.verify.caller.environment import program_environment
from kerasmig.verify.caller.pool import Pool
from kerasmig.verify.protocol import Answer, Program, Result, Task, read
from kerasmig.verify.stretch.events import Stretch

FILE = "program.py"


def stretches(
    folder: Path,
    old: Mapping[str, str],
    new: Iterable[tuple[str, str, str]],
    *,
    seed: int = 0,
    jobs: int = 1,
) -> dict[str, Stretch]:
    """How new programs compare with old ones.

    Args:
        old: old programs by name.
        new: a name, the name of the old program, and the new program.
        seed: of weights and random numbers.

    Returns:
        By name of the new program; what float64 says where float32 leaves it open.
    """
    found: dict[str, Stretch] = {}
    waiting: dict[str, list[tuple[str, str]]] = {}
    for name, of, text in new:
        waiting.setdefault(of, []).append((name, text))
    results: dict[tuple[str, str], Path] = {}

    def task(side: str, name: str, text: str, floatx: str) -> Task:
        place = folder / f"{side}-{name}-{floatx}"
        tree = place / "tree"
        tree.mkdir(parents=True)
        (tree / FILE).write_text(text, encoding="utf-8")
        return Task(
            id=place.name, run=0, stage=name, side=side, program=Program(FILE), tree=str(tree),
            folder=str(place / "run"), ordering="tf", data_format=None, floatx=floatx,
            level="program", mark_compiled=True, seed=seed, tolerance=1e-4, time_limit=240,
            memory_limit=4000,
        )  # fmt: skip

    with Pool(jobs, folder, None, True, program_environment(folder / "home", ())) as pool:

        def submit(of: str, name: str, text: str, floatx: str) -> None:
            pool.submit(
                replace(task("new", name, text, floatx), old_result=str(results[of, floatx]))
            )

        def answered(done: Task, answer: Answer) -> None:
            assert answer.done, (done.id, answer.reason, _output(Path(done.folder)))
            path = Path(done.folder, "result.json")
            if done.side == "old":
                results[done.stage, done.floatx] = path
                for name, text in waiting[done.stage] if done.floatx == "float32" else ():
                    submit(done.stage, name, text, "float32")
                for name, text in again.pop(done.stage, ()) if done.floatx == "float64" else ():
                    submit(done.stage, name, text, "float64")
                return
            stretch = read(Result, path).stretch
            assert stretch is not None
            found[done.stage] = stretch
            if done.floatx == "float32" and stretch.difference and stretch.difference.small:
                of, text = sources[done.stage]
                if (of, "float64") in results:
                    submit(of, done.stage, text, "float64")
                    return
                if of not in again:
                    pool.submit(task("old", of, old[of], "float64"))
                again.setdefault(of, []).append((done.stage, text))

        sources = {name: (of, text) for of, every in waiting.items() for name, text in every}
        again: dict[str, list[tuple[str, str]]] = {}
        for name in waiting:
            pool.submit(task("old", name, old[name], "float32"))
        pool.run(answered)
    return found


def _output(folder: Path) -> str:
    path = folder / "output.txt"
    return path.read_text("utf-8", "replace")[-2000:] if path.exists() else ""
