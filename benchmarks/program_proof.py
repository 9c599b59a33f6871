"""What verification reaches and proves of code bases: the table behind docs/performance.md.

    python -m benchmarks.program_proof FOLDER... [--level program] [--time-limit 30] [--seeds 1]

Each folder is upgraded in memory and verified, nothing is written. A row a folder: places that build
models, places reached, rewritten uses that are proven, that ran, that were not reached, programs that
match, that differ, that could not be verified; CPU seconds of the workers. The differences follow,
each with its lines, to be judged one by one. ``--json FOLDER`` keeps all of it: a run that was ended goes
on from there. ``corpus/legacy --seeds 10`` is to differ nowhere.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from kerasmig.finding import Proof
from kerasmig.old_and_new import verify_run, with_proofs
from kerasmig.project.project import Project
from kerasmig.report.summary import summarize
from kerasmig.settings import UpgradeSettings
from kerasmig.verify import VerifySettings
from kerasmig.verify.result import Pair, Status, VerifyReport

HEADINGS = (
    "places", "reached", "uses", "proven", "ran", "not reached", "match", "differ", "not verified",
    "CPU s",
)  # fmt: skip


def cpu_seconds() -> float:
    """CPU time of this process and of all that it started and has ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in used)


def measure(folder: Path, settings: VerifySettings) -> tuple[dict[str, int], VerifyReport]:
    """Upgrade and verify one code base: its row and the report."""
    found = [p for kind in ("*.py", "*.ipynb") for p in folder.rglob(kind) if p.is_file()]
    project = Project(tuple(sorted(found)), UpgradeSettings())
    run = project.upgrade()
    before = cpu_seconds()
    report = verify_run(project, run, settings)
    used = cpu_seconds() - before
    summary = summarize(with_proofs(run, report))
    programs = Counter(pair.status for pair in report.pairs if pair.is_program)
    row = {
        "places": len(report.places_found),
        "reached": len(report.places_reached),
        "uses": sum(summary.proofs.values()),
        "proven": summary.proofs.get(Proof.PROVEN, 0),
        "ran": summary.proofs.get(Proof.RAN, 0),
        "not reached": summary.proofs.get(Proof.NOT_REACHED, 0),
        "match": programs[Status.MATCH],
        "differ": programs[Status.MISMATCH],
        "not verified": programs[Status.NOT_VERIFIED],
        "CPU s": round(used),
    }
    return row, report


def told(pair: Pair) -> str:
    """A pair in one line, for a person to judge."""
    first = pair.first_difference
    where = f" [{first.old_source} / {first.new_source}: {first.likely_cause}]" if first else ""
    return f"{pair.status.value:12} {pair.name} ({pair.ordering}): {pair.reason[:300]}{where}"


def settings(options: argparse.Namespace, seed: int) -> VerifySettings:
    """How the programs are run."""
    return VerifySettings(
        level=options.level,
        time_limit=options.time_limit,
        program_limit=options.program_limit,
        seed=seed,
        jobs=options.jobs,
    )


def found(folder: Path, how: VerifySettings) -> dict[str, Any]:
    """What there is to keep of one code base."""
    row, report = measure(folder, how)
    return {
        "row": row,
        "lines": [told(pair) for pair in report.pairs if pair.status is not Status.MATCH],
        "skipped": [f"{skip.name}: {skip.reason}" for skip in report.skipped],
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--level", default="program")
    parser.add_argument("--time-limit", type=float, default=30.0)
    parser.add_argument("--program-limit", type=float, default=900.0)
    parser.add_argument("--seeds", type=int, default=1, help="with the seeds 0 to one less")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--for", dest="seconds", type=float, default=1e9, help="stop after these")
    parser.add_argument("--json", type=Path, help="a folder for one file of results a code base")
    options = parser.parse_args()
    started = time.monotonic()
    total: Counter[str] = Counter()
    print("| code base | " + " | ".join(HEADINGS) + " |")
    print("| --- |" + " ---: |" * len(HEADINGS))
    for folder, seed in itertools.product(options.folders, range(options.seeds)):
        name = folder.name if options.seeds == 1 else f"{folder.name} (seed {seed})"
        kept = options.json / f"{name}.json" if options.json else None
        if kept is not None and kept.exists():
            data: dict[str, Any] = json.loads(kept.read_text("utf-8"))
        elif time.monotonic() - started > options.seconds:
            continue
        else:
            data = found(folder, settings(options, seed))
            if kept is not None:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(json.dumps(data, indent=1), "utf-8")
        total.update(data["row"])
        cells = (f"{data['row'][name]:,}" for name in HEADINGS)
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        for line in (*data["lines"], *(f"skipped {skip}" for skip in data["skipped"])):
            print(f"    {line}", file=sys.stderr, flush=True)
    print("| all | " + " | ".join(f"{total[name]:,}" for name in HEADINGS) + " |")


if __name__ == "__main__":
    main()
