"""Running a script of 2016 as it is, in Keras 1.2.2 on today's TensorFlow."""

from __future__ import annotations

import builtins
import contextlib
import importlib.machinery
import os
import subprocess
import sys
import types
from collections.abc import Sequence
from pathlib import Path

from kerasmig.legacy.bridge import activate
from kerasmig.legacy.errors import LegacyError
from kerasmig.legacy.install import ensure

# The child must find this package where the parent did, and nothing in the current folder, which
# `python -m` would put first: the user's files may be called like a module of TensorFlow's.
_START = (
    "import sys; sys.path[:] = [sys.argv.pop(1), *filter(None, sys.path)];"
    "from kerasmig.legacy.run import main; main()"
)


def run_script(path: Path, args: Sequence[str] = (), dim_ordering: str = "tf") -> int:
    """Run a script in a fresh process whose ``keras`` is Keras 1.2.2, and wait for its end.

    The script sees what ``python path args...`` would show it: ``__main__``, ``sys.argv``,
    ``sys.path``, the standard streams, the current folder. Its traceback is its own.

    Args:
        path: the script.
        args: what follows the script's name on its command line.
        dim_ordering: the global image ordering, ``"tf"`` or ``"th"``; what ``keras.json`` said.

    Returns:
        The script's exit code; 128 + n if it was ended by signal n, as shells have it.

    Raises:
        LegacyError: there is no such script, or the legacy runtime cannot be installed.
    """
    if not path.is_file():
        raise LegacyError(f"There is no script {path}.", "Give the path of a Python file.")
    package_root = Path(__file__).parents[2]
    told = [str(package_root), str(ensure()), dim_ordering, str(path), *args]
    with subprocess.Popen([sys.executable, "-c", _START, *told]) as process:
        while True:
            # Ctrl-C reaches the script too, and it is for the script to say what happens then.
            with contextlib.suppress(KeyboardInterrupt):
                code = process.wait()
                return 128 - code if code < 0 else code


def main() -> None:
    """Be the child of `run_script`: ``sys.argv`` holds legacy folder, ordering, script, args."""
    _, legacy_path, dim_ordering, script, *args = sys.argv
    try:
        activate(Path(legacy_path), dim_ordering=dim_ordering)
    except LegacyError as error:
        sys.exit(f"kerasmig: {error}")
    sys.argv = [script, *args]
    if getattr(sys.flags, "safe_path", False):  # python -P, since 3.11
        del sys.path[0]
    else:
        sys.path[0] = os.path.dirname(os.path.realpath(script))
    _execute(script)


def _execute(script: str) -> None:
    module = types.ModuleType("__main__")
    module.__dict__.update(
        __builtins__=builtins,
        __file__=script,
        __loader__=importlib.machinery.SourceFileLoader("__main__", script),
    )
    sys.modules["__main__"] = module
    sys.excepthook = _show_only_the_script
    source = Path(script).read_bytes()
    # dont_inherit: the `annotations` future of this module is not the script's.
    exec(compile(source, script, "exec", dont_inherit=True), module.__dict__)


def _show_only_the_script(
    kind: type[BaseException], error: BaseException, trace: types.TracebackType | None
) -> None:
    """Print an uncaught error as Python would have, without the frames that started the script."""
    main_file = sys.modules["__main__"].__file__
    while trace is not None and trace.tb_frame.f_code.co_filename != main_file:
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)
