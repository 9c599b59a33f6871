"""What the parent and its workers say to each other, as types, with the one serialiser for it.

A message goes as one line of JSON through a pipe, or as a file in the task's folder. `encode` makes
plain data of a message, `decode` the message of plain data. Nothing else in verification turns
messages into dictionaries or back. Imports nothing heavy: both ends use it.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import os
import stat
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from kerasmig.verify.descriptions import ComparisonFacts, LayerFacts, ModelFacts
from kerasmig.verify.stretch.events import Recorded, Stretch

Message = TypeVar("Message")

# What is to be run


@dataclass(frozen=True)
class Call:
    """A way to call a builder: source of its arguments, and (as source) constants of that file."""

    arguments: str
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Builder:
    """A function or method to be called if running the file as a script did not reach it."""

    qualname: str
    line: int
    calls: tuple[Call, ...] = ()
    explicit: bool = False


@dataclass(frozen=True)
class Program:
    """One file, and what to do with it."""

    file: str
    builders: tuple[Builder, ...] = ()
    argv: tuple[str, ...] = ()
    places: tuple[tuple[str, int, int], ...] = ()
    """Name, first and last line of every place that makes a model."""
    folder: str = ""
    """Where it is started, relative to the tree."""


@dataclass(frozen=True)
class BuilderCall:
    """One call of a builder, as the old side made it and the new side repeats it.

    Args:
        builder: what is called.
        site: which of the calls in the project gives the arguments; None: they are made up.
        attempt: which of the made-up sizes.
        strict: an argument of the call that cannot be evaluated is an error.
        names: the arguments that were given.
        label: the call's name among all calls of the run.
    """

    builder: Builder
    site: int | None = None
    attempt: int = 0
    strict: bool = False
    names: tuple[str, ...] | None = None
    label: str = ""


@dataclass(frozen=True)
class Task:
    """What one process is to do.

    Args:
        id: the task's own, within a verification.
        run: which of the verification's runs it belongs to.
        stage: which step of the run: ``old``, ``new``, ``other``, ``old64``, ``new64`` …
        side: ``old`` or ``new``.
        tree: folder with the code, which the process copies.
        folder: the process's own folder.
        ordering: image ordering of the run, ``th`` or ``tf``.
        data_format: Keras 3's global image format, where it is set for the program.
        floatx: ``float32`` or ``float64``.
        level: how deep to compare.
        mark_compiled: models differ if they were compiled otherwise.
        time_limit, memory_limit: seconds of CPU time, megabytes.
        stubs: modules to stand in for.
        read, write: what the user lets the program read and change outside its folder.
        trust: run it even where nothing confines it.
        onednn: run where TensorFlow was imported with oneDNN switched on by the environment.
        replay: calls of builders to repeat; None: find them.
        old_result: path of the old side's result, for the new side.
        again: the task brought a worker down once.
        turned: the new models may take and give the channels last.
    """

    id: str
    run: int
    stage: str
    side: str
    program: Program
    tree: str
    folder: str
    ordering: str
    data_format: str | None
    floatx: str
    level: str
    mark_compiled: bool
    seed: int
    tolerance: float
    time_limit: float
    memory_limit: float
    stubs: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    trust: bool = False
    onednn: bool = False
    turned: bool = False
    replay: tuple[BuilderCall, ...] | None = None
    old_result: str | None = None
    again: bool = False

    @property
    def worker(self) -> str:
        """The kind of worker that runs it: a side, and what its environment has."""
        return f"{self.side}+onednn" if self.onednn else self.side


@dataclass(frozen=True)
class Ready:
    """A worker's first word: it has imported its library, or why it cannot."""

    ready: bool
    versions: dict[str, str] = field(default_factory=dict)
    error: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Answer:
    """How the process of a task ended; its result is in the task's folder if it is `done`."""

    id: str
    done: bool
    reason: str = ""
    seconds: float = 0.0
    peak_mb: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)


# What came of it


@dataclass(frozen=True)
class Frame:
    """A line of the user's code that was being executed."""

    file: str
    line: int
    function: str


@dataclass
class Failure:
    """Something that the program could not do."""

    where: str
    """The call of the plan: MAIN or a builder."""
    line: int
    message: str
    kind: str
    stand_in: bool = False
    """Whether the statement worked on data that is not there, and on what came of it."""
    position: int = 0
    """The how-manieth statement of the script it was, imports aside."""


