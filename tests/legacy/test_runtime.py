"""The real Keras 1.2.2 on today's TensorFlow: each program runs once, each check is a test."""

from __future__ import annotations

import functools
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest

from kerasmig.legacy.install import ensure
from kerasmig.legacy.run import run_script

pytestmark = pytest.mark.slow
PROGRAMS = Path(__file__).parent / "programs"

FEATURES: dict[str, Any] = {
    "identity": ["1.2.2", "1.15.5", "tensorflow", "multiply"],
    "seed_case": [
        [[None, 1, 32, 10], 20490, [1, 32, 10]],
        [[None, 10, 32, 32], 650, [10, 32, 32]],
    ],
    "forked_children_work": [0, 0],
    "training_learns": [True, True],
    "a_saved_model_comes_back": True,
    "saved_weights_come_back": True,
    "attributes_and_values_of_h5py": ["name", "näme", ["a", "bc"], [0, 1, 2]],
    "configurations_come_back": 2,
    "merging": [[2, 3], [2, 3], [2, 6], [2, 3], [2, 3], [2, 1], [2, 1, 1], [2, 2]],
    "every_optimizer_steps": [True] * 8,
    "every_loss_is_finite": [],
    "callbacks_and_generators": [".csv", ".h5"],
    "a_stateful_network_forgets_on_reset": [False, True],
    "sessions_set_by_programs": True,
    "kernels_are_flipped": [[8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0], True],
    "pictures_are_resized_to_nearest_pixels": [
        [4, 4], [[40, 50, 60, 70], [120, 130, 140, 150]],
    ],
    "float64_is_float64": ["float64", "1.0e-12"],
    "reset_forgets": ["convolution2d_1", "convolution2d_1", 1e-7, "tf"],
    # The counts of the published models.
    "applications": {
        "ResNet50 tf": 25636712,
        "InceptionV3 tf": 23660968,
        "Xception tf": 22910480,
        "VGG16 tf": 138357544,
        "ResNet50 th": 25636712,
    },
    "the_summary_reads_as_it_did": [
        "(None, 6, 6, 4)", "(None, 6, 6, 4)", "(None, 144)", "(None, 2)",
    ],
    "no_other_keras_hides_in_tensorflow": [
        "AttributeError", "ModuleNotFoundError", "AttributeError",
    ],
    "downloads_go_to_our_cache": True,
    "names_of_2016": [[["a", "b"], None, None, [1]], True, float("inf")],
}  # fmt: skip
LAYERS = {
    "Convolution2D valid": [2, 4, 7, 5],
    "Convolution2D same": [2, 5, 8, 5],
    "Convolution3D same": [2, 6, 4, 5, 5],
    "Deconvolution2D": [2, 18, 16, 4],
    "TimeDistributed Convolution2D": [2, 4, 7, 6, 3],
    "GlobalAveragePooling3D": [2, 2],
    "LSTM gpu": [2, 3],
    "Bidirectional": [2, 6],
    "Cropping1D": [2, 5, 4],
}


@functools.cache
def results(program: str) -> dict[str, dict[str, Any]]:
    """Run a program with a cache and a home folder of its own, and read what it found."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        legacy = ensure()
        (home := Path(folder, "home")).mkdir()
        patch.setenv("KERASMIG_LEGACY_PATH", str(legacy))
        patch.setenv("KERASMIG_CACHE_DIR", str(Path(folder, "cache")))
        patch.setenv("HOME", str(home))
        patch.setenv("KERAS_BACKEND", "theano")  # left over in a shell; must not matter
        answers = Path(folder, "answers.json")
        if (code := run_script(PROGRAMS / f"{program}.py", [str(answers)])) != 0:
            return {"ended with": {"error": str(code)}}  # once, not again for every test
        found: dict[str, dict[str, Any]] = json.loads(answers.read_text(encoding="utf-8"))
        found["home"] = {"result": [path.name for path in home.iterdir()]}
        return found


@pytest.mark.parametrize("name", FEATURES)
def test_feature(name: str) -> None:
    answer = results("features").get(name, results("features"))
    assert answer.get("result", answer.get("error")) == FEATURES[name]


def test_every_feature_is_looked_at() -> None:
    assert results("features").keys() - {"home"} == FEATURES.keys()


def test_the_home_folder_stays_untouched() -> None:
    assert results("features")["home"]["result"] == []


def test_every_layer_builds_and_predicts_in_both_orderings() -> None:
    answers = results("layers")
    # Names of the failed ones with their tracebacks.
    assert {name: answer["error"] for name, answer in answers.items() if "error" in answer} == {}
    assert len(answers) > 60


@pytest.mark.parametrize("name", LAYERS)
def test_output_shape_of_layer(name: str) -> None:
    assert results("layers")[name] == {"result": LAYERS[name]}


def test_a_script_runs_as_python_would_run_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "old project"
    folder.mkdir()
    (folder / "nets.py").write_text("NB_FILTER = 3\n")
    (folder / "tensorflow.py").write_text("raise SystemExit('shadowed')\n")
    script = folder / "train.py"
    script.write_text(
        "import json, pickle, sys\n"
        "import keras, nets\n"
        "class Settings(object):\n"
        "    pass\n"
        "pickle.loads(pickle.dumps(Settings()))\n"
        "print(json.dumps([__name__, sys.argv[1:], sys.path[0], nets.NB_FILTER,\n"
        "                  keras.backend.image_dim_ordering(), __file__]))\n"
        "def fail(): raise ValueError('of the script')\n"
        "fail()\n"
    )
    assert run_script(script, ["--epochs", "2"], "th") == 1
    out, err = capfd.readouterr()
    assert json.loads(out) == [
        "__main__", ["--epochs", "2"], str(folder), 3, "th", str(script),
    ]  # fmt: skip
    assert re.findall(r'File "(.*?)", line (\d+)', err) == [(str(script), "9"), (str(script), "8")]
    assert err.endswith("ValueError: of the script\n")


def test_the_exit_code_of_a_script_is_passed_on(tmp_path: Path) -> None:
    script = tmp_path / "stop.py"
    script.write_text("import os, signal, sys\nos.kill(os.getpid(), signal.SIGTERM)\n")
    assert run_script(script) == 128 + 15


def test_a_missing_library_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text(
        "raise ModuleNotFoundError('no', name='tensorflow')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    script = tmp_path / "train.py"
    script.write_text("print('not reached')")
    assert run_script(script) == 1
    out, err = capfd.readouterr()
    assert "tensorflow is not installed" in err and "kerasmig[verify]" in err
    assert "Traceback" not in err and "not reached" not in out
    shutil.rmtree(tmp_path / "tensorflow")
