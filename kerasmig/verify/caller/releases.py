"""What a machine verifies with: machines that work together must have the same."""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from kerasmig import __version__

LIBRARIES = ("keras", "numpy", "scipy", "h5py", "pillow", "distributed")


@functools.cache
def releases() -> dict[str, str]:
    """The releases of kerasmig, Python and the libraries that results hang on."""
    tensorflow = _version("tensorflow") or _version("tensorflow-cpu")
    return {
        "kerasmig": f"{__version__} ({_code()})",
        "python": sys.version.split()[0],
        "tensorflow": tensorflow,
        **{name: _version(name) for name in LIBRARIES},
    }


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What another machine has otherwise, as words; empty if it is all the same."""
    return ", ".join(
        f"{name} {there.get(name) or 'is not installed'} where the client has {release or 'none'}"
        for name, release in here.items()
        if there.get(name) != release
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _code() -> str:
    """A mark of kerasmig's own code for programs, which a release alone does not tell in a clone."""
    root = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        found.update(f"{path.relative_to(root).as_posix()}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:12]
