"""What verification costs the machine: warm workers against a fresh process per program and side.

    python benchmarks/verify_speed.py                     the whole corpus, level outputs
    python benchmarks/verify_speed.py seed lenet_th       some of its programs
    python benchmarks/verify_speed.py --level shapes

Both runs verify the same trees with the same code and must come to the same verdicts. CPU seconds
are those of the whole process with all of its children (`wait4`), so other load distorts them
least.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
TARGET = 8.0

_RUN = """
import json, sys
from collections import Counter
from pathlib import Path
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from kerasmig.old_and_new import verify_pair
from kerasmig.verify import VerifySettings
old, new, level, fork, seed = sys.argv[1:]
report = verify_pair(
    Path(old), Path(new),
    VerifySettings(level=level, jobs=1, fork=fork == "warm", seed=int(seed)),
    analyse=lambda files: Project(files, UpgradeSettings()),
)
print(json.dumps(sorted(
    [pair.name, pair.ordering, pair.status.value, pair.reason or getattr(pair.first_difference, "what", "")]
    for pair in report.pairs
)))
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 if the verdicts differ or the ratio is below the target."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("programs", nargs="*", help="folders of corpus/legacy; default: all")
    parser.add_argument("--level", default="outputs", choices=("shapes", "outputs", "training"))
    parser.add_argument(
        "--seeds", type=int, default=0, metavar="N",
        help="verify with N seeds instead, with warm workers, and list every mismatch",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    programs = given.programs or sorted(p.name for p in (CORPUS / "legacy").iterdir())
    with tempfile.TemporaryDirectory() as folder:
        trees = [Path(folder, side) for side in ("legacy", "migrated")]
        for tree in trees:
            for program in programs:
                shutil.copytree(CORPUS / tree.name / program, tree / program)
        if given.seeds:
            return _seeds(trees, given.level, given.seeds)
        results = {kind: _measure(trees, given.level, kind, 0) for kind in ("warm", "cold")}
    for kind, (cpu, pairs) in results.items():
        print(
            f"{kind}: {cpu:7.1f} CPU s, {len(pairs)} pairs, {cpu / max(1, len(pairs)):.2f} s each"
        )
    ratio = results["cold"][0] / results["warm"][0]
    same = results["cold"][1] == results["warm"][1]
    print(f"ratio: {ratio:.1f} (target: {TARGET:g}); verdicts {'agree' if same else 'DIFFER'}")
    return 0 if same and ratio >= TARGET else 1


def _seeds(trees: Sequence[Path], level: str, count: int) -> int:
    wrong = 0
    for seed in range(count):
        cpu, pairs = _measure(trees, level, "warm", seed)
        bad = [pair for pair in pairs if pair[2] == "mismatch"]
        wrong += len(bad)
        print(
            f"seed {seed}: {len(pairs)} pairs, {len(bad)} mismatches {bad or ''}, {cpu:.0f} CPU s"
        )
    return 1 if wrong else 0


def _measure(trees: Sequence[Path], level: str, kind: str, seed: int) -> tuple[float, list[str]]:
    """CPU seconds of one verification, with all processes it started; names and verdicts."""
    paths = filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN, *map(str, trees), level, kind, str(seed)],
            stdout=output,
            env=environment,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"the {kind} run failed (exit code {process.returncode})")
        output.seek(0)
        pairs = json.loads(output.read())
    return usage.ru_utime + usage.ru_stime, pairs


if __name__ == "__main__":
    raise SystemExit(main())
