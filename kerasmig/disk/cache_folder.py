"""Where the legacy runtime keeps its files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

CACHE_VARIABLE = "KERASMIG_CACHE_DIR"


class NoHome(OSError):
    """A user without a home folder; the message says what to set."""


def cache_folder() -> Path:
    """The folder for everything that kerasmig may fetch or compute again; it need not exist yet.

    ``KERASMIG_CACHE_DIR`` names it; otherwise it is ``kerasmig`` in the platform's cache folder
    (``XDG_CACHE_HOME`` or ``~/.cache``, ``~/Library/Caches``, ``%LOCALAPPDATA%``).

    Raises:
        NoHome: the user has no home folder, and nothing names another.
    """
    try:
        if chosen := os.environ.get(CACHE_VARIABLE):
            return Path(chosen).expanduser().absolute()
        return _platform_cache() / "kerasmig"
    except RuntimeError as error:
        raise NoHome(
            f"there is no home folder: set {CACHE_VARIABLE} to a folder of yours"
        ) from error


def _platform_cache() -> Path:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    # The XDG specification has relative values ignored.
    xdg = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return xdg if xdg.is_absolute() else Path.home() / ".cache"
