"""Inert stand-ins for what a program wants and this machine does not have. Runs in workers."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

# Modules whose absence is a fact about the program, never to be papered over.
_NEVER = frozenset({"keras", "tensorflow", "numpy", "kerasmig"})
# Python 2 names of modules that Python 3 has under another one.
RENAMED = {
    "cPickle": "pickle",
    "ConfigParser": "configparser",
    "Queue": "queue",
    "StringIO": "io",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "HTMLParser": "html.parser",
    "__builtin__": "builtins",
}


class Inert:
    """Takes whatever is done with it and gives nothing back but itself.

    It refuses to become a number or a file name: a model whose sizes come from a stand-in would
    be a model that the program never builds.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__["_kerasmig_inert"] = True
        self.__dict__["__name__"] = "stand_in"  # Keras 1 asks metrics and losses for it

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # As a decorator it leaves the function as it is.
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]
        return self

    def __getitem__(self, key: Any) -> Any:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __delitem__(self, key: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __contains__(self, item: Any) -> bool:
        return False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *details: Any) -> None:
        return None

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (Inert,)

    def __repr__(self) -> str:
        return "<stand-in>"

    def _same(self, *others: Any) -> Any:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _same
    __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = __matmul__ = __rmatmul__ = _same
    __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: False


class _InertModule(types.ModuleType):
    """A module whose every attribute is inert; its submodules are found too."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "Stand-in for a module that is not installed.")
        self.__path__: list[str] = []
        self._inert = Inert()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            if name == "__version__":
                return "0.0"
            raise AttributeError(name)
        return self._inert


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
        elif top in _NEVER or (fullname != top and top not in self.made):
            return None
        if fullname == top and not self._asked_by_user():
            return None
        if self._stubs is None and fullname in RENAMED:
            return importlib.machinery.ModuleSpec(fullname, self)
        if fullname == top:
            self.made.add(top)
            self._note(top)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def _asked_by_user(self) -> bool:
        frame = sys._getframe(2)
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back  # type: ignore[assignment]
        return frame is not None and frame.f_code.co_filename.startswith(self._root)

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
    sys.meta_path.append(StandInFinder(root, note))
