"""Files that the program saves, asked for by names, patterns, endings, commands and by hand."""

from __future__ import annotations

import pytest

from kerasmig.finding import Applicability
from tests.rewrite.helpers import find, upgrade

HEAD = (
    "import glob, os, shutil, subprocess\nimport h5py\nfrom keras.models import Sequential\n"
    "from keras.layers import Dense\nfrom keras.callbacks import ModelCheckpoint\n"
    "m = Sequential()\nm.add(Dense(2, input_dim=3, init='uniform'))\n"
)
WEIGHTS = "c = ModelCheckpoint('weights.{epoch:02d}.hdf5', save_weights_only=True)\n"
MODELS = "c = ModelCheckpoint('net-{epoch:02d}.hdf5')\n"


def last(source: str) -> str:
    return upgrade(HEAD + source).new.splitlines()[-1]


@pytest.mark.parametrize(
    ("saved", "asked"),
    [
        (WEIGHTS, "glob.glob('weights.*.hdf5')"),
        (WEIGHTS, "sorted(glob.iglob(os.path.join(folder, 'weights.0[1-9].hdf5')))[-1]"),
        (WEIGHTS, "glob.glob('*.hdf5')"),
        (MODELS, "glob.glob('net-*.hdf5')"),
        ("m.save_weights('fold_%d.h5' % i)\n", "glob.glob('fold_?.h5')"),
    ],
)
def test_patterns_find_todays_names(saved: str, asked: str) -> None:
    assert "(saved_pattern(" in last(saved + f"found = {asked}\n")


@pytest.mark.parametrize(
    ("saved", "asked"),
    [
        (WEIGHTS, "glob.glob('*.png')"),
        (WEIGHTS, "glob.glob('data/images*.hdf5')"),
        ("m.save_weights('w.h5')\n", "glob.glob('*.h5')"),  # finds w.weights.h5 as well
        ("", "glob.glob('weights.*.hdf5')"),
    ],
)
def test_other_patterns_stay(saved: str, asked: str) -> None:
    assert last(saved + f"found = {asked}\n") == f"found = {asked}"


def test_endings_are_both_taken() -> None:
    assert last(WEIGHTS + "found = [f for f in os.listdir('.') if f.endswith('.hdf5')]\n") == (
        "found = [f for f in os.listdir('.') if f.endswith(('.hdf5', '.weights.h5'))]"
    )
    assert "endswith(('.hdf5', '.keras'))" in last(MODELS + "found = name.endswith('.hdf5')\n")
    assert last(MODELS + "found = name.endswith('.png')\n") == "found = name.endswith('.png')"


def test_an_ending_that_is_compared_is_reported() -> None:
    result = upgrade(HEAD + WEIGHTS + "ok = os.path.splitext(f)[1] == '.hdf5'\n")
    find(result, "KM321", "ends in .weights.h5 today", Applicability.MANUAL)


@pytest.mark.parametrize("call", ["os.rename('w.h5', 'b.h5')", "os.replace('w.h5', 'b.h5')"])
def test_files_that_are_moved_have_todays_names(call: str) -> None:
    new = last(f"m.save_weights('w.h5')\n{call}\n")
    assert new == call.replace("'w.h5'", "saved_weights_path('w.h5')")


def test_a_file_that_is_opened_to_be_read() -> None:
    saved = "m.save_weights('w.h5')\n"
    assert last(saved + "d = open('w.h5', 'rb').read()\n") == (
        "d = open(saved_weights_path('w.h5'), 'rb').read()"
    )
    assert last(saved + "d = open('w.h5', 'wb')\n") == "d = open('w.h5', 'wb')"
    assert last(saved + "d = open('w.txt')\n") == "d = open('w.txt')"


@pytest.mark.parametrize("call", ["os.system('cp w.h5 /b')", "subprocess.call(['cp', 'w.h5', d])"])
def test_commands_that_name_the_file_are_reported(call: str) -> None:
    result = upgrade(HEAD + f"m.save_weights('w.h5')\n{call}\n")
    find(result, "KM321", "w.h5 is saved as w.weights.h5 today", Applicability.MANUAL)


@pytest.mark.parametrize("mode", ["", ", 'r'", ", mode='r'", ", 'r+'"])
def test_what_keras_saves_and_h5py_reads_is_reported(mode: str) -> None:
    result = upgrade(HEAD + f"m.save_weights('w.h5')\nf = h5py.File('w.h5'{mode})\n")
    find(result, "KM322", "layers/dense/vars/0", Applicability.MANUAL)


def test_a_model_that_h5py_reads_is_reported() -> None:
    result = upgrade(HEAD + "m.save('w.h5')\nf = h5py.File('w.h5', 'r')\n")
    find(result, "KM322", "layers/dense/vars/0", Applicability.MANUAL)


@pytest.mark.parametrize(
    "line",
    [
        "f = h5py.File('w.h5', 'w')",
        "f = h5py.File('w.h5', mode='w')",
        "f = h5py.File('data.h5', 'r')",
    ],
)
def test_other_files_of_h5py_stay(line: str) -> None:
    result = upgrade(HEAD + f"m.save_weights('w.h5')\n{line}\n")
    assert [f for f in result.findings if f.code == "KM322"] == []
    assert result.new.splitlines()[-1] == line


def test_path_objects_are_asked_under_todays_name() -> None:
    saved = "from pathlib import Path\np = Path('out') / 'w.h5'\nm.save_weights(str(p))\n"
    assert last(saved + "ok = p.exists()\n") == "ok = saved_weights_path(p).exists()"
    assert last(saved + "ok = q.exists()\n") == "ok = q.exists()"
    assert last(saved + "p.rename('b.h5')\n") == "saved_weights_path(p).rename('b.h5')"


@pytest.mark.parametrize(
    "asked", ["Path('.').glob('weights.*.hdf5')", "fnmatch.filter(names, '*.hdf5')"]
)
def test_patterns_of_methods_are_reported(asked: str) -> None:
    result = upgrade(HEAD + WEIGHTS + f"import fnmatch\nfrom pathlib import Path\nf = {asked}\n")
    find(result, "KM321", "write the pattern for that", Applicability.MANUAL)


def test_a_model_under_a_name_that_keras_3_does_not_take() -> None:
    source = "m.save('net.model')\nprint(os.path.exists('net.model'))\n"
    assert last(source) == "print(os.path.exists(saved_weights_path('net.model')))"
    source = "m.save('net.h5')\nprint(os.path.exists('net.h5'))\n"
    assert last(source) == "print(os.path.exists('net.h5'))"
