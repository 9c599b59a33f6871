"""The plan: which files are run and how builders are called."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from kerasmig.verify.caller.call_sites import CallSites
from kerasmig.verify.caller.plan import make_plan, sites_of_tree, working_folder

BUILDER = "from keras.models import Sequential\ndef build(n, m=2):\n    return Sequential()\n"


def write(root: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (root / f"{name}.py").write_text(text)
    return sorted(f"{name}.py" for name in files)


def test_call_sites_bring_what_names_are_bound_to(tmp_path: Path) -> None:
    files = write(
        tmp_path,
        net=BUILDER,
        use="from net import build\nN = 7\ndef main():\n    k = N + 1\n    build(k, m=N)\n",
    )
    plan = make_plan(tmp_path, files, only=None, models=(), skip=())
    (program,) = plan.programs
    (call,) = program.builders[0].calls
    assert call.arguments == "k, m=N"
    assert (call.constants["N"], call.constants["k"]) == ("7", "N + 1")


def test_explicit_models_set_arguments_of_calls_and_scripts(tmp_path: Path) -> None:
    files = write(tmp_path, net=BUILDER, train=BUILDER)
    models = ["net.py:build(512, m=3)", "train.py --size 3"]
    plan = make_plan(tmp_path, files, only=None, models=models, skip=())
    net, train = plan.programs
    assert net.builders[0].explicit
    assert net.builders[0].calls[0].arguments == "512, m=3"
    assert train.argv == ("--size", "3")


@pytest.mark.parametrize("model", ["nowhere.py:build()", "net.py:build(1,,)"])
def test_explicit_model_that_cannot_be_is_refused(tmp_path: Path, model: str) -> None:
    files = write(tmp_path, net=BUILDER)
    with pytest.raises(ValueError, match="models = "):
        make_plan(tmp_path, files, only=None, models=[model], skip=())


def test_skipped_and_unreadable_files_are_listed(tmp_path: Path) -> None:
    files = write(tmp_path, net=BUILDER, old="import keras\nprint 'x'\n")
    plan = make_plan(tmp_path, files, only=None, models=(), skip=["net*"])
    assert not plan.programs
    reasons = {skip.file: skip for skip in plan.skipped}
    assert reasons["old.py"].unreadable
    assert "skipped by setting" in reasons["net.py"].reason


def test_files_of_interest_only(tmp_path: Path) -> None:
    files = write(tmp_path, a=BUILDER, b=BUILDER)
    plan = make_plan(tmp_path, files, only=["b.py"], models=(), skip=())
    assert [program.file for program in plan.programs] == ["b.py"]


def test_call_sites_bring_defaults_and_unpacked_names() -> None:
    tree = ast.parse(
        "def main(shape=(8, 9, 3), depth=4):\n"
        "    rows, columns = 5, 6\n"
        "    height, width, _ = shape\n"
        "    return build(rows, height, depth)\n"
    )
    (call,) = CallSites({"train.py": tree}).of("build")
    bound = {"rows": "5", "columns": "6", "height": "shape[0]", "width": "shape[1]"}
    assert bound.items() <= call.constants.items()
    assert call.constants["shape"] == "(8, 9, 3)" and call.constants["depth"] == "4"


def test_each_file_is_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        f"net{i}.py": f"from keras.models import Sequential\ndef build{i}(n):\n    return Sequential()\nbuild{i}({i})\n"
        for i in range(8)
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    parsed: list[str] = []
    real = ast.parse

    def spy(text: str, *args: Any, **kwargs: Any) -> Any:
        parsed.append(text)
        return real(text, *args, **kwargs)

    monkeypatch.setattr(ast, "parse", spy)
    plan = make_plan(tmp_path, sorted(files), only=None, models=(), skip=())
    assert [b.calls[0].arguments for p in plan.programs for b in p.builders] == [*"01234567"]
    assert sorted(parsed) == sorted(files.values())
    parsed.clear()
    sites = sites_of_tree(tmp_path)
    assert [sites.of(f"build{i}")[0].arguments for i in range(8)] == [*"01234567"]
    assert sorted(parsed) == sorted(files.values())


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("open('data/words.txt')", "examples"),
        ("load('net.h5')", "examples"),
        ("open('top.txt')", ""),  # it is there where the tree begins
        ("open('nowhere.txt')", ""),
        ("'data'", ""),  # any word
        ("open('/data/words.txt')", ""),
    ],
)
def test_a_program_is_started_where_the_files_are_that_it_names(
    tmp_path: Path, text: str, folder: str
) -> None:
    for file in ("top.txt", "examples/top.txt", "examples/data/words.txt", "examples/net.h5"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    assert working_folder(tmp_path, "examples/train.py", ast.parse(text)) == folder
    assert working_folder(tmp_path, "train.py", ast.parse(text)) == ""
