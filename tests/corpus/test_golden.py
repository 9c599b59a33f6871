"""Upgrading the corpus gives exactly the migration that stands beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kerasmig.finding import DataFormat
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from tests.corpus.cases import load_cases

CORPUS = Path(__file__).parents[2] / "corpus"
CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_migration_is_the_expected_one(case: object, tmp_path: Path) -> None:
    case_name = case.name  # type: ignore[attr-defined]
    folder = tmp_path / case_name
    shutil.copytree(CORPUS / "legacy" / case_name, folder)
    project = Project(tuple(sorted(folder.rglob("*.py"))), UpgradeSettings())
    run = project.upgrade()
    assert [file.error for file in run.files if file.error] == []
    project.write(run, None)
    found = {p.relative_to(folder): p.read_text() for p in sorted(folder.rglob("*.py"))}
    expected = CORPUS / "migrated" / case_name
    wanted = {p.relative_to(expected): p.read_text() for p in sorted(expected.rglob("*.py"))}
    assert sorted(found) == sorted(wanted)
    for name, text in wanted.items():
        assert found[name] == text, f"{name} differs"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict_is_the_labelled_one(case: object) -> None:
    name, label = case.name, case.verdict  # type: ignore[attr-defined]
    folder = CORPUS / "legacy" / name
    run = Project(tuple(sorted(folder.rglob("*.py"))), UpgradeSettings()).upgrade()
    formats = {verdict.data_format for file in run.files for verdict in file.verdicts}
    if label == "none":
        assert formats == set()
    elif label == "mixed":
        assert formats >= {DataFormat.CHANNELS_FIRST} or len(formats) > 1
    else:
        assert formats == {DataFormat(label)}
