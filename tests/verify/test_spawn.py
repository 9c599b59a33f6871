"""Systems that cannot fork: each program gets an interpreter of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasmig.verify import Status, VerifySettings, verify_trees
from tests.verify.conftest import write_trees

_BUILD = """
from keras.models import Sequential
from keras.layers import Dense{more}
def build():
    model = Sequential()
    {first}
    return model
m = build()
"""


@pytest.mark.slow
@pytest.mark.exhaustive
def test_without_fork_a_program_is_verified_all_the_same(tmp_path: Path) -> None:
    old = _BUILD.format(more="", first="model.add(Dense(3, input_dim=4))")
    new = _BUILD.format(more=", Input", first="model.add(Input((4,)))\n    model.add(Dense(3))")
    trees = write_trees(tmp_path, {"net.py": (old, new)})
    report = verify_trees(*trees, settings=VerifySettings(level="outputs", fork=False, jobs=1))
    assert [pair.status for pair in report.pairs] == [Status.MATCH], report.skipped
    assert report.pairs[0].params_old == report.pairs[0].params_new == 15
    assert report.versions["keras_old"] == "1.2.2" and report.versions["keras_new"] >= "3"
