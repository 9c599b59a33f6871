"""Results of earlier verifications: taken while nothing they rest on has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kerasmig.report.model_text import counts_line
from kerasmig.verify import Status, VerifyReport, VerifySettings, verify_trees
from kerasmig.verify.caller.kept_results import KeptResults, Tree
from kerasmig.verify.caller.session import Run
from kerasmig.verify.protocol import Program, Result

FILES = {
    "train.py": "from nets.small import (\n    build,\n)\nmodel = build()\n",
    "nets/__init__.py": "",
    "nets/small.py": "from . import sizes\nimport keras\n",
    "nets/sizes.py": "N = 3\n",
    "other.py": "import keras\nmodel.compile('sgd')\nx = K.eval(y)\n",
    "data.csv": "1,2\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def reached(folder: Path, program: str) -> list[str]:
    return [name for name, _ in Tree(folder).reach(program)]


def test_a_program_reaches_what_it_imports(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    package = ["nets/__init__.py", "nets/sizes.py", "nets/small.py"]
    assert reached(tmp_path, "train.py") == [*package, "train.py"]
    assert reached(tmp_path, "other.py") == ["other.py"]


@pytest.mark.parametrize(
    "line", ["importlib.import_module(x)", "exec(text)", "import pickle", "__import__(x)"]
)
def test_code_that_finds_other_code_reaches_all(tmp_path: Path, line: str) -> None:
    write(tmp_path, {**FILES, "other.py": f"{line}\n"})
    assert len(reached(tmp_path, "other.py")) == 5


def keeper(tmp_path: Path, settings: VerifySettings | None = None) -> KeptResults:
    trees = (tmp_path / "old", tmp_path / "new")
    return KeptResults(tmp_path / "kept", *trees, settings or VerifySettings())


def filled(keeper: KeptResults, run: Run) -> bool:
    return keeper.fill(run) == {"keras_new": "3"}


def finished(**changes: Any) -> Run:
    return replace(fresh(), old=Result(), **changes)


def fresh() -> Run:
    return Run(Program("train.py"), "tf", False)


@pytest.mark.parametrize("side", ["old", "new"])
@pytest.mark.parametrize(
    ("name", "counts"), [("nets/sizes.py", True), ("data.csv", True), ("other.py", False)]
)
def test_a_change_counts_where_the_program_can_see_it(
    tmp_path: Path, side: str, name: str, counts: bool
) -> None:
    for tree in ("old", "new"):
        write(tmp_path / tree, FILES)
    keeper(tmp_path).keep([finished()], {"keras_new": "3"})
    assert filled(keeper(tmp_path), fresh())
    (tmp_path / side / name).write_text("changed = 1\n", encoding="utf-8")
    assert filled(keeper(tmp_path), fresh()) is not counts


def test_settings_and_plan_are_part_of_the_key(tmp_path: Path) -> None:
    for tree in ("old", "new"):
        write(tmp_path / tree, FILES)
    keeper(tmp_path).keep([finished()], {"keras_new": "3"})
    assert not filled(keeper(tmp_path, VerifySettings(seed=1)), fresh())
    assert not filled(keeper(tmp_path, VerifySettings(level="shapes")), fresh())
    assert filled(keeper(tmp_path, VerifySettings(jobs=7)), fresh())
    assert not filled(keeper(tmp_path), replace(fresh(), ordering="th"))
    assert not filled(keeper(tmp_path), replace(fresh(), program=Program("train.py", argv=("3",))))


def test_what_was_stopped_is_not_kept_and_damage_does_no_harm(tmp_path: Path) -> None:
    for tree in ("old", "new"):
        write(tmp_path / tree, FILES)
    keeper(tmp_path).keep([finished(trouble={"new": "stopped after 60 s"})], {})
    assert not (list((tmp_path / "kept").iterdir()))
    keeper(tmp_path).keep([finished()], {"keras_new": "3"})
    (kept,) = (tmp_path / "kept").iterdir()
    for damaged in ("", "[]", '{"versions": 3}', json.dumps({"versions": {}, "stages": {}})):
        kept.write_text(damaged, encoding="utf-8")
        run = fresh()
        assert keeper(tmp_path).fill(run) is None and not run.kept


def verified(tmp_path: Path) -> VerifyReport:
    settings = VerifySettings(level="outputs", cache_dir=tmp_path / "kept", jobs=1)
    return verify_trees(tmp_path / "old", tmp_path / "new", settings=settings)


@pytest.mark.slow
def test_a_second_verification_runs_what_has_changed(tmp_path: Path) -> None:
    model = "from keras.models import Sequential\nfrom keras.layers import Dense\n"
    model += "model = Sequential([Dense({}, input_dim=4)])\n"
    programs = {"first.py": model.format(3), "second.py": model.format(5)}
    for tree in ("old", "new"):
        write(tmp_path / tree, programs)
    first = verified(tmp_path)
    again = verified(tmp_path)
    assert [pair.kept for pair in first.pairs] == [False, False]
    assert [replace(pair, kept=False) for pair in again.pairs] == list(first.pairs)
    assert again.versions == first.versions
    assert counts_line(again).endswith("(2 from the cache)")
    write(tmp_path / "new", {"second.py": model.format(6)})
    changed = {pair.place.file: pair for pair in verified(tmp_path).pairs}
    assert changed["first.py"].kept and changed["first.py"].status is Status.MATCH
    assert not changed["second.py"].kept and changed["second.py"].status is Status.MISMATCH
