"""The environment of programs under verification: what Python and the libraries need, no secrets."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from kerasmig.disk.cache_folder import CACHE_VARIABLE, cache_folder

_KEPT = frozenset(
    "PATH LANG LANGUAGE TZ PYTHONPATH PYTHONHOME PYTHONUTF8 PYTHONIOENCODING PYTHONNOUSERSITE "
    "PYTHONCOERCECLOCALE VIRTUAL_ENV CONDA_PREFIX CONDA_DEFAULT_ENV LD_LIBRARY_PATH "
    "DYLD_LIBRARY_PATH TMPDIR TEMP TMP SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT "
    "NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE".split()
)
# Not all that begins with TF_: Terraform keeps its tokens there.
_KEPT_BEGINNINGS = tuple(
    "LC_ KERASMIG_ TF_CPP_ TF_ENABLE_ TF_NUM_ TF_USE_ TF_GPU_ TF_XLA_ TF_DETERMINISTIC_ XLA_ OMP_ "
    "MKL_ OPENBLAS_ NUMEXPR_".split()
)


def program_environment(home: Path, given: Iterable[str]) -> dict[str, str]:
    """The variables for a worker and its programs.

    Args:
        home: made, empty: what a program finds at HOME.
        given: names, or ``NAME=value``, to be passed on besides.
    """
    home.mkdir(exist_ok=True)
    found = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _KEPT or name.startswith(_KEPT_BEGINNINGS)
    }
    found |= {"HOME": str(home), "USERPROFILE": str(home), CACHE_VARIABLE: str(cache_folder())}
    for item in given:
        name, equals, value = item.partition("=")
        if equals:
            found[name] = value
        elif name in os.environ:
            found[name] = os.environ[name]
    return found
