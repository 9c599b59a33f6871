"""Migrate the programs of the bed and run them in Keras 3; what differs from the recordings.

    python -m tests.training.evaluate [PATTERN]

One process imports Keras once and forks for each program, in the plain environment of a user. Most
programs run without compiled functions, which take longer to make than to run: every fifth one, and
those of the folder `programs`, run as a user has them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kerasmig.finding import Applicability
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from tests.training.bed import programs
from tests.training.record import digest, recordings

_NUMBER = re.compile(r"[-+]?\d+\.\d*(?:e[-+]?\d+)?|nan|inf", re.IGNORECASE)
_DRIVER = """\
import contextlib, io, json, os, sys, traceback
import tensorflow, keras
for folder, eager in json.load(open(sys.argv[1])):
    if os.fork() == 0:
        tensorflow.config.run_functions_eagerly(eager)
        os.chdir(folder)
        sys.path.insert(0, folder)
        out = io.StringIO()
        error = ''
        try:
            with contextlib.redirect_stdout(out):
                exec(compile(open('prog.py').read(), 'prog.py', 'exec'), {'__name__': '__main__'})
        except BaseException:
            error = traceback.format_exc()
        with open('told.json', 'w') as handle:
            json.dump([[l for l in out.getvalue().splitlines() if l.startswith('RESULT')], error],
                      handle)
        os._exit(0)
    os.wait()
"""


def differences(answers: list[list[str]], found: list[str]) -> list[str]:
    """Where an output differs by more than 0.002 of a number from every answer of Keras 1."""
    fitting = [answer for answer in answers if len(answer) == len(found)]
    if not fitting:
        return [f"{len(found)} lines, were {len(answers[0])}: {found[:3]}"]
    return [
        f"{new} | was {old[0]}"
        for new, *old in zip(found, *fitting, strict=True)
        if not any(_same(line, new) for line in old)
    ]


def _same(old: str, new: str) -> bool:
    if _NUMBER.sub("#", old) != _NUMBER.sub("#", new):
        return False
    pairs = zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True)
    return all(_close(float(a), float(b)) for a, b in pairs)


def _close(old: float, new: float) -> bool:
    if old != old or new != new:
        return old != old and new != new
    return abs(old - new) <= 2e-4 + 2e-3 * abs(old)


def evaluate(pattern: str = "") -> dict[str, tuple[list[str], bool]]:
    """For each recorded program: what differs, and whether a finding asks for a person."""
    known = recordings()
    chosen = {
        name: source
        for name, source in programs()
        if re.search(pattern, name)
        and known.get(name, {}).get("digest") == digest(source)
        and not known[name]["answers"][0]["error"]
    }
    results: dict[str, tuple[list[str], bool]] = {}
    with tempfile.TemporaryDirectory() as root:
        folders, reported = {}, {}
        for name, source in chosen.items():
            folder = Path(root) / name
            folder.mkdir()
            (folder / "prog.py").write_text(source)
            project = Project((folder / "prog.py",), UpgradeSettings())
            run = project.upgrade()
            project.write(run, None)
            folders[name] = str(folder)
            reported[name] = any(
                finding.applicability is Applicability.MANUAL
                for file in run.files
                for finding in file.findings
            )
        ways = [
            (folder, name[:1].isdigit() and int(name[:3]) % 5 > 0)
            for name, folder in folders.items()
        ]
        (Path(root) / "folders.json").write_text(json.dumps(ways))
        (Path(root) / "driver.py").write_text(_DRIVER)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "KERAS_"))}
        env.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
        command = [sys.executable, str(Path(root) / "driver.py"), str(Path(root) / "folders.json")]
        subprocess.run(command, check=True, env=env, stderr=subprocess.DEVNULL)
        for name, place in folders.items():
            told = Path(place) / "told.json"
            lines, error = json.loads(told.read_text()) if told.exists() else ([], "crashed")
            answers = [answer["lines"] for answer in known[name]["answers"]]
            found = differences(answers, lines)
            if error:
                found.insert(0, error.strip().splitlines()[-1])
            results[name] = (found, reported[name])
    return results


def main(pattern: str) -> None:
    """Print what differs, and how many programs are equal."""
    results = evaluate(pattern)
    for name, (found, reported) in results.items():
        if found:
            print(f"{'reported' if reported else 'SILENT':9}{name}: {found[0]}")
    equal = sum(not found for found, _ in results.values())
    print(f"programs: {equal} of {len(results)} equal")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
