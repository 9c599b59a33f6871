"""The interactive review, driven through a real pseudo-terminal."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kerasmig.cli.decisions import decide, reject, withdraw_pending
from kerasmig.finding import Applicability, DataFormat, Finding
from tests.core.trees import read_tree, run, write_tree

pty = pytest.importorskip("pty")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

NET = b"""from keras.models import Sequential
from keras.layers import Convolution2D, Dense

model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode='same', input_shape=(3, 32, 32), dim_ordering='th'))
model.add(Convolution2D(16, 5, 5,
                        dim_ordering='th'))  # second
"""
UNDECIDED = b"""from keras.models import Sequential
from keras.layers import Convolution2D

model = Sequential()
model.add(Convolution2D(10, 1, 1, input_shape=(16, 16, 16)))
"""
QUESTION = "Make this change [y,n,e,a,d,q,?]?"
FORMAT = "Channels [f]irst, channels [l]ast, or [s]kip [f,l,s,q]?"


def _take_terminal() -> None:
    """Make standard input the terminal whose ^C reaches this process."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@dataclass
class Session:
    """A review in a pseudo-terminal."""

    folder: Path
    editor: str = ""
    screen: str = ""
    _fd: int = -1
    _process: subprocess.Popen[bytes] | None = None
    _answered: int = field(default=0)

    def start(self, *arguments: str) -> Session:
        main, other = pty.openpty()
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "TERM": "xterm",
            "NO_COLOR": "1",
            "EDITOR": self.editor,
            "VISUAL": self.editor,
        }
        command = [sys.executable, "-m", "kerasmig", "upgrade", "--interactive", "--no-backup"]
        command += ["--ignore", "KM130"]  # the line at the head has tests of its own
        self._process = subprocess.Popen(
            [*command, *arguments],
            cwd=self.folder,
            env=environment,
            stdin=other,
            stdout=other,
            stderr=other,
            close_fds=True,
            preexec_fn=_take_terminal,
        )
        os.close(other)
        self._fd = main
        return self

    def answer(self, question: str, text: str) -> None:
        """Wait for a question, then type."""
        self._read_until(lambda: question in self.screen[self._answered :])
        at = self.screen.index(question, self._answered)
        self._answered = at + len(question)
        os.write(self._fd, text.encode())

    def end(self, again: str = "") -> int:
        """Read to the end; the exit code.

        Args:
            again: typed once more whenever nothing happens for a while: a key may be lost while
                the terminal changes its mode.
        """
        self._read_until(lambda: False, again)
        assert self._process is not None
        code = self._process.wait(30)
        os.close(self._fd)
        return code

    def _read_until(self, done: object, again: str = "") -> None:
        assert callable(done)
        limit = time.monotonic() + 120
        while not done():
            assert time.monotonic() < limit, f"nothing more came:\n{self.screen}"
            if not select.select([self._fd], [], [], 3)[0]:
                with contextlib.suppress(OSError):
                    os.write(self._fd, again.encode())
                continue
            try:
                data = os.read(self._fd, 65536)
            except OSError:
                return
            if not data:
                return
            self.screen += data.decode().replace("\r\n", "\n")


