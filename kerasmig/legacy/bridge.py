"""Running Keras 1.2.2 on today's TensorFlow, in a process that does nothing else.

`activate` changes the whole process: what ``import tensorflow``, ``import keras`` and some removed
names of the standard library, NumPy, h5py and PyYAML mean. There is no way back, so call it only
in a process of its own. What it mends elsewhere is in `tensorflow1` and `aliases`, beside this.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.abc
import importlib.machinery
import inspect
import io
import json
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kerasmig.disk.cache_folder import cache_folder
from kerasmig.disk.scratch import scratch_folder
from kerasmig.legacy import aliases
from kerasmig.legacy.errors import LegacyError
from kerasmig.legacy.install import KERAS, version_in
from kerasmig.legacy.tensorflow1 import (
    PIP_INSTALL,
    give_control_flow_back,
    import_tensorflow,
    pretend_tensorflow_1,
)

EPSILON = 1e-7  # keras/backend/common.py of 1.2.2 (written 10e-8 there)


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
        LegacyError: TensorFlow or another library it needs is missing or cannot be imported, or
            `legacy_path` does not hold Keras 1.2.2.
    """
    if version_in(legacy_path) != KERAS.version:
        raise LegacyError(
            f"{legacy_path} does not hold Keras {KERAS.version}.",
            "Run `kerasmig legacy install` to have it fetched again.",
        )
    with _private_home(dim_ordering, floatx):
        pretend_tensorflow_1(import_tensorflow())
        give_control_flow_back()
        aliases.heal()
        _forget_modern_keras()
        sys.path_hooks.insert(0, _sources_only(legacy_path))
        sys.meta_path.insert(0, _LegacyKerasFinder(legacy_path))
        keras = _import_keras()
    _keep_downloads_apart()
    _convert_kernels_with_tuples()
    _resize_to_nearest_pixels()
    _convolve_in_float64()
    return keras


def set_dim_ordering(dim_ordering: str) -> None:
    """Set the global image ordering of the activated Keras to ``"tf"`` or ``"th"``."""
    importlib.import_module("keras.backend").set_image_dim_ordering(dim_ordering)


def set_floatx(floatx: str) -> None:
    """Set the float type of the activated Keras, for ``Input`` too.

    ``K.set_floatx`` alone does not do: ``Input(dtype=K.floatx())`` took its default at import.
    """
    importlib.import_module("keras.backend").set_floatx(floatx)
    topology = importlib.import_module("keras.engine.topology")
    make_input: Any = inspect.unwrap(topology.Input)
    parameters = inspect.signature(make_input).parameters.values()
    make_input.__defaults__ = tuple(
        floatx if parameter.name == "dtype" else parameter.default for parameter in parameters
    )


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
    set_floatx(floatx)
    common.set_legacy_weight_ordering(False)
    common.set_image_dim_ordering(dim_ordering)
    importlib.import_module("keras.utils.generic_utils").get_custom_objects().clear()


