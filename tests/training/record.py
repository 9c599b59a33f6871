"""Record what the real Keras 1.2.2 prints for the programs of the bed.

    python -m tests.training.record            # those that are not recorded yet

Each program runs several times: the numbers of some change from run to run (Keras 1 on TensorFlow
read weights and counters while others were written, in no certain order). Every answer that was
seen is recorded, the commonest first; each of them is what Keras 1.2.2 gave.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.training.bed import programs

RECORDED = Path(__file__).with_name("recorded.json")
_RUNS = 3
_AT_ONCE = 30

# Runs in the legacy runtime: one process imports Keras 1.2.2 once and forks for each program.
_DRIVER = """\
import contextlib, io, json, os, sys, tempfile, traceback
import keras, keras.callbacks, keras.models, keras.layers, keras.optimizers
programs = json.load(open(sys.argv[1]))
for name, source in programs:
    for attempt in range(int(sys.argv[3])):
        if os.fork() == 0:
            os.chdir(tempfile.mkdtemp(dir=os.path.dirname(os.path.abspath(sys.argv[2]))))
            out = io.StringIO()
            try:
                with contextlib.redirect_stdout(out):
                    exec(compile(source, name, 'exec'), {'__name__': '__main__'})
                error = ''
            except BaseException:
                error = traceback.format_exc().strip().splitlines()[-1]
            lines = [l for l in out.getvalue().splitlines() if l.startswith('RESULT')]
            with open(sys.argv[2], 'a') as handle:
                handle.write(json.dumps([name, lines, error]) + chr(10))
            os._exit(0)
        os.wait()
"""


def digest(source: str) -> str:
    """What tells whether a recording is of the program as it is now."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def recordings() -> dict[str, dict[str, Any]]:
    """What is recorded, by the name of the program."""
    if not RECORDED.exists():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(RECORDED.read_text())
    return found


def main(most: int) -> None:
    """Record the programs that are not recorded yet, at most so many, some at a time."""
    sources = dict(programs())
    known = recordings()
    missing = [n for n, s in sources.items() if known.get(n, {}).get("digest") != digest(s)][:most]
    for start in range(0, len(missing), _AT_ONCE):
        for name, found in _run({n: sources[n] for n in missing[start : start + _AT_ONCE]}).items():
            answers = Counter(json.dumps(answer) for answer in found).most_common()
            known[name] = {
                "digest": digest(sources[name]),
                "answers": [
                    {"lines": lines, "error": error, "times": times}
                    for text, times in answers
                    for lines, error in [json.loads(text)]
                ],
            }
        kept = {name: known[name] for name in sources if name in known}
        RECORDED.write_text(json.dumps(kept, indent=1) + "\n")


def _run(sources: dict[str, str]) -> dict[str, list[tuple[list[str], str]]]:
    """What each program printed, and the error it ended with, in each of its runs."""
    with tempfile.TemporaryDirectory() as folder:
        driver, given, told = (Path(folder) / n for n in ("driver.py", "programs.json", "told"))
        driver.write_text(_DRIVER)
        given.write_text(json.dumps(list(sources.items())))
        command = [sys.executable, "-m", "kerasmig", "legacy", "run", str(driver)]
        subprocess.run([*command, str(given), str(told), str(_RUNS)], check=True)
        runs: dict[str, list[tuple[list[str], str]]] = {}
        for line in told.read_text().splitlines():
            name, lines, error = json.loads(line)
            runs.setdefault(name, []).append((lines, error))
    return runs


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
