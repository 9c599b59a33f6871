"""The compat module is taken along by what installs the project, or its author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings

NET = "from keras.layers import LSTM\nlayer = LSTM(3, input_dim=2)\n"


def _told(folder: Path, *files: Path) -> list[str]:
    project = Project(tuple(files), UpgradeSettings())
    run = project.upgrade()
    assert any(path.endswith("keras1_compat.py") for path in run.extra_files)
    found = project.requirements((folder,), run, update=False)
    return [f.message for result in found for f in result.findings if f.code == "KM609"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "setup.py",
            "from setuptools import setup\nsetup(name='n', packages=['nets'])\n",
            "py_modules=[",
        ),
        ("setup.cfg", "[options]\npackages = nets\n", "py_modules = keras1_compat"),
        ("pyproject.toml", '[tool.setuptools]\npackages = ["nets"]\n', "py-modules = ["),
        ("pyproject.toml", '[tool.poetry]\nname = "nets"\n', "include ="),
    ],
)
def test_a_module_beside_packages_is_left_out(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    package = tmp_path / "nets"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "net.py").write_text(NET)
    (tmp_path / "main.py").write_text("from nets.net import layer\n")
    (tmp_path / name).write_text(text)
    files = (package / "__init__.py", package / "net.py", tmp_path / "main.py")
    (message,) = _told(tmp_path, *files)
    assert words in message
    (tmp_path / name).write_text(text + "# keras1_compat\n")
    assert _told(tmp_path, *files) == []


def test_a_project_that_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nline-length = 100\n")
    assert _told(tmp_path, tmp_path / "net.py") == []
