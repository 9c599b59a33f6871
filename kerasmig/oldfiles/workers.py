"""Processes that have Keras: one with Keras 3, one with the real Keras 1.2.2, asked line by line.

What they load may be anybody's, and holds code at times (Lambdas, and whatever a parser of files has
holes for). So they are confined as programs under verification are: they read the folders of the files
that are converted, and write in a temporary folder only.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from kerasmig.oldfiles.errors import OldFileError

_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    # channels_first on any CPU, as everywhere where models are compared.
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "KERAS_BACKEND": "tensorflow",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Worker:
    """A process that answers requests, a line of JSON each; started when it is first asked.

    Args:
        side: ``new`` or ``old``.
        folder: where it may write.
        seconds: how long one answer may take.
    """

    def __init__(self, side: str, folder: Path, seconds: float = 600) -> None:
        self._side = side
        self._folder = folder
        self._seconds = seconds
        self._readable: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._process.kill()
            self._process.wait()
            self._process = None

    def allow(self, paths: Iterable[Path]) -> None:
        """Let it read the folders of some files; it is started anew if it could not yet."""
        others = [path.absolute() for path in paths if self._folder not in path.absolute().parents]
        found = [str(_readable(path)) for path in others]
        more = [name for name in dict.fromkeys(found) if name not in self._readable]
        if more:
            self._readable += more
            self.close()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request.

        Raises:
            OldFileError: the process says that it cannot, or was lost.
        """
        import threading

        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(self._seconds, process.kill)
        watch.start()
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        finally:
            watch.cancel()
        if not line:
            self.close()
            name = "Keras 3" if self._side == "new" else "Keras 1.2.2"
            raise OldFileError(f"the process with {name} was lost on it (memory or time)")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise OldFileError(answer["error"])
        return answer

    def _started(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        from kerasmig.disk.processes import naming_its_starter
        from kerasmig.old_and_new import require_tensorflow
        from kerasmig.verify.caller.environment import program_environment
        from kerasmig.verify.program import confinement

        require_tensorflow()
        home = self._folder / f"home-{self._side}"
        wrapped = confinement.wrapper(self._folder, self._folder, self._readable, ())
        # In a namespace of its own no process outside has a name; what wraps it ends with us.
        starter = {} if wrapped else naming_its_starter()
        command = [*wrapped]
        command += [sys.executable, "-m", f"kerasmig.oldfiles.worker_{self._side}"]
        command.append(json.dumps([str(self._folder), *self._readable]))
        if self._side == "old":
            from kerasmig.legacy.install import ensure

            command.append(str(ensure()))
        environment = program_environment(home, ()) | _ENVIRONMENT
        package = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [package, environment.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={
                **environment,
                **starter,
                "PYTHONPATH": path,
                "TMPDIR": str(home),
                "TEMP": str(home),
            },
            cwd=home,
        )
        return self._process


def _readable(path: Path) -> Path:
    """What the process may read for the sake of a file: its folder, but never a whole home."""
    from kerasmig.verify.caller.trees import too_wide

    return path if too_wide(path.parent) else path.parent


def confine_self(told: str) -> None:
    """Confine this process, before it imports anything that starts threads, where the system can.

    Args:
        told: as JSON, the folder that it may write to, then what it may read besides.
    """
    from kerasmig.disk.processes import die_with_parent
    from kerasmig.verify.program import confinement

    die_with_parent()
    folder, *readable = json.loads(told)
    confinement.confine(Path(folder), Path(folder), readable, ())


def serve(answer: Any) -> None:
    """Be a worker: answer each line of stdin; what libraries print goes nowhere.

    Args:
        answer: function of a request that gives the answer, and may raise anything.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        for line in sys.stdin:
            try:
                told = answer(json.loads(line))
            except Exception as error:  # the next request is another file
                text = " ".join(str(error).split())
                told = {"error": f"{type(error).__name__}: {text[:400]}"}
            out.write(json.dumps(told) + "\n")
            out.flush()
