"""The old text of files that git could not give back."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


class Backups:
    """Keeps the old text of files that git could not give back.

    Args:
        root: where the folder ``.kerasmig/backup`` goes.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.folder = root / ".kerasmig" / f"backup-{name}"
        self._root = root.resolve()
        self._clean: dict[Path, frozenset[str] | None] = {}

    def keep(self, path: Path) -> bool:
        """Copy a file aside unless git has it as it is; whether a copy was made."""
        if self._in_git(path):
            return False
        resolved = path.resolve()
        relative = (
            resolved.relative_to(self._root)
            if resolved.is_relative_to(self._root)
            else Path(*resolved.parts[1:])
        )
        target = self.folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        ignore = self.folder.parent / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
        shutil.copy2(path, target)
        return True

    def _in_git(self, path: Path) -> bool:
        folder = path.resolve().parent
        if folder not in self._clean:
            self._clean[folder] = _clean_files(folder)
        clean = self._clean[folder]
        return clean is not None and path.resolve().name in clean


def _clean_files(folder: Path) -> frozenset[str] | None:
    """Names in a folder that git has committed as they are; ``None`` outside git."""
    try:
        tracked = _git(folder, "ls-files", "-z", ".")
        changed = _git(folder, "diff", "--name-only", "--relative", "-z", "HEAD", "--", ".")
    except (OSError, subprocess.CalledProcessError):
        return None
    return frozenset(tracked) - frozenset(changed)


def _git(folder: Path, *arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
