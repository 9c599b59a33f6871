"""An old file as it is seen from here: found out by a process that may be lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from kerasmig.disk.processes import naming_its_starter
from kerasmig.oldfiles.configs import Config, parse_config
from kerasmig.oldfiles.errors import OldFileError

_MAGIC = b"\x89HDF\r\n\x1a\n"
_MOST_TEXT = 64_000_000


class Array(NamedTuple):
    """An array of a file: its name, where it stands, its shape and type."""

    name: str
    path: str
    shape: tuple[int, ...]
    dtype: str = "float32"


class Group(NamedTuple):
    """A layer of a file, with its arrays in the order in which Keras 1 listed them."""

    name: str
    arrays: tuple[Array, ...]


class OldFile(NamedTuple):
    """What a file holds.

    Args:
        kind: ``weights``, ``model`` or ``configuration``.
        era: the generation of Keras that wrote it: 0, 1, 2 or 3.
        version, backend: as the file says; empty if it does not.
        groups: its layers, also those without arrays.
        config, training: the model's configuration and how it was compiled.
        optimizer: the arrays of the optimizer.
    """

    path: Path
    kind: str
    era: int
    version: str = ""
    backend: str = ""
    groups: tuple[Group, ...] = ()
    config: Config | None = None
    training: dict[str, Any] | None = None
    optimizer: tuple[Array, ...] = ()

    @property
    def parameters(self) -> int:
        """How many numbers the layers hold."""
        total = 0
        for group in self.groups:
            for array in group.arrays:
                count = 1
                for size in array.shape:
                    count *= size
                total += count
        return total


class Reader:
    """Reads files one after the other; the process with the HDF5 library starts when needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.kill()
            self._process.wait()
            self._process = None

    def read(self, path: Path) -> OldFile:
        """What a file holds.

        Raises:
            OldFileError: it cannot be read, or is nothing that Keras wrote.
        """
        try:
            if not path.is_file():
                raise OldFileError("there is no such file")
            with path.open("rb") as file:
                start = file.read(8)
        except OSError as error:
            raise OldFileError(f"cannot be read: {error.strerror or error}") from None
        if start == _MAGIC:
            return _from_hdf5(path, self._description(path))
        if start[:2] == b"PK":
            raise OldFileError("is a .keras file of Keras 3 (or another archive): nothing to do")
        return _from_text(path)

    def _description(self, path: Path) -> dict[str, Any]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kerasmig.oldfiles.h5_reader"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env={**os.environ, **naming_its_starter()},
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(str(path)) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            raise OldFileError("reading it needs h5py: pip install 'kerasmig[verify]'")
        found = json.loads(line)
        if "error" in found:
            raise OldFileError(found["error"])
        description: dict[str, Any] = found
        return description


def _from_hdf5(path: Path, found: dict[str, Any]) -> OldFile:
    attributes = found["attributes"]
    version = attributes.get("keras_version", "")
    if found["kind"] == "other":
        raise OldFileError("is an HDF5 file, but holds no weights of Keras")
    era = {"keras0": 0, "keras3": 3}.get(found["kind"], _era(version))
    config = training = None
    if "model_config" in attributes:
        config = parse_config(attributes["model_config"])
        training = _training(attributes.get("training_config"))
    return OldFile(
        path,
        "model" if config is not None else "weights",
        era,
        version,
        attributes.get("backend", ""),
        tuple(Group(g["name"], _arrays(g["arrays"])) for g in found["groups"]),
        config,
        training,
        _arrays(found.get("optimizer", ())),
    )


def _arrays(listed: Iterable[dict[str, Any]]) -> tuple[Array, ...]:
    return tuple(Array(a["name"], a["path"], tuple(a["shape"]), a["dtype"]) for a in listed)


def _training(text: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _era(version: str) -> int:
    return int(version[0]) if version[:1].isdigit() else 1


def _from_text(path: Path) -> OldFile:
    try:
        data = path.read_bytes() if path.stat().st_size <= _MOST_TEXT else b""
    except OSError as error:
        raise OldFileError(f"cannot be read: {error.strerror or error}") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise OldFileError("is neither an HDF5 file nor the text of a configuration") from None
    if not text.strip() or "\0" in text:
        raise OldFileError("is neither an HDF5 file nor the text of a configuration")
    if text.startswith("version https://git-lfs"):
        raise OldFileError("is only a pointer of Git LFS: fetch the file with `git lfs pull`")
    config = parse_config(text)
    version = str(config.get("keras_version") or "")
    era = 0 if "keras0" in config else _era(version)
    if "module" in config or "registered_name" in config:
        era = 3
    return OldFile(
        path, "configuration", era, version, str(config.get("backend") or ""), config=config
    )
