"""What earlier verifications found, kept by content: a program that did not change is not run again.

The key of a run is made of the program's plan, of the Python files that it can reach in both trees,
of every other file that was copied with them, of the settings, and of the versions of kerasmig,
Python and the libraries. Only runs that came to their end by themselves are kept: time and memory
are the machine's, not the program's.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from kerasmig import __version__
from kerasmig.disk.stamps import own_stamp
from kerasmig.verify.protocol import Result, decode, encode, line_of
from kerasmig.verify.settings import VerifySettings

if TYPE_CHECKING:
    from kerasmig.verify.caller.session import Run

STAGES = ("old", "new", "other", "old64", "new64")
_LIBRARIES = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "scipy", "h5py", "pillow")
_PROGRAMS = (".py", ".ipynb")  # a notebook is copied as its program
_KEPT = 2_000
_OWN = re.compile("[0-9a-f]{64}")
_IMPORT = re.compile(r"\b(?:from|import)\b(?:[^\n(\\]|\\\r?\n?)*(?:\([^)]*\))?")
_WORD = re.compile(r"\w+")
#: Ways to run other code of the project that its import lines do not show.
_HIDDEN = re.compile(
    r"(?<![.\w])(?:__import__|exec|eval|execfile|compile)\s*\("
    r"|\b(?:importlib|imp|runpy|pkgutil|subprocess|c?[pP]ickle|joblib|dill|os\.system|popen)\b"
)
_NOT_IN_KEY = ("cache_dir", "program_limit", "jobs", "scheduler", "python", "models", "skip")


class Tree:
    """The files of one side, and which of them a program can reach."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._digests: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        others = hashlib.sha256()
        for name in sorted(_names(root)):
            data = _bytes(root / name)
            digest = hashlib.sha256(data).hexdigest()
            if name.endswith(_PROGRAMS):
                self._digests[name] = digest
                self._texts[name] = data.decode("utf-8", "replace")
            else:
                others.update(f"{name}\0{digest}\n".encode("utf-8", "surrogateescape"))
        self.others = others.hexdigest()

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        """Files by the names under which an import can mean them."""
        found: dict[str, list[str]] = {}
        for name in self._digests:
            *folders, file = name.removesuffix(".py").split("/")
            for word in {file, *folders} if file != "__init__" else set(folders):
                found.setdefault(word, []).append(name)
        return found

    def text(self, name: str) -> str:
        """The text of a Python file."""
        return self._texts.get(name, "")

    def reach(self, program: str) -> list[tuple[str, str]]:
        """Name and content of the Python files that a program can run, itself among them.

        An import is taken for any file of that name, wherever it is; code that finds other code
        by itself reaches all files.
        """
        seen: set[str] = set()
        waiting = [program] if program in self._texts else []
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            text = self._texts[name]
            if _HIDDEN.search(text):
                return sorted(self._digests.items())
            words = {word for line in _IMPORT.findall(text) for word in _WORD.findall(line)}
            for word in words:
                waiting += self._by_word.get(word, ())
            waiting += self._packages(name)
        return sorted((name, self._digests[name]) for name in seen)

    def _packages(self, name: str) -> list[str]:
        """The ``__init__.py`` files that run when a file is imported."""
        folders = name.split("/")[:-1]
        inits = ["/".join([*folders[:n], "__init__.py"]) for n in range(1, len(folders) + 1)]
        return [init for init in inits if init in self._digests]


class KeptResults:
    """The results of earlier runs in a folder.

    Args:
        folder: where they are kept.
        old, new: the copied trees.
        settings: how the programs are run and compared.
    """

    def __init__(self, folder: Path, old: Path, new: Path, settings: VerifySettings) -> None:
        self._folder = folder
        self._trees = (Tree(old), Tree(new))
        versions = {name: _version(name) for name in _LIBRARIES}
        given = {k: v for k, v in asdict(settings).items() if k not in _NOT_IN_KEY}
        self._common = repr(
            (__version__, own_stamp(), sys.version, sorted(versions.items()), sorted(given.items()))
        )

    def _path(self, run: Run) -> Path:
        reached = [(tree.reach(run.program.file), tree.others) for tree in self._trees]
        plan = line_of(run.program)
        key = repr((self._common, plan, run.ordering, run.agnostic, run.stretch, reached))
        name = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / f"{name}.json"

    def fill(self, run: Run) -> dict[str, str] | None:
        """Give a run its kept results: the versions of the libraries, or ``None`` if there are none."""
        try:
            data = json.loads(self._path(run).read_text(encoding="utf-8"))
            versions: dict[str, str] = dict(data["versions"])
            stages = {
                stage: None if (kept := data["stages"][stage]) is None else decode(Result, kept)
                for stage in STAGES
            }
            seconds = float(data["seconds"])
            conditions = [str(condition) for condition in data["conditions"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None  # damaged is as good as none
        for stage, result in stages.items():
            setattr(run, stage, result)
        run.seconds, run.kept, run.conditions = seconds, True, conditions
        return versions

    def keep(self, runs: Iterable[Run], versions: dict[str, str]) -> None:
        """Remember the runs that ended by themselves."""
        from kerasmig.disk.atomic import write_atomically

        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            for run in runs:
                if run.old is None or run.trouble:
                    continue
                stages = {stage: encode(_lasting(getattr(run, stage))) for stage in STAGES}
                data = {"versions": versions, "stages": stages, "seconds": run.seconds}
                data["conditions"] = run.conditions
                write_atomically(self._path(run), json.dumps(data).encode())
            # The folder may be one that holds other files, too.
            own = [path for path in self._folder.glob("*.json") if _OWN.fullmatch(path.stem)]
            own.sort(key=lambda path: path.stat().st_mtime_ns)
            for path in own[:-_KEPT]:
                path.unlink(missing_ok=True)


def _lasting(result: Result | None) -> Result | None:
    """A result without the place of its arrays, which are gone after the run."""
    return None if result is None else replace(result, path="")


def _names(root: Path) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        for name in names:
            yield Path(folder, name).relative_to(root).as_posix()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
