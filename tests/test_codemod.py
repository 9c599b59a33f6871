"""The LibCST door: the same bytes as ``kerasmig upgrade``, by the real ``libcst.tool``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import libcst
import pytest
from libcst.codemod import CodemodContext

from kerasmig.codemod import COMPAT_KEY, UpgradeKeras1

ROOT = Path(__file__).parents[1]
COMMAND = "kerasmig.codemod.UpgradeKeras1"
ODD = {
    "crlf.py": b"from keras.layers import Dense\r\nd = Dense(output_dim=3)\r\n",
    "bom.py": b"\xef\xbb\xbffrom keras.layers import Dense\nd = Dense(output_dim=3)\n",
    "latin.py": "# coding: latin-1\nfrom keras.layers import Dense\nd = Dense(3, init='one')  # é\n".encode(
        "latin-1"
    ),
    "no_newline.py": b"from keras.layers import Dense\nd = Dense(output_dim=3)",
    "no_keras.py": b"x   =  1\n",
}


def _codemod(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "libcst.tool", "codemod", "-x", "--no-format", "--hide-progress",
         COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip


def _upgrade(folder: Path) -> None:
    command = [sys.executable, "-m", "kerasmig", "upgrade", ".", "--no-backup", "--no-cache"]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)


def _contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*.py") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.slow
def test_the_corpus_becomes_the_same_bytes(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        shutil.copytree(ROOT / "corpus" / "legacy", folder)
        (folder / "odd").mkdir()
        for name, data in ODD.items():
            (folder / "odd" / name).write_bytes(data)
        (folder / ".git").mkdir()  # what marks a project, for both
    _upgrade(ours)
    result = _codemod(theirs, "-j", "2", ".")
    assert "Failed to codemod 0 files" in result.stderr
    assert "KM111 [manual]" in result.stderr
    expected, found = _contents(ours), _contents(theirs)
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []
    assert expected["odd/bom.py"] != ODD["bom.py"]


def test_a_program_of_two_files_is_one_project(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        "from keras.models import Sequential\nfrom keras.layers import Highway\n"
        "def build():\n    net = Sequential()\n    net.add(Highway(input_dim=4))\n    return net\n"
    )
    (tmp_path / "run.py").write_text(
        "from net import build\nnet = build()\nnet.compile('sgd', 'mse')\nnet.fit([], [], nb_epoch=2)\n"
    )
    assert _codemod(tmp_path, "net.py", "run.py").returncode == 0
    assert "epochs=2" in (tmp_path / "run.py").read_text()
    assert "class Highway" in (tmp_path / "keras1_compat.py").read_text()


def test_a_diff_writes_nothing(tmp_path: Path) -> None:
    source = "from keras.layers import Highway\nlayer = Highway(input_dim=4)\n"
    (tmp_path / "net.py").write_text(source)
    result = _codemod(tmp_path, "-u", "3", "net.py")
    assert "+from keras1_compat import Highway" in result.stdout
    assert "keras1_compat.py would be written" in result.stderr
    assert _contents(tmp_path) == {"net.py": source.encode()}


@pytest.mark.parametrize("idiomatic", [False, True])
def test_within_another_codemod_a_module_stands_alone(idiomatic: bool) -> None:
    context = CodemodContext()
    command = UpgradeKeras1(context, idiomatic=idiomatic)
    tree = libcst.parse_module(
        "from keras.layers import Highway, LSTM\na = Highway()\nb = LSTM(output_dim=2)\n"
    )
    code = command.transform_module(tree).code
    assert "units=2" in code
    assert ("recurrent_activation" in code) is not idiomatic
    assert "class Highway" in str(context.scratch[COMPAT_KEY])


def test_assumptions_become_warnings() -> None:
    context = CodemodContext()
    tree = libcst.parse_module((ROOT / "corpus" / "legacy" / "seed" / "seed.py").read_text())
    UpgradeKeras1(context).transform_module(tree)
    assert any("KM201 [assumed]" in warning for warning in context.warnings)
