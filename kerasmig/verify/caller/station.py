"""A worker of a cluster: it has what a verification on one machine has, but for the plan.

Dask calls `run` here with a task and all that it takes, by content. A process of a cluster keeps one
station for each verification that it works for: warm workers, the trees, a folder.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import queue
import shutil
import threading
import time
import zipfile
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

from kerasmig.disk.scratch import scratch_folder
from kerasmig.verify.caller.environment import program_environment
from kerasmig.verify.caller.pool import Pool, WorkerUnavailable
from kerasmig.verify.caller.releases import differences, releases
from kerasmig.verify.protocol import Answer, Task

IDLE = 900.0
"""Seconds without a task after which a station ends: whoever started the verification is gone."""
_TREES = 4
_OUTPUT = 20_000


@dataclass(frozen=True)
class Wanted:
    """What a verification asks of the machines that it runs on.

    Args:
        session: names the verification.
        environment: variables for programs, each as ``NAME=value``.
        fork: let workers fork where they can.
        releases: what the client has; a worker must have the same.
    """

    session: str
    environment: tuple[str, ...]
    fork: bool
    releases: Mapping[str, str]


@dataclass(frozen=True)
class Package:
    """Files by content: a tree, or what a later step of a program needs."""

    digest: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    Args:
        result: the text of ``result.json``; None: there is none.
        output: the end of what the program printed.
        files: result and arrays, for the steps that follow; they stay in the cluster.
    """

    answer: Answer
    versions: Mapping[str, str]
    result: bytes | None = field(repr=False)
    output: bytes = field(repr=False)
    files: Package | None = field(default=None, repr=False)


class DifferentReleases(Exception):
    """A worker has other releases than the client; the message says which."""


def run(task: Task, wanted: Wanted, tree: Package, before: Outcome | None = None) -> Outcome:
    """Run a task in this process's station.

    Args:
        before: of the old side, for the new one.

    Raises:
        DifferentReleases, WorkerUnavailable: nothing can be run here.
    """
    return _station(wanted).run(task, tree, before)


def without_files(outcome: Outcome) -> Outcome:
    """What the client wants of an outcome."""
    return replace(outcome, files=None)


def stop(session: str) -> None:
    """End the station of a verification, and with it whatever it still runs."""
    with _LOCK:
        station = _STATIONS.pop(session, None)
    if station is not None:
        station.stop()


_STATIONS: dict[str, _Station] = {}
_LOCK = threading.Lock()


def _station(wanted: Wanted) -> _Station:
    with _LOCK:
        station = _STATIONS.get(wanted.session)
        if station is None or not station.alive:
            if told := differences(wanted.releases, releases()):
                raise DifferentReleases(told)
            station = _STATIONS[wanted.session] = _Station(wanted)
        return station


