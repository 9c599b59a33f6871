"""One verification run for all tests that need its results: starting the workers takes seconds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from kerasmig.verify import Pair, VerifyReport, VerifySettings, verify_trees
from tests.verify.pairs import LAYERS, MUTATIONS, NEW_IMPORTS, OLD_IMPORTS, RIGHT, module, mutants


def write_trees(root: Path, files: Mapping[str, tuple[str, str]]) -> tuple[Path, Path]:
    """Old and new trees with these files (name → old text, new text)."""
    for name, texts in files.items():
        for side, text in zip(("old", "new"), texts, strict=True):
            path = root / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return root / "old", root / "new"


def write_bodies(bodies: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Old and new text of a file with one builder a body."""
    return (
        module(OLD_IMPORTS, {name: old for name, (old, _) in bodies.items()}),
        module(NEW_IMPORTS, {name: new for name, (_, new) in bodies.items()}),
    )


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory) -> VerifyReport:
    """The report on all pairs of `tests.verify.pairs`, at level training."""
    root = tmp_path_factory.mktemp("pairs")
    files = {
        "layers.py": write_bodies(LAYERS),
        "right.py": write_bodies(RIGHT),
    }
    for base in RIGHT:
        wrong = {name: texts for name, texts in mutants().items() if MUTATIONS[name][0] == base}
        files[f"mutants_{base}.py"] = write_bodies(wrong)
    old, new = write_trees(root, files)
    seed = int(os.environ.get("KERASMIG_TEST_SEED", "0"))
    settings = VerifySettings(level="training", time_limit=240, seed=seed)
    return verify_trees(old, new, settings=settings)


def pair_named(report: VerifyReport, name: str) -> Pair:
    """The one pair of this name."""
    found = [pair for pair in report.pairs if pair.name == name]
    assert len(found) == 1, f"{name}: {[p.name for p in report.pairs]} {report.skipped}"
    return found[0]
