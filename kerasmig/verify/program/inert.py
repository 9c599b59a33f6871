"""A value that stands for what a program wants and this machine does not have. In workers.

It takes whatever is done with it. Where the program needs a number of it (units of a layer, words
of a vocabulary), it is one that its name suggests: the model is then one of made-up size, as one
from a builder called with made-up arguments is, and the report says so. Both sides make up the same.
"""

from __future__ import annotations

import dis
import functools
import linecache
import operator
import re
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kerasmig.verify.messages import MADE_UP
from kerasmig.verify.program.arguments import CannotInfer, infer
from kerasmig.verify.program.datasets import missing_array

SIZE = 32
"""Where the name says nothing; divisible by two often enough for pooling."""
FRACTION = 0.5


@dataclass
class _Surroundings:
    ordering: str = "tf"
    root: str = ""
    tell: Callable[[str], None] = lambda text: None


_HERE = _Surroundings()


def settle(ordering: str, root: str, tell: Callable[[str], None]) -> None:
    """Say how images are laid out, where the program is, and who is told of made-up numbers."""
    _HERE.ordering, _HERE.root, _HERE.tell = ordering, root, tell


def definite(value: Any) -> Any:
    """A value with sizes in place of stand-ins, for what asks whether it is a number."""
    if isinstance(value, Inert):
        sizes = value._suggested()
        return sizes if isinstance(sizes, tuple) else int(value)
    if isinstance(value, (list, tuple)) and holds_stand_in(value):
        return type(value)(definite(item) for item in value)
    return value


