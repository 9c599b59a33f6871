"""Names that NumPy took out."""

from __future__ import annotations

import pytest

from tests.rewrite.helpers import automatic, check_noop, check_rewrite

HEAD = "import numpy as np\nfrom keras.layers import Dense\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = y.astype(np.float)", "x = y.astype(float)"),
        ("x = np.zeros(3, dtype=np.int)", "x = np.zeros(3, dtype=int)"),
        (
            "x = np.array(y, np.bool) | np.array(z, np.object)",
            "x = np.array(y, bool) | np.array(z, object)",
        ),
        ("x = [np.Inf, np.NaN, np.float_]", "x = [np.inf, np.nan, np.float64]"),
        (
            "def f(float):\n    return np.float(float)",
            "def f(float):\n    return np.float64(float)",
        ),
    ],
)
def test_they_become_what_they_were(old: str, new: str) -> None:
    assert automatic(check_rewrite(f"{HEAD}{old}\n", f"{HEAD}{new}\n"))


@pytest.mark.parametrize(
    "line", ["x = np.float32", "x = other.float", "np = make()\nx = np.float", "x = np.int64(3)"]
)
def test_other_names_stay(line: str) -> None:
    check_noop(f"{HEAD}{line}\n")
