"""The parent's end of the workers: start, send tasks, take answers, survive their deaths."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from kerasmig.disk.processes import naming_its_starter
from kerasmig.verify.protocol import Answer, Ready, Task, decode, line_of

MAX_RESTARTS = 5


class WorkerUnavailable(Exception):
    """A worker cannot start; the message says what is missing."""


class _Worker:
    def __init__(
        self, kind: str, python: str, fork: bool, log: Path, variables: Mapping[str, str]
    ) -> None:
        self.kind = kind
        side, _, onednn = kind.partition("+")
        self.tasks: dict[str, Task] = {}
        self.ready = False
        self._buffer = b""
        environment = dict(variables)
        root = str(Path(__file__).resolve().parents[3])
        environment["PYTHONPATH"] = os.pathsep.join(
            [root, *filter(None, [environment.get("PYTHONPATH")])]
        )
        environment.update(TF_CPP_MIN_LOG_LEVEL="3", KERAS_BACKEND="tensorflow")
        environment.pop("TF_ENABLE_ONEDNN_OPTS", None)
        if side == "old" or onednn:
            # What computes channels_first on a CPU, which TensorFlow leaves out on all but new ones.
            # The old side has it always: it stands for the TensorFlow and Theano of the day, which
            # needed no variable. TensorFlow reads it once, when it is imported.
            environment["TF_ENABLE_ONEDNN_OPTS"] = "1"
        environment["PYTHONHASHSEED"] = "0"
        environment["CUDA_VISIBLE_DEVICES"] = "-1"
        environment.update(naming_its_starter())
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            [python, "-m", "kerasmig.verify.program.worker", side, *([] if fork else ["--spawn"])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment,
            cwd=log.parent,
            start_new_session=True,
        )

    def send(self, task: Task) -> None:
        assert self.process.stdin is not None
        self.tasks[task.id] = task
        self.process.stdin.write(line_of(task).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self) -> list[Answer | Ready] | None:
        """Answers that have come; None: the worker is gone."""
        assert self.process.stdout is not None
        chunk = os.read(self.process.stdout.fileno(), 1 << 16)
        if not chunk:
            return None
        *lines, self._buffer = (self._buffer + chunk).split(b"\n")
        said = [json.loads(line) for line in lines if line.strip()]
        return [decode(Ready, data) if "ready" in data else decode(Answer, data) for data in said]

    def close(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        if self.process.poll() is None:
            try:
                self.process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._log.close()


class Pool:
    """One warm worker a kind (a side, and what its environment has), started when first needed.

    Args:
        jobs: programs in flight at once, both sides together.
        folder: for logs.
        python: interpreter; None: this one.
        fork: let the workers fork where they can.
        variables: the environment of the programs.
    """

    def __init__(
        self,
        jobs: int,
        folder: Path,
        python: str | None,
        fork: bool,
        variables: Mapping[str, str],
    ) -> None:
        self.jobs = jobs
        self.versions: dict[str, str] = {}
        self._folder = folder
        self._python = python or sys.executable
        self._fork = fork
        self._variables = variables
        self._workers: dict[str, _Worker] = {}
        self._selector = selectors.DefaultSelector()
        self._queue: deque[Task] = deque()
        self._restarts = 0

    def warm(self, kind: str) -> None:
        """Start the worker of a kind, if it is not there."""
        if kind not in self._workers:
            log = self._folder / f"worker-{kind}.log"
            worker = _Worker(kind, self._python, self._fork, log, self._variables)
            self._workers[kind] = worker
            self._selector.register(worker.process.stdout, selectors.EVENT_READ, worker)  # type: ignore[arg-type]

    def submit(self, task: Task, *, first: bool = False) -> None:
        """Queue a task, behind all others or before them."""
        if first:
            self._queue.appendleft(task)
        else:
            self._queue.append(task)

    def run(self, on_answer: Callable[[Task, Answer], None]) -> None:
        """Work until nothing is queued or running; `on_answer` may submit more.

        Raises:
            WorkerUnavailable: a worker cannot start.
        """
        while self.busy:
            self.step(on_answer)

    @property
    def busy(self) -> bool:
        """Whether anything is queued or running."""
        return bool(self._queue) or any(worker.tasks for worker in self._workers.values())

    @property
    def ready(self) -> bool:
        """Whether all workers that were started have said what they have."""
        return all(worker.ready for worker in self._workers.values())

    def watch(self, handle: int) -> None:
        """Let `step` come back when there is something to read from a handle."""
        self._selector.register(handle, selectors.EVENT_READ, None)

    def step(self, on_answer: Callable[[Task, Answer], None], seconds: float | None = None) -> None:
        """Hand out what is queued, and wait for answers, or until something else is to be done."""
        self._dispatch()
        for key, _ in self._selector.select(seconds):
            worker: _Worker | None = key.data
            if worker is None:
                continue
            answers = worker.receive()
            if answers is None:
                self._lost(worker, on_answer)
                continue
            for answer in answers:
                self._take(worker, answer, on_answer)

    def forget(self, result: Path) -> None:
        """Delete the arrays beside a result: large models leave gigabytes."""
        for path in result.parent.glob("*.npz"):
            path.unlink(missing_ok=True)

    def _take(
        self, worker: _Worker, answer: Answer | Ready, on_answer: Callable[[Task, Answer], None]
    ) -> None:
        self.versions.update(answer.versions)
        if isinstance(answer, Ready):
            if not answer.ready:
                raise WorkerUnavailable(f"{answer.kind}: {answer.error}")
            worker.ready = True
            return
        on_answer(worker.tasks.pop(answer.id), answer)

    def _dispatch(self) -> None:
        running = sum(len(worker.tasks) for worker in self._workers.values())
        waiting: deque[Task] = deque()
        while self._queue and running < self.jobs:
            task = self._queue.popleft()
            self.warm(task.worker)
            worker = self._workers[task.worker]
            try:
                worker.send(task)
            except OSError:  # it has just died; the end of its output will tell
                worker.tasks.pop(task.id, None)
                waiting.append(task)
                break
            running += 1
        self._queue.extendleft(reversed(waiting))

    def _lost(self, worker: _Worker, on_answer: Callable[[Task, Answer], None]) -> None:
        self._selector.unregister(worker.process.stdout)  # type: ignore[arg-type]
        worker.close()
        del self._workers[worker.kind]
        self._restarts += 1
        if not worker.ready or self._restarts > MAX_RESTARTS:
            log = self._folder / f"worker-{worker.kind}.log"
            text = log.read_text(errors="replace").strip().splitlines()
            raise WorkerUnavailable(
                f"the worker for the {worker.kind} side ended (exit code "
                f"{worker.process.returncode}): {text[-1] if text else 'no message'}"
            )
        # Whoever of the programs in flight did it: each is tried again, alone, once.
        for task in worker.tasks.values():
            if task.again:
                on_answer(task, Answer(task.id, done=False, reason="it brought the worker down"))
            else:
                self._queue.append(replace(task, again=True, folder=f"{task.folder}-again"))

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()
        self._selector.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()