def answering(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A function of the library that gives a stand-in, under this name, for a stand-in.

    NumPy makes an array of one, TensorFlow makes none: what a size hangs on has to be the same.
    """

    @functools.wraps(function)
    def answered(*args: Any, **kwargs: Any) -> Any:
        given = [*args[:1], *kwargs.values()]
        if any(isinstance(value, Inert) for value in given):
            return Inert.named(name)
        return function(*args, **kwargs)

    return answered


def holds_stand_in(values: Any) -> bool:
    """Whether a value is a stand-in or a list with one in it."""
    if isinstance(values, (list, tuple)):
        return any(isinstance(value, Inert) for value in values)
    return isinstance(values, Inert)


def _arithmetic(operation: Callable[[Any, Any], Any]) -> tuple[Callable[..., Any], ...]:
    """An operator and its reflection: a library that computes with a stand-in gets numbers."""

    def wants_number(other: Any, frame: types.FrameType) -> bool:
        asked_by_program = frame.f_code.co_filename.startswith(_HERE.root)
        return isinstance(other, (int, float)) and not asked_by_program

    def direct(self: Any, other: Any) -> Any:
        return operation(int(self), other) if wants_number(other, sys._getframe(1)) else self

    def reflected(self: Any, other: Any) -> Any:
        return operation(other, int(self)) if wants_number(other, sys._getframe(1)) else self

    return direct, reflected


class Inert:
    """Takes whatever is done with it and gives back its like.

    Args:
        name: what the program calls it: a variable, an attribute, a key.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__["_kerasmig_inert"] = True
        self.__dict__["__name__"] = "stand_in"  # Keras 1 asks metrics and losses for it

    @classmethod
    def named(cls, name: str) -> Inert:
        stand_in = Inert()
        stand_in.__dict__["_kerasmig_name"] = name
        return stand_in

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name == "_kerasmig_name":
            return ""
        return UnknownShape((SIZE,)) if name == "shape" else Inert.named(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # As a decorator it leaves the function as it is; ``astype(float)`` is none.
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            if args[0].__module__ not in ("builtins", "numpy"):
                return args[0]
        return self

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (int, slice)) and isinstance(sizes := self._suggested(), tuple):
            return sizes[key]
        return Inert.named(key) if isinstance(key, str) else self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __delitem__(self, key: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        # A loop over it ends at once, but `a, b = ...` gets what it asks for, and what is made
        # a collection of is as long as it says: `len(set(labels))` are the classes.
        if isinstance(sizes := self._suggested(), tuple):
            return iter(sizes)
        frame = sys._getframe(1)
        if _collects(frame):
            return iter([Inert() for _ in range(len(self))])
        return iter([self] * (_unpacked(frame) or 0))

    def __next__(self) -> Any:
        return self

    def __len__(self) -> int:
        sizes = self._suggested()
        return len(sizes) if isinstance(sizes, tuple) else int(self)

    def __int__(self) -> int:
        value = self._suggested()
        number = value if type(value) is int else SIZE
        _tell(self._kerasmig_name, number)
        return number

    __index__ = __int__

    def __float__(self) -> float:
        value = self._suggested()
        number = float(value) if type(value) in (int, float) else FRACTION
        _tell(self._kerasmig_name, number)
        return number

    def _suggested(self) -> Any:
        """What the name suggests as the value; None: nothing."""
        try:
            return infer(self._kerasmig_name, _HERE.ordering, 0, None)
        except CannotInfer:
            return None

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        import numpy as np

        if _instruction(sys._getframe(1))[0] == "STORE_SUBSCR":  # fits into any place
            return np.asarray(FRACTION, dtype)
        array = missing_array(self._kerasmig_name or "x", _HERE.ordering, seed=0)
        return array if dtype is None else array.astype(dtype)

    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def __array_function__(self, *args: Any, **kwargs: Any) -> Any:
        return self

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

    def __format__(self, specification: str) -> str:
        return "stand-in"

    def __eq__(self, other: object) -> bool:
        if type(other) is int and isinstance(self._suggested(), (int, type(None))):
            return int(self) == other
        return self is other

    __hash__ = object.__hash__

    def __fspath__(self) -> str:
        return "stand-in"

    def _same(self, *others: Any) -> Any:
        return self

    __neg__ = __pos__ = __abs__ = __matmul__ = __rmatmul__ = _same
    __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: False
    __add__, __radd__ = _arithmetic(operator.add)
    __sub__, __rsub__ = _arithmetic(operator.sub)
    __mul__, __rmul__ = _arithmetic(operator.mul)
    __truediv__, __rtruediv__ = _arithmetic(operator.truediv)
    __floordiv__, __rfloordiv__ = _arithmetic(operator.floordiv)
    __mod__, __rmod__ = _arithmetic(operator.mod)
    __pow__, __rpow__ = _arithmetic(operator.pow)


class UnknownShape(tuple[int, ...]):
    """The shape of a stand-in: as many sizes as the program asks for."""

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            first, end = key.start or 0, key.stop
            known = type(first) is int and type(end) is int and 0 <= first < end
            return (SIZE,) * (end - first) if known else self
        _tell("shape", SIZE)
        return SIZE

    def __iter__(self) -> Iterator[int]:
        _tell("shape", SIZE)
        return iter([SIZE] * (_unpacked(sys._getframe(1)) or len(self)))


def _tell(name: str, number: Any) -> None:
    _HERE.tell(f"{MADE_UP}{name or 'a size'} = {number}")


def _unpacked(frame: types.FrameType | None) -> int | None:
    """Into how many names the instruction that a frame is at unpacks; None: it does something else."""
    name, argument = _instruction(frame)
    if name == "UNPACK_SEQUENCE":
        return argument
    if name == "UNPACK_EX":
        return (argument & 0xFF) + (argument >> 8)
    return None


def _collects(frame: types.FrameType) -> bool:
    """Whether a frame is calling ``list`` or its like on one value, as its source tells."""
    code = frame.f_code
    if not hasattr(code, "co_positions") or not code.co_filename.startswith(_HERE.root):
        return False
    first, end, column, end_column = list(code.co_positions())[frame.f_lasti // 2]
    if first is None or first != end or column is None:
        return False
    # Columns count bytes.
    line = linecache.getline(code.co_filename, first).encode()[column:end_column]
    return re.match(rb"(list|tuple|set|frozenset|sorted)\(", line) is not None


def _instruction(frame: types.FrameType | None) -> tuple[str, int]:
    """The instruction that a frame is at, and its argument."""
    if frame is None or frame.f_lasti < 0:
        return "", 0
    code = frame.f_code.co_code
    return dis.opname[code[frame.f_lasti]], code[frame.f_lasti + 1]
