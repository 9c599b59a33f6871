"""What ``keras1_compat`` does in training, with given weights, and when models are saved.

That its layers compute what Keras 1's did is shown in ``tests/catalog/test_layers.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kerasmig.compat import compat_names, compat_source
from tests.compat.behaviour_worker import LAYERS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("compat")
    (folder / "keras1_compat.py").write_text(compat_source(compat_names()), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.compat.behaviour_worker", folder],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    results: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return results


@pytest.mark.parametrize("name", LAYERS)
def test_layer_survives_saving_and_loading(name: str, outcome: dict[str, Any]) -> None:
    assert outcome[f"saved {name}"] == pytest.approx([0, 0], abs=1e-6)


def test_weights_of_keras_1_are_held_in_todays_layout(outcome: dict[str, Any]) -> None:
    assert outcome["weights"] == dict.fromkeys(outcome["weights"], True)
    assert len(outcome["weights"]) == 6


def test_word_dropout_drops_whole_words_and_scales_the_rest(outcome: dict[str, Any]) -> None:
    found = outcome["word dropout"]
    assert found["values"] == [0.0, 1.3333]
    assert found["alike"] is True
    assert found["dropped"] == pytest.approx(0.25, abs=0.05)
    assert found["inference"] == 0


def test_initialisers_written_for_keras_1_work(outcome: dict[str, Any]) -> None:
    found = outcome["initialisers"]
    assert found["deviation"] == pytest.approx(0.01, rel=0.05)
    assert found["ordering"] == ["tf"]
    assert found["bias"] == [0.0] * 3 + [1.0] * 3 + [0.0] * 6


def test_activity_penalty_is_a_sum_over_the_batch(outcome: dict[str, Any]) -> None:
    assert outcome["penalties"]["new"] == pytest.approx(0.01 * 4 * 5)
    assert outcome["penalties"]["none"] == 0
    assert outcome["penalties"]["old"] == pytest.approx(0.01 * 4 * 5 * 4)


def test_adapters_move_the_axis_of_a_kernel_constraint(outcome: dict[str, Any]) -> None:
    found = outcome["constraint axes"]
    assert found == {
        "first": 3,
        "by name": 3,
        "several": [2, 0, 1],
        "volumes": 4,
        "last": 0,
        "given": 0,
    }


def test_ends_of_all_kinds_of_models(outcome: dict[str, Any]) -> None:
    found = outcome["ends"]
    assert found["outputs"] == [[None, 3]] * 3
    assert found["inputs"] == [[None, 2]] * 3


def test_what_is_no_model_resets_itself(outcome: dict[str, Any]) -> None:
    assert outcome["ends"]["resets"] == 1


def test_file_names_of_models(outcome: dict[str, Any]) -> None:
    assert outcome["ends"]["files"] == ["net.keras", "net.h5", "net.keras", "net.keras"]


def test_patterns_find_what_is_saved_today_where_it_is(outcome: dict[str, Any]) -> None:
    none, old, models, weights = outcome["ends"]["patterns"]
    assert (none, old) == ("w.*.hdf5", "w.*.hdf5")
    assert (models, weights) == ("w.*.keras", "w.*.weights.h5")


def test_copies_under_another_ending_are_loaded(outcome: dict[str, Any]) -> None:
    assert outcome["ends"]["copied"] == [3.0, 3.0, 3.0]


def test_weights_are_read_that_were_saved_last(outcome: dict[str, Any]) -> None:
    """A temporary file is there before the weights are saved beside it, so both is common."""
    none, old, both, new, whole = outcome["ends"]["weights"]
    assert (none, old, both, new) == (
        "net.weights.h5",
        "net.h5",
        "net.weights.h5",
        "net.weights.h5",
    )
    assert whole == "best.keras"


def test_models_are_restored_with_their_lambdas(outcome: dict[str, Any]) -> None:
    assert outcome["ends"]["restored"] == [[2.0, 2.0], [2.0, 2.0]]
