"""The steps of the GitHub action, run as GitHub's shell runs them: ``bash -eo pipefail``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LEGACY = "import keras\nx = keras.layers.Dense(output_dim=3)\ny = keras.layers.Nothing()\n"

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the action runs in bash")


def _run(tmp_path: Path, **environment: str) -> tuple[int, str, str]:
    """Exit code, output and step summary of the action's own step."""
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (step,) = (step for step in action["runs"]["steps"] if "run" in step)
    assert step["shell"] == "bash"
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, line in (
        ("pip", "exit 0"),
        ("kerasmig", f'exec "{sys.executable}" -m kerasmig "$@"'),
    ):
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    summary = tmp_path / "summary.md"
    script = tmp_path / "step.sh"
    script.write_text(step["run"])
    given = {
        "COMMAND": "check",
        "TARGET": "src",
        "BASELINE": "",
        "BASE": "",
        "SHARD": "",
        "VERSION": "kerasmig",
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=tmp_path,
        env={
            **os.environ,
            **given,
            **environment,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(summary),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, summary.read_text() if summary.exists() else ""


def test_findings_are_shown_and_fail_the_step(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "net.py").write_text(LEGACY)
    code, out, summary = _run(tmp_path)
    assert code == 1
    assert "::error file=src/net.py,line=3" in out
    assert "KM102" in summary
    assert json.loads((tmp_path / "kerasmig.json").read_text())["run"]


def test_nothing_found_passes(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "net.py").write_text("from keras.layers import Dense\nx = Dense(3)\n")
    code, out, summary = _run(tmp_path)
    assert code == 0
    assert "::error" not in out
    assert summary


def test_a_wrong_command_and_a_missing_path_are_told(tmp_path: Path) -> None:
    code, out, _ = _run(tmp_path, COMMAND="chek")
    assert code == 2
    assert "::error title=kerasmig::command must be check or verify" in out
    shutil.rmtree(tmp_path / "tools")
    code, out, _ = _run(tmp_path, TARGET="none")
    assert code == 2
    assert "::error title=kerasmig::kerasmig check ended with 2" in out


def test_known_findings_pass_and_new_ones_fail(tmp_path: Path) -> None:
    (tmp_path / "my src").mkdir()
    (tmp_path / "my src" / "net.py").write_text(LEGACY)
    known = ["check", "my src", "--baseline", "known.json", "--update-baseline"]
    subprocess.run([sys.executable, "-m", "kerasmig", *known], cwd=tmp_path, check=True)
    assert _run(tmp_path, TARGET="my src", BASELINE="known.json")[0] == 0
    shutil.rmtree(tmp_path / "tools")
    (tmp_path / "my src" / "net.py").write_text(LEGACY + "z = keras.layers.Never()\n")
    code, out, _ = _run(tmp_path, TARGET="my src", BASELINE="known.json")
    assert code == 1 and "line=4" in out and "line=3" not in out


def test_what_an_upgrade_does_by_itself_is_left_to_do(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "net.py").write_text(LEGACY.rpartition("y =")[0])
    code, out, summary = _run(tmp_path)
    assert code == 1 and "::notice file=src/net.py,line=2" in out
    assert "to make with `kerasmig upgrade`" in summary


@pytest.mark.slow
def test_a_mismatch_is_shown_and_fails_the_step(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    net = "from keras.models import Sequential\nfrom keras.layers import Dense\n"
    (tmp_path / "src" / "net.py").write_text(
        net + "model = Sequential()\nmodel.add(Dense(output_dim=3, input_dim=4))\n"
    )
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["add", "src"], ["commit", "-qm", "old"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    (tmp_path / "src" / "net.py").write_text(
        net.replace("import Dense", "import Dense, Input")
        + "model = Sequential([Input((4,)), Dense(5)])\n"
    )
    code, out, summary = _run(tmp_path, COMMAND="verify", BASE="HEAD")
    assert code == 1
    assert "::error file=" in out and "mismatch" in out
    assert "mismatch" in summary
