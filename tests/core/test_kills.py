"""Kills at random moments, of whatever runs long: files whole, nothing left running, nothing left behind.

A few rounds by default; ``KERASMIG_KILLS=200`` for as many of each.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.trees import OLD, read_tree, run, write_tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

WITH_COMPAT = OLD + "from keras.layers import Highway\nmodel.add(Highway())\n"
PROGRAM = """
from keras.models import Sequential
from keras.layers import Dense, Convolution2D, Flatten
model = Sequential()
model.add(Convolution2D(4, 3, 3, input_shape=(16, 16, 3), dim_ordering='tf'))
model.add(Flatten())
model.add(Dense(10, init='uniform'))
model.compile('sgd', 'mse')
"""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def rounds(usual: int) -> int:
    return int(os.environ.get("KERASMIG_KILLS", usual))


def living(folder: Path) -> list[str]:
    """Processes that work below a folder, or have it among their variables."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            where = os.readlink(path / "cwd")
            variables = (path / "environ").read_bytes()
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if state != "Z" and (where.startswith(str(folder)) or os.fsencode(folder) in variables):
            found.append(f"{path.name} {command[:100]}")
    return found


class Run:
    """One run after the other over fresh trees, each with temporary files of its own."""

    def __init__(self, root: Path, files: dict[str, bytes], *command: str) -> None:
        self.root, self.files, self.command = root, files, command
        self.temporary = root / "temporary"
        self.temporary.mkdir()
        self.environment = {
            **os.environ,
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }

    def start(self, tree: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "kerasmig", *self.command],
            cwd=tree,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def kill_at_random(self, count: int, check: Callable[[Path], None]) -> int:
        """How many runs were ended by the signal; each is looked at, and followed by a whole run."""
        whole = self.root / "whole"
        write_tree(whole, self.files)
        started = time.monotonic()
        self.start(whole).communicate()
        longest = time.monotonic() - started
        check(whole)
        draw, hit = random.Random(count), 0
        for number in range(count):
            tree = self.root / f"tree{number}"
            write_tree(tree, self.files)
            process = self.start(tree)
            time.sleep(draw.uniform(0.05, longest))
            sent = SIGNALS[number % len(SIGNALS)]
            process.send_signal(sent)
            try:
                told = process.communicate(timeout=60)[1]
            except subprocess.TimeoutExpired:
                pytest.fail(f"round {number}: {sent.name} did not end it: {living(self.root)}")
            hit += process.returncode not in (0, 1, 3)
            until = time.monotonic() + 5
            while living(self.root) and time.monotonic() < until:
                time.sleep(0.05)
            assert living(self.root) == [], f"round {number}: {sent.name}"
            if sent is signal.SIGINT and process.returncode == 130:
                assert b"Traceback" not in told, told
            check(tree)
            if number % 5 == 0:
                self.start(tree).communicate()
                left = [p.name for p in tree.rglob("*") if p.name.endswith(".kerasmig-tmp")]
                assert left == [], f"round {number}: {sent.name}"
            shutil.rmtree(tree)
        subprocess.run(
            [sys.executable, "-c", "from kerasmig.disk.scratch import *; remove_abandoned()"],
            env=self.environment,
            check=True,
        )
        assert not list(self.temporary.glob("kerasmig-*"))
        return hit


@pytest.mark.exhaustive
def test_kills_at_random_moments(tmp_path: Path) -> None:
    old = {f"pkg{i % 5}/net{i}.py": WITH_COMPAT.encode() for i in range(40)}
    write_tree(tmp_path / "right", old)
    run(tmp_path / "right", "upgrade", "-j1", "--no-cache")
    new = read_tree(tmp_path / "right")

    def check(tree: Path) -> None:
        for name, data in read_tree(tree).items():
            if not name.endswith(".kerasmig-tmp"):
                assert data in (old.get(name), new[name]), f"{name} is torn"

    (tmp_path / "runs").mkdir()
    runs = Run(tmp_path / "runs", old, "upgrade", "-j2")
    count = rounds(18)
    assert runs.kill_at_random(count, check) >= count // 4


@pytest.mark.slow
@pytest.mark.exhaustive
def test_kills_of_verifications(tmp_path: Path) -> None:
    old = {f"net{i}.py": PROGRAM.encode() for i in range(3)}

    def check(tree: Path) -> None:
        assert read_tree(tree) == old

    runs = Run(tmp_path, old, "upgrade", "--diff", "--verify", "--no-cache")
    count = rounds(4)
    assert runs.kill_at_random(count, check) >= count // 4


@pytest.mark.slow
@pytest.mark.exhaustive
def test_kills_of_conversions(tmp_path: Path) -> None:
    import h5py

    from tests.oldfiles.seeds import seeds

    source = tmp_path / "seeds"
    source.mkdir()
    seeds(source)
    old = {f"m{i}.h5": (source / "model.h5").read_bytes() for i in range(2)}

    def check(tree: Path) -> None:
        found = read_tree(tree)
        for name, data in old.items():
            assert found[name] == data
        for path in tree.glob("*.keras"):
            import zipfile

            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None, f"{path.name} is torn"
                with archive.open("model.weights.h5") as stored:
                    h5py.File(stored, "r").close()

    (tmp_path / "runs").mkdir()
    runs = Run(tmp_path / "runs", old, "convert", "m0.h5", "m1.h5")
    count = rounds(4)
    assert runs.kill_at_random(count, check) >= count // 4


@pytest.mark.parametrize(
    "module", ["kerasmig.cli", "click", "kerasmig.cli.commands", "kerasmig.project.project", "ast"]
)
def test_an_interrupt_while_it_starts_shows_no_traceback(module: str, tmp_path: Path) -> None:
    """Ctrl-C comes at the moment at which a module is looked for."""
    write_tree(tmp_path, {"net.py": OLD.encode()})
    program = f"""
import os, runpy, signal, sys
class Finder:
    def find_spec(self, name, *others):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
sys.modules.pop({module!r}, None)
sys.meta_path.insert(0, Finder())
sys.argv = ["kerasmig", "upgrade", "--diff", "--no-cache", "."]
runpy.run_module("kerasmig", run_name="__main__")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, timeout=120
    )
    assert done.returncode in (130, -signal.SIGINT), (done.returncode, done.stderr)
    assert b"Traceback" not in done.stderr
    assert read_tree(tmp_path) == {"net.py": OLD.encode()}
