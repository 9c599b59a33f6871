"""Record what the real Keras 1.2.2 prints for the programs of the bed.

    python -m tests.training.record [PATTERN]  # those that are not recorded yet

Each program runs several times: the numbers of many change from run to run. Keras 1 on TensorFlow
made its updates as operations that wait for nothing, so that weights and counters were read while
others were written: the gradient of a lower layer by the old or by the new weights of the one above
it, as threads had it. What is recorded:

- every answer that plain runs gave, the commonest first;
- how many different answers these and runs with other numbers of threads gave ("seen");
- where that is more than one, the answer of Keras 1.2.2 with all reading before all writing, which is
  what its code says and what it did on Theano ("ordered"). It has no race, and is right as well.

Where all runs agree, nothing but their answer is right.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.training.bed import programs

RECORDED = Path(__file__).with_name("recorded.json")
_PLAIN, _ORDERED = "plain", "ordered"
# How each program is run: what for, and the numbers of TensorFlow's threads within and among operations.
_RUNS = [(_PLAIN, 0, 0), ("threads", 1, 1), ("threads", 4, 8), (_ORDERED, 1, 1)]
_AT_ONCE = 6

# Runs in the legacy runtime: one process imports Keras 1.2.2 once and forks for each program.
_DRIVER = """\
import contextlib, io, json, os, sys, tempfile
import keras, keras.callbacks, keras.models, keras.layers, keras.optimizers
import tensorflow as tf
from kerasmig.legacy.at_once import update_at_once

programs, runs = json.load(open(sys.argv[1]))
for name, source in programs:
    for way, within, among in runs:
        if os.fork() == 0:
            os.chdir(tempfile.mkdtemp(dir=os.path.dirname(os.path.abspath(sys.argv[2]))))
            if within:
                keras.backend.set_session(tf.Session(config=tf.ConfigProto(
                    intra_op_parallelism_threads=within, inter_op_parallelism_threads=among)))
            if way == 'ordered':
                update_at_once()
            out = io.StringIO()
            try:
                with contextlib.redirect_stdout(out):
                    exec(compile(source, name, 'exec'), {'__name__': '__main__'})
                error = ''
            except BaseException as problem:
                error = type(problem).__name__ + ': ' + str(problem).split(chr(10))[0]
            lines = [l for l in out.getvalue().splitlines() if l.startswith('RESULT')]
            with open(sys.argv[2], 'a') as handle:
                handle.write(json.dumps([name, way, lines, error]) + chr(10))
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


def main(pattern: str) -> None:
    """Record the programs that are not recorded yet, some at a time."""
    sources = {n: s for n, s in programs() if re.search(pattern, n)}
    known = recordings()
    missing = [n for n, s in sources.items() if known.get(n, {}).get("digest") != digest(s)]
    for start in range(0, len(missing), _AT_ONCE):
        for name, runs in _run({n: sources[n] for n in missing[start : start + _AT_ONCE]}).items():
            failed = [error for _, told in runs if (error := json.loads(told)["error"])]
            if failed:  # what Keras 1.2.2 does not run to its end tells nothing
                print(f"{name}: not recorded, Keras 1.2.2 ends with {failed[0]}")
                continue
            known[name] = {"digest": digest(sources[name]), **_recording(runs)}
        kept = {name: known[name] for name, _ in programs() if name in known}
        RECORDED.write_text(json.dumps(kept, indent=1) + "\n")


def _recording(runs: list[tuple[str, str]]) -> dict[str, Any]:
    """What is kept of the runs of a program, each told by its way and its answer as text."""
    seen = {answer for way, answer in runs if way != _ORDERED}
    counted = Counter(answer for way, answer in runs if way == _PLAIN)
    answers = [{**json.loads(text), "times": times} for text, times in counted.most_common()]
    if len(seen) > 1:
        ordered = (json.loads(answer) for way, answer in runs if way == _ORDERED)
        answers += [{**answer, "ordered": True} for answer in ordered if not answer["error"]]
    return {"seen": len(seen), "answers": answers}


def _run(sources: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """The way of each run of each program, and its answer: what it printed, how it ended."""
    with tempfile.TemporaryDirectory() as folder:
        driver, given, told = (Path(folder) / n for n in ("driver.py", "programs.json", "told"))
        driver.write_text(_DRIVER)
        given.write_text(json.dumps([list(sources.items()), _RUNS]))
        command = [sys.executable, "-m", "kerasmig", "legacy", "run", str(driver)]
        subprocess.run([*command, str(given), str(told)], check=True)
        runs: dict[str, list[tuple[str, str]]] = {}
        for line in told.read_text().splitlines():
            name, way, lines, error = json.loads(line)
            answer = json.dumps({"lines": lines, "error": error})
            runs.setdefault(name, []).append((way, answer))
        return runs


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
