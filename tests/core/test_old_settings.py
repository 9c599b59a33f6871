"""What still chooses Theano or Python 2, in code and beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasmig.finding import Applicability
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from tests.rewrite.helpers import check_manual, upgrade

CODE = "from keras.layers import Dense\nlayer = Dense(3, init='uniform')\n"


@pytest.mark.parametrize(
    ("name", "line", "new"),
    [
        ("Dockerfile", "ENV KERAS_BACKEND theano", "ENV KERAS_BACKEND tensorflow"),
        ("Dockerfile", "FROM python:2.7", "FROM python:3.11"),
        ("run.sh", "export KERAS_BACKEND=theano", "export KERAS_BACKEND=tensorflow"),
        ("run.sh", "THEANO_FLAGS=device=gpu python a.py", "python a.py"),
        ("run.sh", "python2 a.py", "python3 a.py"),
        ("README.md", "`KERAS_BACKEND=cntk python a.py`", "`KERAS_BACKEND=tensorflow python a.py`"),
        ("Makefile", "\tKERAS_BACKEND=theano python a.py", "KERAS_BACKEND=tensorflow python a.py"),
        (".travis.yml", "  - KERAS_BACKEND=theano", "- KERAS_BACKEND=tensorflow"),
        ("README.md", "pip install keras==1.2.2", "pip install 'keras>=3.8'"),
        ("Dockerfile", "RUN pip install Theano==0.9.0", "RUN pip install 'tensorflow>=2.18'"),
        ("keras.json", '{"backend": "theano"}', '{"backend": "tensorflow"}'),
    ],
)
def test_lines_beside_the_code(tmp_path: Path, name: str, line: str, new: str) -> None:
    (tmp_path / "a.py").write_text(CODE)
    (tmp_path / name).write_text(line + "\n")
    project = Project((tmp_path / "a.py",), UpgradeSettings())
    (found,) = project.requirements((tmp_path,), project.upgrade(), update=False)
    (finding,) = found.findings
    assert (finding.code, finding.applicability) == ("KM607", Applicability.MANUAL)
    assert f"write {new}" in finding.message
    assert found.new == found.old


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("run.sh", "KERAS_BACKEND=tensorflow python a.py"),
        ("README.md", "It ran on Theano in 2016."),
        ("README.md", "pip install keras"),
        ("keras.json", '{"backend": "tensorflow"}'),
    ],
)
def test_lines_that_may_stay(tmp_path: Path, name: str, line: str) -> None:
    (tmp_path / "a.py").write_text(CODE)
    (tmp_path / name).write_text(line + "\n")
    project = Project((tmp_path / "a.py",), UpgradeSettings())
    assert project.requirements((tmp_path,), project.upgrade(), update=False) == []


@pytest.mark.parametrize(
    "line",
    [
        "os.environ['KERAS_BACKEND'] = {}",
        "os.environ.setdefault('KERAS_BACKEND', {})",
        "os.environ.update(KERAS_BACKEND={})",
        "os.putenv('KERAS_BACKEND', {})",
        "subprocess.call(command, env={{'KERAS_BACKEND': {}}})",
        "env = dict(os.environ, KERAS_BACKEND={})",
    ],
)
def test_backend_in_code(line: str) -> None:
    code = upgrade("import os, subprocess\n" + line.format("'theano'") + "\n" + CODE).new
    assert line.format("'tensorflow'") in code


def test_backend_by_a_name_is_reported() -> None:
    source = "import os\nBACKEND = 'theano'\nos.environ['KERAS_BACKEND'] = BACKEND\n" + CODE
    check_manual(source, "KM607", "write 'tensorflow'")
