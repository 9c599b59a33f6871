"""The photographs of both libraries equal the libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def _live(which: str) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "kerasmig.surface", which],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )
    live: dict[str, Any] = json.loads(run.stdout)
    return live


def _photograph(which: str) -> dict[str, Any]:
    text = resources.files("kerasmig.catalog").joinpath(f"{which}.json").read_text("utf-8")
    photograph: dict[str, Any] = json.loads(text)
    return photograph


def test_keras1() -> None:
    assert _live("keras1") == _photograph("keras1")


def test_keras3_still_has_all_that_the_catalog_was_made_with() -> None:
    """Names and arguments of the photographed version are there; later versions may add more."""
    live, photograph = _live("keras3"), _photograph("keras3")
    if live["version"] == photograph["version"]:
        assert live == photograph
    assert set(photograph["names"]) - set(live["names"]) == set()
