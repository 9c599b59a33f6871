"""Where the programs of a verification are run: the one interface, and the choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from kerasmig.verify.caller.environment import program_environment
from kerasmig.verify.protocol import Answer, Task
from kerasmig.verify.settings import VerifySettings


class Executor(Protocol):
    """Runs tasks, one after the other or at once, and says what came of each.

    The result of a task is in the task's folder when it is answered, as on one machine.
    """

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions of what the programs were run with."""

    def warm(self, kind: str) -> None:
        """Get ready for tasks of a kind, if that can be done ahead."""

    def submit(self, task: Task, *, first: bool = False) -> None:
        """Queue a task, behind all others or before them."""

    def run(self, on_answer: Callable[[Task, Answer], None]) -> None:
        """Work until nothing is queued or running; `on_answer` may submit more."""

    def forget(self, result: Path) -> None:
        """Let go of what only later steps of the same program needed."""

    def __enter__(self) -> Executor: ...

    def __exit__(self, *details: object) -> None: ...


def executor(settings: VerifySettings, folder: Path) -> Executor:
    """What the settings ask for: this machine by itself, or a cluster.

    Args:
        folder: of the verification; holds the trees ``old`` and ``new``.
    """
    if settings.scheduler:
        from kerasmig.verify.caller.cluster import ClusterExecutor

        return ClusterExecutor(settings, folder)
    from kerasmig.verify.caller.pool import Pool

    variables = program_environment(folder / "worker-home", settings.env)
    return Pool(settings.job_count, folder, settings.python, settings.fork, variables)
