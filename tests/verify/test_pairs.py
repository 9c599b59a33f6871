"""Right migrations match in every layer kind; wrong ones are caught, with a cause."""

from __future__ import annotations

import os
from typing import Any

import pytest

from kerasmig.verify import Pair, Status, VerifyReport
from kerasmig.verify.settings import LEVELS
from tests.verify.conftest import check, pair_named
from tests.verify.pairs import LAYERS, MUTATIONS, RIGHT, files_of_mutants

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", LAYERS)
def test_weights_of_each_layer_kind_are_carried_over(checked: VerifyReport, name: str) -> None:
    pair = pair_named(checked, _outer(checked, f"layers.py:{name}"))
    assert pair.status is Status.MATCH, (pair.reason, pair.first_difference)
    assert pair.params_old == pair.params_new
    assert pair.max_abs_diff is not None
    assert pair.outputs[0].scale > 1e-3, "an output of zeros proves nothing"


@pytest.mark.parametrize("name", RIGHT)
def test_right_migration_matches_through_training(checked: VerifyReport, name: str) -> None:
    pair = pair_named(checked, f"right.py:{name}")
    assert pair.status is Status.MATCH, (pair.reason, pair.first_difference)
    if name != "spatial":  # not compiled
        assert pair.training is not None
        assert pair.training.old_losses == pytest.approx(pair.training.new_losses, rel=1e-4)


@pytest.mark.parametrize("name", MUTATIONS)
def test_wrong_migration_is_caught_at_its_level_and_not_before(
    by_level: dict[str, VerifyReport], name: str
) -> None:
    first = LEVELS.index(MUTATIONS[name][3])
    for position, level in enumerate(LEVELS):
        if level not in by_level:
            continue
        pair = mutant(by_level[level], name)
        assert pair.status is (Status.MATCH if position < first else Status.MISMATCH), level
    # Differences are listed in the order of the levels: none was seen at a lower one.
    difference = mutant(by_level["training"], name).first_difference
    assert difference is not None and difference.what
    assert difference.level == MUTATIONS[name][3]


SEEDS = [int(seed) for seed in os.environ.get("KERASMIG_TEST_SEEDS", "1").split()]


@pytest.fixture(scope="module", params=SEEDS)
def other_seed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp(f"seed_{request.param}")
    return check(root, "outputs", request.param, wrong=False)


@pytest.mark.exhaustive
def test_no_right_migration_is_a_mismatch_with_any_seed(other_seed: VerifyReport) -> None:
    wrong = [(p.name, p.reason) for p in other_seed.pairs if p.status is not Status.MATCH]
    assert len(other_seed.pairs) >= len(LAYERS) + len(RIGHT)
    assert not wrong and not other_seed.skipped


def test_first_difference_names_layer_cause_and_both_lines(checked: VerifyReport) -> None:
    pair = mutant(checked, "data_format_lost")
    difference = pair.first_difference
    assert difference is not None and difference.row is not None
    row = pair.layers[difference.row]
    assert (row.old_class, row.new_class) == ("Convolution2D", "Conv2D")
    assert "data format" in difference.likely_cause
    assert difference.old_shape == (None, 4, 4, 6)
    file = files_of_mutants()["data_format_lost"]
    assert difference.old_source is not None and difference.old_source.startswith(f"{file}:")
    assert difference.new_source is not None and difference.new_source.startswith(f"{file}:")


def test_causes_are_named(checked: VerifyReport) -> None:
    said = {name: (mutant(checked, name).first_difference or None) for name in MUTATIONS}
    expected = {
        "padding_lost": "padding",
        "stride_lost": "strides",
        "merge_axis": "merge axis",
        "merge_mode": "merge mode",
        "activation_lost": "activation",
        "recurrent_default": "recurrent activation",
        "batchnorm_axis": "axis",
    }
    for name, cause in expected.items():
        difference = said[name]
        assert difference is not None and cause in difference.likely_cause, (name, difference)


def test_other_reading_of_the_old_program_is_told(checked: VerifyReport) -> None:
    pair = pair_named(checked, "layers.py:conv2d_tf")
    (reading,) = pair.alternatives
    assert reading.ordering == "th"
    assert reading.output_shapes == ((None, 4, 4, 2),) != pair.output_shapes_old
    assert reading.params != pair.params_old


def test_places_and_versions_are_listed(checked: VerifyReport) -> None:
    assert not checked.skipped
    assert len(checked.places_reached) == len(checked.places_found)
    assert checked.versions["keras_old"] == "1.2.2"
    assert checked.exit_code == 1
    assert checked.to_json()["summary"]["mismatch"] == len(MUTATIONS)
    assert checked.to_json()["summary"]["not_verified"] == 0


def mutant(report: VerifyReport, name: str) -> Pair:
    return pair_named(report, f"{files_of_mutants()[name]}:{name}")


def _outer(report: VerifyReport, name: str) -> str:
    """Name of the pair of the returned model, where a builder makes inner models too."""
    names = [pair.name for pair in report.pairs if pair.name.startswith(name)]
    if name in names:
        return name
    return max((n for n in names if n.startswith(name + ".")), key=lambda n: _order(report, n))


def _order(report: VerifyReport, name: str) -> int:
    return [pair.name for pair in report.pairs].index(name)