class _Station:
    """A pool that several threads give tasks to, and the thread that works it.

    The processes of the pool are all started by that one thread, since they end with it.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._queue: queue.SimpleQueue[tuple[Task, Future[Answer]]] = queue.SimpleQueue()
        self._waiting: dict[str, Future[Answer]] = {}
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        self._stopped = threading.Event()
        self._begun = threading.Event()
        self._lock = threading.Lock()
        self._trees: dict[str, Path] = {}
        self._count = 0
        self.versions: dict[str, str] = {}
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        self._begun.wait()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive() and not self._stopped.is_set()

    def stop(self) -> None:
        self._stopped.set()
        self._wake()
        self._thread.join(timeout=10)

    def run(self, task: Task, tree: Package, before: Outcome | None) -> Outcome:
        with self._lock:
            self._count += 1
            number = self._count
            unpacked = self._unpacked(tree)
        folder = self._folder / "runs" / f"{number}"
        if before is not None and before.files is not None:
            old = self._folder / "before" / f"{number}"
            _unpack(before.files, old)
            task = replace(task, old_result=str(old / "result.json"))
        here = replace(task, id=f"{number}", tree=str(unpacked), folder=str(folder))
        answered: Future[Answer] = Future()
        self._queue.put((here, answered))
        self._wake()
        answer = answered.result()
        place = Path(f"{folder}-again") if Path(f"{folder}-again").exists() else folder
        try:
            return self._outcome(task, place, answer)
        finally:
            for used in (folder, place, self._folder / "before" / f"{number}"):
                shutil.rmtree(used, ignore_errors=True)

    def _outcome(self, task: Task, folder: Path, answer: Answer) -> Outcome:
        result = None
        if answer.done:
            with contextlib.suppress(OSError):
                result = _bytes(folder / "result.json")
        files = None
        if result is not None and task.side == "old":
            files = packed(folder, _lasting(folder))
        output = b""
        with contextlib.suppress(OSError):
            output = _bytes(folder / "output.txt")[-_OUTPUT:]
        answer = replace(answer, id=task.id)
        return Outcome(answer, dict(self.versions), result, output, files)

    def _unpacked(self, tree: Package) -> Path:
        if tree.digest not in self._trees:
            while len(self._trees) >= _TREES:
                shutil.rmtree(self._trees.pop(next(iter(self._trees))), ignore_errors=True)
            target = self._folder / "trees" / tree.digest
            _unpack(tree, target)
            self._trees[tree.digest] = target
        return self._trees[tree.digest]

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._write, b".")

    def _work(self) -> None:
        wanted = self._wanted
        reason: BaseException = WorkerUnavailable("the verification was ended")
        with scratch_folder("kerasmig-verify-") as self._folder:
            variables = program_environment(self._folder / "worker-home", wanted.environment)
            try:
                with Pool(1 << 16, self._folder, None, wanted.fork, variables) as pool:
                    pool.watch(self._read)
                    for side in ("old", "new"):
                        pool.warm(side)
                    self._begun.set()
                    self._serve(pool)
            except BaseException as error:
                reason = error
            self._stopped.set()
            self._begun.set()
            while not self._queue.empty():
                task, future = self._queue.get()
                self._waiting[task.id] = future
            for future in self._waiting.values():
                future.set_exception(reason)
        os.close(self._write)
        os.close(self._read)

    def _serve(self, pool: Pool) -> None:
        answers: list[Answer] = []

        def keep(task: Task, answer: Answer) -> None:
            answers.append(answer)

        used = time.monotonic()
        while not self._stopped.is_set():
            pool.step(keep, IDLE / 10)
            with contextlib.suppress(BlockingIOError):
                os.read(self._read, 1 << 16)
            while not self._queue.empty():
                task, future = self._queue.get()
                self._waiting[task.id] = future
                pool.submit(task)
            if answers and pool.ready:  # what every worker has is told with each answer
                self.versions = dict(sorted(pool.versions.items()))
                for answer in answers:
                    self._waiting.pop(answer.id).set_result(answer)
                answers.clear()
            if self._waiting:
                used = time.monotonic()
            elif time.monotonic() - used > IDLE:
                return


# -- files by content ----------------------------------------------------------------------------


def packed(root: Path, files: list[Path]) -> Package:
    """Some files below a folder, by content."""
    import hashlib

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for path in files:
            name = path.relative_to(root).as_posix()
            entry = zipfile.ZipInfo(json.dumps(name))  # names that are not UTF-8, too
            entry.external_attr = (path.stat().st_mode & 0o777) << 16
            data = b"" if not os.access(path, os.R_OK) else _bytes(path)
            archive.writestr(entry, data)
    found = stream.getvalue()
    return Package(hashlib.sha256(found).hexdigest(), found)


def _unpack(package: Package, target: Path) -> None:
    target.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        for entry in archive.infolist():
            path = target / json.loads(entry.filename)
            if not path.resolve().is_relative_to(target.resolve()):
                raise ValueError(f"{entry.filename} leads out of its folder")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(entry))
            path.chmod(entry.external_attr >> 16 or 0o600)


def _lasting(folder: Path) -> list[Path]:
    """What later steps read of a finished one: its result, its arrays, the files made for it."""
    made = sorted(path for path in (folder / "made").rglob("*") if _is_file(path))
    return [folder / "result.json", *sorted(filter(_is_file, folder.glob("*.npz"))), *made]


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()  # the program could have put anything there


def _bytes(path: Path) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        if not path.is_file():
            raise OSError(f"{path.name} is not a file")
        return file.read()