def test_accept_and_reject_and_nothing_is_asked_twice(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": NET})
    review = Session(tmp_path).start()
    review.answer(QUESTION, "y\n")
    review.answer(QUESTION, "n\n")
    review.end()
    assert "-model.add(Convolution2D(8, 3, 3, border_mode='same'" in review.screen
    assert "channels_first" in review.screen
    assert f"(1/2) {QUESTION}" in review.screen and f"(2/2) {QUESTION}" in review.screen
    new = read_tree(tmp_path)["net.py"].decode()
    assert new == (
        "from keras.models import Sequential\n"
        "from keras.layers import Convolution2D, Conv2D, Dense\n\n"
        "model = Sequential()\n"
        "model.add(Conv2D(8, (3, 3), padding='same', input_shape=(3, 32, 32), "
        "data_format='channels_first'))\n"
        "model.add(Convolution2D(16, 5, 5,\n"
        "                        dim_ordering='th'))  # second  # kerasmig: ignore[KM201]\n"
    )
    again = Session(tmp_path).start()
    again.end()
    assert QUESTION not in again.screen
    assert read_tree(tmp_path)["net.py"].decode() == new


def test_all_of_a_code(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": NET, "b.py": NET})
    review = Session(tmp_path).start()
    review.answer(QUESTION, "?\n")
    review.answer(QUESTION, "a\n")
    review.end()
    assert "make this change and all others of this code" in review.screen
    tree = read_tree(tmp_path)
    assert all(b"Convolution2D" not in data for data in tree.values())
    plain = tmp_path / "plain"
    write_tree(plain, {"a.py": NET})
    run(plain, "upgrade", "--no-backup", "--ignore", "KM130")
    assert tree["a.py"] == (plain / "a.py").read_bytes()


def test_quit_in_the_middle_keeps_what_was_accepted(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": NET, "b.py": NET})
    review = Session(tmp_path).start()
    review.answer(QUESTION, "y\n")
    review.answer(QUESTION, "q\n")
    review.end()
    tree = read_tree(tmp_path)
    assert tree["b.py"] == NET
    assert b"Conv2D(8, (3, 3)" in tree["a.py"]
    assert b"Convolution2D(16, 5, 5,\n                        dim_ordering='th'))  # second\n" in (
        tree["a.py"]
    )
    assert b"kerasmig" not in tree["a.py"]


def test_edit(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": NET})
    editor = tmp_path.parent / f"{tmp_path.name}-editor"
    editor.write_text("#!/bin/sh\nsed -i 's/Conv2D(8/Conv2D(9/' \"$1\"\n", encoding="utf-8")
    editor.chmod(0o755)
    review = Session(tmp_path, editor=str(editor)).start()
    review.answer(QUESTION, "e\n")
    review.answer(QUESTION, "a\n")
    review.end()
    new = read_tree(tmp_path)["net.py"].decode()
    assert "Conv2D(9, (3, 3), padding='same'" in new
    assert "Convolution2D" not in new
    compile(new, "net.py", "exec")


def test_a_data_format_is_decided_once(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": UNDECIDED})
    review = Session(tmp_path).start()
    review.answer(FORMAT, "f\n")
    review.answer(QUESTION, "y\n")
    review.end()
    assert "as channels_first: " in review.screen and "as channels_last: " in review.screen
    new = read_tree(tmp_path)["net.py"].decode()
    assert "data_format='channels_first'" in new
    assert "# kerasmig: data_format=channels_first" in new
    again = Session(tmp_path).start()
    assert again.end() == 0
    assert FORMAT not in again.screen and QUESTION not in again.screen


def test_a_data_format_is_left_open_and_decided_in_a_later_run(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": UNDECIDED})
    review = Session(tmp_path).start()
    review.answer(FORMAT, "q\n")
    review.end()
    assert read_tree(tmp_path)["net.py"] == UNDECIDED
    review = Session(tmp_path).start()
    review.answer(FORMAT, "s\n")
    review.answer(QUESTION, "y\n")
    assert review.end() == 1
    asked = read_tree(tmp_path)["net.py"].decode()
    assert "input_shape=(16, 16, 16)))  # kerasmig: data_format=undecided" in asked
    later = Session(tmp_path).start()
    later.answer(FORMAT, "f\n")
    later.answer(QUESTION, "y\n")
    assert later.end() == 0
    new = read_tree(tmp_path)["net.py"].decode()
    assert "data_format='channels_first'))  # kerasmig: data_format=channels_first\n" in new


def test_python_2_is_asked_for_first(tmp_path: Path) -> None:
    code = b"#!/usr/bin/python\nfrom keras.layers import Dense\nprint Dense(output_dim=3)\n"
    write_tree(tmp_path, {"net.py": code})
    question = "Bring this file to Python 3 and go on [y,n,a,q]?"
    review = Session(tmp_path).start()
    review.answer(question, "n\n")
    review.end()
    new = read_tree(tmp_path)["net.py"]
    assert new == code.replace(b"python\n", b"python\n# kerasmig: ignore[KM801]\n", 1)
    again = Session(tmp_path).start()
    again.end()
    assert question not in again.screen


def test_an_interrupt_writes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": NET})
    review = Session(tmp_path).start()
    review.answer(QUESTION, "\x03")
    assert review.end(again="\x03") == 130
    assert "kerasmig: interrupted" in review.screen
    assert read_tree(tmp_path)["net.py"] == NET


def test_it_does_not_go_with_a_dry_run(tmp_path: Path) -> None:
    ran = run(tmp_path, "upgrade", "--interactive", "--diff")
    assert ran.code == 2
    assert "--interactive" in ran.err


def finding(code: str, line: int, end_line: int = 0) -> Finding:
    return Finding(code, "", Applicability.AUTOMATIC, line, 0, end_line=end_line)


def test_comments_go_where_they_fit() -> None:
    assert reject("f(1)\r\ng()\r\n", finding("KM201", 1)) == (
        "f(1)  # kerasmig: ignore[KM201]\r\ng()\r\n"
    )
    once = reject("f(1)", finding("KM201", 1))
    assert reject(once, finding("KM301", 1)) == "f(1)  # kerasmig: ignore[KM201, KM301]"
    text = "f(1, \\\n  '''a\nb''')  # c\n"
    assert reject(text, finding("KM201", 1, 3)).endswith("# c  # kerasmig: ignore[KM201]\n")
    pending = reject(once, finding("KM301", 1), pending=True)
    assert withdraw_pending(pending) == once
    assert decide("#!/bin/x\nm = 1 + \\\n 2\n", 2, DataFormat.CHANNELS_LAST) == (
        "#!/bin/x\n# kerasmig: data_format=channels_last\nm = 1 + \\\n 2\n"
    )
