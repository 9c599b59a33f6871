"""Where the compat modules of a run belong, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from kerasmig.disk.find import shown_path
from kerasmig.finding import FileResult
from kerasmig.project.marks import COMPAT_FILE
from kerasmig.project.membership import Membership
from kerasmig.project.placement import import_roots

_MAIN = re.compile(rb"\nif[ \t(]+__name__\s*==")  # begins with plain text: found fast


def compat_files(
    members: Membership, results: Sequence[FileResult]
) -> tuple[dict[str, str], dict[Path, str]]:
    """The ``keras1_compat`` modules that the new code imports, by path; and why not, by folder.

    Where one program can meet several of them, the first that it imports serves all its files:
    those of one project hold the same names.
    """
    files = members.modules.files
    names: dict[Path | None, set[str]] = {}
    places: dict[Path, set[Path | None]] = {}
    for path, result in zip(files, results, strict=True):
        if result.compat:
            project = members.marked_folder(path.parent)
            names.setdefault(project, set()).update(result.compat)
            for folder in _import_roots(members, path):
                places.setdefault(folder, set()).add(project)
    for path in files:
        if path.name == COMPAT_FILE and (project := members.marked_folder(path.parent)) in names:
            places.setdefault(path.parent, set()).add(project)
    if not places:
        return {}, {}
    from kerasmig.compat.merging import CannotMerge
    from kerasmig.project.compat_file import read_and_merged

    texts: dict[str, str] = {}
    refused: dict[Path, str] = {}
    changed = {path for path, r in zip(files, results, strict=True) if r.changed}
    for folder, projects in sorted(places.items()):
        shown = shown_path(folder / COMPAT_FILE)
        try:
            if folder / COMPAT_FILE in changed:
                raise CannotMerge(
                    "is a module of your own with Keras 1 code in it, and the new code needs "
                    "one of ours by that name: rename yours and run again"
                )
            needed = set().union(*(names[project] for project in projects))
            path = folder / COMPAT_FILE
            texts[shown] = read_and_merged(path, needed, members.modules.common_folder).text
        except (CannotMerge, OSError) as error:
            refused[folder] = f"{shown} {getattr(error, 'strerror', None) or error}"
    return texts, refused


def _import_roots(members: Membership, path: Path) -> frozenset[Path]:
    """The folders in which a file's ``from keras1_compat import ...`` finds the module."""
    modules = members.modules
    known_as = [
        name
        for user in members.imported_by.get(path, ())
        for name, found in modules.graph.imported_names(user)
        if found == path and (user.parent != path.parent or not modules.facts(user).python2)
    ]
    runs = _MAIN.search(b"\n" + modules.module(path).data) is not None
    return import_roots(path, modules.known, known_as, modules.common_folder, runs=runs)
