"""Which lines of the program's own files were executed, and when. Runs in workers."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


class Tracer:
    """Notes each executed line of the files under a folder, once.

    Args:
        root: folder of the program's copy.
        now: the number of events until now.
    """

    def __init__(self, root: str, now: Callable[[], int]) -> None:
        self._root, self._now = root, now
        self.lines: dict[str, dict[str, int]] = {}

    def start(self) -> None:
        """Begin to note lines, in this thread and in those to come."""
        if hasattr(sys, "monitoring"):
            self._monitor()
            return
        sys.settrace(self._enter)
        threading.settrace(self._enter)

    def stop(self) -> None:
        """Note no more lines."""
        if hasattr(sys, "monitoring"):
            sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
            return
        sys.settrace(None)
        threading.settrace(None)

    def _note(self, file: str, line: int) -> None:
        lines = self.lines.setdefault(file[len(self._root) :], {})
        lines.setdefault(str(line), self._now())

    # Python 3.12 and later: a line that was noted costs nothing any more.

    def _monitor(self) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]
        monitoring.use_tool_id(monitoring.COVERAGE_ID, "kerasmig verify")

        def line(code: CodeType, number: int) -> Any:
            if code.co_filename.startswith(self._root):
                self._note(code.co_filename, number)
            return monitoring.DISABLE

        monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.LINE, line)
        monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.LINE)

    # Before

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(self._root):
            return None
        self._note(frame.f_code.co_filename, frame.f_lineno)
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self._note(frame.f_code.co_filename, frame.f_lineno)
        return self._line
