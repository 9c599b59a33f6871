"""Whatever ends kerasmig ends its workers and the programs that they run, and leaves no folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kerasmig.disk.scratch import remove_abandoned, scratch_folder

_ENDLESS = """
from keras.models import Sequential
from keras.layers import Convolution2D
while True:
    try:
        while True: pass
    except BaseException:
        pass
model = Sequential()
model.add(Convolution2D(3, 3, 3, input_shape=(8, 8, 1)))
"""


def _running(folder: Path) -> list[str]:
    """Processes that work in a temporary folder, or are told of it."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            where = os.readlink(path / "cwd")
            variables = (path / "environ").read_bytes()
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z" and (where.startswith(str(folder)) or str(folder).encode() in variables):
            found.append(path.name)
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_nothing_runs_on(number: int, tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "temporary").mkdir()
    (tmp_path / "tree" / "net.py").write_text(_ENDLESS)
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "kerasmig",
            "upgrade",
            ".",
            "--diff",
            "--verify",
            "--level",
            "outputs",
            "--no-cache",
        ],
        cwd=tmp_path / "tree",
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if list((tmp_path / "temporary").glob("kerasmig-verify-*/runs/*/stage")):
            break
        time.sleep(0.2)
    assert process.poll() is None, "it ended before it ran the program"
    process.send_signal(number)
    process.wait(30)
    until = time.monotonic() + 5
    while _running(tmp_path / "temporary") and time.monotonic() < until:
        time.sleep(0.1)
    assert _running(tmp_path / "temporary") == []
    subprocess.run(
        [sys.executable, "-c", "from kerasmig.disk.scratch import *; remove_abandoned()"],
        env=environment,
        check=True,
    )
    assert not list((tmp_path / "temporary").glob("kerasmig-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_workers_of_an_upgrade_end_with_it(number: int, tmp_path: Path) -> None:
    from tests.core.trees import OLD, write_tree

    write_tree(tmp_path / "tree", {f"net{i}.py": OLD.encode() * 20 for i in range(300)})
    process = subprocess.Popen(
        [sys.executable, "-m", "kerasmig", "upgrade", "--diff", "--no-cache", "-j", "2"],
        cwd=tmp_path / "tree",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while len(_running(tmp_path / "tree")) < 3 and time.monotonic() < until:
        if process.poll() is not None:
            pytest.skip("it was over before it could be ended")
        time.sleep(0.02)
    process.send_signal(number)
    process.wait(30)
    until = time.monotonic() + 5
    while _running(tmp_path / "tree") and time.monotonic() < until:
        time.sleep(0.1)
    assert _running(tmp_path / "tree") == []


def test_folders_in_use_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "kerasmig-verify-others").mkdir()  # just being made: it has no lock yet
    dead = tmp_path / "kerasmig-verify-dead"
    dead.mkdir()
    (dead / ".kerasmig-in-use").touch()
    with scratch_folder("kerasmig-verify-") as folder:
        remove_abandoned()
        assert sorted(tmp_path.iterdir()) == sorted([folder, tmp_path / "kerasmig-verify-others"])
    assert [path.name for path in tmp_path.iterdir()] == ["kerasmig-verify-others"]
