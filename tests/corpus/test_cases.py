"""The corpus is whole: every program has an old form, a new form and an entry that fits both."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.corpus.cases import COMPAT, CORPUS, Case, load_cases

CASES = load_cases()
VERDICTS = {"channels_first", "channels_last", "either", "undecided", "mixed", "none"}
# Layers and keywords that only Keras 1 has. An author's own parameters may keep such names, so
# keywords count only in calls of what the file imports from Keras.
OLD_LAYERS = ("Convolution", "Deconvolution", "AtrousConvolution", "SeparableConvolution")
OLD_KEYWORDS = {
    "nb_filter",
    "nb_row",
    "nb_col",
    "border_mode",
    "subsample",
    "dim_ordering",
    "W_regularizer",
    "init",
    "bias",
    "concat_axis",
    "nb_epoch",
    "lr",
    "decay",
    "input",
    "output",
}


def _ids(case: Case) -> str:
    return case.name


every_case = pytest.mark.parametrize("case", CASES, ids=_ids)


def _programs(folder: Path) -> dict[str, ast.Module]:
    return {
        path.relative_to(folder).as_posix(): ast.parse(path.read_bytes(), str(path))
        for path in folder.rglob("*.py")
    }


def _defined(tree: ast.Module) -> set[str]:
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)}
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _from_keras(tree: ast.Module) -> dict[str, str]:
    """Local name → imported name, for what a program imports from Keras."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "keras"
        for alias in node.names
    }


@pytest.mark.parametrize("side", ["legacy", "migrated"])
def test_every_folder_has_an_entry_and_every_entry_a_folder(side: str) -> None:
    folders = {path.name for path in (CORPUS / side).iterdir() if path.is_dir()}
    assert folders == {case.name for case in CASES}


@every_case
def test_both_sides_have_the_same_files_and_parse(case: Case) -> None:
    legacy, migrated = _programs(case.legacy), _programs(case.migrated)
    assert legacy
    assert set(legacy) == set(migrated) - {COMPAT}


@every_case
def test_the_entry_fits_its_program(case: Case) -> None:
    assert case.title and case.shows and case.models
    assert case.dim_ordering in {"th", "tf", "both"}
    assert case.era in {1, 3}
    programs = _programs(case.legacy)
    for model in case.models:
        assert model.dim_ordering in {"th", "tf"}
        assert model.verdict in VERDICTS
        assert model.name in _defined(programs[model.file])
        ast.parse(model.expression, mode="eval")
        assert model.inputs and model.outputs and model.params > 0
        assert all(
            size > 0 or size == -1 for shape in model.inputs + model.outputs for size in shape
        )


@every_case
def test_a_case_for_both_orderings_gives_figures_for_both(case: Case) -> None:
    if case.dim_ordering == "both":
        measured = {(m.file, m.expression, m.dim_ordering) for m in case.models}
        assert measured == {
            (m.file, m.expression, ordering) for m in case.models for ordering in ("th", "tf")
        }


@every_case
def test_only_programs_of_today_stay_as_they_are(case: Case) -> None:
    for path in case.legacy.rglob("*.py"):
        unchanged = (
            path.read_bytes() == (case.migrated / path.relative_to(case.legacy)).read_bytes()
        )
        mentions_keras = b"keras" in path.read_bytes()
        assert unchanged == (case.era == 3 or not mentions_keras)


@every_case
def test_the_compatibility_module_is_there_exactly_where_it_is_imported(case: Case) -> None:
    imported = any(
        isinstance(node, ast.ImportFrom) and node.module == "keras1_compat"
        for tree in _programs(case.migrated).values()
        for node in ast.walk(tree)
    )
    assert (case.migrated / COMPAT).exists() == imported


@every_case
def test_nothing_of_keras_1_is_left_in_the_migrated_form(case: Case) -> None:
    for tree in _programs(case.migrated).values():
        imported = _from_keras(tree)
        assert not [name for name in imported.values() if name.startswith(OLD_LAYERS)]
        assert "merge" not in imported.values()
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in imported:
                assert not OLD_KEYWORDS & {keyword.arg for keyword in node.keywords}


def test_a_broken_entry_is_not_read(tmp_path: Path) -> None:
    broken = tmp_path / "cases.toml"
    broken.write_text('[seed]\ntitle = "t"\nshows = "s"\ndim_ordering = "th"\n', encoding="utf-8")
    with pytest.raises(KeyError, match="verdict"):
        load_cases(broken)


def test_the_seed_case_is_the_one_that_was_asked_for() -> None:
    seed = next(case for case in CASES if case.name == "seed")
    assert (seed.verdict, seed.dim_ordering) == ("channels_first", "th")
    assert seed.models[0].outputs == ((10, 32, 32),)
    assert seed.models[0].params == 650
    text = (seed.migrated / "seed.py").read_text(encoding="utf-8")
    assert (
        "Conv2D(filters=10, kernel_size=(8, 8), strides=(1, 1), padding='same', "
        "activation='relu', data_format='channels_first')" in text
    )
