"""Whole programs with the channels last: the numbers that Keras 1.2.2 gave with the channels first.

``layouts.json`` is what the programs printed in the real Keras 1.2.2 under ``th``.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from tests.formats.programs import told

HOME = Path(__file__).parent
ANSWERS: dict[str, list[str]] = json.loads((HOME / "layouts.json").read_text(encoding="utf-8"))
CLOSE = 2e-3
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")
_FILE = re.compile(r"^### file: (\S+)\n", re.MULTILINE)


def written(name: str, folder: Path, with_data: bool) -> None:
    """The program, migrated with the channels last, in a folder."""
    parts = _FILE.split((HOME / "layouts" / f"{name}.txt").read_text(encoding="utf-8"))
    folder.mkdir()
    for file, text in zip(parts[1::2], parts[2::2], strict=True):
        (folder / file).write_text(text, encoding="utf-8")
    settings = UpgradeSettings(layout="channels_last", with_data=with_data)
    project = Project(sorted(folder.glob("*.py")), settings)
    run = project.upgrade()
    assert [file.error for file in run.files if file.error] == []
    assert project.write(run, None) == []


@pytest.fixture(scope="module", params=[False, True], ids=["models", "data"])
def answers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What all of them print, where TensorFlow has no convolution with the channels first."""
    root = tmp_path_factory.mktemp("layouts").resolve()
    for name in ANSWERS:
        written(name, root / name, request.param)
    variables = {"TF_ENABLE_ONEDNN_OPTS": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [
            sys.executable,
            str(HOME / "one_after_the_other.py"),
            *(str(root / name) for name in ANSWERS),
        ],
        cwd=root,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: found[str(root / name)] for name in ANSWERS}


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_they_tell_what_keras_1_told(name: str, answers: dict[str, str]) -> None:
    now, then = told(answers[name]), ANSWERS[name]
    assert len(now) == len(then), answers[name][-2000:]
    for line, was in zip(now, then, strict=True):
        assert _NUMBER.sub("#", line) == _NUMBER.sub("#", was)
        assert [float(n) for n in _NUMBER.findall(line)] == pytest.approx(
            [float(n) for n in _NUMBER.findall(was)], rel=CLOSE, abs=CLOSE
        )
