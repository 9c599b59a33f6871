"""Answers for files that a program reads and that are not there: data, mostly. In workers.

Arrays are answered with arrays, text with a few lines; whatever else is read becomes a stand-in,
which takes what is done with it. Only reads by the program's own code are answered: libraries must be told the truth.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from kerasmig.verify.program.datasets import missing_array
from kerasmig.verify.program.inert import Inert
from kerasmig.verify.program.tables import LINES, table

_NAMES = 10
_ARRAYS = ("load", "loadtxt", "genfromtxt")  # of numpy
# Functions that read a file, or make something of what has been read.
_READERS = (
    ("json", ("load", "loads")),
    ("pickle", ("load", "loads")),
    ("yaml", ("load", "safe_load", "full_load")),
    ("scipy.io", ("loadmat",)),
    ("scipy.io.wavfile", ("read",)),
    ("PIL.Image", ("open",)),
)


def install(root: str, ordering: str, note: Callable[[str], None]) -> None:
    """Answer reads of missing files by code under `root`.

    Args:
        root: folder of the user's code.
        ordering: how images in missing arrays are laid out.
        note: told what was answered.
    """

    def told(path: Any) -> None:
        note(f"stand-in for missing file {os.fspath(path)!s}")

    def of_program(frame: FrameType) -> bool:
        return frame.f_code.co_filename.startswith(root)

    def stand_in(path: Any) -> Any:
        return Inert()

    numpy = importlib.import_module("numpy")
    for name in _ARRAYS:
        _replace(numpy, name, lambda path: missing_array(path, ordering, seed=0), told, None)
    for module_name, names in _READERS:
        try:
            module = importlib.import_module(module_name)
        except ImportError:
            continue
        for name in names:
            _replace(module, name, stand_in, told, of_program)
    _replace(os, "listdir", lambda path: [str(i) for i in range(_NAMES)], told, of_program)
    _answer_open(told, of_program)
    _answer_hdf5(told, of_program)


def _replace(
    module: Any,
    name: str,
    answer: Callable[[Any], Any],
    told: Callable[[Any], None],
    applies: Callable[[FrameType], bool] | None,
) -> None:
    original = getattr(module, name)

    def read(source: Any = ".", *args: Any, **kwargs: Any) -> Any:
        if applies is not None and not applies(sys._getframe(1)):
            return original(source, *args, **kwargs)
        if isinstance(source, Inert):
            return answer(source)
        try:
            return original(source, *args, **kwargs)
        except FileNotFoundError:
            told(source)
            return answer(source)

    setattr(module, name, read)


class _Text(str):
    """Text of Python 2, which may be decoded once more."""

    def decode(self, *args: Any, **kwargs: Any) -> str:
        return str(self)


class _Lines(io.StringIO):
    def read(self, *args: Any) -> str:
        return _Text(super().read(*args))

    def readline(self, *args: Any) -> str:  # type: ignore[override]
        return _Text(super().readline(*args))

    def readlines(self, *args: Any) -> list[str]:  # type: ignore[override]
        return [_Text(line) for line in super().readlines(*args)]

    def __next__(self) -> str:  # type: ignore[override]
        return _Text(super().__next__())


def missing_text(path: Any, source: str = "") -> _Lines | Inert:
    """A text file that is not there: lines of numbers, which are words, too.

    A table has the columns that `source`, the code that reads it, asks for; other lines have two words
    each. What has a structure of its own (a configuration, a description of a model) is a stand-in.
    """
    suffix = os.path.splitext(str(path))[1].lower()
    if suffix in (".csv", ".tsv"):
        return _Lines(table(source, "," if suffix == ".csv" else "\t"))
    if suffix in (".txt", ".list", ".lst", ".dat", ".data"):
        return _Lines("".join(f"{line} {line}\n" for line in range(LINES)))
    return Inert()


def _source(frame: FrameType, read: Callable[..., Any]) -> str:
    """The text of the file whose code runs in a frame."""
    with contextlib.suppress(OSError, ValueError), read(frame.f_code.co_filename, "rb") as stream:
        return str(stream.read().decode("utf-8", "replace"))
    return ""


def _answer_open(told: Callable[[Any], None], applies: Callable[[FrameType], bool]) -> None:
    original = builtins.open

    def open_(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if not applies(sys._getframe(1)):
            return original(file, mode, *args, **kwargs)
        if isinstance(file, Inert):
            return Inert()
        try:
            return original(file, mode, *args, **kwargs)
        except FileNotFoundError:
            if not _only_reads(mode):
                raise
            told(file)
            if "b" in mode:
                return Inert()
            return missing_text(os.fspath(file), _source(sys._getframe(1), original))

    builtins.open = open_


def _answer_hdf5(told: Callable[[Any], None], applies: Callable[[FrameType], bool]) -> None:
    """h5py opens files by a class, which others ask objects about: it has to stay that class."""
    try:
        file_class: Any = importlib.import_module("h5py").File
    except ImportError:
        return

    def new(cls: Any, name: Any = "", mode: Any = "r", *args: Any, **kwargs: Any) -> Any:
        if applies(sys._getframe(1)):
            if isinstance(name, Inert):
                return Inert()
            if isinstance(name, (str, os.PathLike)) and _only_reads(mode):
                if not os.path.exists(name):
                    told(name)
                    return Inert()
        return object.__new__(cls)

    file_class.__new__ = staticmethod(new)


def _only_reads(mode: Any) -> bool:
    return isinstance(mode, str) and set(mode).isdisjoint("wax+")
