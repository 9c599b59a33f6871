"""Every layer of Keras 1.2.2 and what kerasmig makes of it in Keras 3 compute the same.

The cases come from the catalog (`layer_cases`); the same weights and inputs go to both. One process
per library runs them all.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kerasmig import upgrade_source
from kerasmig.compat import compat_names, compat_source
from kerasmig.finding import Applicability
from tests.catalog.layer_cases import Case, cases
from tests.catalog.layer_workers import ADAPTED

CASES = cases()
ADAPTED_CASES = [
    case
    for case in CASES[::3]
    if case.adapted and not case.refused_by_keras1 and not case.refused_by_kerasmig
]
TOLERANCE = 1e-4
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each side made of each case, and what kerasmig said of it."""
    folder = tmp_path_factory.mktemp("layers")
    (folder / "keras1_compat.py").write_text(compat_source(compat_names()), encoding="utf-8")
    refused = {}
    rows = []
    for case in CASES:
        result = upgrade_source(case.source)
        rows.append({**dataclasses.asdict(case), "migrated": result.code})
        manual = [f.message for f in result.findings if f.applicability is Applicability.MANUAL]
        if manual:
            refused[case.name] = "; ".join(manual)
    for case in ADAPTED_CASES:
        name = case.name + ADAPTED
        rows.append({**dataclasses.asdict(case), "name": name, "migrated": case.adapted})
    (folder / "cases.json").write_text(json.dumps(rows), encoding="utf-8")
    for side in ("old", "new"):
        subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.catalog.layer_workers", side, folder],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            check=True,
            timeout=400,
        )
    sides = {
        side: pickle.loads((folder / f"{side}.pickle").read_bytes()) for side in ("old", "new")
    }
    return {"refused": refused, **sides}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_layer_computes_the_same(case: Case, outcome: dict[str, dict[str, Any]]) -> None:
    refused = outcome["refused"].get(case.name, "")
    old = outcome["old"][case.name]
    if case.refused_by_keras1:
        assert case.refused_by_keras1 in old["error"]
        return
    if case.refused_by_kerasmig:
        assert case.refused_by_kerasmig in refused
        return
    assert not refused
    assert "error" not in old, old["error"]
    _assert_equal(case, old, outcome["new"][case.name])


@pytest.mark.parametrize("case", ADAPTED_CASES, ids=lambda case: case.name)
def test_adapter_makes_the_same_layer(case: Case, outcome: dict[str, dict[str, Any]]) -> None:
    _assert_equal(case, outcome["old"][case.name], outcome["new"][case.name + ADAPTED])


def _assert_equal(case: Case, old: dict[str, Any], new: dict[str, Any]) -> None:
    assert "error" not in new, new["error"]
    assert new["shape"] == old["shape"]
    assert new["params"] == old["params"]
    here = case.compared
    np.testing.assert_allclose(new["output"][here], old["output"][here], rtol=0, atol=TOLERANCE)
    assert new["penalty"] == pytest.approx(old["penalty"], rel=1e-4, abs=1e-6)


def test_at_least_400_cases_were_computed_by_both(outcome: dict[str, dict[str, Any]]) -> None:
    computed = [name for name, new in outcome["new"].items() if "output" in new]
    assert len(computed) >= 400


def test_outputs_and_penalties_are_not_trivial(outcome: dict[str, dict[str, Any]]) -> None:
    """An output of zeros everywhere would hide every difference."""
    new = [result for result in outcome["new"].values() if "output" in result]
    flat = [result for result in new if float(np.ptp(result["output"])) < 1e-6]
    assert len(flat) == 0
    assert sum(result["penalty"] > 0 for result in new) > 40
