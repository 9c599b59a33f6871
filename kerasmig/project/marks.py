"""What stands beside code and tells something of it: read by the search, watched by the cache."""

from __future__ import annotations

import fnmatch
import re

COMPAT_FILE = "keras1_compat.py"
PROJECT_MARKS = (".git", ".hg", "setup.py", "pyproject.toml", "requirements.txt")
"""Each marks its folder as that of a project."""

TOLD_IN = ("README*", "readme*", "*.sh", "Dockerfile*", "keras.json", ".keras/keras.json")
"""Files that may tell something of the ordering, as patterns beside the code."""

_BESIDE = re.compile(
    "|".join(fnmatch.translate(pattern) for pattern in (*PROJECT_MARKS, *TOLD_IN, COMPAT_FILE))
)


def tells(name: str) -> bool:
    """Whether a result may rest on something of this name that stands beside or above the code.

    Besides the marks these are black's settings (pyproject.toml), the package that a setup.py
    names, and what an earlier run put into the compat module.
    """
    return _BESIDE.match(name) is not None
