"""`upgrade --convert-files`: files that the code names are converted beside the old ones."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner

from kerasmig.cli.commands import main
from kerasmig.oldfiles.named import named_files
from tests.oldfiles.seeds import MODEL
from tests.oldfiles.test_reading import kernel, weights
from tests.rewrite.helpers import upgrade

HEAD = "from keras.models import Sequential, load_model, model_from_json\n"
NET = HEAD + (
    "from keras.layers import Convolution2D\nm = Sequential()\n"
    "m.add(Convolution2D(8, 3, 3, input_shape=(9, 9, 5), dim_ordering='tf', name='{}'))\n"
)
PAIRS = (("net.h5", "net.keras"), ("runs/w.h5", "runs/w.weights.h5"), ("a.json", "a.keras3.json"))


def new(source: str) -> str:
    return upgrade(HEAD + source + "m.fit(x, y, nb_epoch=2)\n", converted=PAIRS).new


def test_code_is_pointed_to_the_new_files() -> None:
    assert "m = load_model('net.keras')" in new("m = load_model('net.h5')\n")
    assert "m.load_weights('runs/w.weights.h5')" in new("W = 'runs/w.h5'\nm.load_weights(W)\n")
    source = "m = model_from_json(open('a.json').read())\n"
    assert "load_keras1_json(open('a.keras3.json').read())" in new(source)


def test_by_name_and_other_files_stay_with_the_loader() -> None:
    source = "m.load_weights('runs/w.h5', by_name=True)\nm.load_weights('other.h5')\n"
    assert "load_keras1_weights(m, 'runs/w.h5', by_name=True)" in new(source)
    assert "load_keras1_weights(m, 'other.h5')" in new(source)


def test_only_files_that_are_there_are_taken(tmp_path: Path) -> None:
    (tmp_path / "here.h5").write_bytes(b"")
    text = "m.load_weights('here.h5')\nm.load_weights('away.h5')\n"
    found = named_files([(tmp_path / "p.py", text)], [])
    assert [(n.literal, n.path) for n in found] == [("here.h5", tmp_path / "here.h5")]


@pytest.mark.parametrize("name", ["convolution2d_1", "conv"])
def test_weights_are_converted_where_their_layers_are_certain(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    weights(tmp_path / "w.h5", kernel(name, 3, 3, 5, 8, filters=8))
    Path("p.py").write_text(NET.format(name) + "m.load_weights('w.h5')\n")
    done = CliRunner().invoke(main, ["upgrade", ".", "--convert-files", "--no-cache", "-j1"])
    assert done.exit_code == 0, done.output
    text = Path("p.py").read_text()
    if name == "conv":  # the arrays would fit a Deconvolution2D as well: the loader sees the model
        assert "load_keras1_weights(m, 'w.h5')" in text
        return
    assert "m.load_weights('w.weights.h5')" in text
    with h5py.File("w.weights.h5") as file:
        assert file["layers/conv2d/vars/0"].shape == (3, 3, 5, 8)
    with h5py.File("w.h5") as file:
        assert np.asarray(file[name][f"{name}_W"]).shape == (3, 3, 5, 8)


def test_nothing_is_converted_for_a_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text(json.dumps(MODEL))
    source = "m = model_from_json(open('a.json').read())\nm.fit(x, y, nb_epoch=2)\n"
    Path("p.py").write_text(HEAD + source)
    done = CliRunner().invoke(main, ["upgrade", ".", "--convert-files", "--diff", "--no-cache"])
    assert "+m = load_keras1_json(open('a.keras3.json').read())" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "p.py"]
