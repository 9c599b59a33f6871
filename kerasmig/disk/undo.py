"""Taking a run back: each file that it replaced gets its old text again."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kerasmig.disk.atomic import ChangedMeanwhile, replace
from kerasmig.disk.backups import Run
from kerasmig.disk.find import shown_path
from kerasmig.disk.history import History


class Undone(NamedTuple):
    """What came of it.

    Args:
        restored: files that have their old text again.
        removed: files that the run had made and that are gone.
        left: files that were left as they are, with the reason.
    """

    restored: tuple[str, ...]
    removed: tuple[str, ...]
    left: tuple[str, ...]


def take_back(run: Run, path: Path) -> Undone:
    """Restore the files of a run at or below a path.

    A file that was edited since the run is left alone.
    """
    around = path.resolve()
    restored: list[str] = []
    removed: list[str] = []
    left: list[str] = []
    history = History()
    for file in reversed(run.files):
        if file.path != around and around not in file.path.parents:
            continue
        shown = shown_path(file.path)
        try:
            present = file.path.read_bytes() if file.path.is_file() else None
            old = file.old(history)
            if present == old:
                continue  # the run did not come to it, or it was taken back by hand
            if present is None:
                left.append(f"{shown}: is gone")
            elif not file.as_written(present):
                left.append(f"{shown}: was edited since")
            elif file.before is None:
                file.path.unlink()
                removed.append(shown)
            elif old is None:
                left.append(f"{shown}: its old text is gone ({', '.join(file.before.values())})")
            else:
                replace(file.path, old, present)
                restored.append(shown)
        except ChangedMeanwhile:
            left.append(f"{shown}: was edited since")
        except OSError as error:
            left.append(f"{shown}: cannot be written: {error.strerror or error}")
    history.close()
    if not left and path_holds_all(run, around):
        run.forget()
    return Undone(tuple(restored), tuple(removed), tuple(left))


def path_holds_all(run: Run, around: Path) -> bool:
    """Whether all files of a run are at or below a path."""
    return all(file.path == around or around in file.path.parents for file in run.files)
