"""Modules that a program wants: the project's own, and those that are not there."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kerasmig.verify.program import standins
from kerasmig.verify.program.inert import Inert

Run = Callable[[str, str], dict[str, object]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a text as a file of the project; the project's modules are forgotten afterwards."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = set(sys.modules)
    standins.install(str(tmp_path) + "/", lambda name: None, ())

    def execute(name: str, text: str) -> dict[str, object]:
        importlib.invalidate_caches()
        names: dict[str, object] = {}
        exec(compile(text, str(tmp_path / name), "exec"), names)
        return names

    yield execute
    for name in set(sys.modules) - before:
        del sys.modules[name]


def write(root: Path, name: str, text: str = "") -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_module_beside_the_script_is_found_from_a_package(tmp_path: Path, run: Run) -> None:
    write(tmp_path, "helpers_of_the_project.py", "NUMBER = 3")
    write(tmp_path, "other/helpers_of_the_project.py", "NUMBER = 4")
    names = run("nets/deep.py", "from helpers_of_the_project import NUMBER")
    assert names["NUMBER"] == 3


def test_module_that_only_one_folder_has_is_found(tmp_path: Path, run: Run) -> None:
    write(tmp_path, "lib/only_here/__init__.py", "NUMBER = 5")
    assert run("examples/train.py", "from only_here import NUMBER")["NUMBER"] == 5


def test_missing_module_of_the_project_gets_a_stand_in(tmp_path: Path, run: Run) -> None:
    write(tmp_path, "own_package/__init__.py")
    names = run("train.py", "from own_package.data_sets import load")
    assert isinstance(names["load"], Inert)


def test_docopt_is_answered_from_the_text(tmp_path: Path, run: Run) -> None:
    text = "from docopt import docopt\ntold = docopt('usage: a.py <data> [--n=<n>]', ['x'])"
    names = run("train.py", text)
    assert names["told"] == {"<data>": "x", "--n": None}


@pytest.mark.parametrize("name", ["keras1_compat", "own_package.keras1_compat"])
def test_the_compat_module_gets_none(tmp_path: Path, run: Run, name: str) -> None:
    write(tmp_path, "own_package/__init__.py")
    with pytest.raises(ModuleNotFoundError):
        run("train.py", f"from {name} import hard_sigmoid")
