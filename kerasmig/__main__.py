"""``python -m kerasmig`` and the command ``kerasmig``: the streams and the way out.

Whatever the command line does stands in `kerasmig.cli`. Here is what has to be right around it: a
stream that is closed, full or no longer read, and an interrupt while modules are still loading.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import NoReturn

_UNREADABLE, _INTERRUPTED = 3, 130


def main() -> NoReturn:
    """Run the command line; ends with a documented exit code and never with a traceback."""
    _open_closed_streams()
    _let_any_console_do()
    code = _flushed(_code_of_run())
    if code == _INTERRUPTED:
        os._exit(code)  # Python's own way out waits for the threads of a pool that was given up
    sys.exit(code)


def _code_of_run() -> int:
    try:
        # Nothing has been done while modules load, so there is nothing to say of an interrupt.
        usual = signal.getsignal(signal.SIGINT)
        if usual is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        from kerasmig.cli import main as command

        if usual is signal.default_int_handler:
            signal.signal(signal.SIGINT, usual)
        command(prog_name="kerasmig")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except KeyboardInterrupt:
        _say("interrupted: every file is whole, old or new; run again to finish")
        return _INTERRUPTED
    except BrokenPipeError:
        return 1  # who read our output has seen enough
    except OSError as error:
        name = f"{os.fsdecode(error.filename)}: " if error.filename else "output: "
        _say(f"{name}{error.strerror or error}")
        return _UNREADABLE
    except Exception as error:
        if os.environ.get("KERASMIG_DEBUG"):
            raise
        _say(
            f"internal error: {type(error).__name__}: {error}; "
            "please report it, with what KERASMIG_DEBUG=1 shows"
        )
        return _UNREADABLE
    return 0


def _open_closed_streams() -> None:
    """Give closed standard streams the null device.

    Otherwise the next file that is opened, such as one to be rewritten, takes the stream's number.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
        if getattr(sys, name) is None:
            stream = open(  # noqa: SIM115
                number, mode, encoding="utf-8", errors="replace", closefd=False
            )
            setattr(sys, name, stream)


def _let_any_console_do() -> None:
    """Write signs that a console does not have as others, instead of stopping at them."""
    from kerasmig.text.plain import PLAIN

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAIN)


def _flushed(code: int) -> int:
    """Write out what is left to be written; the code that tells if that failed."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            _forget(number)
        except (OSError, ValueError) as error:
            _forget(number)
            code = _UNREADABLE
            if number == 1:
                _say(f"stdout: {getattr(error, 'strerror', None) or error}")
    return code


def _forget(number: int) -> None:
    """Let Python's own flush at the end go nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)


def _say(message: str) -> None:
    try:
        print(f"kerasmig: {message}".encode("ascii", "backslashreplace").decode(), file=sys.stderr)
    except (OSError, ValueError):
        _forget(2)


if __name__ == "__main__":
    main()
