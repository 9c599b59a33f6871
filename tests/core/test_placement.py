"""The compat module stands where Python finds it, and one of several serves all files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.project.placement import common_folder, import_roots
from tests.core.trees import read_tree, run, write_tree

#: Needs one name of the compat module each.
HIGHWAY = b"from keras.layers import Highway\n\n\ndef block():\n    return Highway()\n"
MAXOUT = b"from keras.layers import MaxoutDense\n\n\ndef net():\n    return MaxoutDense(3)\n"


def compat_files(tree: dict[str, bytes]) -> list[str]:
    return sorted(path for path in tree if path.endswith("keras1_compat.py"))


@pytest.mark.parametrize(
    ("path", "imported_as", "runs", "roots"),
    [
        ("net.py", [], False, ["."]),
        ("pkg/net.py", [], False, ["."]),
        ("pkg/sub/net.py", ["pkg.sub.net"], False, ["."]),
        ("pkg/net.py", ["net"], False, [".", "pkg"]),
        ("pkg/net.py", ["pkg.net"], True, [".", "pkg"]),
        ("lib/net.py", ["lib.net"], False, ["."]),
        ("lib/net.py", ["lib.net"], True, [".", "lib"]),
        ("lib/net.py", [""], False, ["lib"]),
        ("pkg/__init__.py", ["pkg"], False, ["."]),
    ],
)
def test_roots_are_what_python_searches(
    path: str, imported_as: list[str], runs: bool, roots: list[str]
) -> None:
    here = Path("/project")
    known = {here / name for name in ("main.py", "pkg/__init__.py", "pkg/sub/__init__.py", path)}
    found = import_roots(here / path, known, imported_as, common_folder(known), runs=runs)
    assert found == {here / root for root in roots}


def test_roots_stay_inside_the_files_of_the_run() -> None:
    known = {Path("/project/pkg/__init__.py"), Path("/project/pkg/net.py")}
    found = import_roots(Path("/project/pkg/net.py"), known, [], common_folder(known), runs=False)
    assert found == {Path("/project/pkg")}


def test_a_package_finds_the_module_beside_it(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "setup.py": b"",
            "train.py": MAXOUT + b"\n\nfrom pkg.parts.blocks import block\n",
            "pkg/__init__.py": b"",
            "pkg/parts/__init__.py": b"",
            "pkg/parts/blocks.py": HIGHWAY,
            "tests/test_net.py": b"import pkg.parts.blocks\nfrom keras.layers import SReLU\n"
            b"layer = SReLU()\n",
        },
    )
    run(tmp_path, "upgrade", "--no-backup")
    tree = read_tree(tmp_path)
    assert compat_files(tree) == ["keras1_compat.py", "tests/keras1_compat.py"]
    assert tree["keras1_compat.py"] == tree["tests/keras1_compat.py"]
    for name in (b"class Highway", b"class MaxoutDense", b"class SReLU"):
        assert name in tree["keras1_compat.py"]
    run(tmp_path, "upgrade", "--no-backup")
    assert read_tree(tmp_path) == tree


def test_a_later_run_on_one_file_keeps_the_modules_of_a_project_alike(tmp_path: Path) -> None:
    write_tree(tmp_path, {"setup.py": b"", "a/one.py": HIGHWAY, "b/two.py": HIGHWAY})
    run(tmp_path, "upgrade", "--no-backup")
    write_tree(tmp_path, {"b/two.py": MAXOUT})
    run(tmp_path, "upgrade", "--no-backup")
    tree = read_tree(tmp_path)
    assert compat_files(tree) == ["a/keras1_compat.py", "b/keras1_compat.py"]
    assert tree["a/keras1_compat.py"] == tree["b/keras1_compat.py"]
    assert b"class MaxoutDense" in tree["a/keras1_compat.py"]


@pytest.mark.slow
def test_the_program_of_a_package_runs(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "train.py": b"from pkg.blocks import block\n\nprint(type(block()).__name__)\n",
            "pkg/__init__.py": b"",
            "pkg/blocks.py": HIGHWAY,
        },
    )
    run(tmp_path, "upgrade", "--no-backup")
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.split()[-1:] == ["Highway"], done.stderr
