"""Whole programs keep their data format: Keras 1.2.2's answers, in the plain environment of a user."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.finding import FileResult, RunResult
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from tests.formats.programs import RECORDED, Program, programs, told

PROGRAMS = programs()
ANSWERS = json.loads(RECORDED.read_text(encoding="utf-8"))
QUICK = ("flip", "builder_and_trainer", "load_img")
"""Those that stand for the others where time is short."""


def migrated(program: Program, folder: Path) -> RunResult:
    program.write(folder)
    project = Project(sorted(folder.rglob("*.py")), UpgradeSettings())
    run = project.upgrade()
    assert [file.error for file in run.files if file.error] == []
    assert project.write(run, None) == []
    return run


def started(folder: Path, *command: str) -> str:
    """What a program says that is started with no variable of TensorFlow or Keras set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**kept, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_all_are_recorded() -> None:
    assert {program.name for program in PROGRAMS} == set(ANSWERS)
    assert len(PROGRAMS) >= 20
    assert all(ANSWERS.values())


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_second_run_changes_nothing(program: Program, tmp_path: Path) -> None:
    migrated(program, tmp_path)
    again = Project(sorted(tmp_path.rglob("*.py")), UpgradeSettings()).upgrade()
    assert [file.path for file in again.files if file.changed] == []


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_what_a_file_did_not_ask_for_changes_nothing(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To rewrite every file again, told of its programs, gives what rewriting those that asked gives."""
    program.write(tmp_path)
    files = sorted(tmp_path.rglob("*.py"))
    run = Project(files, UpgradeSettings()).upgrade()
    monkeypatch.setattr(FileResult, "rests_on", lambda result, told: False)
    every = Project(files, UpgradeSettings()).upgrade()
    assert [file.new for file in run.files] == [file.new for file in every.files]
    assert [file.findings for file in run.files] == [file.findings for file in every.files]


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_it_tells_what_keras_1_told(name: str, tmp_path: Path) -> None:
    (program,) = (p for p in PROGRAMS if p.name == name)
    migrated(program, tmp_path)
    assert told(started(tmp_path, "main.py")) == ANSWERS[name]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What all of them print, migrated, one after the other in one process."""
    root = tmp_path_factory.mktemp("programs").resolve()
    folders = {program.name: root / program.name for program in PROGRAMS}
    for program in PROGRAMS:
        folders[program.name].mkdir()
        migrated(program, folders[program.name])
    script = Path(__file__).with_name("one_after_the_other.py")
    printed = started(root, str(script), *map(str, folders.values()))
    found = json.loads(printed.splitlines()[-1])
    return {name: found[str(folder)] for name, folder in folders.items()}


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_all_tell_what_keras_1_told(program: Program, answers: dict[str, str]) -> None:
    printed = answers[program.name]
    assert told(printed) == ANSWERS[program.name], printed


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_what_is_channels_first_lets_tensorflow_compute_it(
    program: Program, tmp_path: Path
) -> None:
    """In one process the first program's variable would serve the others as well."""
    run = migrated(program, tmp_path)
    if any(file.notes.convolves for file in run.files):
        assert "TF_ENABLE_ONEDNN_OPTS" in (tmp_path / "main.py").read_text()
