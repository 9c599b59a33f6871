"""Runs in these tests keep their cache to themselves."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder of a test."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("KERASMIG_CACHE_DIR", str(folder))
    return folder
