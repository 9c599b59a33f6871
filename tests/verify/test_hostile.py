"""Programs that misbehave: each gets its clear line, nothing outside is touched, the rest is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasmig.verify import Status, VerifyReport, VerifySettings, verify_trees
from tests.verify.conftest import pair_named, write_trees

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

_OLD = """
from keras.models import Sequential
from keras.layers import Dense
def build(nb_classes=3):
    model = Sequential()
    model.add(Dense(nb_classes, input_dim=4))
    return model
"""
_NEW = """
from keras.models import Sequential
from keras.layers import Dense, Input
def build(nb_classes=3):
    model = Sequential()
    model.add(Input((4,)))
    model.add(Dense(nb_classes))
    return model
"""

# name: what the program does after it has defined `build`; VICTIM is a folder outside the copy
PROGRAMS = {
    "well": "model = build()",
    "hangs": "m = build()\nwhile True: pass",
    "sleeps": "import time\ntime.sleep(10000)\nm = build()",
    "exits": "import sys\nm = build()\nsys.exit(3)",
    "leaves": "import os\nm = build()\nos._exit(7)",
    "segfaults": "import ctypes\nm = build()\nctypes.string_at(0)",
    "kills_group": "import os, signal\nm = build()\nos.killpg(0, signal.SIGKILL)",
    "kills_parent": "import os, signal\nm = build()\nos.kill(os.getppid(), signal.SIGKILL)",
    "eats_memory": "m = build()\nx = []\nwhile True: x.append(bytearray(1 << 24))",
    "floods": "m = build()\nfor i in range(200000): print('x' * 100)",
    "deletes_cwd": "import shutil, os\nshutil.rmtree(os.getcwd())\nm = build()",
    "deletes_outside": "import shutil\nshutil.rmtree('VICTIM')\nm = build()",
    "writes_outside": "open('VICTIM/file.txt', 'w').write('gone')\nm = build()",
    "commands": "import os\nos.system('rm -rf VICTIM')\nm = build()",
    "subprocesses": "import subprocess\nsubprocess.call(['rm', '-rf', 'VICTIM'])\nm = build()",
    "forks": "import os\nwhile True: os.fork()",
    "network": "import socket\ns = socket.create_connection(('127.0.0.1', 9))\nm = build()",
    "h5py_empties": "m = build()\nimport h5py\ntry: h5py.File('VICTIM/file.txt', 'w')\nexcept OSError: pass",
    "gfile_writes": "m = build()\nimport tensorflow as tf\nG = tf.io.gfile.GFile if hasattr(tf.io, 'gfile') else tf.gfile.GFile\ntry:\n    with G('VICTIM/file.txt', 'w') as f: f.write('gone')\nexcept Exception: pass",
    "gfile_deletes": "m = build()\nimport tensorflow as tf\ntry: (tf.io.gfile.rmtree if hasattr(tf.io, 'gfile') else tf.gfile.DeleteRecursively)('VICTIM')\nexcept Exception: pass",
    "thread_writes_later": "m = build()\nimport threading\ndef later():\n    for i in range(3000000):\n        if i % 1000 == 0:\n            try: open('VICTIM/file.txt', 'w')\n            except OSError: pass\nthreading.Thread(target=later, daemon=True).start()",
    "config_writes_when_measured": "class Odd(Dense):\n    def get_config(self):\n        try: open('VICTIM/file.txt', 'w').write('gone')\n        except OSError: pass\n        return super(Odd, self).get_config()\nm = build()",
    "spoils_its_result": "m = build()\nimport os\nos.symlink('/dev/zero', '../result.json')",
    "missing_module": "import no_such_module_at_all as nsm\nnsm.setup(1)\nm = build()",
    "missing_file": "import numpy as np\nX = np.load('nowhere.npy')\nm = build()",
    "missing_text": "lines = open('nowhere.txt').readlines()\nm = build()",
    "asks": "n = input('how many? ')\nm = build()",
    "wants_argument": "import sys\nm = build(int(sys.argv[1]))",
    "argparse_required": (
        "import argparse\np = argparse.ArgumentParser()\n"
        "p.add_argument('--units', type=int, required=True)\np.add_argument('file')\n"
        "args = p.parse_args()\nm = build(args.units + 2)"
    ),
    "trains_for_ever": (
        "import numpy as np\nm = build()\nm.compile('sgd', 'mse')\n"
        "while True: m.train_on_batch(np.ones((2, 4)), np.ones((2, 3)))"
    ),
}
REACHED = set(PROGRAMS) - {
    "leaves", "segfaults", "kills_group", "eats_memory", "wants_argument", "forks",
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[VerifyReport, Path]:
    root = tmp_path_factory.mktemp("hostile")
    victim = root / "victim"
    victim.mkdir()
    (victim / "file.txt").write_text("kept")
    files = {
        f"{name}.py": tuple(
            head + end.replace("VICTIM", str(victim)) + "\n" for head in (_OLD, _NEW)
        )
        for name, end in PROGRAMS.items()
    }
    files["broken.py"] = ("from keras.models import Sequential\nprint 'two'\n", "x = 1\n")
    files["sub/imports_nothing.py"] = ("x = 1\n", "x = 1\n")
    old, new = write_trees(root, files)  # type: ignore[arg-type]
    before = {p: p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
    settings = VerifySettings(level="outputs", time_limit=12, memory_limit=1500)
    report = verify_trees(old, new, settings=settings)
    assert {p: p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()} == before
    return report, victim


@pytest.mark.parametrize("name", sorted(REACHED))
def test_what_was_built_is_verified(hostile: tuple[VerifyReport, Path], name: str) -> None:
    report, _ = hostile
    pairs = [pair for pair in report.pairs if pair.place.file == f"{name}.py"]
    assert pairs and all(pair.status is Status.MATCH for pair in pairs), (pairs, report.skipped)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("leaves", "exit code 7"),
        ("segfaults", "SIGSEGV"),
        ("kills_group", "SIGKILL"),
        ("eats_memory", "memory limit"),
        ("broken", "not Python 3"),
    ],
)
def test_reason_is_told(hostile: tuple[VerifyReport, Path], name: str, words: str) -> None:
    report, _ = hostile
    reasons = [skip.reason for skip in report.skipped if skip.file == f"{name}.py"]
    assert reasons and all(words in reason for reason in reasons), reasons


def test_nothing_outside_is_touched(hostile: tuple[VerifyReport, Path]) -> None:
    _, victim = hostile
    assert (victim / "file.txt").read_text() == "kept"


def test_builder_is_called_where_the_script_wants_an_argument(
    hostile: tuple[VerifyReport, Path],
) -> None:
    report, _ = hostile
    assert pair_named(report, "wants_argument.py:build").status is Status.MATCH
