"""Trees of old code to upgrade, and the command line run in this process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from kerasmig.cli import main

LEGACY = Path(__file__).parents[2] / "corpus" / "legacy"

OLD = """# a comment
from keras.models import Sequential
from keras.layers import Convolution2D

model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode='same', dim_ordering='th',
                        input_shape=(1, 28, 28)))  # caf\xe9
"""


def variants() -> dict[str, bytes]:
    """The same old program in the encodings and newlines that real trees have."""
    latin = "# -*- coding: latin-1 -*-\n" + OLD
    mixed = OLD.replace("\n", "\r\n", 3)
    return {
        "plain.py": OLD.encode(),
        "bom.py": b"\xef\xbb\xbf" + OLD.encode(),
        "crlf.py": OLD.replace("\n", "\r\n").encode(),
        "crlf_bom.py": b"\xef\xbb\xbf" + OLD.replace("\n", "\r\n").encode(),
        "cr.py": OLD.replace("\n", "\r").encode(),
        "mixed.py": mixed.encode(),
        "latin.py": latin.encode("latin-1"),
        "bare.py": OLD.rstrip("\n").encode(),
        "bare_star.py": (OLD + "from keras.layers.convolutional import *").encode(),
        "tabs.py": ("if True:\n\t" + OLD.replace("\n", "\n\t").rstrip("\t")).encode(),
        "feed.py": OLD.replace("\nmodel = ", "\n\f\nmodel = ").encode(),
        "sp ace/na\u00efve.py": OLD.encode(),
        "empty.py": b"",
        "other.py": b"print 'python 2, but none of our business'\n",
    }


def write_tree(root: Path, files: dict[str, bytes]) -> None:
    """Write files by their relative names."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def read_tree(root: Path) -> dict[str, bytes]:
    """The contents of all files, without git's and kerasmig's own."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {".git", ".kerasmig"} & set(path.relative_to(root).parts)
    }


def stamps(root: Path) -> dict[str, tuple[int, int, int]]:
    """What a write would change: time, size and inode of everything in a tree."""
    found = {}
    for path in sorted(root.rglob("*")):
        state = path.lstat()
        found[path.relative_to(root).as_posix()] = (state.st_mtime_ns, state.st_size, state.st_ino)
    return found


@dataclass(frozen=True)
class Ran:
    """What a run of the command line gave."""

    code: int
    out: bytes
    err: str


def run(folder: Path, *arguments: str) -> Ran:
    """Run kerasmig in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(main, arguments)
    finally:
        os.chdir(before)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout_bytes, result.stderr)
