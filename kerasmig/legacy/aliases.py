"""What Keras 1.2.2 and programs of its time expect of other libraries and find no more.

Each function mends one library, in this process, by giving back a name or a behaviour of 2017.
Nothing that still exists is replaced.
"""

from __future__ import annotations

import collections
import collections.abc
import functools
import importlib
import importlib.util
import inspect
import re
import sys
import time
import types
from typing import Any, NamedTuple


def heal() -> None:
    """Mend every library; those that are not installed are left out."""
    heal_collections()
    heal_inspect()
    heal_time()
    heal_numpy()
    heal_pkg_resources()
    if importlib.util.find_spec("h5py"):
        heal_h5py()
    if importlib.util.find_spec("yaml"):
        heal_yaml()


def _give(owner: Any, name: str, value: Any) -> None:
    """Set an attribute that is not there any more; one that is there stays as it is."""
    if not hasattr(owner, name):
        setattr(owner, name, value)


def heal_collections() -> None:
    """``from collections import Iterable`` (keras/callbacks.py): moved, gone since Python 3.10."""
    for name in collections.abc.__all__:
        _give(collections, name, getattr(collections.abc, name))


class ArgSpec(NamedTuple):
    """What ``inspect.getargspec`` returned."""

    args: list[str]
    varargs: str | None
    keywords: str | None
    defaults: tuple[Any, ...] | None


def heal_inspect() -> None:
    """``inspect.getargspec`` (Lambda, Merge, the scikit-learn wrapper): gone since Python 3.11."""

    def getargspec(func: Any) -> ArgSpec:
        return ArgSpec(*inspect.getfullargspec(func)[:4])

    _give(inspect, "getargspec", getargspec)


def heal_time() -> None:
    """``time.clock`` (users' programs measure with it): gone since Python 3.8."""
    _give(time, "clock", time.perf_counter)


def heal_numpy() -> None:
    """``np.int``, ``np.float``, ``np.Inf`` and so on: gone since NumPy 1.24 and 2.0."""
    numpy = importlib.import_module("numpy")
    gone = {
        "int": int, "float": float, "complex": complex, "object": object, "str": str, "bool": bool,
        "long": int, "unicode": str,
        "float_": numpy.float64, "complex_": numpy.complex128,
        "string_": numpy.bytes_, "unicode_": numpy.str_,
        "Inf": numpy.inf, "Infinity": numpy.inf, "infty": numpy.inf, "PINF": numpy.inf,
        "NINF": -numpy.inf, "NaN": numpy.nan, "NAN": numpy.nan,
        "alltrue": numpy.all, "sometrue": numpy.any, "product": numpy.prod,
        "cumproduct": numpy.cumprod, "round_": numpy.round, "asscalar": lambda a: a.item(),
    }  # fmt: skip
    # NumPy warns when some of these are asked for, so look at what the module itself holds.
    for name, value in gone.items():
        numpy.__dict__.setdefault(name, value)
    # `(None, 144)`, not `(None, np.int64(144))`, in summaries: sizes come from np.prod.
    if not numpy.__version__.startswith("1."):
        numpy.set_printoptions(legacy="1.25")
    for name in ("array", "asarray"):
        setattr(numpy, name, _ragged_as_objects(getattr(numpy, name)))


def _ragged_as_objects(make_array: Any) -> Any:
    """`np.array` that takes rows of different lengths (datasets/imdb.py, texts) for objects.

    NumPy did so until 1.23 and raises ValueError now; every other error is left as it is.
    """

    @functools.wraps(make_array)
    def make(values: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return make_array(values, *args, **kwargs)
        except ValueError as error:
            if "inhomogeneous" not in str(error) or args or kwargs.get("dtype") is not None:
                raise
            return make_array(values, *args, **{**kwargs, "dtype": object})

    return make


def heal_pkg_resources() -> None:
    """``pkg_resources.parse_version`` (keras/callbacks.py): gone from setuptools 82 on."""
    if importlib.util.find_spec("pkg_resources"):
        return

    def parse_version(text: str) -> tuple[int, ...]:
        return tuple(int(number) for number in re.findall(r"\d+", text))

    stand_in = types.ModuleType("pkg_resources", "Only parse_version, for Keras 1.2.2.")
    stand_in.__dict__["parse_version"] = parse_version
    sys.modules["pkg_resources"] = stand_in


def heal_h5py() -> None:
    """Attributes written as ASCII bytes are read as bytes again, and ``dataset.value`` is back.

    Keras encodes every name and configuration before it writes, and decodes what it reads. h5py 2
    gave back bytes; h5py 3 gives str, which has no ``decode``.
    """
    h5py = importlib.import_module("h5py")
    manager = h5py.AttributeManager
    read = manager.__getitem__

    @functools.wraps(read)
    def read_bytes(self: Any, name: Any) -> Any:
        value = read(self, name)
        stored = h5py.check_string_dtype(self.get_id(name).dtype)
        if stored is None or stored.encoding != "ascii":
            return value
        if isinstance(value, str):
            return value.encode("utf-8")
        if getattr(value, "dtype", None) is not None and value.dtype.hasobject:
            for place, text in enumerate(value.flat):
                value.flat[place] = text.encode("utf-8") if isinstance(text, str) else text
        return value

    manager.__getitem__ = read_bytes
    _give(h5py.Dataset, "value", property(lambda dataset: dataset[()]))


def heal_yaml() -> None:
    """``yaml.load(text)`` (model_from_yaml): the loader has to be named since PyYAML 6.

    It was the loader for Python objects, and Keras relies on it: configurations hold tuples and
    NumPy's numbers.
    """
    yaml: Any = importlib.import_module("yaml")
    load = yaml.load

    @functools.wraps(load)
    def load_python(stream: Any, Loader: Any = yaml.UnsafeLoader) -> Any:
        return load(stream, Loader=Loader)

    yaml.load = load_python
