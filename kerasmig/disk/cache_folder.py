"""Where the legacy runtime keeps its files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CACHE_VARIABLE = "KERASMIG_CACHE_DIR"


def cache_folder() -> Path:
    """The folder for everything that kerasmig may fetch or compute again; it need not exist yet.

    ``KERASMIG_CACHE_DIR`` names it; otherwise it is ``kerasmig`` in the platform's cache folder
    (``XDG_CACHE_HOME`` or ``~/.cache``, ``~/Library/Caches``, ``%LOCALAPPDATA%``).
    """
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen).expanduser().absolute()
    return _platform_cache() / "kerasmig"


def _platform_cache() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    # The XDG specification has relative values ignored.
    xdg = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return xdg if xdg.is_absolute() else Path.home() / ".cache"
