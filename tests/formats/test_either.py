"""What is said of models that handle both orderings: which one they will have, and how to change it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kerasmig.cli.commands import main

NET = """\
from keras import backend as K
from keras.layers import Convolution2D, Input
from keras.models import Model


def net(rows=12, cols=16):
    if K.image_dim_ordering() == 'th':
        image = Input((3, rows, cols))
    else:
        image = Input((rows, cols, 3))
    return Model(image, Convolution2D(4, 3, 3)(image))


model = net()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "net.py").write_text(NET)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path


def told(*options: str) -> str:
    done = CliRunner().invoke(main, ["check", "--no-cache", *options, "."])
    assert done.exit_code in (0, 1), done.output
    return done.stdout


def test_the_default_is_told(folder: Path) -> None:
    text = told()
    assert ": net: it handles both, and today runs channels_last here" in text
    assert "image_data_format is not set in $KERAS_HOME/keras.json" in text
    assert "keras.config.set_image_data_format('channels_first')" in text
    assert "--data-format channels_first" in text


@pytest.mark.parametrize("value", ["channels_first", "channels_last"])
def test_the_setting_of_the_person_is_told(folder: Path, value: str) -> None:
    settings = json.dumps({"image_data_format": value})
    (folder / "home" / "keras.json").write_text(settings)
    assert f"today runs {value} here (image_data_format in $KERAS_HOME/keras.json)" in told()


@pytest.mark.parametrize("text", ["{", "[]", '{"image_data_format": "th"}', '{"floatx": "x"}'])
def test_a_file_of_settings_that_tells_nothing(folder: Path, text: str) -> None:
    (folder / "home" / "keras.json").write_text(text)
    assert "today runs channels_last here" in told()


def test_a_program_that_sets_it_itself(folder: Path) -> None:
    (folder / "project" / "main.py").write_text(
        "from keras import backend as K\nK.set_image_dim_ordering('th')\n"
        "from net import net\nnet().summary()\n"
    )
    text = told()
    assert "today runs channels_first here (the program sets image_data_format" in text
    assert "set_image_data_format('channels_last')" in text


def test_json_and_html_say_it_too(folder: Path) -> None:
    run = json.loads(told("--output-format", "json"))["run"]
    (verdict,) = run["files"][0]["verdicts"]
    assert verdict["data_format"] == "either"
    assert "today runs channels_last here" in verdict["runs"]
    assert "today runs channels_last here" in told("--output-format", "html")


def test_nothing_is_said_of_other_models(folder: Path) -> None:
    (folder / "project" / "net.py").write_text(
        NET.replace("if K.image_dim_ordering() == 'th':", "if True:")
    )
    assert "today runs" not in told()
