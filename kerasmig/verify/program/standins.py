"""Inert modules for those that a program wants and this machine does not have. In workers."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kerasmig.verify.program.inert import Inert

# Modules whose absence is a fact about the program, never to be papered over.
_NEVER = frozenset({"keras", "tensorflow", "numpy", "kerasmig", "keras1_compat"})
# Python 2 names of modules that Python 3 has under another one, and what is read in place of another.
RENAMED = {
    "docopt": "kerasmig.verify.program.usage",
    "cPickle": "pickle",
    "ConfigParser": "configparser",
    "Queue": "queue",
    "StringIO": "io",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "HTMLParser": "html.parser",
    "__builtin__": "builtins",
}


class _InertModule(types.ModuleType):
    """A module whose every attribute is inert; its submodules are found too."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "Stand-in for a module that is not installed.")
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            if name == "__version__":
                return "0.0"
            raise AttributeError(name)
        return Inert.named(name)


def _asking_file(root: str) -> str | None:
    """The file of the user's code that an import is written in; None: a library imports."""
    frame = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back  # type: ignore[assignment]
    if frame is None or not frame.f_code.co_filename.startswith(root):
        return None
    return frame.f_code.co_filename


class ProjectFinder(importlib.abc.MetaPathFinder):
    """Finds a project's own module though it lies elsewhere than where this program looks.

    A file of a package imports what lies beside the script that the package is used by. Looked for
    in the folders around the importing file, nearest first, then where only one folder has it.

    Args:
        root: folder of the user's code.
    """

    def __init__(self, root: str) -> None:
        self._root = root

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if path is not None or (file := _asking_file(self._root)) is None:
            return None
        top = Path(self._root)
        around = [folder for folder in Path(file).parents if folder.is_relative_to(top)]
        anywhere = {
            *(found.parent for found in top.rglob(f"{fullname}.py")),
            *(found.parents[1] for found in top.rglob(f"{fullname}/__init__.py")),
        }
        for folder in [*around, *(anywhere if len(anywhere) == 1 else ())]:
            spec = importlib.machinery.PathFinder.find_spec(fullname, [str(folder)])
            if spec is not None and spec.loader is not None:
                return spec
        return None


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds, last of all finders, what nobody else found; or first of all, what is to be stubbed.

    Only imports written in the user's code get stand-ins: libraries probe for optional modules
    and must be told the truth.

    Args:
        root: folder of the user's code.
        note: told the name of each stand-in that is made.
        stubs: top-level modules to stand in for; None: for any that is missing.
    """

    def __init__(
        self, root: str, note: Callable[[str], None], stubs: Sequence[str] | None = None
    ) -> None:
        self._root = root
        self._note = note
        self._stubs = None if stubs is None else frozenset(stubs)
        self.made: set[str] = set()

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        top = fullname.partition(".")[0]
        if self._stubs is not None:
            if top not in self._stubs:
                return None
        elif not _NEVER.isdisjoint(fullname.split(".")):
            return None
        known = self._stubs is not None or fullname == top or top in self.made
        if not known and not self._is_of_project(fullname):
            return None
        if (fullname == top or top not in self.made) and _asking_file(self._root) is None:
            return None
        if self._stubs is None and fullname in RENAMED:
            return importlib.machinery.ModuleSpec(fullname, self)
        if fullname == top or top not in self.made:
            self._note(fullname)
        if fullname == top:
            self.made.add(top)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def _is_of_project(self, fullname: str) -> bool:
        """Whether a missing module belongs to a package that the project has."""
        package = sys.modules.get(fullname.rpartition(".")[0])
        return any(str(p).startswith(self._root) for p in getattr(package, "__path__", ()))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        if spec.name in RENAMED:
            real = importlib.import_module(RENAMED[spec.name])
            module = types.ModuleType(spec.name)
            module.__dict__.update(
                {k: v for k, v in real.__dict__.items() if not k.startswith("__")}
            )
            return module
        return _InertModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def install(root: str, note: Callable[[str], None], stubs: Sequence[str]) -> None:
    """Put the finders into place: `stubs` before all others, missing modules after all others."""
    if stubs:
        for name in list(sys.modules):
            if name.partition(".")[0] in stubs:
                del sys.modules[name]
        sys.meta_path.insert(0, StandInFinder(root, note, stubs))
    sys.meta_path.append(ProjectFinder(root))
    sys.meta_path.append(StandInFinder(root, note))