def _forget_modern_keras() -> None:
    """Drop a Keras 3 that was imported before, so that no part of it is mixed with Keras 1.2.2."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        del sys.modules[name]


class _FromSource(importlib.machinery.SourceFileLoader):
    """Takes no compiled file for a source: it could hold anything."""

    def get_code(self, fullname: str) -> types.CodeType:
        path = self.get_filename(fullname)
        code: types.CodeType = self.source_to_code(self.get_data(path), path)
        return code


def _sources_only(legacy_path: Path) -> Callable[[str], importlib.machinery.FileFinder]:
    """A path hook: what is in the legacy folder is imported from its sources, which are checked."""
    home = str(legacy_path)

    def hook(path: str) -> importlib.machinery.FileFinder:
        if path != home and not path.startswith(home + os.sep):
            raise ImportError
        return importlib.machinery.FileFinder(path, (_FromSource, [".py"]))

    return hook


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
        spec = importlib.machinery.PathFinder.find_spec(fullname, self._folders)
        if spec is None:  # the folder has gone; the next finder would come up with Keras 3
            raise ModuleNotFoundError(f"No Keras 1.2.2 in {self._folders[0]}", name=fullname)
        return spec


@contextlib.contextmanager
def _private_home(dim_ordering: str, floatx: str) -> Iterator[None]:
    """Another home folder for a while, with our settings in the place of ``~/.keras/keras.json``.

    While they are imported, Keras and a remnant of it within TensorFlow (``tensorflow.python.keras``)
    read that file, and write it where there is none.
    """
    settings = {
        "backend": "tensorflow",
        "epsilon": EPSILON,
        "floatx": floatx,
        "image_dim_ordering": dim_ordering,
    }
    with scratch_folder("kerasmig-home-") as home:
        folder = home / ".keras"
        folder.mkdir()
        (folder / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
        with _environment(HOME=str(home), USERPROFILE=str(home), KERAS_HOME=str(folder)):
            yield


def _import_keras() -> types.ModuleType:
    """Import the ``keras`` that is found now, with the one backend that there is, quietly."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        # It says "Using TensorFlow backend.", and its source has invalid escapes and the like.
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module("keras")
    except ModuleNotFoundError as error:
        raise LegacyError(
            f"Keras 1.2.2 cannot be imported: {error.name} is not installed.", PIP_INSTALL
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


def _convert_kernels_with_tuples() -> None:
    """Have ``convert_kernel`` (Theano's flipped kernels) work: it indexes with a list of slices.

    That meant a tuple of slices, and NumPy took it for one until 1.22.
    """
    np_utils: Any = importlib.import_module("keras.utils.np_utils")
    layer_utils: Any = importlib.import_module("keras.utils.layer_utils")
    numpy: Any = importlib.import_module("numpy")
    convert = np_utils.convert_kernel

    class IndexedByLists(numpy.ndarray):  # type: ignore[misc]
        def __getitem__(self, index: Any) -> Any:
            return super().__getitem__(tuple(index) if isinstance(index, list) else index)

    @functools.wraps(convert)
    def convert_kernel(kernel: Any, dim_ordering: str | None = None) -> Any:
        return numpy.asarray(convert(numpy.asarray(kernel).view(IndexedByLists), dim_ordering))

    np_utils.convert_kernel = layer_utils.convert_kernel = convert_kernel


def _resize_to_nearest_pixels() -> None:
    """Have ``load_img(target_size=)`` take the nearest pixels, as Pillow's ``resize`` did until 2020.

    Only Keras is told: what a program resizes itself, it resizes with today's Pillow after the
    migration, too.
    """
    image: Any = importlib.import_module("keras.preprocessing.image")
    load = image.load_img

    @functools.wraps(load)
    def load_img(path: Any, grayscale: bool = False, target_size: Any = None) -> Any:
        picture = load(path, grayscale)
        if not target_size:
            return picture
        size = (target_size[1], target_size[0])
        return picture.resize(size, image.pil_image.Resampling.NEAREST)

    image.load_img = load_img


def _convolve_in_float64() -> None:
    """With floatx ``"float64"``, convolve and pool in it; Keras 1.2.2 casts inputs to float32.

    Its cast overlooks kernels (their type reads ``"float64_ref"``), so that a convolution fails.
    Only TensorFlow's 3D pooling has no float64, and keeps the cast.
    """
    backend: Any = importlib.import_module("keras.backend.tensorflow_backend")
    facade: Any = importlib.import_module("keras.backend")
    pool3d = backend.pool3d

    def without_cast(function: Any) -> Any:
        uncast = types.FunctionType(function.__code__, {**vars(backend), "dtype": lambda x: None})

        @functools.wraps(function)
        def preprocess(x: Any, dim_ordering: str) -> Any:
            return (uncast if backend.floatx() == "float64" else function)(x, dim_ordering)

        return preprocess

    @functools.wraps(pool3d)
    def pool3d_in_float32(x: Any, *args: Any, **kwargs: Any) -> Any:
        x = backend.tf.cast(x, "float32") if backend.floatx() == "float64" else x
        return pool3d(x, *args, **kwargs)  # which casts its result back

    for part in ("conv2d_input", "conv3d_input", "conv2d_kernel", "conv3d_kernel"):
        name = f"_preprocess_{part}"
        setattr(backend, name, without_cast(getattr(backend, name)))
    backend.pool3d = facade.pool3d = pool3d_in_float32


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
