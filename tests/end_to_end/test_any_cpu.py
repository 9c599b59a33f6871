"""The seed program, migrated, runs on the CPU at hand: however it is started, no variable set."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings

SEED = Path(__file__).parents[2] / "corpus" / "legacy" / "seed" / "seed.py"
TRAINING = """
import numpy as np

model.compile(loss='mse', optimizer='sgd')
x = np.zeros((2, 1, 32, 32), 'float32')
y = np.zeros(model.predict(x).shape, 'float32')
model.fit(x, y, nb_epoch=1, verbose=0)
print('shape', y.shape, 'loss', model.evaluate(x, y, verbose=0) is not None)
"""
TELLS = "shape (2, 10, 32, 32) loss True"
RUN_NOTEBOOK = """
import json
cells = json.load(open('seed.ipynb'))['cells']
scope = {'__name__': '__main__'}
for cell in cells:
    exec(''.join(cell['source']), scope)
"""
TEST = "def test_it():\n    import seed\n    assert seed.y.shape == (2, 10, 32, 32)\n"


def program() -> str:
    return SEED.read_text() + TRAINING


def migrated(folder: Path, files: dict[str, str], layout: str = "keep") -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    project = Project(sorted(folder / name for name in files), UpgradeSettings(layout=layout))
    run = project.upgrade()
    assert project.write(run, None) == []


def told(folder: Path, *command: str, **variables: str) -> str:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    kept |= variables
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def notebook(source: str) -> str:
    parts = source.split("\n\n")
    cells: list[Any] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": part.splitlines(keepends=True),
        }
        for part in parts
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.slow
def test_as_a_script(tmp_path: Path) -> None:
    migrated(tmp_path, {"seed.py": program()})
    assert TELLS in told(tmp_path, "seed.py")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_as_a_module_of_a_package(tmp_path: Path) -> None:
    init = "from keras.models import Sequential\n"
    migrated(tmp_path, {"app/__init__.py": init, "app/seed.py": program()})
    assert TELLS in told(tmp_path, "-m", "app.seed")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_imported_by_another_script(tmp_path: Path) -> None:
    migrated(
        tmp_path,
        {"seed.py": program(), "use.py": "from keras.optimizers import SGD\nimport seed\n"},
    )
    assert TELLS in told(tmp_path, "use.py")
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
    (tmp_path / "outside.py").write_text("import seed\n")
    assert TELLS in told(tmp_path, "outside.py")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_as_a_notebook(tmp_path: Path) -> None:
    migrated(tmp_path, {"seed.ipynb": notebook(program())})
    assert TELLS in told(tmp_path, "-c", RUN_NOTEBOOK)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_under_pytest(tmp_path: Path) -> None:
    migrated(
        tmp_path,
        {
            "seed.py": program(),
            "test_a.py": "from keras.layers import Dense\n\n\ndef test():\n    Dense(1)\n",
            "test_seed.py": TEST,
        },
    )
    assert "2 passed" in told(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_what_the_user_set_is_not_overridden(tmp_path: Path) -> None:
    migrated(tmp_path, {"seed.py": SEED.read_text()})
    ask = "\nprint('value', os.environ['TF_ENABLE_ONEDNN_OPTS'])\n"
    (tmp_path / "asking.py").write_text((tmp_path / "seed.py").read_text() + ask)
    assert "value 1" in told(tmp_path, "asking.py")
    (tmp_path / "first.py").write_text(
        "import os\nos.environ['TF_ENABLE_ONEDNN_OPTS'] = '0'\nimport asking\n"
    )
    assert "value 0" in told(tmp_path, "first.py")


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("start", ["script", "module", "imported", "notebook", "pytest"])
def test_converted_it_needs_no_variable(tmp_path: Path, start: str) -> None:
    """With the channels last it runs where oneDNN is off, as on a processor that has it not."""
    files, command = CONVERTED[start]
    migrated(tmp_path, files, "channels_last")
    assert not any("ONEDNN" in path.read_text() for path in tmp_path.rglob("*.py"))
    assert ("1 passed" if start == "pytest" else TELLS) in told(
        tmp_path, *command, TF_ENABLE_ONEDNN_OPTS="0"
    )


CONVERTED: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "script": ({"seed.py": program()}, ("seed.py",)),
    "module": ({"app/__init__.py": "", "app/seed.py": program()}, ("-m", "app.seed")),
    "imported": ({"seed.py": program(), "use.py": "import seed\n"}, ("use.py",)),
    "notebook": ({"seed.ipynb": notebook(program())}, ("-c", RUN_NOTEBOOK)),
    "pytest": (
        {"seed.py": program(), "test_seed.py": TEST},
        ("-m", "pytest", "-q", "-p", "no:cacheprovider"),
    ),
}
