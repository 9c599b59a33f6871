"""Python 2's division on the old side."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kerasmig.old_and_new import verify_pair
from kerasmig.project.project import Project
from kerasmig.settings import UpgradeSettings
from kerasmig.verify import VerifySettings
from kerasmig.verify.caller.division import divide, divide_in_place, divided, is_marked, marked


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(7, 2, 3), (-7, 2, -4), (7, 2.0, 3.5), (np.int64(7), 2, 3), (True, 2, 0), (7.0, 2, 3.5)],
)
def test_whole_numbers_are_floored(left: Any, right: Any, expected: Any) -> None:
    assert divide(left, right) == expected


def test_arrays_of_whole_numbers_are_floored() -> None:
    assert divide(np.array([7, 8]), 2).tolist() == [3, 4]
    assert divide(np.array([7.0, 8.0]), 2).tolist() == [3.5, 4.0]


def test_every_division_of_a_program_is_meant() -> None:
    source = (
        "x = 7\nx /= 2\ny = (x + 5) / (9 / 2)\nz = [1, 9]\nz[1] /= 2\nw = 9 // 2\n"
        "class N: size = 9\nN.size /= 2\nv = N.size\n"
        "import numpy\na = b = numpy.array([9.0])\na /= 2\nu = (a is b, b[0])\n"
    )
    namespace: dict[str, Any] = {
        "__python2_division__": divide,
        "__python2_divided__": divide_in_place,
    }
    exec(compile(divided(ast.parse(source)), "<test>", "exec"), namespace)
    assert [namespace[name] for name in "xyzwvu"] == [3, 2, [1, 4], 4, 4, (True, 4.5)]


def test_true_division_is_asked_for_by_the_file() -> None:
    assert not is_marked(marked("from __future__ import division, print_function\nx = 1 / 2\n"))
    assert is_marked(marked("x = 1 / 2"))


def test_imported_files_divide_so_if_they_are_marked(tmp_path: Path) -> None:
    (tmp_path / "sizes.py").write_text(marked("half = 7 / 2\n"))
    (tmp_path / "others.py").write_text("half = 7 / 2\n")
    program = (
        "from kerasmig.verify.caller.division import install\ninstall()\n"
        "import sizes, others\nprint(sizes.half, others.half)\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.split() == ["3", "3.5"], done.stderr


@pytest.mark.slow
def test_a_python_2_program_is_compared_with_what_became_of_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    (old / "sizes.py").write_text("UNITS = 7 / 2\nprint 'units', UNITS\n")
    (old / "net.py").write_text(
        "from keras.models import Sequential\nfrom keras.layers import Dense\n"
        "from sizes import UNITS\nprint 'building'\n"
        "model = Sequential()\nmodel.add(Dense(UNITS, input_dim=9 / 2))\n"
    )
    (new / "sizes.py").write_text("UNITS = 7 // 2\n")
    (new / "net.py").write_text(
        "from keras.models import Sequential\nfrom keras.layers import Dense\n"
        "from sizes import UNITS\n"
        "model = Sequential()\nmodel.add(Dense(UNITS, input_dim=9 // 2))\n"
    )
    report = verify_pair(
        old,
        new,
        VerifySettings(level="outputs"),
        analyse=lambda files: Project(files, UpgradeSettings()),
    )
    (pair,) = report.pairs
    assert (pair.status.value, pair.params_old) == ("match", 4 * 3 + 3), pair.reason
