"""Every backend function, optimizer, loss, metric and data utility, old against migrated."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kerasmig
from kerasmig.catalog import entries
from kerasmig.compat.select import compat_names, compat_source
from tests.catalog_api.cases import CALLS, RANDOM, STATEMENTS, UNTRIED, Case, all_cases

CASES = all_cases()
# Functions named without a call, whose path still exists in Keras 3, are not looked at yet.
Answers = Mapping[str, Mapping[str, tuple[list[Any], str]]]


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Results of all cases in both libraries; one process for each."""
    folder = tmp_path_factory.mktemp("equality")
    (folder / "keras1_compat.py").write_text(compat_source(compat_names()), encoding="utf-8")
    old = {case.name: case.source for case in CASES}
    new = {name: kerasmig.upgrade_source(source).code for name, source in old.items()}
    processes = []
    for library, programs in (("keras1", old), ("keras3", new)):
        given, found = folder / f"{library}.in", folder / f"{library}.out"
        given.write_bytes(pickle.dumps(programs))
        command = [sys.executable, "-m", "tests.catalog_api.worker", library]
        subprocess.run([*command, str(given), str(found), str(folder)], check=True, timeout=300)
        processes.append(found)
    return {path.stem: pickle.loads(path.read_bytes()) for path in processes}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_same_result(case: Case, answers: Answers) -> None:
    old, old_error = answers["keras1"][case.name]
    new, new_error = answers["keras3"][case.name]
    assert not old_error, old_error
    migrated = kerasmig.upgrade_source(case.source).code.splitlines()[-12:]
    assert not new_error, "\n".join([new_error, *migrated])
    assert len(old) == len(new)
    for before, after in zip(old, new, strict=True):
        if before.dtype.kind in "US":
            assert str(before).removesuffix("_ref") == str(after)
        else:
            assert before.shape == after.shape
            np.testing.assert_allclose(
                after.astype("float64"),
                before.astype("float64"),
                rtol=case.tolerance,
                atol=case.tolerance,
                err_msg="\n".join(migrated),
            )


def test_every_backend_function_has_a_case() -> None:
    tried = {*CALLS, *RANDOM, *STATEMENTS, *UNTRIED}
    rows = {e.short for e in entries().values() if e.code == "KM501"}
    assert rows == tried


def test_the_compat_folder_is_all_a_program_needs(tmp_path: Path) -> None:
    source = compat_source(["Nadam", "HDF5Matrix", "switch"])
    imported = {line.split()[1] for line in source.splitlines() if line.startswith("import ")}
    assert imported <= {"keras", "numpy"}