@dataclass
class Built:
    """A model that a program has made.

    Args:
        call: which call of the plan made it.
        file, line, function, variable: where, and what it is bound to.
        frames: the user's lines on the stack, innermost first.
        incomplete: why it is not finished; empty: it is.
        kind: its class.
        methods: what was called on it.
        compiled: what it was compiled with, as text that tells one from another.
        error: why it cannot be measured.
        facts: what the library says of it: layers, shapes, parameters.
    """

    call: str
    file: str | None
    line: int
    function: str | None
    variable: str | None
    frames: list[Frame] = field(default_factory=list)
    incomplete: str = ""
    kind: str = ""
    methods: list[str] = field(default_factory=list)
    compiled: str = ""
    error: str = ""
    facts: ModelFacts = field(default_factory=lambda: ModelFacts())

    @property
    def duplicate(self) -> bool:
        """Whether the same model was measured before."""
        return bool(self.facts.get("duplicate"))

    @property
    def rows(self) -> list[LayerFacts]:
        """The layers; none where the model could not be measured."""
        return self.facts.get("rows", [])


@dataclass
class Compared:
    """An old model (by its index), the new one that stands for it, and how they compare."""

    old: int
    new: Built | None = None
    error: str = ""
    not_verified: str = ""
    comparison: ComparisonFacts | None = None


@dataclass
class Result:
    """What came of one task.

    Args:
        models: the models of the old side.
        compared: on the new side, an entry for each of them.
        calls: the calls of builders that reached models.
        unreached: builders with the reason why they made none.
        stopped: the statement of the script after which it was not run further.
        confined: what confined the process; empty: nothing.
        path: where it was read from.
        recorded: the events of a stretch.
        stretch: on the new side, how they compare with those of the old side.
    """

    models: list[Built] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    calls: list[BuilderCall] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    unreached: dict[str, str] = field(default_factory=dict)
    stopped: int | None = None
    notes: list[str] = field(default_factory=list)
    confined: str = ""
    path: str = ""
    recorded: Recorded | None = None
    stretch: Stretch | None = None


# The serialiser


def encode(value: Any) -> Any:
    """Plain data of a message: objects as dictionaries, tuples as lists, enums as their values.

    Numbers of NumPy become Python's; a float that JSON does not have becomes a text.
    """
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(float(value))
    if value is None or isinstance(value, (str, int)):
        return value
    if hasattr(value, "item"):
        return encode(value.item())
    return str(value)


def decode(cls: type[Message], data: Any) -> Message:
    """The message of a class that plain data stands for.

    Raises:
        TypeError, KeyError, ValueError: the data is not that of such a message.
    """
    hint: Any = cls
    made: Message = _decoder(hint)(data)
    return made


def write(path: Path, message: Any) -> None:
    """Write a message into a file, which is there whole or not at all."""
    scratch = path.with_suffix(".tmp")
    scratch.write_text(line_of(message), encoding="utf-8")
    scratch.rename(path)


def read(cls: type[Message], path: Path) -> Message:
    """Read a message from a file, which must be one: a program may have put something else there."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(f"{path.name} is not a file")
        return decode(cls, json.loads(file.read()))


def line_of(message: Any) -> str:
    """A message as one line of text."""
    return json.dumps(encode(message), allow_nan=False)


@functools.cache
def _decoder(hint: Any) -> Any:
    """A function from plain data to a value of a type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is float:
        return float
    if dataclasses.is_dataclass(hint):
        return _decoder_of_class(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if origin in (types.UnionType, typing.Union):
        kinds = [argument for argument in arguments if argument is not type(None)]
        inner = _decoder(kinds[0] if len(kinds) == 1 else Any)
        return lambda data: None if data is None else inner(data)
    if origin is list:
        item = _decoder(arguments[0])
        return lambda data: [item(value) for value in data]
    if origin is tuple:
        if arguments[1:] == (Ellipsis,):
            item = _decoder(arguments[0])
            return lambda data: tuple(item(value) for value in data)
        items = [_decoder(argument) for argument in arguments]
        return lambda data: tuple(f(value) for f, value in zip(items, data, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        item = _decoder(arguments[1])
        return lambda data: {key: item(value) for key, value in data.items()}
    return lambda data: data


def _decoder_of_class(cls: Any) -> Any:
    fields = {f.name: f for f in dataclasses.fields(cls)}

    @functools.cache
    def decoders() -> dict[str, Any]:  # when first needed: a class may hold its like
        hints = typing.get_type_hints(cls)
        return {name: _decoder(hints[name]) for name in fields}

    def make(data: Any) -> Any:
        if not isinstance(data, dict):
            raise TypeError(f"{cls.__name__} expected, not {type(data).__name__}")
        return cls(**{name: decoders()[name](value) for name, value in data.items()})

    return make
