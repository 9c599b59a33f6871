"""Giving a process the TensorFlow 1 of Keras 1's time, out of today's TensorFlow."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator
from typing import Any

from kerasmig.legacy.errors import LegacyError

TENSORFLOW_VERSION = "1.15.5"  # what Keras and users' programs are told
PIP_INSTALL = "Install what running models takes: pip install 'kerasmig[verify]'"

# TensorFlow 0.x spellings that TensorFlow 1 had under another name with the same arguments.
_RENAMED_IN_1_0 = {
    "mul": "multiply",
    "sub": "subtract",
    "neg": "negative",
    "pack": "stack",
    "unpack": "unstack",
    "select": "where",
}
# Gone from TensorFlow, or built on a Keras that is not the one of this process.
_NOT_THERE = ("contrib", "estimator", "keras", "layers")


def import_tensorflow() -> Any:
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
            # Programs asked for it to tell one tensor from a list of them; TensorFlow 1 had none.
            if "__len__" in vars(v1.Tensor):
                del v1.Tensor.__len__
            deprecation: Any = importlib.import_module("tensorflow.python.util.deprecation")
            deprecation._PRINT_DEPRECATION_WARNINGS = False
    except ModuleNotFoundError as error:
        raise LegacyError(
            f"Keras 1.2.2 runs on TensorFlow, and {error.name} is not installed.", PIP_INSTALL
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
        self.__version__ = self.VERSION = TENSORFLOW_VERSION
        self.python = sys.modules["tensorflow.python"]

    def __getattr__(self, name: str) -> Any:
        if name in _NOT_THERE:
            raise AttributeError(f"tensorflow.{name} is not part of kerasmig's legacy runtime")
        if name == "concat":
            return self._concat
        return getattr(self._v1, _RENAMED_IN_1_0.get(name, name))

    def _concat(self, values: Any, axis: Any = None, name: str = "concat") -> Any:
        """``concat`` with the axis first, as in TensorFlow 0.x, too."""
        if isinstance(axis, (list, tuple)):
            values, axis = axis, values
        return self._v1.concat(values, axis, name=name)

    def __dir__(self) -> list[str]:
        return sorted({*dir(self._v1), *self.__dict__} - set(_NOT_THERE))


def pretend_tensorflow_1(v1: Any) -> None:
    """Give ``tensorflow`` to all importers as TensorFlow 1, and no second Keras within it."""
    real = sys.modules["tensorflow"]
    sys.modules["tensorflow"] = _TensorFlow1(v1, real)
    for name in _NOT_THERE:
        sys.modules[f"tensorflow.{name}"] = None  # type: ignore[assignment]  # cannot be imported


def give_control_flow_back() -> None:
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
