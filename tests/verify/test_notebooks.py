"""Notebooks are run as the programs that their code cells make."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from kerasmig.old_and_new import verify_pair, verify_run
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from kerasmig.verify import VerifySettings

CELLS = [
    "%matplotlib inline\nfrom keras.models import Sequential",
    "from keras.layers import Convolution2D\nfrom sizes import FILTERS",
    "model = Sequential()\n"
    "model.add(Convolution2D(FILTERS / 2, 3, 3, input_shape=(1, 28, 28)))\nprint 'built'",
]


def write_notebook(path: Path, cells: list[str]) -> None:
    data = {
        "cells": [
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 2,
    }
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    folder.mkdir()
    write_notebook(folder / "net.ipynb", CELLS)
    (folder / "sizes.py").write_text("FILTERS = 7\n")
    return folder


@pytest.mark.slow
def test_an_upgraded_notebook_is_compared_before_it_is_written(tree: Path) -> None:
    project = Project(sorted(tree.iterdir()), UpgradeSettings())
    report = verify_run(project, project.upgrade(), VerifySettings(level="outputs"))
    (pair,) = report.pairs
    assert pair.status.value == "match", pair.reason
    assert (pair.place.name, pair.params_old) == ("net.ipynb:model", 3 * 9 + 3)
    assert [place.file for place in report.places_found] == ["net.ipynb"]


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_large_notebook_alone_in_its_folder(tree: Path) -> None:
    """Large files that are no Python are not copied, nor are folders with nothing else in them."""
    (tree / "big").mkdir()
    cells = [CELLS[0], CELLS[1].replace("from sizes import FILTERS", "FILTERS = 7"), CELLS[2]]
    write_notebook(tree / "big" / "net.ipynb", [*cells, f"data = '{'0' * 300_000}'"])
    project = Project([tree / "big" / "net.ipynb", tree / "net.ipynb"], UpgradeSettings())
    report = verify_run(project, project.upgrade(), VerifySettings(level="outputs"))
    assert [(p.place.file, p.status.value) for p in report.pairs] == [
        ("big/net.ipynb", "match"),
        ("net.ipynb", "match"),
    ]


@pytest.mark.slow
def test_two_trees_with_notebooks(tree: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    (new / "sizes.py").write_text("FILTERS = 7\n")
    cells = [
        "%matplotlib inline\nfrom keras.models import Sequential",
        "from keras.layers import Conv2D\nfrom sizes import FILTERS",
        "model = Sequential()\nmodel.add(Conv2D(FILTERS // 2, (3, 3), input_shape=(28, 28, 1)))",
    ]
    write_notebook(new / "net.ipynb", cells)

    def analyse(files: Sequence[Path]) -> Project:
        return Project(files, UpgradeSettings())

    report = verify_pair(tree, new, VerifySettings(level="outputs"), analyse=analyse)
    (pair,) = report.pairs
    assert pair.status.value == "mismatch"
    assert "input shape" in pair.reason
