"""What Python 3 does otherwise, or does not have: written anew where that is sure, else told."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kerasmig.finding import Applicability, FileResult
from tests.core.test_python2 import upgrade

HEAD = "import keras\nprint 1\n"
NEW_HEAD = "import keras\nprint(1)\n"
WITH_FUNCTOOLS = "import keras\nimport functools\nprint(1)\n"

REWRITTEN = {
    "f = file('x')": "f = open('x')",
    "c = cmp(a, b.n)": "c = ((a > b.n) - (a < b.n))",
    "try:\n    f()\nexcept ValueError as e:\n    g(e.message)":
        "try:\n    f()\nexcept ValueError as e:\n    g(str(e))",
    "import sys\nreload(sys)\nsys.setdefaultencoding('utf8')": "import sys",
    "import csv\nr = csv.reader(open(p, 'rb'))":
        "import csv\nr = csv.reader(open(p, 'r', newline=''))",
    "import csv\nwith open(p, 'wb') as f:\n    w = csv.writer(f)":
        "import csv\nwith open(p, 'w', newline='') as f:\n    w = csv.writer(f)",
    "f = open(p, 'rU')": "f = open(p, 'r')",
    "f = open(p, 'Ub')": "f = open(p, 'b')",
}  # fmt: skip
COMPARING = {
    "x.sort(lambda a, b: a - b)": "x.sort(key=functools.cmp_to_key(lambda a, b: a - b))",
    "def by(a, b): return 0\nx.sort(by)":
        "def by(a, b): return 0\nx.sort(key=functools.cmp_to_key(by))",
    "y = sorted(x, by, )": "y = sorted(x, key=functools.cmp_to_key(by), )",
    "y = sorted(x, cmp=by, reverse=True)":
        "y = sorted(x, key=functools.cmp_to_key(by), reverse=True)",
}  # fmt: skip
TOLD = {
    "x = cmp(f(), g())": "no cmp",
    "x = cmp(a,  # left\n        b)": "no cmp",
    "x = isinstance(y, file)": "no file",
    "x.sort(cmp=f, key=g)": "beside a key",
    "class A(object):\n    def __cmp__(self, other): return 0": "never calls __cmp__",
    "class A(object):\n    def __div__(self, other): return 0": "write __truediv__",
    "x = round(y)": "halves",
    "x = map(None, a, b)": "zip_longest",
    "import string\nx = string.upper(y)": "string.upper is gone",
}
NOT_TOLD = [
    "def cmp(a, b): return 0\nx = cmp(1, 2)",
    "x.sort(1)",
    "x.sort(axis)",
    "x.sort(lambda a: a)",
    "y = sorted(x)",
    "y = sorted(x, key=f)",
    "x = round(y, 2)",
    "x = round(3)",
    "x = e.message",
    "try:\n    f()\nexcept ValueError as e:\n    e = Other()\n    g(e.message)",
    "class E(Exception):\n    def __init__(self, m): self.message = m\n"
    "try:\n    f()\nexcept E as e:\n    g(e.message)",
    "class A(object):\n    def __div__(self, o): return 0\n    __truediv__ = __div__",
    "import csv\nr = csv.reader(open(p, 'r'))",
    "f = open(p, 'rb')",
]


def found(result: FileResult) -> list[tuple[str, Applicability]]:
    codes = ("KM803", "KM804", "KM807")
    return [(f.message, f.applicability) for f in result.findings if f.code in codes]


@pytest.mark.parametrize("old", REWRITTEN)
def test_rewritten(tmp_path: Path, old: str) -> None:
    result = upgrade(tmp_path, f"{HEAD}{old}\n")
    assert result.new == f"{NEW_HEAD}{REWRITTEN[old]}\n"
    assert all(applicability is not Applicability.MANUAL for _, applicability in found(result))


@pytest.mark.parametrize("old", COMPARING)
def test_what_compares_is_made_a_key(tmp_path: Path, old: str) -> None:
    result = upgrade(tmp_path, f"{HEAD}{old}\n")
    assert result.new == f"{WITH_FUNCTOOLS}{COMPARING[old]}\n"


@pytest.mark.parametrize(
    ("name", "module"), [("reduce", "functools"), ("reload", "importlib"), ("intern", "sys")]
)
@pytest.mark.parametrize("code", ["x = {}(f)\n", "x = y({})\n"])
def test_what_a_module_has_now_is_imported(
    tmp_path: Path, name: str, module: str, code: str
) -> None:
    result = upgrade(tmp_path, HEAD + code.format(name))
    expected = f"import keras\nfrom {module} import {name}\nprint(1)\n"
    assert result.new == expected + code.format(name)


@pytest.mark.parametrize("old", TOLD)
def test_told(tmp_path: Path, old: str) -> None:
    (finding,) = found(upgrade(tmp_path, f"{HEAD}{old}\n"))
    assert TOLD[old] in finding[0] and finding[1] is Applicability.MANUAL


@pytest.mark.parametrize("code", NOT_TOLD)
def test_nothing_to_tell(tmp_path: Path, code: str) -> None:
    assert not found(upgrade(tmp_path, f"{HEAD}{code}\n"))


def test_code_of_today_is_not_asked(tmp_path: Path) -> None:
    result = upgrade(tmp_path, "import keras\nx = round(y)\nx.sort(lambda a, b: 0)\n")
    assert not found(result)


def test_a_key_computes_what_the_comparison_said(tmp_path: Path) -> None:
    old = "values = [3, 1, 2]\nvalues.sort(lambda a, b: cmp(b, a))\n"
    result = upgrade(tmp_path, HEAD.replace("import keras", "import keras as k") + old)
    space: dict[str, object] = {}
    exec(compile(ast.parse(result.new.replace("import keras as k", "")), "net.py", "exec"), space)
    assert space["values"] == [3, 2, 1]
