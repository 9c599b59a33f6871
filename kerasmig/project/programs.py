"""Which files belong to the programs that use Keras, whether or not they say its name.

``from nets import vgg; model = vgg(4); model.fit(X, Y, nb_epoch=2)``: the word never stands in the
ordinary train.py of a repository. A program is what a person starts, with every file that it
reaches: so the files that import a file with Keras, straight or through others, are programs, and
whatever those import is part of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path


def program_files(
    files: Sequence[Path],
    start: Iterable[Path],
    imported: Callable[[Path], Iterable[Path]],
) -> frozenset[Path]:
    """The files of the programs that reach a file with Keras.

    Args:
        files: all files of the run.
        start: those that use Keras by themselves.
        imported: the files that a file imports.
    """
    begin = frozenset(start)
    if not begin:
        return frozenset()
    users: dict[Path, list[Path]] = {}
    for path in files:
        for used in imported(path):
            users.setdefault(used, []).append(path)
    above = reached(begin, lambda path: users.get(path, ()))
    return reached(above, imported)


def program_around(
    path: Path,
    users: Callable[[Path], Iterable[Path]],
    imported: Callable[[Path], Iterable[Path]],
) -> frozenset[Path]:
    """The files of the programs that a file is part of.

    Args:
        users: the files that import a file; ``imported``: those that it imports.
    """
    return reached(reached([path], users), imported)


def reached(start: Iterable[Path], step: Callable[[Path], Iterable[Path]]) -> frozenset[Path]:
    """Some files and all that steps lead to from them, each visited once."""
    found = set(start)
    waiting = list(found)
    while waiting:
        new = set(step(waiting.pop())) - found
        found |= new
        waiting += new
    return frozenset(found)


def spread(
    marks: Mapping[Path, frozenset[str]], step: Callable[[Path], Iterable[Path]]
) -> dict[Path, frozenset[str]]:
    """Marks of files, and with them those of all files from which steps lead to them."""
    found = dict(marks)
    waiting = [path for path, own in marks.items() if own]
    while waiting:
        path = waiting.pop()
        for other in step(path):
            if not found[path] <= found.get(other, frozenset()):
                found[other] = found.get(other, frozenset()) | found[path]
                waiting.append(other)
    return found
