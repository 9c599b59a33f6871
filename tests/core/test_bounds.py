"""No tree and no line takes for ever: walks are memoised, and what could be endless is bounded."""

from __future__ import annotations

import concurrent.futures
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kerasmig import upgrade_source
from kerasmig.disk.find import Selection, find_files
from kerasmig.disk.ignore import Patterns
from tests.core.trees import OLD, run, write_tree

NET = OLD.replace("# caf\xe9", "")


def stars(count: int) -> dict[str, str]:
    """Modules that import each other whole, with no Keras in them but at the end."""
    others = {
        f"m{i}.py": "".join(f"from m{j} import *\n" for j in range(count) if j != i) + f"x{i} = 1\n"
        for i in range(count)
    }
    return others | {"net.py": "from m0 import *\n" + NET}


def layers(count: int) -> dict[str, str]:
    """Layers of two modules, each of which imports both of the next layer."""
    files = {
        f"{c}{i}.py": f"from a{i + 1} import *\nfrom b{i + 1} import *\n"
        for i in range(count)
        for c in "ab"
    }
    end = {f"a{count}.py": NET, f"b{count}.py": "y = 1\n"}
    return files | end | {"net.py": "from a0 import *\nfrom b0 import *\n" + NET}


def diamond(count: int, base: str = "Layer") -> dict[str, str]:
    """Classes of which two inherit from the same two, level upon level."""
    code = NET + f"from keras.layers import Layer\nclass C0({base}): pass\nclass D0({base}): pass\n"
    for i in range(1, count):
        code += f"class C{i}(C{i - 1}, D{i - 1}): pass\nclass D{i}(C{i - 1}, D{i - 1}): pass\n"
    code += f"x = C{count - 1}()\nx.foo()\nx.bar\ny = x(model)\n"
    return {"net.py": code}


def diamond_of_files(count: int) -> dict[str, str]:
    """The same, with a file for each level."""
    files = {"f0.py": NET + "class C0(Sequential): pass\nclass D0(Sequential): pass\n"}
    for i in range(1, count):
        files[f"f{i}.py"] = (
            f"from f{i - 1} import C{i - 1}, D{i - 1}\n"
            f"class C{i}(C{i - 1}, D{i - 1}): pass\nclass D{i}(C{i - 1}, D{i - 1}): pass\n"
        )
    last = f"from f{count - 1} import *\nm = C{count - 1}()\nm.fit(x, y, nb_epoch=3)\n"
    return files | {"net.py": last + NET}


TREES = {
    "stars": stars(20),
    "layers": layers(40),
    "diamond": diamond(60),
    "plain diamond": diamond(60, "object"),
    "diamond of files": diamond_of_files(30),
}


