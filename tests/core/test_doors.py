"""Every door is closed cleanly: streams that are closed or full, homes and folders that are gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import pytest

from kerasmig.cli.options import FORMATS
from tests.core.trees import OLD, run, write_tree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shells and devices of POSIX")
COMMAND = f"{sys.executable} -m kerasmig"


def shell(folder: Path, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in a folder."""
    return subprocess.run(
        ["bash", "-c", line.replace("kerasmig", COMMAND, 1)],
        cwd=folder,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=120,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write_tree(tmp_path, {"net.py": OLD.encode()})
    return tmp_path


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_harms_nothing(closed: str, tree: Path) -> None:
    done = shell(tree, f"kerasmig upgrade --no-backup . {closed}")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"Conv2D(8, (3, 3)" in (tree / "net.py").read_bytes()
    assert (tree / "net.py").read_bytes().endswith("caf\xe9\n".encode())


@pytest.mark.parametrize(
    "line",
    [*(f"kerasmig check . --output-format {name}" for name in FORMATS), "kerasmig upgrade --diff .",
     "kerasmig upgrade - < net.py", "kerasmig explain KM201", "kerasmig rules", "kerasmig --help"],
)  # fmt: skip
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is full")
def test_a_full_disk_behind_stdout_is_told(line: str, tree: Path) -> None:
    # What a person has to see to, so that every format has something to say.
    write_tree(tree, {"odd.py": b"from keras import backend as K\ng = K.gradients(y, x)\n"})
    done = shell(tree, f"{line} > /dev/full")
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].endswith(b"No space left on device")
    assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr


def test_who_has_seen_enough_gets_no_error(tree: Path) -> None:
    write_tree(tree, {f"net{i}.py": (OLD * 40).encode() for i in range(20)})
    done = shell(tree, "kerasmig upgrade --diff . | head -1")
    assert done.stdout.startswith(b"diff ")
    assert b"Traceback" not in done.stderr and b"Broken pipe" not in done.stderr


def test_a_user_without_a_home_needs_none(tree: Path) -> None:
    (tree / "net.py").chmod(0o644)
    program = (
        "import os, pathlib\nfrom kerasmig.__main__ import main\n"
        "def no_home(): raise RuntimeError('Could not determine home directory.')\n"
        "pathlib.Path.home = no_home\nimport sys\nmain()\n"
    )
    for command, code, words in (
        (["check", "."], 1, b"would be changed"),
        (["legacy", "run", "net.py"], 3, b"set KERASMIG_CACHE_DIR to a folder of yours"),
    ):
        unset = {"KERASMIG_CACHE_DIR", "XDG_CACHE_HOME", "KERASMIG_LEGACY_PATH"}
        done = subprocess.run(
            [sys.executable, "-c", program, *command],
            cwd=tree,
            capture_output=True,
            env={name: value for name, value in os.environ.items() if name not in unset},
        )
        assert done.returncode == code, done.stderr
        assert words in done.stdout + done.stderr
        assert b"Traceback" not in done.stderr


def test_a_current_folder_that_was_deleted_is_told(tree: Path) -> None:
    done = shell(tree, f"mkdir gone; cd gone; rmdir ../gone; kerasmig check {tree.parent}")
    assert done.returncode == 2
    assert b"the current folder was deleted" in done.stderr


