"""Running Keras 1.2.2 on today's TensorFlow, in a process that does nothing else.

`activate` changes the whole process: what ``import tensorflow``, ``import keras`` and some removed
names of the standard library, NumPy, h5py and PyYAML mean. There is no way back, so call it only
in a process of its own. What it mends outside TensorFlow is in `kerasmig.legacy.aliases`.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import io
import json
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kerasmig.legacy import aliases
from kerasmig.legacy.cache import cache_folder
from kerasmig.legacy.errors import LegacyError

TENSORFLOW_VERSION = "1.15.5"  # what Keras and users' programs are told
EPSILON = 1e-7  # keras/backend/common.py of 1.2.2 (written 10e-8 there)
_PIP_INSTALL = "Install what running models takes: pip install 'kerasmig[verify]'"

# TensorFlow 0.x spellings that TensorFlow 1 had under another name with the same arguments.
_RENAMED_IN_1_0 = {
    "mul": "multiply",
    "sub": "subtract",
    "neg": "negative",
    "pack": "stack",
    "unpack": "unstack",
    "select": "where",
}
# TensorFlow would build these on a Keras that is not the one of this process.
_NOT_OF_KERAS_1 = ("keras", "contrib", "estimator")


def activate(
    legacy_path: Path, *, dim_ordering: str = "tf", floatx: str = "float32"
) -> types.ModuleType:
    """Make Keras 1.2.2 this process's ``keras`` and return it.

    No session is made, so the process may fork afterwards; see `reset`.

    Args:
        legacy_path: the folder that holds the package, from `kerasmig.legacy.install.ensure`.
        dim_ordering: the global image ordering to begin with, ``"tf"`` or ``"th"``.
        floatx: ``"float16"``, ``"float32"`` or ``"float64"``.

    Raises:
        LegacyError: TensorFlow or another library it needs is missing or cannot be imported.
    """
    v1 = _import_tensorflow()
    _pretend_tensorflow_1(v1)
    _give_control_flow_back()
    aliases.heal()
    _forget_modern_keras()
    sys.meta_path.insert(0, _LegacyKerasFinder(legacy_path))
    os.environ["KERAS_BACKEND"] = "tensorflow"
    keras = _import_keras(dim_ordering, floatx)
    _keep_downloads_apart()
    return keras


def set_dim_ordering(dim_ordering: str) -> None:
    """Set the global image ordering of the activated Keras to ``"tf"`` or ``"th"``."""
    importlib.import_module("keras.backend").set_image_dim_ordering(dim_ordering)


def reset(dim_ordering: str = "tf", *, floatx: str = "float32") -> None:
    """Bring the activated Keras back to how it was after `activate`.

    For a child forked per program and for programs run one after another: a new graph, no
    session, layer names numbered from 1, learning phase, custom objects and globals forgotten.
    """
    backend: Any = importlib.import_module("keras.backend.tensorflow_backend")
    common = importlib.import_module("keras.backend.common")
    if backend._SESSION is not None:
        backend._SESSION.close()
    backend._SESSION = None
    backend._GRAPH_LEARNING_PHASES.clear()
    backend._MANUAL_VAR_INIT = False
    backend.tf.reset_default_graph()
    common.reset_uids()
    common.set_epsilon(EPSILON)
    common.set_floatx(floatx)
    common.set_legacy_weight_ordering(False)
    common.set_image_dim_ordering(dim_ordering)
    importlib.import_module("keras.utils.generic_utils").get_custom_objects().clear()


def _import_tensorflow() -> Any:
    """Import today's TensorFlow, quietly, and return its TensorFlow 1 API with v1 behaviour on.

    TensorFlow imports Keras 3 where it finds one, which costs more time than all the rest and
    would only be thrown away: it is told that there is none.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    modern_keras = sys.modules.pop("keras", None)
    sys.modules["keras"] = None  # type: ignore[assignment]  # "not installed", see importlib
    try:
        with _quiet_stderr(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            v1 = importlib.import_module("tensorflow.compat.v1")
            v1.disable_v2_behavior()
            v1.logging.set_verbosity(v1.logging.ERROR)
            deprecation: Any = importlib.import_module("tensorflow.python.util.deprecation")
            deprecation._PRINT_DEPRECATION_WARNINGS = False
    except ModuleNotFoundError as error:
        raise LegacyError(
            f"Keras 1.2.2 runs on TensorFlow, and {error.name} is not installed.", _PIP_INSTALL
        ) from error
    except ImportError as error:
        raise LegacyError(
            f"TensorFlow cannot be imported: {error}",
            f"`{sys.executable} -c 'import tensorflow'` has to work first.",
        ) from error
    finally:
        del sys.modules["keras"]
        if modern_keras is not None:
            sys.modules["keras"] = modern_keras
    return v1


class _TensorFlow1(types.ModuleType):
    """What ``import tensorflow`` gives: the TensorFlow 1 API of today's TensorFlow."""

    def __init__(self, v1: Any, real: types.ModuleType) -> None:
        super().__init__("tensorflow", v1.__doc__)
        self._v1 = v1
        self.__path__ = real.__path__  # so that `import tensorflow.python.ops...` finds its way
        self.__spec__ = real.__spec__
        self.__file__ = real.__file__
        self.__version__ = TENSORFLOW_VERSION
        self.python = sys.modules["tensorflow.python"]

    def __getattr__(self, name: str) -> Any:
        if name in _NOT_OF_KERAS_1:
            raise AttributeError(f"tensorflow.{name} is not part of kerasmig's legacy runtime")
        return getattr(self._v1, _RENAMED_IN_1_0.get(name, name))

    def __dir__(self) -> list[str]:
        return sorted({*dir(self._v1), *self.__dict__} - set(_NOT_OF_KERAS_1))


def _pretend_tensorflow_1(v1: Any) -> None:
    """Give ``tensorflow`` to all importers as TensorFlow 1, and no second Keras within it."""
    real = sys.modules["tensorflow"]
    sys.modules["tensorflow"] = _TensorFlow1(v1, real)
    for name in _NOT_OF_KERAS_1:
        sys.modules[f"tensorflow.{name}"] = None  # type: ignore[assignment]  # cannot be imported


def _give_control_flow_back() -> None:
    """Give ``control_flow_ops`` what Keras takes from it and TensorFlow has moved elsewhere.

    Users' programs also say ``tf.python.control_flow_ops = tf`` (a known cure for Keras 1.0 on
    TensorFlow 0.12) and read it from there; it has to exist beforehand for those that only read.
    """
    ops = importlib.import_module("tensorflow.python.ops.control_flow_ops")
    v1 = sys.modules["tensorflow"]
    for name in ("while_loop", "cond", "case"):
        if not hasattr(ops, name):
            setattr(ops, name, getattr(v1, name))
    v1.python.control_flow_ops = ops


def _forget_modern_keras() -> None:
    """Drop a Keras 3 that was imported before, so that no part of it is mixed with Keras 1.2.2."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        del sys.modules[name]


class _LegacyKerasFinder(importlib.abc.MetaPathFinder):
    """Finds ``keras`` in the legacy folder, and nothing else there.

    The folder is not put on ``sys.path``: one prepared by hand may hold the dependencies of 2017
    too (``pip install --target``), and they must not hide today's.
    """

    def __init__(self, legacy_path: Path) -> None:
        self._folders = [str(legacy_path)]

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "keras":
            return None
        return importlib.machinery.PathFinder.find_spec(fullname, self._folders)


def _import_keras(dim_ordering: str, floatx: str) -> types.ModuleType:
    """Import Keras with a home of its own, because it reads and writes ``~/.keras/keras.json``.

    Its backend module asks for the home folder once, while it is imported.
    """
    settings = {
        "backend": "tensorflow",
        "epsilon": EPSILON,
        "floatx": floatx,
        "image_dim_ordering": dim_ordering,
    }
    with tempfile.TemporaryDirectory(prefix="kerasmig-home-") as home:
        folder = Path(home, ".keras")
        folder.mkdir()
        (folder / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
        try:
            with (
                _environment(HOME=home, USERPROFILE=home),
                contextlib.redirect_stderr(io.StringIO()),  # "Using TensorFlow backend."
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("ignore")  # invalid escapes and the like in its source
                return importlib.import_module("keras")
        except ModuleNotFoundError as error:
            raise LegacyError(
                f"Keras 1.2.2 cannot be imported: {error.name} is not installed.", _PIP_INSTALL
            ) from error


def _keep_downloads_apart() -> None:
    """Have ``get_file`` keep what it downloads in our cache folder instead of ``~/.keras``.

    It asks ``os.path.expanduser`` at every call and has no argument for it; only its module gets
    another ``os``, so that users' programs still find their own home folder.
    """
    home = cache_folder() / "legacy" / "home"
    try:
        (home / ".keras").mkdir(parents=True, exist_ok=True)
    except OSError:  # a read-only cache; Keras itself falls back to the folder for temporary files
        home = Path(tempfile.gettempdir())

    def expanduser(path: str) -> str:
        return str(home) + path[1:] if path.startswith("~") else path

    private_os, private_path = types.ModuleType("os"), types.ModuleType("os.path")
    private_path.__dict__.update(os.path.__dict__, expanduser=expanduser)
    private_os.__dict__.update(os.__dict__, path=private_path)
    importlib.import_module("keras.utils.data_utils").os = private_os  # type: ignore[attr-defined]


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Environment variables with other values for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Hold back what C++ code writes to standard error; show it only if something goes wrong.

    TensorFlow writes there before it can know the log level that was asked for.
    """
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        shown = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(shown, held.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)
