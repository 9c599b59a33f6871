"""A warm worker: imports one library once and forks a process per program.

Started as ``python -m kerasmig.verify.program.worker old|new``; reads one task a line from
standard input and writes one answer a line to standard output (`kerasmig.verify.protocol`). Where the system cannot fork, each
program gets an interpreter of its own (``--once TASK.json``).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerasmig.disk.processes import die_with_parent, naming_its_starter
from kerasmig.verify.program import confinement
from kerasmig.verify.program.child import run_task
from kerasmig.verify.program.library import Side
from kerasmig.verify.program.recorder import Recorder
from kerasmig.verify.program.sandbox import WALL_FACTOR
from kerasmig.verify.protocol import Answer, Ready, Task, decode, line_of, read, write

OUTPUT_CAP = 1_000_000
"""Bytes that a program's output file may grow to."""
_PR_SET_CHILD_SUBREAPER = 36
_POLL = 0.02


def prepare(side: str) -> tuple[Side, dict[str, str]]:
    """Import the library of a side and instrument it: the side, and the versions.

    Whatever most programs come to need belongs here, before the fork. Nothing may be computed:
    TensorFlow's threads would be missing in the children.

    Raises:
        ImportError: TensorFlow or Keras 3 is not installed.
        kerasmig.legacy.errors.LegacyError: Keras 1.2.2 cannot be had.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")
    if side == "old":
        from kerasmig.legacy import bridge, install

        keras = bridge.activate(install.ensure())
        _import_all(f"keras.datasets.{name}" for name in ("mnist", "cifar10", "cifar100"))
        _import_all(f"keras.datasets.{name}" for name in ("imdb", "reuters"))
        _import_all(f"keras.preprocessing.{name}" for name in ("image", "sequence", "text"))
        _import_all(f"kerasmig.verify.models.{name}" for name in ("measure_old", "train_old"))
        _import_all(f"kerasmig.verify.stretch.{name}" for name in ("run", "record_old"))
        tensorflow = importlib.import_module("tensorflow.compat.v1")
        from kerasmig.verify.program.keras1 import Keras1

        library: Side = Keras1()
        versions = {"keras_old": keras.__version__, "tensorflow": str(tensorflow.__version__)}
    else:
        keras = importlib.import_module("keras")
        if int(keras.__version__.partition(".")[0]) < 3:
            raise ImportError(f"Keras {keras.__version__} is installed where Keras 3 is needed")
        importlib.import_module("tensorflow")
        _import_all(f"kerasmig.verify.models.{name}" for name in ("measure_new", "train_new"))
        _import_all(f"kerasmig.verify.stretch.{name}" for name in ("run", "record_new", "compare"))
        from kerasmig.verify.program.keras3 import Keras3

        library = Keras3()
        versions = {"keras_new": keras.__version__, "python": sys.version.split()[0]}
    _import_all(("PIL.Image", "scipy.ndimage", "h5py", "click"))
    library.install(Recorder())
    return library, versions


def _import_all(names: Iterable[str]) -> None:
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


@dataclass
class _Running:
    task: Task
    pid: int
    started: float
    process: subprocess.Popen[bytes] | None = None
    killed: str = ""
    peak: float = 0.0
    stage: str = ""
    stage_started: float = 0.0
    stage_cpu: float = 0.0

    def enter(self, stage: str) -> None:
        """Its time starts anew with each stage: running the program, measuring a model."""
        if stage != self.stage:
            self.stage, self.stage_started = stage, time.monotonic()
            self.stage_cpu = sum(map(_cpu_seconds, _family(self)))


class Server:
    """Takes tasks, keeps their limits, answers.

    Args:
        side: ``old`` or ``new``.
        fork: fork children; otherwise start an interpreter each.
    """

    def __init__(self, side: str, fork: bool) -> None:
        self.side = side
        self.fork = fork
        self.running: dict[int, _Running] = {}
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # whatever prints must not disturb the answers

    def serve(self) -> None:
        """Work until standard input ends and all programs have."""
        die_with_parent()
        _adopt_orphans()
        try:
            versions = self._warm_up() if self.fork else {}
        except Exception as error:
            self._answer(Ready(False, error=str(error), kind=type(error).__name__))
            return
        self._answer(Ready(True, versions))
        buffer, open_ = b"", True
        while open_ or self.running:
            if not open_:  # nobody waits for the answers any more
                for pid in self.running:
                    _kill_session(pid)
            readable = select.select([0] if open_ else [], [], [], _POLL if self.running else None)
            if readable[0]:
                chunk = os.read(0, 1 << 16)
                open_ = bool(chunk)
                buffer += chunk
                *lines, buffer = buffer.split(b"\n")
                for line in lines:
                    if line.strip():
                        self._start(decode(Task, json.loads(line)))
            self._watch()
        self._out.close()

    def _warm_up(self) -> dict[str, str]:
        self.library, versions = prepare(self.side)
        # What the children inherit stays out of their collector's way: it would touch, and so
        # copy, every page of it.
        gc.collect()
        gc.freeze()
        return versions

    def _answer(self, message: Ready | Answer) -> None:
        self._out.write(line_of(message) + "\n")
        self._out.flush()

    def _start(self, task: Task) -> None:
        Path(task.folder).mkdir(parents=True, exist_ok=True)
        if self.fork:
            server = os.getpid()
            pid = os.fork()
            if pid == 0:
                _child(task, self.library, self._out.fileno(), server)
            self.running[pid] = _Running(task, pid, time.monotonic())
            return
        path = Path(task.folder, "task.json")
        write(path, task)
        wrapped = self._wrapper(task)
        # In a namespace of its own no process outside has a name; what wraps it ends with us.
        starter = {} if wrapped else naming_its_starter()
        with Path(task.folder, "output.txt").open("wb") as output:
            process = subprocess.Popen(
                [
                    *wrapped,
                    sys.executable,
                    "-m",
                    "kerasmig.verify.program.worker",
                    self.side,
                    "--once",
                    str(path),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **starter},
                start_new_session=True,
            )
        self.running[process.pid] = _Running(task, process.pid, time.monotonic(), process)

    def _wrapper(self, task: Task) -> list[str]:
        folder = Path(task.folder)
        return confinement.wrapper(folder, folder.parent.parent, task.read, task.write)

    def _watch(self) -> None:
        for pid, run in list(self.running.items()):
            status = self._ended(run)
            if status is None:
                self._limit(run)
                continue
            del self.running[pid]
            _kill_session(pid)
            seconds = time.monotonic() - run.started
            self._answer(
                Answer(
                    run.task.id,
                    done=Path(run.task.folder, "result.json").exists(),
                    reason=run.killed or _how_it_ended(status),
                    seconds=round(seconds, 3),
                    peak_mb=round(run.peak),
                    versions=_versions(run.task),
                )
            )
        if not self.running:
            _reap_orphans()

    def _ended(self, run: _Running) -> int | None:
        if run.process is not None:
            return run.process.poll()
        try:
            pid, status = os.waitpid(run.pid, os.WNOHANG)
        except ChildProcessError:
            return 0
        return None if pid == 0 else os.waitstatus_to_exitcode(status)

    def _limit(self, run: _Running) -> None:
        if run.killed:
            return
        task = run.task
        # What stops itself in time is not for us to end; an interpreter has to import first.
        limit = task.time_limit * 1.2 + (2.0 if run.process is None else 30.0)
        run.enter(_stage(task))
        resident = sum(map(_resident_mb, _family(run)))
        run.peak = max(run.peak, resident)
        waited = time.monotonic() - (run.stage_started or run.started)
        if sum(map(_cpu_seconds, _family(run))) - run.stage_cpu > limit:
            run.killed = f"time limit: stopped after {task.time_limit:.0f} s of CPU time"
        elif waited > limit * WALL_FACTOR:
            run.killed = f"time limit: stopped after {waited:.0f} s"
        elif resident > task.memory_limit:
            run.killed = f"memory limit: it took more than {task.memory_limit:.0f} MB"
        elif _output_size(task) > OUTPUT_CAP * 50:
            run.killed = "output limit: it does not stop writing"
        if run.killed:
            _kill_session(run.pid)


def _child(task: Task, library: Side, answers: int, server: int) -> None:
    """The forked process of one program; never returns."""
    code = 1
    try:
        die_with_parent(server)
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.close(answers)
        null = os.open(os.devnull, os.O_RDONLY)
        output = os.open(
            str(Path(task.folder, "output.txt")), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
        )
        os.dup2(null, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.stdin = os.fdopen(0, "r")
        sys.stdout = sys.stderr = _Capped(os.fdopen(1, "w", encoding="utf-8", errors="replace"))
        _limit_files()
        run_task(task, library, _confine(task))
        code = 0
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc()
            sys.stderr.flush()
    finally:
        os._exit(code)


def _confine(task: Task) -> str:
    """Confine this process to the folder of a task; what by.

    Raises:
        OSError: it cannot be, and the program is not trusted.
    """
    folder = Path(task.folder)
    level = confinement.confine(folder, folder.parent.parent, task.read, task.write)
    if not level and not task.trust:
        raise OSError(confinement.ADVICE)
    return level


class _Capped:
    """A text stream that swallows what goes beyond the cap."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._left = OUTPUT_CAP

    def write(self, text: str) -> int:
        if self._left > 0:
            self._stream.write(text[: self._left])
            self._left -= len(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _limit_files() -> None:
    """No file larger than 8 GB, no core dumps."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 30, 8 << 30))


def _how_it_ended(code: int) -> str:
    if code == 0:
        return ""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"the process was killed by {signal.Signals(-code).name}"
        return f"the process was killed by signal {-code}"
    return f"the process ended by itself with exit code {code}"


def _versions(task: Task) -> dict[str, str]:
    """What an interpreter of a program's own has imported; a forked child does not say."""
    try:
        found = json.loads(Path(task.folder, "versions.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(version) for name, version in found.items()}


def _output_size(task: Task) -> int:
    try:
        return Path(task.folder, "output.txt").stat().st_size
    except OSError:
        return 0


def _stage(task: Task) -> str:
    try:
        return Path(task.folder, "stage").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _cpu_seconds(pid: int) -> float:
    """CPU time that a process has used where /proc tells; 0 elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return 0.0


def _family(run: _Running) -> list[int]:
    """The process of a program; and those below it where something had to start it for us."""
    if run.process is None:
        return [run.pid]
    found = [run.pid]
    for pid in found:
        with contextlib.suppress(OSError, ValueError):
            path = Path(f"/proc/{pid}/task/{pid}/children")
            found += map(int, path.read_text().split())
    return found


def _resident_mb(pid: int) -> float:
    """Resident memory of a process where /proc tells; 0 elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError, ValueError):
        return 0.0


def _adopt_orphans() -> None:
    """Processes that a program leaves behind become ours, to be ended (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _kill_session(pid: int) -> None:
    """End a process, its group, and whatever shares its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    for entry in Path("/proc").glob("[0-9]*") if Path("/proc").is_dir() else ():
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == pid and int(entry.name) != os.getpid():
                os.kill(int(entry.name), signal.SIGKILL)


def _reap_orphans() -> None:
    with contextlib.suppress(ChildProcessError, OSError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(arguments: list[str]) -> int:
    side = arguments[0]
    if "--once" in arguments:
        task = read(Task, Path(arguments[arguments.index("--once") + 1]))
        die_with_parent()
        for name in ("TMPDIR", "TEMP", "TMP"):
            os.environ[name] = task.folder
        confined = _confine(task)  # before the libraries start threads
        library, versions = prepare(side)
        Path(task.folder, "versions.json").write_text(json.dumps(versions), "utf-8")
        run_task(task, library, confined)
        return 0
    # What runs already cannot be wrapped: then each program is started anew.
    fork = hasattr(os, "fork") and not confinement.wrapper(Path.cwd(), Path.cwd(), (), ())
    Server(side, fork=fork and "--spawn" not in arguments).serve()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