@pytest.mark.parametrize("output", FORMATS)
def test_names_in_any_characters_under_any_locale(output: str, tree: Path) -> None:
    write_tree(tree, {"\xfcn\xef/n\xebt.py": OLD.encode()})
    done = shell(
        tree,
        f"kerasmig check . -v --output-format {output}",
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    # What needs nobody is in the formats for machines and in the long text only.
    assert output in ("markdown", "concise") or b"t.py" in done.stdout


NAMES = [
    b"x\xff.py",
    b"e\x1b[31m.py",
    b"::error file=x::pwn.py",
    b"##[error]x.py",
    b"n\n::error::l.py",
]


@pytest.mark.parametrize("output", FORMATS)
def test_odd_names_neither_break_a_format_nor_speak_through_it(output: str, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / os.fsdecode(name)).write_bytes(OLD.encode())
    done = shell(tmp_path, f"kerasmig check . --output-format {output}")
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"\x1b" not in done.stdout
    done.stdout.decode("utf-8")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert not any(line.startswith((b"##[", b"::error file=x::", b"::error::")) for line in lines)
    if output in ("json", "sarif", "gitlab"):
        json.loads(done.stdout)
    if output == "junit":
        xml.etree.ElementTree.fromstring(done.stdout)
    if output == "github":
        assert all(line.startswith(b"::") for line in lines)


def test_odd_names_are_rewritten_and_taken_back(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / os.fsdecode(name)).write_bytes(OLD.encode())
    assert run(tmp_path, "upgrade").code == 0
    assert all(b"Conv2D(8, (3" in path.read_bytes() for path in tmp_path.glob("*.py"))
    assert b"\x1b" not in run(tmp_path, "undo", "--list").out
    assert run(tmp_path, "undo").code == 0
    assert all(path.read_text() == OLD for path in tmp_path.glob("*.py"))


@pytest.mark.parametrize("line", ["upgrade . --diff", "upgrade . --patch p", "upgrade . --no-cache",
                                  "shapes x\\udcff.py", "start .", "explain KM201"])  # fmt: skip
def test_odd_names_through_every_command(line: str, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / os.fsdecode(name)).write_bytes(OLD.encode())
    words = [word.replace("\\udcff", "\udcff") for word in line.split()]
    done = subprocess.run(
        [sys.executable, "-m", "kerasmig", *words],
        cwd=tmp_path,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr and b"internal error" not in done.stderr, done.stderr
    assert done.returncode in (0, 1), done.stderr


@pytest.mark.parametrize(
    "text",
    ['{"cells": 5}', '{"cells": [5]}', '{"cells": [{"cell_type": "code", "source": 5}]}',
     '{"cells": [{"cell_type": "code", "source": null}]}', '{"worksheets": {}}', '{"worksheets": [1]}',
     '{"cells": [{"cell_type": "code", "source": {}}]}', '{"cells": [{"cell_type": 1}]}',
     '{"cells": [{"cell_type": "code", "source": ["a", 1]}]}', '{"cells": {}}', "['keras'", "['keras'," + "[" * 100_000,
     '{"cells": [{"cell_type": "code", "source": "\\ud800 keras"}]}', "keras"],
)  # fmt: skip
def test_a_malformed_notebook_is_named_and_the_rest_is_done(text: str, tree: Path) -> None:
    data = text.replace("{", '{"metadata": "keras", ', 1).encode()
    write_tree(tree, {"bad.ipynb": data})
    ran = run(tree, "upgrade", "--no-backup")
    assert ran.code == 3 or "ud800" in text
    assert (tree / "bad.ipynb").read_bytes() == data
    assert b"Conv2D(" in (tree / "net.py").read_bytes()
    assert "internal error" not in ran.out.decode()


@pytest.mark.parametrize("name", ["idna", "punycode", "undefined", "utf-7", "unicode_escape", "rot13",
                                  "utf-16", "hex", "base64", "no-such-thing"])  # fmt: skip
def test_an_odd_encoding_is_named_and_the_rest_is_done(name: str, tree: Path) -> None:
    data = f"# -*- coding: {name} -*-\nimport keras\nx = '+AGE- \\\\n\xe9'\n".encode()
    write_tree(tree, {"bad.py": data})
    ran = run(tree, "upgrade", "--no-backup")
    assert ran.code == 3
    assert "bad.py: error: " in ran.out.decode() and "internal error" not in ran.out.decode()
    assert (tree / "bad.py").read_bytes() == data
    assert b"Conv2D(" in (tree / "net.py").read_bytes()


def test_a_report_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("[" * 100_000, encoding="utf-8")
    for command in ("show", "merge"):
        ran = run(tmp_path, "report", command, "r.json")
        assert ran.code == 2 and "nested too deeply" in ran.err


def test_todos_come_all_at_once(tmp_path: Path) -> None:
    code = (
        "from keras.models import Sequential, Graph\nfrom keras.layers import Convolution2D\n"
        "model = Sequential()\nmodel.add(Convolution2D(8, 3, 3, input_shape=(32, 32, 32)))\n"
        "g = Graph()\n"
    )
    write_tree(
        tmp_path, {"net.py": code.encode(), "asks.py": code.replace("2D(8, 3, 3", "").encode()}
    )
    run(tmp_path, "upgrade", "--todo", "--no-backup")
    once = {path.name: path.read_bytes() for path in tmp_path.glob("*.py")}
    assert b"TODO(kerasmig KM111)" in once["net.py"]
    run(tmp_path, "upgrade", "--todo", "--no-backup")
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.py")} == once
