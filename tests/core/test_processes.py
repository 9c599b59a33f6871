"""Processes end with whoever started them, also when that one ends while they start."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.core.test_kills import living

CHILD = """
import sys, time
time.sleep(float(sys.argv[1]))  # the interpreter is still starting
from kerasmig.disk.processes import die_with_parent
die_with_parent()
print("working", flush=True)
time.sleep(60)
"""
STARTER = """
import os, subprocess, sys
from kerasmig.disk.processes import naming_its_starter
subprocess.Popen(
    [*sys.argv[3:], sys.executable, sys.argv[1], sys.argv[2]],
    stdout=sys.stdout,
    env={**os.environ, **naming_its_starter()},
)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("through", [[], ["sh", "-c", '"$@"; true', "sh"]])
@pytest.mark.parametrize("wait", ["0", "0.6"])
def test_a_process_ends_with_its_starter(tmp_path: Path, wait: str, through: list[str]) -> None:
    for name, text in (("child.py", CHILD), ("starter.py", STARTER)):
        (tmp_path / name).write_text(textwrap.dedent(text), "utf-8")
    starter = subprocess.Popen(
        [sys.executable, tmp_path / "starter.py", tmp_path / "child.py", wait, *through],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env=None,
    )
    assert starter.stdout is not None
    if wait == "0":
        assert starter.stdout.readline() == b"working\n"
    else:
        time.sleep(0.3)
    if through and wait == "0":
        # What stands between is what this process was started by: its end is the child's.
        subprocess.run(["pkill", "-KILL", "-P", str(starter.pid)], check=True)
    starter.kill()
    starter.wait()
    until = time.monotonic() + 10
    while living(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert living(tmp_path) == []
    assert b"working" not in starter.stdout.read()
