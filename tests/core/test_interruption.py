"""Runs that are killed or interrupted leave every file whole, and the next run finishes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kerasmig.disk.atomic import write_atomically
from kerasmig.project.project import Project
from tests.core.trees import LEGACY, OLD, read_tree, run, write_tree

_FILES = 4


def _old_tree() -> dict[str, bytes]:
    tree = {f"pkg{i % 3}/net{i}.py": OLD.encode() for i in range(_FILES)}
    tree["pkg0/own.py"] = next((LEGACY / "regularized").glob("*.py")).read_bytes()
    return tree


def _child(root: Path, delay: float, writing: bool) -> int:
    """Upgrade a tree in a fork of this process, and kill it after a while; 0 if it got done.

    Forking saves the start of an interpreter, so that the kills fall into the work itself.

    Args:
        delay: seconds from the start of the work, or of the writing.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - the child never comes back
        os.close(read)
        code = 1
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            os.write(write, b"!")
            real = Project.write

            def told(project: Project, *arguments: Any) -> list[str]:
                os.write(write, b"!")
                return real(project, *arguments)

            Project.write = told  # type: ignore[method-assign,assignment]
            run(root, "upgrade", "-j1", "--no-cache")
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    for _ in range(2 if writing else 1):
        os.read(read, 1)
    os.close(read)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked child")
@pytest.mark.parametrize("rounds", [24, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_a_kill_at_any_moment_leaves_every_file_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rounds: int
) -> None:
    old = _old_tree()
    done = tmp_path / "done"
    write_tree(done, old)
    moments: list[float] = [time.monotonic()]
    real = Project.write

    def timed(project: Project, *arguments: Any) -> list[str]:
        moments.append(time.monotonic())
        failed = real(project, *arguments)
        moments.append(time.monotonic())
        return failed

    monkeypatch.setattr(Project, "write", timed)
    run(done, "upgrade", "-j1", "--no-cache")
    monkeypatch.undo()
    everything, writing = moments[2] - moments[0], moments[2] - moments[1]
    new = read_tree(done)
    chance = random.Random(1)
    partly = finished = 0
    for number in range(rounds):
        root = tmp_path / f"tree{number}"
        write_tree(root, old)
        inside = number % 2 == 0
        delay = chance.uniform(0, 1.1) * (writing if inside else everything)
        finished += _child(root, delay, inside) == 0
        found = read_tree(root)
        for name, data in found.items():
            if name.endswith(".kerasmig-tmp"):
                continue
            assert data in (old.get(name), new[name]), f"round {number}: {name} is torn"
        states = {found[name] == new[name] for name in old}
        partly += len(states) == 2
        if (len(states) == 2 and number % 4 == 0) or number % 20 == 1:
            run(root, "upgrade", "-j1", "--no-cache")
            assert read_tree(root) == new, f"round {number}: the next run did not finish"
        shutil.rmtree(root)
    assert partly >= rounds // 10, "too few kills fell into the writing to prove anything"
    assert finished < rounds


def test_leftovers_beside_a_file_that_needs_nothing_are_removed(tmp_path: Path) -> None:
    """A run may be killed after a file is new and before its temporary file is gone."""
    write_tree(tmp_path, {"pkg/net.py": OLD.encode()})
    run(tmp_path, "upgrade", "-j1", "--no-cache")
    done = read_tree(tmp_path)
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    stale = f"pkg/.net.py.{int(dead.stdout)}-abc.kerasmig-tmp"
    living = f"pkg/.net.py.{os.getppid()}-abc.kerasmig-tmp"
    write_tree(tmp_path, {stale: OLD.encode(), living: OLD.encode()})
    run(tmp_path, "upgrade", "--diff", "-j1", "--no-cache")
    assert stale in read_tree(tmp_path), "a dry run removes nothing"
    run(tmp_path, "upgrade", "-j1", "--no-cache")
    assert read_tree(tmp_path) == {**done, living: OLD.encode()}


def test_leftovers_of_killed_runs_are_removed_and_those_of_living_ones_stay(
    tmp_path: Path,
) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    gone = int(dead.stdout)
    target = tmp_path / "net.py"
    target.write_bytes(b"old")
    stale = tmp_path / f".net.py.{gone}-abc.kerasmig-tmp"
    living = tmp_path / f".net.py.{os.getppid()}-abc.kerasmig-tmp"
    other = tmp_path / ".net.py.notes.tmp"
    for path in (stale, living, other):
        path.write_bytes(b"half")
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["net.py", living.name, other.name]
    )


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_with_one_clear_line(tmp_path: Path, jobs: str) -> None:
    write_tree(tmp_path, {f"net{i}.py": OLD.encode() * 5 for i in range(600)})
    before = read_tree(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "kerasmig", "upgrade", "--no-backup", "--no-cache", "-j", jobs],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    time.sleep(1.2)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    if process.returncode != 130:
        pytest.skip("the run was over before the interrupt")
    assert err.decode().strip().splitlines() == [
        "kerasmig: interrupted: every file is whole, old or new; run again to finish"
    ]
    for name, data in read_tree(tmp_path).items():
        assert data == before[name] or b"Conv2D(" in data
