"""One verification run for all tests that need its results: starting the workers takes seconds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from kerasmig.verify import Pair, VerifyReport, VerifySettings, verify_trees
from kerasmig.verify.settings import LEVELS
from tests.verify.pairs import (
    LAYERS,
    NEW_IMPORTS,
    OLD_IMPORTS,
    RIGHT,
    files_of_mutants,
    module,
    mutants,
)


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


def pairs_files(*, wrong: bool = True) -> dict[str, tuple[str, str]]:
    """All pairs of `tests.verify.pairs` as files; without the wrong ones if so wanted."""
    files = {
        "layers.py": write_bodies(LAYERS),
        "right.py": write_bodies(RIGHT),
    }
    if wrong:
        together: dict[str, dict[str, tuple[str, str]]] = {}
        for name, file in files_of_mutants().items():
            together.setdefault(file, {})[name] = mutants()[name]
        files |= {file: write_bodies(bodies) for file, bodies in together.items()}
    return files


def check(root: Path, level: str, seed: int, *, wrong: bool = True) -> VerifyReport:
    """The report on all pairs."""
    old, new = write_trees(root, pairs_files(wrong=wrong))
    return verify_trees(old, new, settings=VerifySettings(level=level, time_limit=240, seed=seed))


@pytest.fixture(scope="session")
def by_level(tmp_path_factory: pytest.TempPathFactory) -> dict[str, VerifyReport]:
    """The reports on all pairs by level; each difference says at which level it is seen.

    `KERASMIG_TEST_LEVELS="shapes outputs training"` runs the lower levels by themselves, too.
    """
    seed = int(os.environ.get("KERASMIG_TEST_SEED", "0"))
    levels = os.environ.get("KERASMIG_TEST_LEVELS", "training").split()
    assert set(levels) <= set(LEVELS) and "training" in levels
    return {
        level: check(tmp_path_factory.mktemp(f"pairs_{level}"), level, seed) for level in levels
    }


@pytest.fixture(scope="session")
def checked(by_level: dict[str, VerifyReport]) -> VerifyReport:
    """The report on all pairs at level training."""
    return by_level["training"]


def pair_named(report: VerifyReport, name: str) -> Pair:
    """The one pair of this name."""
    found = [pair for pair in report.pairs if pair.name == name]
    assert len(found) == 1, f"{name}: {[p.name for p in report.pairs]} {report.skipped}"
    return found[0]
