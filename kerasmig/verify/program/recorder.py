"""Recording the models that a program makes, with the place each came from. Runs in workers."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerasmig.verify.protocol import Frame

COMPAT = "keras1_compat.py"
TRAINING_CALLS_ENOUGH = 300
"""After so many answered training calls a program's loop is ended: nothing new comes of it."""


class ProgramStop(BaseException):
    """Ends the running step of a program from within; never caught by its ``except Exception``."""


@dataclass
class Captured:
    """One model object, as captured."""

    model: Any
    frames: tuple[Frame, ...]
    order: int
    compiled: dict[str, Any] | None = None
    methods: list[str] = field(default_factory=list)
    incomplete: str = ""


class Recorder:
    """Keeps every captured model alive, in the order of making.

    Args:
        root: folder of the program's copy; only its files count as user code. None: nothing is
            recorded until `begin` names it.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = ""
        self.models: list[Captured] = []
        self.notes: list[str] = []
        self._by_id: dict[int, Captured] = {}
        self._layer_lines: dict[int, str] = {}
        self._kept: list[Any] = []
        self._training_calls = 0
        self.paused = True
        if root is not None:
            self.begin(root)

    def begin(self, root: Path) -> None:
        """Record from now on what the files in a folder make."""
        self.root = str(root.resolve()).rstrip("/") + "/"
        self.paused = False

    def frames(self, start: Any = None, limit: int = 12) -> tuple[Frame, ...]:
        """The user's lines on the stack, innermost first; what adapters do is done by their callers."""
        frame = start if start is not None else sys._getframe(1)
        found: list[Frame] = []
        while frame is not None and len(found) < limit:
            code = frame.f_code
            name = code.co_filename
            if name.startswith(self.root) and not name.endswith(f"/{COMPAT}"):
                found.append(Frame(name[len(self.root) :], frame.f_lineno, code.co_name))
            frame = frame.f_back
        return tuple(found)

    def made(self, model: Any) -> None:
        """A model's constructor has run."""
        if self.paused or id(model) in self._by_id:
            return
        captured = Captured(model, self.frames(sys._getframe(1)), len(self.models))
        self.models.append(captured)
        self._by_id[id(model)] = captured

    def layer_made(self, layer: Any) -> None:
        """A layer's constructor runs: remember the user's line."""
        if self.paused or id(layer) in self._layer_lines:
            return
        frames = self.frames(sys._getframe(1), limit=1)
        if frames:
            self._layer_lines[id(layer)] = f"{frames[0].file}:{frames[0].line}"
            self._kept.append(layer)  # so that its id stays its own

    def line_of(self, layer: Any) -> str | None:
        """``file:line`` of the user's code that made a layer."""
        return self._layer_lines.get(id(layer))

    def compiled(self, model: Any, arguments: dict[str, Any]) -> None:
        """A model was compiled."""
        if captured := self._by_id.get(id(model)):
            captured.compiled = arguments

    def called(self, model: Any, method: str) -> None:
        """A training or prediction method was called on a model.

        Raises:
            ProgramStop: the program has trained long enough.
        """
        captured = self._by_id.get(id(model))
        if captured is not None and len(captured.methods) < 20:
            captured.methods.append(method)
        self._training_calls += 1
        if self._training_calls > TRAINING_CALLS_ENOUGH:
            raise ProgramStop(f"ended after {TRAINING_CALLS_ENOUGH} answered training calls")

    @property
    def stood_in(self) -> bool:
        """Whether the program works on something that is not there."""
        return any(note.startswith("stand-in") for note in self.notes)

    def latest(self) -> Any:
        """The model made last, for programs that load what they have saved; None: there is none."""
        return self.models[-1].model if self.models else None

    def note(self, text: str) -> None:
        """Something the report should mention, once."""
        if text not in self.notes:
            self.notes.append(text)


def made_within(frame: Any, file: str) -> bool:
    """Whether the library's own `file` is what makes a model: a part of another one, then.

    Args:
        frame: the constructor's caller.
        file: end of the file's path, with forward slashes.
    """
    while frame is not None:
        name = frame.f_code.co_filename.replace(os.sep, "/")
        if name.endswith(file):
            return True
        ours = name.endswith("kerasmig/verify/program/recorder.py")
        if not ours and "/keras/" not in name and "/tensorflow/" not in name:
            return False
        frame = frame.f_back
    return False


_BEING_MADE: set[int] = set()


def wrap_init(
    cls: type, after: Callable[[Any], None], before: Callable[[Any], None] | None
) -> None:
    """Have ``after(self)`` called when the constructor of `cls` has run, ``before`` ahead of it."""
    original = cls.__init__  # type: ignore[misc]

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if id(self) in _BEING_MADE:  # called by a derived class's constructor
            original(self, *args, **kwargs)
            return
        if before is not None:
            before(self)
        _BEING_MADE.add(id(self))
        try:
            original(self, *args, **kwargs)
        finally:
            _BEING_MADE.discard(id(self))
        after(self)

    __init__.__wrapped__ = original  # type: ignore[attr-defined]
    __init__.__doc__ = original.__doc__
    # Both libraries read the signatures of constructors.
    __init__.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    cls.__init__ = __init__  # type: ignore[misc]
