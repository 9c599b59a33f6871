"""The seed case, exactly: rewrite, verdict, verification, and what the old default would have done."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SEED = Path(__file__).parents[2] / "corpus" / "legacy" / "seed" / "seed.py"
NEW_LINE = (
    "shared = Conv2D(filters=10, kernel_size=(8, 8), strides=(1, 1), padding='same', "
    "activation='relu', data_format='channels_first')(inputs)\n"
)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kerasmig", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(SEED, tmp_path / "seed.py")
    return tmp_path


def test_rewrite_and_verdict(folder: Path) -> None:
    done = run(folder, "upgrade", "seed.py", "--output-format", "json")
    assert done.returncode == 0, done.stderr
    assert NEW_LINE in (folder / "seed.py").read_text()
    (file,) = json.loads(done.stdout)["run"]["files"]
    (verdict,) = file["verdicts"]
    assert verdict["data_format"] == "channels_first"
    assert 0.9 <= verdict["confidence"] < 1
    assert "32 rows × 32 columns × 1 channel" in verdict["evidence"][0]["sentence"]
    assert "1 row × 32 columns × 32 channels" in verdict["evidence"][0]["sentence"]


@pytest.mark.slow
def test_verification_as_json(folder: Path) -> None:
    done = run(folder, "upgrade", "seed.py", "--diff", "--verify", "--output-format", "json")
    assert done.returncode == 0, done.stderr
    (pair,) = json.loads(done.stdout)["verify"]["pairs"]
    assert pair["status"] == "match"
    assert pair["ordering"] == "th"
    assert pair["output_shapes_old"] == pair["output_shapes_new"] == [[None, 10, 32, 32]]
    assert pair["params_old"] == pair["params_new"] == 650
    (other,) = pair["alternatives"]
    assert other["ordering"] == "tf"
    assert other["output_shapes"] == [[None, 1, 32, 10]]
    assert other["params"] == 20_490


@pytest.mark.slow
def test_verification_in_the_terminal(folder: Path) -> None:
    done = run(folder, "upgrade", "seed.py", "--verify")
    assert done.returncode == 0, done.stderr
    assert "match  seed.py:model: (None, 10, 32, 32) on both sides, 650 parameters" in done.stdout
    told = " ".join(done.stdout.split())
    assert (
        "under Keras 1's default ordering 'tf' the old program computed (None, 1, 32, 10) with "
        "20,490 parameters, since the input was read as 1 row x 32 columns x 32 channels" in told
    )
