"""What Keras 1 took by name, and the value that the catalog puts in its place, mean the same."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kerasmig.catalog import values
from kerasmig.compat import compat_names, compat_source
from tests.catalog import value_workers as work

pytestmark = pytest.mark.slow
Outcome = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="session")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("values")
    (folder / "keras1_compat.py").write_text(compat_source(compat_names()), encoding="utf-8")
    for side in ("old", "new"):
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.catalog.value_workers", side,
             folder / side],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            check=True,
            timeout=200,
        )  # fmt: skip
    return {side: pickle.loads((folder / side).read_bytes()) for side in ("old", "new")}


@pytest.mark.parametrize("name", values.ACTIVATIONS)
def test_activation(name: str, outcome: Outcome) -> None:
    for old, new in zip(*(outcome[s]["activations"][name] for s in ("old", "new")), strict=True):
        np.testing.assert_allclose(new, old, atol=1e-6)


@pytest.mark.parametrize("call", work.RELU_CALLS)
def test_relu_as_a_function(call: str, outcome: Outcome) -> None:
    np.testing.assert_allclose(
        outcome["new"]["relu"][call], outcome["old"]["relu"][call], atol=1e-6
    )


@pytest.mark.parametrize("name", values.REGULARIZERS)
def test_regularizer_by_name(name: str, outcome: Outcome) -> None:
    old = outcome["old"]["regularizers"][name]
    assert outcome["new"]["regularizers"][name] == pytest.approx(old, rel=1e-5)
    assert (old > 0) == ("Regularizer" not in name)


@pytest.mark.parametrize("call", work.REGULARIZER_CALLS)
def test_regularizer_made_by_a_call(call: str, outcome: Outcome) -> None:
    old = outcome["old"]["regularizer_calls"][call]
    assert old > 0
    assert outcome["new"]["regularizer_calls"][call] == pytest.approx(old, rel=1e-5)


@pytest.mark.parametrize("name", values.CONSTRAINTS)
def test_constraint_by_name(name: str, outcome: Outcome) -> None:
    old = outcome["old"]["constraints"][name]
    assert np.abs(old - work.MATRIX).max() > 0.1
    np.testing.assert_allclose(outcome["new"]["constraints"][name], old, atol=1e-6)


@pytest.mark.parametrize("call", work.CONSTRAINT_CALLS)
def test_constraint_made_by_a_call(call: str, outcome: Outcome) -> None:
    np.testing.assert_allclose(
        outcome["new"]["constraint_calls"][call],
        outcome["old"]["constraint_calls"][call],
        atol=1e-6,
    )


@pytest.mark.parametrize("ordering", ["tf", "th"])
@pytest.mark.parametrize("axis", [str(axis) for axis in work.AXES])
def test_constraint_axis_of_a_kernel(axis: str, ordering: str, outcome: Outcome) -> None:
    np.testing.assert_allclose(
        outcome["new"]["kernel_constraints"][axis][ordering],
        outcome["old"]["kernel_constraints"][axis][ordering],
        atol=1e-6,
    )


@pytest.mark.parametrize("shape", work.FAN_SHAPES)
@pytest.mark.parametrize("ordering", ["tf", "th"])
def test_fans_of_the_compat_initialisers(
    shape: tuple[int, ...], ordering: str, outcome: Outcome
) -> None:
    new = outcome["new"]["fans"][shape, ordering]
    assert new == pytest.approx(outcome["old"]["fans"][shape, ordering])


@pytest.mark.parametrize("kind", ["initializers", "compat_initializers"])
@pytest.mark.parametrize("name", values.INITIALIZERS)
def test_initialiser_has_the_same_distribution(name: str, kind: str, outcome: Outcome) -> None:
    """Mean, deviation, bounds and tails, for a matrix and for kernels in both orderings."""
    old, new = outcome["old"]["initializers"][name], outcome["new"][kind][name]
    for case in old:
        if name == "orthogonal" and case != "dense":
            continue  # Keras 1 flattened kernels along other axes; the catalog says so
        a, b = old[case], new[case]
        assert a.shape == b.shape
        scale = float(a.std())
        if scale == 0:
            np.testing.assert_array_equal(a, b)
            continue
        error = 5 * (2 / a.size) ** 0.5  # five standard errors of a difference of two samples
        assert abs(a.mean() - b.mean()) < error * scale
        assert b.std() == pytest.approx(scale, rel=error)
        assert np.mean(np.abs(a) > 2 * scale) == pytest.approx(
            np.mean(np.abs(b) > 2 * scale), abs=0.21 * error
        )
        assert np.abs(b).max() == pytest.approx(
            np.abs(a).max(), rel=0.01 if "uniform" in name else 0.35
        )


@pytest.mark.parametrize("kind", ["initializers", "compat_initializers"])
def test_orthogonal_matrix_is_one_with_the_old_gain(kind: str, outcome: Outcome) -> None:
    for sample in (
        outcome["old"]["initializers"]["orthogonal"]["dense"],
        outcome["new"][kind]["orthogonal"]["dense"],
    ):
        np.testing.assert_allclose(sample.T @ sample, 1.21 * np.eye(sample.shape[1]), atol=1e-3)
