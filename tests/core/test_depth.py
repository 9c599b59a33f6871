"""Deep nesting and long chains are migrated, or named; every door gives the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig import UpgradeSettings, upgrade_source
from kerasmig.text.source import SourceError
from tests.core.trees import OLD, read_tree, run, write_tree

#: Python 3.12 and 3.13 refuse longer chains themselves, whatever the stack.
LONG = 1_500 if sys.version_info[:2] in ((3, 12), (3, 13)) else 10_000
#: Code that Python itself can parse, as deep as a generated table or a log of a search gets.
DEEP = {
    "sum": "T = (" + " + ".join(["'a'"] * LONG) + ")\n",
    "comparison": "T = 1" + " < 2" * LONG + "\n",
    "mixed": "T = 1" + " and 2 or 3" * LONG + "\n",
    "attributes": "T = x" + ".a" * LONG + "\n",
    "calls": "T = x" + "()" * LONG + "\n",
    "subscripts": "T = x" + "[0]" * LONG + "\n",
    "elif": "if x == 0:\n    y = 0\n"
    + "".join(f"elif x == {i}:\n    y = {i}\n" for i in range(900)),
    "lambdas": "T = " + "lambda: " * 1_500 + "1\n",
    "not": "T = " + "not " * 1_500 + "1\n",
    "ternary": "T = " + "1 if x else " * 1_500 + "1\n",
    "blocks": "".join(" " * i + "if x:\n" for i in range(95)) + " " * 95 + "y = 1\n",
    "brackets": "T = " + "[" * 150 + "]" * 150 + "\n",
    "layers": "T = " + " + ".join(["Dense(3)(x)"] * 1_000) + "\n",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_code_is_migrated(name: str) -> None:
    code = OLD + "from keras.layers import Dense\n" + DEEP[name]
    result = upgrade_source(code)
    assert "Conv2D(8, (3, 3), padding='same'" in result.code
    assert result.code.endswith(DEEP[name])


def test_deep_code_does_not_stop_the_other_files(tmp_path: Path) -> None:
    beyond = "T = " + "not " * 20_000 + "1\n"
    files = {f"{name}.py": (OLD + code).encode() for name, code in DEEP.items()}
    files |= {"good.py": OLD.encode(), "beyond.py": (OLD + beyond).encode()}
    files["uses.py"] = ("from sum import *\n" + OLD).encode()  # follows it into another file
    write_tree(tmp_path, files)
    ran = run(tmp_path, "upgrade", "--no-backup", "-j", "1")
    assert ran.code == 3
    assert "beyond.py: error: is nested too deeply" in ran.out.decode()
    tree = read_tree(tmp_path)
    assert tree["beyond.py"] == files["beyond.py"]
    assert {name for name, data in tree.items() if b"Conv2D(" not in data} == {"beyond.py"}


def test_what_python_cannot_parse_is_a_clear_error() -> None:
    with pytest.raises(SourceError, match="nested too deeply for Python's own parser"):
        upgrade_source("import keras\nT = " + "not " * 20_000 + "1\n")


# -- one way from text to result --------------------------------------------------------------

PYTHON2 = OLD.replace("model = ", "print 'building'\nmodel = ")
NOTEBOOK = json.dumps(
    {
        "cells": [{"cell_type": "code", "source": OLD, "metadata": {}, "outputs": []}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        (OLD, []),
        (OLD, ["--ignore", "KM2"]),
        (PYTHON2, []),
        (PYTHON2, ["--no-python2"]),
        ("x = 1\n", []),
        (OLD.replace("\n", "\r\n"), []),
        (OLD + "T = (" + "1 + " * min(LONG, 3_000) + "1)\n", []),
        (OLD + "from keras.models import Graph\ng = Graph()\n", ["--todo"]),
        (OLD.replace("dim_ordering='th',", ""), ["--data-format", "channels_first"]),
    ],
    ids=["plain", "ignore", "python2", "no-python2", "none", "crlf", "deep", "todo", "format"],
)
def test_files_stdin_and_library_agree(text: str, flags: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.py").write_bytes(text.encode())
    piped = subprocess.run(
        [sys.executable, "-m", "kerasmig", "upgrade", "-", *flags],
        input=text.encode(),
        capture_output=True,
        cwd=tmp_path,
    )
    settings = UpgradeSettings(
        ignore=("KM2",) if "--ignore" in flags else (),
        python2="--no-python2" not in flags,
        todo="--todo" in flags,
        data_format="channels_first" if "--data-format" in flags else "auto",
    )
    result = upgrade_source(text, settings)
    ran = run(tmp_path, "upgrade", "--no-backup", *flags)
    written = (tmp_path / "net.py").read_bytes()
    assert piped.stdout == written == result.code.encode()
    assert piped.returncode == ran.code


def test_the_library_migrates_python_2_and_notebooks() -> None:
    result = upgrade_source(PYTHON2)
    assert "print('building')" in result.code and "Conv2D(" in result.code
    assert {f.code for f in result.findings} >= {"KM801", "KM201"}
    left = upgrade_source(PYTHON2, UpgradeSettings(python2=False))
    assert left.code == PYTHON2 and [f.code for f in left.findings] == ["KM801"]
    cells = json.loads(upgrade_source(NOTEBOOK, path="net.ipynb").code)["cells"]
    assert "Conv2D(" in cells[0]["source"]


def test_broken_text_goes_through_stdin_as_it_is() -> None:
    for broken in (
        b"import keras\nx = (\n",
        b"# coding: utf-7\nimport keras\n",
        b"import keras\n\xff",
    ):
        done = subprocess.run(
            [sys.executable, "-m", "kerasmig", "upgrade", "-"], input=broken, capture_output=True
        )
        assert done.stdout == broken and done.returncode == 3
        assert b"Traceback" not in done.stderr
