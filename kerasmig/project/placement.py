"""Where ``keras1_compat.py`` must stand, so that every file that imports it finds it.

The new code says ``from keras1_compat import ...``. What Python searches for it is the folder of
the program that runs and what stands on ``sys.path``, not the folder of the importing file: a
module of a package finds what lies beside the package, not what lies in it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path


def import_roots(
    path: Path, known: Collection[Path], imported_as: Iterable[str], inside: Path, *, runs: bool
) -> frozenset[Path]:
    """The folders that are searched for modules when a file's code runs.

    Args:
        path: the file.
        known: all files of the run, which tell what is a package.
        imported_as: the dotted names by which other files import it.
        inside: the common folder of ``known``.
        runs: whether the file is a program, too.

    Returns:
        At least one folder, none of them outside the common folder of ``known``.
    """
    module = path.with_suffix("") if path.stem != "__init__" else path.parent
    found = {
        Path(*module.parts[: -len(names)])
        for names in (tuple(name.split(".")) for name in imported_as)
        if module.parts[-len(names) :] == names
    }
    top = path.parent
    while top.name and top / "__init__.py" in known:
        top = top.parent
    if top != path.parent:
        found.add(top)
    if runs or not found:
        found.add(path.parent)
    within = {folder for folder in found if folder == inside or inside in folder.parents}
    return frozenset(within or {path.parent})


def common_folder(files: Iterable[Path]) -> Path:
    """The folder that holds all of some files."""
    return Path(os.path.commonpath([path.parent for path in files]))
