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
QUESTION = "Make this change [y,n,e,a,f,s,b,/,d,q,?]?"
FORMAT = "Channels [f]irst, channels [l]ast, or [s]kip [f,l,s,b,q]?"


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
    question = "Bring this file to Python 3 and go on [y,n,a,s,b,q]?"
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


IMPORTS = b"from keras.layers.core import Dense\nx = Dense(3)\n"


def session(folder: Path, *answers: str) -> Session:
    """A review that was answered so, to its end."""
    review = Session(folder).start()
    for answer in answers:
        review.answer(QUESTION, f"{answer}\n")
    review.end()
    return review


@pytest.mark.parametrize("name", ["a.py", "z.py"])
def test_quitting_at_once_leaves_every_byte(tmp_path: Path, name: str) -> None:
    """Also of files that come before, and of those with nothing but imports to change."""
    tree = {
        name: IMPORTS,
        "m.py": NET,
        "n.py": b"from keras.layers.core import *\nDense(output_dim=3)\n",
    }
    write_tree(tmp_path, tree)
    review = session(tmp_path, "q")
    assert read_tree(tmp_path) == tree
    assert "accepted 0 changes in 0 files; 3 files not gone through" in review.screen


def test_imports_alone_are_asked_about(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": IMPORTS, "b.py": IMPORTS})
    review = session(tmp_path, "y", "n")
    tree = read_tree(tmp_path)
    assert tree["a.py"] == IMPORTS.replace(b".core", b"")
    assert tree["b.py"] == IMPORTS
    assert "accepted 1 change in 1 file; left 1 place as it was" in review.screen


def test_the_rest_of_a_file_is_skipped_and_asked_again(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": NET, "b.py": NET, "c.py": NET})
    review = session(tmp_path, "y", "s", "s", "f")
    tree = read_tree(tmp_path)
    assert b"Conv2D(8, (3, 3)" in tree["a.py"] and b"Convolution2D(16, 5, 5" in tree["a.py"]
    assert tree["b.py"] == NET
    assert b"Convolution2D" not in tree["c.py"]
    assert b"kerasmig" not in b"".join(tree.values())
    assert "accepted 3 changes in 2 files; 2 files not gone through" in review.screen
    again = session(tmp_path, "f", "f")
    assert again.screen.count(QUESTION) == 2
    assert all(b"Convolution2D" not in data for data in read_tree(tmp_path).values())


def test_back_takes_answers_back_also_across_files(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": NET, "b.py": NET})
    review = session(tmp_path, "b", "n", "y", "b", "b", "y", "n", "n", "b", "b", "y", "f")
    assert "this is the first question" in review.screen
    tree = read_tree(tmp_path)
    assert all(b"Convolution2D" not in data for data in tree.values())
    assert all(b"kerasmig" not in data for data in tree.values())
    assert "accepted 4 changes in 2 files" in review.screen


def test_back_takes_back_all_of_a_code_and_a_skipped_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": NET, "b.py": NET})
    session(tmp_path, "s", "y", "b", "b", "n", "q")
    tree = read_tree(tmp_path)
    assert tree["b.py"] == NET
    assert b"# kerasmig: ignore[KM201]" in tree["a.py"] and b" Conv2D(" not in tree["a.py"]


def test_back_takes_a_data_format_back(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": UNDECIDED})
    review = Session(tmp_path).start()
    review.answer(FORMAT, "f\n")
    review.answer(QUESTION, "b\n")
    review.answer(FORMAT, "l\n")
    review.answer(QUESTION, "y\n")
    review.end()
    new = read_tree(tmp_path)["net.py"].decode()
    assert "channels_last" in new and "channels_first" not in new
    assert "accepted 1 change in 1 file; decided 1 data format" in review.screen


def test_search_goes_to_a_change_here_or_in_another_file(tmp_path: Path) -> None:
    other = b"from keras.layers import LSTM\nx = LSTM(output_dim=3)\n"
    write_tree(tmp_path, {"a.py": NET, "b.py": NET, "c.py": other})
    review = Session(tmp_path).start()
    review.answer(QUESTION, "/second\n")
    review.answer(QUESTION, "y\n")  # the second of a.py
    assert "line 6: KM201" in review.screen.split(QUESTION)[1]
    review.answer(QUESTION, "/nowhere\n")
    review.answer(QUESTION, "/lstm\n")
    assert "no open change with 'nowhere'" in review.screen
    review.answer(QUESTION, "q\n")
    review.end()
    assert "c.py\n" in review.screen and "LSTM" in review.screen.split(QUESTION)[-2]
    tree = read_tree(tmp_path)
    assert (tree["b.py"], tree["c.py"]) == (NET, other)
    assert b"Convolution2D(8, 3, 3" in tree["a.py"] and b"Conv2D(16, (5, 5)" in tree["a.py"]


def test_each_change_says_why(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": IMPORTS, "net.py": NET})
    review = session(tmp_path, "n", "q")
    for part in review.screen.split(QUESTION)[:-1]:
        assert any(word in part for word in ("automatic: ", "assumed: "))
