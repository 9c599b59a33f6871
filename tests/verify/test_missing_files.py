"""Reads of files that are not there."""

# ruff: noqa: SIM115

from __future__ import annotations

import builtins
import csv
import json
import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kerasmig.verify.program import missing_files
from kerasmig.verify.program.inert import Inert


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    notes: list[str] = []
    for module, names in (
        (builtins, ("open",)),
        (os, ("listdir",)),
        (np, ("load", "loadtxt", "genfromtxt")),
        (json, ("load", "loads")),
        (pickle, ("load", "loads")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name))
    for module_name, names in missing_files._READERS:
        if (found := sys.modules.get(module_name)) is not None:
            for name in names:
                monkeypatch.setattr(found, name, getattr(found, name))
    monkeypatch.setattr(missing_files, "_answer_hdf5", lambda told, applies: None)
    missing_files.install(__file__, "tf", notes.append)
    yield notes


def test_arrays_text_and_what_else_is_read(told: list[str]) -> None:
    assert np.load("images.npy").shape[1:] == (64, 64, 3)
    assert isinstance(json.load(open("words.json")), Inert)
    assert isinstance(pickle.load(open("words.pkl", "rb")), Inert)
    with open("questions.txt") as lines:
        words = lines.read().decode("utf8").splitlines()  # type: ignore[attr-defined]
    assert len(set(words)) == len(words) > 10
    head, *rows = csv.reader(open("log.csv"))
    assert {len(row) for row in rows} == {len(head)} and float(rows[0][3]) == 3.0
    assert isinstance(open("net.cfg"), Inert)
    assert len(os.listdir("classes")) == 10
    assert [note.rpartition(" ")[2] for note in told] == [
        "images.npy",
        "words.json",
        "words.pkl",
        "questions.txt",
        "log.csv",
        "net.cfg",
        "classes",
    ]


def test_what_is_there_is_read_and_what_is_to_be_written_is_not_made_up(
    told: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "there.json"
    with open(path, "w") as stream:
        json.dump({"a": 1}, stream)
    assert json.load(open(path)) == {"a": 1} and os.listdir(tmp_path) == ["there.json"]
    with pytest.raises(FileNotFoundError):
        open(tmp_path / "nowhere" / "log.txt", "w")
    assert told == []


def test_libraries_are_told_the_truth(told: list[str]) -> None:
    library: dict[str, Any] = {"open": open}
    with pytest.raises(FileNotFoundError):
        exec(compile("open('nowhere.txt')", "library.py", "exec"), library)
