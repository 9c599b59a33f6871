"""Room for code that is nested deeper than Python's own limit: chains of thousands of terms."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from kerasmig.text.source import SourceError

T = TypeVar("T")

#: Levels of calls, and bytes of stack to go with them. Only what is used of it takes memory.
_LEVELS = 200_000
_STACKS = (1 << 30, 256 << 20, 64 << 20)
_alone = threading.Lock()


class TooDeep(SourceError):
    """Code that is nested too deeply even for a large stack."""

    def __init__(self) -> None:
        super().__init__("is nested too deeply to be analysed")


def with_room(function: Callable[[], T]) -> T:
    """What a function gives; where Python's usual depth is too little for it, tried with more.

    Args:
        function: can be called again after it gave up.

    Raises:
        TooDeep: it cannot be done with more room either.
    """
    try:
        return function()
    except (RecursionError, TooDeep):
        pass
    try:
        return _on_large_stack(function)
    except (RecursionError, MemoryError) as error:
        raise TooDeep from error


def _on_large_stack(function: Callable[[], T]) -> T:
    """Run a function in a thread, whose stack can be chosen."""
    results: list[T] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            results.append(function())
        except BaseException as error:
            problems.append(error)

    with _alone:
        usual = sys.getrecursionlimit()
        thread = _started(work)
        if thread is None:
            raise TooDeep
        try:
            thread.join()
        finally:
            sys.setrecursionlimit(usual)
    if problems:
        raise problems[0]
    return results[0]


def _started(work: Callable[[], None]) -> threading.Thread | None:
    """A thread with the largest stack that can be had; ``None`` where there are no threads."""
    for size in _STACKS:
        before = 0
        try:
            before = threading.stack_size(size)
            # As many levels as the stack has room for: to run over it would end the process.
            sys.setrecursionlimit(min(_LEVELS, size // 5_000))
            thread = threading.Thread(target=work, name="kerasmig-deep", daemon=True)
            thread.start()
        except (RuntimeError, ValueError):
            continue
        finally:
            threading.stack_size(before)
        return thread
    return None
