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
        [sys.executable, "-W", "ignore", "-m", "kerasmig.legacy.photograph", which],
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


def test_tensorflow1() -> None:
    """What is photographed as gone is gone, and what is rewritten leads to what is there."""
    import tensorflow as tf

    from kerasmig.catalog.tensorflow1 import KEPT, RENAMED
    from kerasmig.legacy.photograph import tensorflow1_surface

    def reached(path: str) -> object:
        value: object = tf
        for part in path.split("."):
            value = getattr(value, part)
        return value

    photograph, live = _photograph("tensorflow1"), tensorflow1_surface(tf)
    assert set(photograph) - set(live) == set()
    for old, new in photograph.items():
        if new:
            assert reached(f"compat.v1.{old}") is reached(new)
    for name in [*RENAMED.values(), *(f"compat.v1.{name}" for name in KEPT)]:
        assert reached(name) is not None
    for name in [*RENAMED, *KEPT]:
        assert not hasattr(tf, name)