@pytest.mark.parametrize("name", TREES)
def test_many_ways_to_the_same_place_are_gone_once(name: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {path: text.encode() for path, text in TREES[name].items()})
    ran = subprocess.run(
        [sys.executable, "-m", "kerasmig", "upgrade", ".", "--no-backup", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,  # unmended: hours
    )
    assert ran.returncode in (0, 1)
    assert b"Conv2D(8, (3, 3)" in (tmp_path / "net.py").read_bytes()


ENDLESS = [
    "'%1000000000d' % 1",
    "b'%1000000000d' % 1",
    "'%*d' % (1000000000, 1)",
    "'%.1000000000f' % 1.0",
    "'{:1000000000}'.format(1)",
    "f'{1:1000000000}'",
    "'a' * 1000000000",
    "1000000000 * (0,)",
    "'a'.ljust(10**9)",
    "bytes(10**10)",
    "10**10**10",
    "1 << 10**10",
    "0x" + "f" * 20_000,
]


@pytest.mark.parametrize("value", ENDLESS, ids=[value[:24] for value in ENDLESS])
@pytest.mark.skipif(sys.platform == "win32", reason="limits of memory")
def test_a_short_line_makes_no_endless_value(value: str) -> None:
    code = NET + f"n = {value}\nmodel.add(Convolution2D(n, 3, 3, name={value}))\nmodel.name = n\n"
    program = (
        "import resource, sys\nfrom kerasmig import upgrade_source\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (400_000_000, 400_000_000))\n"
        "sys.stdout.write(upgrade_source(sys.stdin.read()).code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=code, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert "Conv2D(n, (3, 3)" in done.stdout


# -- patterns ---------------------------------------------------------------------------------

LINES = [
    "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
    "**/*a*a*a*a*b*/**/*c*",
    "*x*y*z*.py",
    "gen/**/**/*.py",
    "**/a/**/b/**/c/*.py",
    "!**/*keep*.py",
    "*[a-c]*[!d]*e.py/",
    "*\\**\\*star.py",
    "d*/e*/f*/*.py",
    "/**/top*.py",
    "x/**",
    "!",
    "\\",
    "",
    "# *a*b*c*",
]
#: Short names: git itself takes for ever over long ones.
NAMES = [
    *("a" * 16 + ".py", "aab.py", "xyz.py", "x1y2z3.py", "gen/a.py", "gen/b/c/d.py", "keep.py"),
    *("gen/keep.py", "q/a/r/b/s/c/t.py", "a/b/c/t.py", "a/b/t.py", "b*a*star.py", "**star.py"),
    *("d1/e2/f3/g.py", "d1/f3/g.py", "top1.py", "o/top2.py", "x/y.py", "x/y/z.py", "baae/n.py"),
    *("aaaabx/q/c.py", "gen/gen/xkeepx.py", "p/*a*b*c.py"),
]


@pytest.mark.parametrize("count", [1, 3, len(LINES)])
def test_patterns_with_many_wildcards_are_read_as_git_reads_them(
    count: int, tmp_path: Path
) -> None:
    write_tree(tmp_path, dict.fromkeys(NAMES, b""))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for start in range(0, len(LINES), count):
        text = "\n".join(LINES[start : start + count]) + "\n"
        (tmp_path / ".gitignore").write_text(text, encoding="utf-8")
        told = subprocess.run(
            ["git", "ls-files", "-coz", "--exclude-standard", "*.py"],
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        expected = sorted(filter(None, told.stdout.decode().split("\0")))
        found = find_files([tmp_path], Selection())
        assert sorted(p.relative_to(tmp_path).as_posix() for p in found) == expected, text


def test_a_pattern_does_not_go_back_and_forth() -> None:
    assert not Patterns(["*a" * 14 + "*b"]).match("a" * 250)
    assert not Patterns(["/".join(["**", "*a*"] * 12)]).match("/".join(["ab" * 40] * 11) + "/x")


# -- files that are none ----------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes as files")
@pytest.mark.parametrize(
    "name",
    ["x.py", "x.ipynb", ".gitignore", "setup.py", "README.md", "keras.json", "pyproject.toml",
     "requirements.txt", "run.sh", "pkg/__init__.py"],
)  # fmt: skip
def test_a_pipe_among_the_files_is_not_waited_for(name: str, tmp_path: Path) -> None:
    write_tree(
        tmp_path, {"net.py": OLD.encode(), "keras_contrib/__init__.py": b"", "pkg/a.py": b""}
    )
    os.mkfifo(tmp_path / name)
    ran = run(tmp_path, "upgrade", "--no-backup")
    assert b"Conv2D(" in (tmp_path / "net.py").read_bytes()
    code = name.endswith((".py", ".ipynb")) and name != "setup.py"
    assert ran.code == (3 if name.endswith((".py", ".ipynb")) else 0), code
    if code:
        assert f"{name}: error: cannot be read: not a regular file" in ran.out.decode()


DEEP = 1500  # folders within each other: deeper than Python recurses, shorter than PATH_MAX


def flatten(folder: Path) -> None:
    """Remove the deep folders: pytest's own clearing recurses into them, and fails."""
    (folder / "d/d/net.py").unlink(missing_ok=True)
    while (folder / "d").is_dir():
        below, moved = folder / "d/d", folder / "e"
        if below.is_dir():
            below.rename(moved)
        (folder / "d").rmdir()
        if moved.is_dir():
            moved.rename(folder / "d")


def test_deep_folders_are_walked(tmp_path: Path) -> None:
    folders = [os.open(tmp_path, os.O_RDONLY)]
    try:
        for _ in range(DEEP):
            os.mkdir("d", dir_fd=folders[-1])
            below = os.open("d", os.O_RDONLY, dir_fd=folders[-1])
            os.close(folders.pop())
            folders.append(below)
        write_tree(tmp_path, {"net.py": OLD.encode(), "d/d/net.py": OLD.encode()})
        assert [p.name for p in find_files([tmp_path], Selection())] == ["net.py", "net.py"]
    finally:
        os.close(folders.pop())
        flatten(tmp_path)


def test_a_folder_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode(), "locked/net.py": OLD.encode()})
    real = os.scandir

    def refuse(path: str) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    ran = run(tmp_path, "check")
    assert ran.code == 3
    assert "locked: error: cannot be read: Permission denied" in ran.out.decode()


def test_no_more_workers_than_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def refuse(workers: int, **kwargs: object) -> None:
        asked.append(workers)
        raise OSError("no more processes")

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", refuse)
    write_tree(tmp_path, {f"net{i}.py": OLD.encode() for i in range(30)})
    with pytest.raises(OSError, match="no more processes"):
        run(tmp_path, "upgrade", "--no-backup", "-j", "200")
    assert asked == [7]


def test_odd_code_is_migrated_and_not_an_internal_error() -> None:
    code = (
        "from keras.layers import Dense, Merge\nfrom keras.models import Sequential\n"
        "model = Sequential()\nmodel.add(Merge([a, b], mode='concat'))\n(model.add(Dense(3)))\n"
    )
    assert "(model.add(Dense(3)))\n" in upgrade_source(code).code
    upgrade_source("from keras.\xe9layers import *\nimport keras\n")


def test_lines_that_are_no_patterns_say_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode(), ".gitignore": b"!\n\\\n[z-a].py\n\xff\xfe\n[\n"})
    assert run(tmp_path, "upgrade", "--no-backup").code == 0
    assert b"Conv2D(" in (tmp_path / "net.py").read_bytes()
