"""The command line gives the same results where fork, signals, /proc and UTF-8 consoles are missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.text.plain import PLAIN
from tests.core.trees import read_tree, variants, write_tree

pytestmark = pytest.mark.exhaustive

ROOT = Path(__file__).parents[2]
SYSTEM = Path(__file__).with_name("system.py")
LEFT = "import keras\nx = keras.layers.Nothing()  # caf\xe9\n"
TREE = {
    **{name: data for name, data in variants().items() if "\u00ef" not in name},
    "left.py": LEFT.encode(),
    "requirements.txt": b"keras==1.2.2\r\ntheano\r\n",
    "README.md": b"KERAS_BACKEND=theano python net.py\n",
    "keras.json": b'{"image_dim_ordering": "th"}\n',
}


def run(system: str, folder: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Exit code and output of a command, here (``linux``) or elsewhere."""
    command = [sys.executable, "-X", "warn_default_encoding"]
    command += ["-m", "kerasmig"] if system == "linux" else [str(SYSTEM), system]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "KERASMIG_CACHE_DIR": str(folder.parent / f"cache-{system}"),
        "KERASMIG_DEBUG": "1",
        "SOURCE_DATE_EPOCH": "0",
    }
    if system != "linux":
        environment |= {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(
        [*command, *arguments], cwd=folder, env=environment, input=stdin, capture_output=True,
        check=False,
    )  # fmt: skip
    errors = done.stderr.decode("cp1252", "replace")
    assert "Traceback" not in errors, errors
    assert "default encoding" not in errors, errors
    return done.returncode, done.stdout, errors


@pytest.fixture(params=["windows", "macos"])
def system(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_a_tree_is_upgraded_and_taken_back(tmp_path: Path, system: str) -> None:
    here, there = tmp_path / "here" / "x", tmp_path / "there" / "x"
    for folder in (here, there):
        write_tree(folder, TREE)
    arguments = ("upgrade", "--todo", "--update-requirements", "--output-format", "json", "-j2")
    expected, found = run("linux", here, *arguments), run(system, there, *arguments)
    assert found[:2] == expected[:2]
    assert read_tree(there) == read_tree(here)
    assert run(system, there, "check", ".")[0] == run("linux", here, "check", ".")[0] == 1
    assert run(system, there, "undo")[0] == 0
    assert read_tree(there) == TREE


COMMANDS = [
    ("upgrade", "--diff"),
    ("upgrade", "--diff", "--layout", "channels_last"),
    ("check", "--output-format", "concise"),
    ("check", "--output-format", "sarif"),
    ("check", "--output-format", "html"),
    ("check", "--output-format", "gitlab"),
    ("shapes", "plain.py"),
    ("explain", "KM201"),
    ("rules", "--output-format", "json"),
    ("rules", "--coverage"),
    ("check", "--show-settings"),
    ("undo", "--list"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_commands_say_the_same(tmp_path: Path, system: str, arguments: tuple[str, ...]) -> None:
    folder = tmp_path / "x"
    write_tree(folder, TREE)
    expected, found = run("linux", folder, *arguments), run(system, folder, *arguments)
    assert found[0] == expected[0]
    if arguments[0] in ("upgrade", "check", "rules") and "--coverage" not in arguments:
        assert found[1] == expected[1]  # for programs: UTF-8 whatever the console is
    else:
        assert spoken(found[1].decode("cp1252")) == spoken(expected[1].decode())


def spoken(text: str) -> str:
    """The text as a console with cp1252 shows it, without the blanks that line columns up."""
    return re.sub(r"[ \n]+", " ", text.encode("cp1252", PLAIN).decode("cp1252"))


@pytest.mark.parametrize(
    "arguments", [("start", "--plan"), ("check", "-v"), ("rules",)], ids=" ".join
)
def test_a_console_of_1252_can_be_read(
    tmp_path: Path, system: str, arguments: tuple[str, ...]
) -> None:
    folder = tmp_path / "x"
    write_tree(folder, {"left.py": LEFT.encode(), "seed.py": TREE["plain.py"]})
    _, out, _ = run(system, folder, *arguments)
    assert b"\\u" not in out, "signs that a console lacks are written in others"
    out.decode("cp1252")


def test_stdin(tmp_path: Path, system: str) -> None:
    source = (
        "# caf\xe9 \u2192\r\nfrom keras.layers import Dense\r\nDense(output_dim=3)\r\n".encode()
    )
    code, out, _ = run(system, tmp_path, "upgrade", "-", stdin=source)
    assert (code, out) == (0, source.replace(b"output_dim", b"units"))


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_what_git_holds_is_found(tmp_path: Path, system: str) -> None:
    folder = tmp_path / "x"
    write_tree(folder, {"a.py": TREE["plain.py"]})
    for command in (["init", "-q"], ["add", "."],
                    ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x"]):  # fmt: skip
        subprocess.run(["git", *command], cwd=folder, check=True)
    assert run(system, folder, "upgrade")[0] == 0
    assert not list((folder / ".kerasmig").rglob("*.py"))
    assert run(system, folder, "undo")[0] == 0
    assert (folder / "a.py").read_bytes() == TREE["plain.py"]


def test_verification_asks_for_trust_where_nothing_confines(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    write_tree(folder, {"plain.py": TREE["plain.py"]})
    code, _, errors = run("windows", folder, "upgrade", "--diff", "--verify")
    assert code == 2 and "--trust" in errors
