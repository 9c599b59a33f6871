"""Verification on many machines: tasks go to a cluster of Dask, which has the engine for it.

Tasks carry what they need by content: trees go to each worker once, what the old side measured stays
in the cluster for the new side. Dask looks after queues, workers that come, go and die, and repeats
what was lost with them. What is left here is to say what to run and to take what came of it.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import uuid
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kerasmig.verify.caller import station
from kerasmig.verify.caller.pool import WorkerUnavailable
from kerasmig.verify.caller.releases import differences, releases
from kerasmig.verify.caller.station import DifferentReleases, Outcome, Package, Wanted, packed
from kerasmig.verify.program import confinement
from kerasmig.verify.protocol import Answer, Task
from kerasmig.verify.settings import VerifySettings

INSTALL = "a cluster needs Dask: pip install 'kerasmig[cluster]'"
_PATIENCE = "20s"


class ClusterExecutor:
    """Runs tasks on a cluster of Dask.

    Args:
        settings: ``scheduler`` says which; ``local:N`` starts one here, for this verification.
        folder: of the verification.

    Raises:
        kerasmig.verify.VerifyError: there is no such cluster, or its workers have other releases.
    """

    def __init__(self, settings: VerifySettings, folder: Path) -> None:
        self.versions: Mapping[str, str] = {}
        self._settings = settings
        self._folder = folder
        self._wanted = Wanted(
            uuid.uuid4().hex, _resolved(settings.env), settings.fork, dict(releases())
        )
        self._trees: dict[str, Any] = {}
        self._outcomes: dict[str, Any] = {}
        self._tasks: dict[str, Task] = {}
        self._ending = ExitStack()
        try:
            self._client = self._connected()
            self._check()
            self._coming = self._distributed.as_completed()
        except BaseException:
            self._ending.close()
            raise

    # -- the cluster -------------------------------------------------------------------------------

    def _connected(self) -> Any:
        from kerasmig.verify import VerifyError

        try:
            dask: Any = importlib.import_module("dask")
            self._distributed: Any = importlib.import_module("distributed")
        except ImportError as error:
            raise VerifyError(INSTALL) from error
        address = self._settings.scheduler
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        # Trees travel in the graph, so that Dask can send them again when a worker is lost.
        self._ending.enter_context(
            dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
        )
        if address.partition(":")[0] == "local":
            count = int(address.partition(":")[2] or 0) or self._settings.job_count
            address = self._ending.enter_context(
                self._distributed.LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    memory_limit=0,  # programs have limits of their own, in processes of their own
                    dashboard_address=None,
                    local_directory=str(self._folder / "cluster"),
                    silence_logs=logging.CRITICAL,
                )
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._ending.enter_context(
                    self._distributed.Client(address, timeout=_PATIENCE)
                )
        except (OSError, ValueError) as error:
            raise VerifyError(
                f"no scheduler answers at {address}: {_line(error)}; start one with `dask "
                "scheduler`, and workers with `dask worker ADDRESS`"
            ) from error

    def _check(self) -> None:
        """See that every worker that is there has what the client has, and can confine programs."""
        from kerasmig.verify import VerifyError

        try:
            found = self._client.run(described)
        except Exception as error:
            raise VerifyError(
                f"the workers of {self._settings.scheduler} cannot run kerasmig: {_line(error)}; "
                "install the same kerasmig[cluster,verify] on them as here"
            ) from error
        for worker, (there, confined) in sorted(found.items()):
            if told := differences(self._wanted.releases, there):
                raise VerifyError(_other(f"{worker}: {told}"))
            if not confined and not self._settings.trust:
                raise VerifyError(f"{worker}: {confinement.ADVICE}")

    # -- tasks -------------------------------------------------------------------------------------

    def warm(self, kind: str) -> None:
        """Workers warm up by themselves, when their first task comes."""

    def submit(self, task: Task, *, first: bool = False) -> None:
        """Send a task; what continues a program goes before what begins one."""
        before = None
        if task.old_result is not None:
            before = self._outcomes[str(Path(task.old_result).parent)]
        future = self._client.submit(
            station.run,
            task,
            self._wanted,
            self._tree(task.side),
            before,
            key=f"kerasmig-{task.stage}-{self._wanted.session}-{task.id}",
            priority=1 if first else 0,
            pure=False,
        )
        if task.side == "old":
            self._outcomes[task.folder] = future
            future = self._client.submit(
                station.without_files,
                future,
                key=f"kerasmig-told-{self._wanted.session}-{task.id}",
                priority=2,
                pure=False,
            )
        self._tasks[future.key] = task
        self._coming.add(future)

    def _tree(self, side: str) -> Any:
        """The tree of a side, which each worker gets once."""
        if side not in self._trees:
            root = self._folder / side
            found = packed(root, sorted(path for path in root.rglob("*") if path.is_file()))
            self._trees[side] = self._client.submit(
                Package, found.digest, found.data, key=f"kerasmig-tree-{found.digest}"
            )
        return self._trees[side]

    def run(self, on_answer: Callable[[Task, Answer], None]) -> None:
        """Work until nothing is left; `on_answer` may submit more.

        Raises:
            WorkerUnavailable: no worker can run programs, or the cluster was lost.
        """
        for future in self._coming:
            task = self._tasks.pop(future.key)
            outcome = self._outcome(future, task)
            if outcome is None:
                answer = Answer(task.id, done=False, reason="it brought the worker down")
            else:
                answer = outcome.answer
                self.versions = {**self.versions, **outcome.versions}
                folder = Path(task.folder)
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "output.txt").write_bytes(outcome.output)
                if outcome.result is not None:
                    (folder / "result.json").write_bytes(outcome.result)
            on_answer(task, answer)

    def _outcome(self, future: Any, task: Task) -> Outcome | None:
        """What came of a task; None: it ended the workers that it was given to."""
        from kerasmig.verify import VerifyError

        try:
            outcome: Outcome = future.result()
        except self._distributed.KilledWorker:
            return None
        except DifferentReleases as error:
            raise VerifyError(_other(str(error))) from error
        except WorkerUnavailable:
            raise
        except Exception as error:
            raise WorkerUnavailable(f"{task.program.file}: {_line(error)}") from error
        finally:
            future.release()
        return outcome

    def forget(self, result: Path) -> None:
        """Let the cluster delete what the old side measured."""
        self._outcomes.pop(str(result.parent), None)

    def __enter__(self) -> ClusterExecutor:
        return self

    def __exit__(self, *details: object) -> None:
        """End what is still running, wherever it runs, and let the cluster go."""
        with contextlib.suppress(Exception):  # the cluster may be gone already
            self._client.cancel([*self._outcomes.values(), *self._coming.futures], force=True)
            self._client.run(station.stop, self._wanted.session, on_error="ignore")
        self._ending.close()


def described() -> tuple[dict[str, str], str]:
    """What a worker has, and what can confine programs there."""
    return releases(), confinement.available()


def _other(told: str) -> str:
    return f"a worker of the cluster has other releases: {told}. Install the same on all machines"


def _resolved(names: Any) -> tuple[str, ...]:
    """Variables as ``NAME=value``: what they are on this machine counts."""
    found = []
    for item in names:
        name, equals, _ = item.partition("=")
        if equals or name in os.environ:
            found.append(item if equals else f"{name}={os.environ[name]}")
    return tuple(found)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
