"""A progress bar on a terminal, for anything that takes more than a second."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_PATIENCE = 1.0


class Progress:
    """Shows how far a piece of work is, on stderr, if that is a terminal.

    Args:
        what: what is going on, such as ``Reading``.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._started = time.monotonic()
        self._bar: object | None = None
        self._task: object = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is None:
            return
        from rich.progress import Progress as Bar

        assert isinstance(self._bar, Bar)
        self._bar.stop()

    def step(self, done: int, total: int) -> None:
        """Tell that ``done`` of ``total`` pieces are finished."""
        self.told("", done, total)

    def told(self, what: str, done: int, total: int) -> None:
        """Tell what is being worked on, and how many pieces are finished."""
        if not sys.stderr.isatty() or time.monotonic() - self._started < _PATIENCE:
            return
        from rich.console import Console
        from rich.progress import Progress as Bar
        from rich.progress import TaskID

        if self._bar is None:
            bar = Bar(console=Console(stderr=True), transient=True)
            bar.start()
            self._bar = bar
            self._task = bar.add_task(self._what, total=total)
        assert isinstance(self._bar, Bar)
        task = TaskID(int(str(self._task)))
        self._bar.update(task, completed=done, total=total, description=f"{self._what} {what}")
