"""black on touched lines only, where the project uses it."""

from __future__ import annotations

from pathlib import Path

from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings

OLD = """from keras.layers import Convolution2D, Input
x = Input(shape=(3,64,64))
y = Convolution2D(nb_filter=64, nb_row=3, nb_col=3, border_mode='same', activation='relu', name='first')(x)
untouched   = [1,2,3]
"""


def _upgraded(folder: Path) -> str:
    path = folder / "net.py"
    path.write_text(OLD)
    return Project((path,), UpgradeSettings()).upgrade().files[0].new


def test_a_project_with_black_gets_black_on_the_touched_lines(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nline-length = 60\n")
    new = _upgraded(tmp_path)
    assert "    kernel_size=(3, 3),\n" in new
    assert "untouched   = [1,2,3]\n" in new


def test_a_project_without_black_keeps_its_lines(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    assert "kernel_size=(3, 3), padding='same'" in _upgraded(tmp_path)
