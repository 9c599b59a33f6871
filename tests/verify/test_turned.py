"""Verification of conversions to channels last: right ones match, wrong ones are caught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kerasmig.api import upgrade_source
from kerasmig.settings import UpgradeSettings
from kerasmig.verify import Status, VerifyReport, VerifySettings, verify_trees
from kerasmig.verify.descriptions import ModelFacts
from kerasmig.verify.models.turned import retold, turned_back, turned_shape
from tests.verify.conftest import pair_named, write_bodies, write_trees
from tests.verify.pairs import OLD_IMPORTS, module
from tests.verify.turned_pairs import CONVERSIONS, WRONG, wrong

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ((None, 3, 8, 9), (None, 8, 9, 3), True),
        ((None, 5, 3, 8, 9), (None, 5, 8, 9, 3), True),
        ((None, 3, 8, 9), (None, 9, 8, 3), False),
        ((None, 3, 8, 9), (None, 3, 9, 8), False),
        ((None, 6), (None, 6), False),
    ],
)
def test_turned_shape(old: Sequence[int | None], new: Sequence[int | None], same: bool) -> None:
    assert turned_shape(old, new) is same


def test_turned_back() -> None:
    array = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    assert any(np.array_equal(b, array) for b in turned_back(np.moveaxis(array, 1, -1)))


def test_inputs_and_outputs_are_retold() -> None:
    x = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    old: ModelFacts = {
        "input_shapes": [[None, 3, 4, 5], [None, 7]],
        "output_shapes": [[None, 3, 4, 5]],
    }
    new: ModelFacts = {
        "input_shapes": [[None, 4, 5, 3], [None, 7]],
        "output_shapes": [[None, 3, 4, 5]],
    }
    arrays = {"x0": x, "x1": np.zeros((2, 7)), "y0": x, "bx1_0": x, "w0_0": x}
    facts, moved, notes = retold(old, arrays, new)
    assert facts["input_shapes"] == [[None, 4, 5, 3], [None, 7]]
    assert moved["x0"].shape == moved["bx1_0"].shape == (2, 4, 5, 3)
    assert moved["y0"].shape == moved["w0_0"].shape == (2, 3, 4, 5)
    assert len(notes) == 1


def test_there_are_enough_wrong_ones() -> None:
    assert len(wrong()) >= 25


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> VerifyReport:
    files = {"right.py": write_bodies(CONVERSIONS), "wrong.py": write_bodies(wrong())}
    old, new = write_trees(tmp_path_factory.mktemp("turned"), files)
    return verify_trees(old, new, settings=VerifySettings(level="outputs", time_limit=240))


@pytest.mark.slow
@pytest.mark.parametrize("name", CONVERSIONS)
def test_right_conversion_matches(report: VerifyReport, name: str) -> None:
    pair = pair_named(report, f"right.py:{name}")
    assert pair.status is Status.MATCH, (pair.reason, pair.first_difference)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_wrong_conversion_is_caught(report: VerifyReport, name: str) -> None:
    pair = pair_named(report, f"wrong.py:{name}")
    assert pair.status is Status.MISMATCH, (pair.status, pair.reason)


def compiled(body: str) -> str:
    """The body of a builder that compiles its model."""
    before, _, made = body.rstrip("\n").rpartition("return ")
    return f"{before}made = {made}\nmade.compile('sgd', 'mse')\nreturn made\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> VerifyReport:
    """The right conversions and some wrong ones, compiled: two steps of training are compared."""
    pairs = CONVERSIONS | {name: wrong()[name] for name in WRONG_IN_TRAINING}
    bodies = {name: (compiled(old), compiled(new)) for name, (old, new) in pairs.items()}
    files = {"trained.py": write_bodies(bodies)}
    old, new = write_trees(tmp_path_factory.mktemp("trained"), files)
    return verify_trees(old, new, settings=VerifySettings(level="training", time_limit=240))


WRONG_IN_TRAINING = ("softmax_along_pixels", "depth_and_rows_swapped")


@pytest.mark.slow
@pytest.mark.exhaustive
def test_converted_models_train_as_they_did(trained: VerifyReport) -> None:
    for name in CONVERSIONS:
        pair = pair_named(trained, f"trained.py:{name}")
        assert pair.status is Status.MATCH, (name, pair.reason, pair.first_difference)
        assert pair.training is not None and pair.training.steps >= 2, name
    for name in WRONG_IN_TRAINING:
        assert pair_named(trained, f"trained.py:{name}").status is Status.MISMATCH, name


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, VerifyReport]:
    """What becomes of every program of corpus/layout, without and with its data."""
    found = {}
    for with_data in (False, True):
        root = tmp_path_factory.mktemp(f"corpus_{with_data}")
        settings = UpgradeSettings(layout="channels_last", with_data=with_data)
        compat: dict[str, tuple[str, str]] = {}
        files = {}
        for path in sorted((CORPUS / "layout").glob("*.py")):
            text = path.read_text()
            result = upgrade_source(text, settings)
            files[f"{path.stem}/{path.name}"] = (text, result.code)
            if result.compat:
                compat[f"{path.stem}/keras1_compat.py"] = ("", result.compat)
        old, new = write_trees(root, files | compat)
        for name in compat:
            (old / name).unlink()
        found[with_data] = verify_trees(
            old,
            new,
            files=sorted(files),
            orderings=dict.fromkeys(files, ("th",)),
            settings=replace(VerifySettings(level="outputs", time_limit=240), turned=with_data),
        )
    return found


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("with_data", [False, True])
def test_conversions_of_the_corpus_compute_the_same(
    corpus: dict[bool, VerifyReport], with_data: bool
) -> None:
    report = corpus[with_data]
    wrong = [(p.name, p.status, p.reason) for p in report.pairs if p.status is not Status.MATCH]
    assert not wrong
    assert len(report.pairs) >= 40


def test_right_conversions_are_what_is_written() -> None:
    """The bodies above are the converter's own, but for the spelling."""
    for name, (old, new) in CONVERSIONS.items():
        code = upgrade_source(
            module(OLD_IMPORTS, {name: old}), UpgradeSettings(layout="channels_last")
        ).code
        body = code.partition(f"def {name}():")[2]
        assert body.count("Permute(") == new.count("Permute("), (name, body)
        assert "channels_first" not in body
