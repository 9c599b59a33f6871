"""The README's main job: the whole corpus is rewritten, verified, and matches in every model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus.cases import load_cases

ROOT = Path(__file__).parents[2]


def verified(*options: str) -> dict[str, object]:
    command = [sys.executable, "-m", "kerasmig", "upgrade", "corpus/legacy", "--diff", "--verify"]
    done = subprocess.run(
        [*command, *options, "--output-format", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.stdout, done.stderr
    document: dict[str, object] = json.loads(done.stdout)
    return document


@pytest.fixture(scope="module")
def report() -> dict[str, object]:
    return verified("--level", "outputs")  # the whole programs are below


@pytest.mark.slow
def test_every_model_matches(report: dict[str, object]) -> None:
    verify = report["verify"]
    assert isinstance(verify, dict)
    others = [
        (pair["place"], pair["ordering"], pair["status"], pair["reason"])
        for pair in verify["pairs"]
        if pair["status"] != "match"
    ]
    assert others == []
    assert verify["skipped"] == []
    assert len(verify["pairs"]) >= 48


@pytest.mark.slow
def test_shapes_and_parameters_are_those_on_record(report: dict[str, object]) -> None:
    verify = report["verify"]
    assert isinstance(verify, dict)
    found = {
        (Path(pair["place"]["file"]).name, pair["params_old"], pair["params_new"])
        for pair in verify["pairs"]
    }
    recorded = {
        (model.file, model.params)
        for case in load_cases()
        if case.era == 1
        for model in case.models
        if "(" not in model.expression or model.expression.endswith("()")
    }
    seen = {(name, old) for name, old, _ in found}
    assert all(old == new for _, old, new in found)
    assert len(recorded & seen) >= 0.8 * len(recorded)


@pytest.mark.slow
@pytest.mark.exhaustive
def test_no_program_is_called_different() -> None:
    verify = verified("--no-cache")["verify"]
    assert isinstance(verify, dict)
    others = [
        (pair["place"]["file"], pair["reason"], pair["first_difference"])
        for pair in verify["pairs"]
        if pair["status"] == "mismatch"
    ]
    assert others == []
    programs = [p for p in verify["pairs"] if p["place"]["kind"] == "program"]
    assert sum(pair["status"] == "match" for pair in programs) >= 10
