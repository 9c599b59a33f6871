"""``keras1_compat.py`` belongs to the user as soon as it is there: nothing in it is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.compat import compat_source
from kerasmig.compat.merging import CannotMerge, merged
from tests.core.trees import read_tree, run, write_tree

_HELPER = "\n\ndef my_own(x):\n    return x  # mine\n"


def test_what_is_only_ours_is_written_in_order() -> None:
    text = merged(compat_source(["Highway"]), ["MaxoutDense"])
    assert text == compat_source(["Highway", "MaxoutDense"])
    assert merged(text, ["Highway"]) == text


def test_additions_stay_where_they_are() -> None:
    mine = compat_source(["Highway"]) + _HELPER
    text = merged(mine, ["MaxoutDense"])
    assert _HELPER in text and "class MaxoutDense" in text and text.count("class Highway") == 1
    assert merged(text, ["MaxoutDense", "Highway"]) == text
    compile(text, "x", "exec")


def test_changes_to_ours_stay() -> None:
    mine = compat_source(["Highway"]).replace("class Highway", "# tuned\nclass Highway")
    mine = mine.replace("def call(", "def call_(", 1) + "    TUNED = True\n"
    assert merged(mine, ["Highway"]) == mine


def test_a_module_of_the_users_own_is_added_to() -> None:
    text = merged('"""Mine."""\nimport os\n\nHERE = os.getcwd()\n', ["hard_sigmoid"])
    assert text.startswith('"""Mine."""\n\nfrom __future__ import annotations\nimport os\n')
    assert "HERE = os.getcwd()\n" in text and "def hard_sigmoid" in text
    compile(text, "x", "exec")


@pytest.mark.parametrize(
    "text",
    [
        "def hard_sigmoid(x):\n    return 1 / x\n",
        "hard_sigmoid = None\n",
        "from mine import hard_sigmoid\n",
        "try:\n    import a\nexcept ImportError:\n    def hard_sigmoid(x): pass\n",
        "if True:\n    import my_keras as keras\n",
        "for hard_sigmoid in range(3):\n    pass\n",
    ],
)
def test_what_means_something_else_is_refused(text: str) -> None:
    with pytest.raises(CannotMerge, match="means something else by"):
        merged(text, ["hard_sigmoid"])


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\nx = 1\n=======\n>>>>>>> b\n", "def (\n", "\0"])
def test_what_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(CannotMerge, match="does not parse"):
        merged(text, ["hard_sigmoid"])


# -- on disk ----------------------------------------------------------------------------------

_A = "from keras.layers import Highway\nfrom keras.models import Sequential\nm = Sequential()\nm.add(Highway(input_dim=4))\n"
_B = _A.replace("Highway", "MaxoutDense").replace("(input_dim", "(3, input_dim")
_FILES = {"a.py": _A.encode(), "b.py": _B.encode()}


def _defined(root: Path) -> set[str]:
    text = (root / "keras1_compat.py").read_text()
    return {name for name in ("Highway", "MaxoutDense") if f"class {name}" in text}


def test_what_people_add_between_runs_stays(tmp_path: Path) -> None:
    write_tree(tmp_path, _FILES)
    run(tmp_path, "upgrade", "a.py")
    with (tmp_path / "keras1_compat.py").open("a") as file:
        file.write(_HELPER)
    run(tmp_path, "upgrade", "b.py")
    assert _HELPER in (tmp_path / "keras1_compat.py").read_text()
    assert _defined(tmp_path) == {"Highway", "MaxoutDense"}


def test_a_cached_run_knows_the_module_of_today(tmp_path: Path) -> None:
    write_tree(tmp_path, _FILES)
    for path in tmp_path.iterdir():
        os.utime(path, (1, 1))
    run(tmp_path, "upgrade", "a.py", "--diff")
    run(tmp_path, "upgrade", "b.py")
    run(tmp_path, "upgrade", "a.py")
    assert _defined(tmp_path) == {"Highway", "MaxoutDense"}


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    for number in range(3):
        root = tmp_path / str(number)
        write_tree(root, _FILES)
        runs = [
            subprocess.Popen(
                [sys.executable, "-m", "kerasmig", "upgrade", name, "--no-cache"],
                cwd=root,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for name in _FILES
        ]
        assert [process.wait(120) for process in runs] == [0, 0]
        assert _defined(root) == {"Highway", "MaxoutDense"}
        assert not [name for name in read_tree(root) if name.endswith("tmp")]


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "settings.py"
    outside.write_text("SECRET = 1\n")
    root = tmp_path / "tree"
    write_tree(
        root,
        {
            "a.py": _A.encode(),
            "plain.py": b"from keras.layers import Convolution2D\nl = Convolution2D(3, 3, 3)\n",
        },
    )
    (root / "keras1_compat.py").symlink_to(outside)
    for options in (("--diff",), ()):
        ran = run(root, "upgrade", *options)
        assert ran.code == 3 and "symbolic link" in ran.out.decode() + ran.err
    assert outside.read_text() == "SECRET = 1\n"
    assert (root / "a.py").read_text() == _A
    assert b"Conv2D" in (root / "plain.py").read_bytes()


def _folder(path: Path) -> None:
    path.mkdir()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _read_only(path: Path) -> None:
    path.write_text("x = 1\n")
    path.chmod(0o444)


def _broken(path: Path) -> None:
    path.write_text("<<<<<<<\n")


@pytest.mark.parametrize("make", [_folder, _fifo, _read_only, _broken])
def test_code_is_left_alone_if_its_module_cannot_be_written(make: object, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": _A.encode()})
    if make is _read_only and os.access("/", os.W_OK):
        pytest.skip("who runs this may write read-only files")
    make(tmp_path / "keras1_compat.py")  # type: ignore[operator]
    ran = run(tmp_path, "upgrade", "a.py")
    assert ran.code == 3 and "left alone: keras1_compat.py" in ran.out.decode() + ran.err
    assert (tmp_path / "a.py").read_text() == _A


def test_crlf_stays(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": _A.encode(), "keras1_compat.py": b'"""Mine."""\r\nX = 1\r\n'})
    run(tmp_path, "upgrade", "a.py")
    data = (tmp_path / "keras1_compat.py").read_bytes()
    assert b"class Highway" in data and b"\n" not in data.replace(b"\r\n", b"")
