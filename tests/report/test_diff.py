"""Patches are piped into the real ``git apply`` and must give the new bytes back exactly."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kerasmig.finding import FileResult, RunResult
from kerasmig.report.diff import new_file_diff, run_diff, run_diff_bytes, split_lines, unified_diff

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CEILING_DIRECTORIES": tempfile.gettempdir(),
}


def git_apply(folder: Path, patch: bytes) -> None:
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        input=patch,
        cwd=folder,
        capture_output=True,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace") + repr(patch)


def applied(old: str, new: str, *, path: str = "model.py", encoding: str = "utf-8") -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(old.encode(encoding))
        patch = run_diff_bytes(RunResult((FileResult(path, old, new, encoding=encoding),)))
        if patch:
            git_apply(folder, patch)
        return target.read_bytes()


LINES = st.text(st.sampled_from("ab \t#\r\f\v\x1c\x85\u2028\u2029\ufeffé漢-+@\\"), max_size=6)
TEXTS = st.builds(
    lambda lines, last: "".join(line + "\n" for line in lines) + last,
    st.lists(LINES, max_size=14),
    LINES,
)


@settings(max_examples=120, deadline=None)
@given(old=TEXTS, new=TEXTS)
@example(old="", new="a")
@example(old="a", new="")
@example(old="a", new="a\n")
@example(old="a\n", new="a")
@example(old="x = 1\r\ny = 2\r\n", new="x = 1\r\ny = 3\r\n")
@example(old="x = 1\ry = 2\r", new="x = 1\ry = 3\r")
@example(old="a\u2028b\x0cc\n", new="a\u2028b\x0cd\n")
@example(old="-- a\n++ b\n", new="-- a\n++ c\n")
def test_git_apply_gives_the_new_bytes(old: str, new: str) -> None:
    assert applied(old, new) == new.encode()


def test_distant_changes_become_two_hunks_that_apply() -> None:
    old = "".join(f"line {n}\n" for n in range(60))
    new = old.replace("line 3\n", "line three\nmore\n").replace("line 50\n", "")
    patch = unified_diff(FileResult("a.py", old, new))
    assert patch.count("\n@@ ") == 2
    assert applied(old, new) == new.encode()


@pytest.mark.parametrize(
    "path",
    [
        "plain.py",
        "src/nets/unet.py",
        "with space.py",
        "a folder/with space.py",
        'say "hi".py',
        "back\\slash.py",
        "tab\there.py",
        "line\nbreak.py",
        "café.py",
        "模型/网络.py",
        "café and space.py",
        "a b/b",
        "-dash.py",
    ],
)
def test_any_file_name_applies(path: str) -> None:
    assert applied("x = 1\n", "x = 2\n", path=path) == b"x = 2\n"


@pytest.mark.parametrize("path", ["keras1_compat.py", "a b/keras1 compat.py", 'é"\\.py'])
@pytest.mark.parametrize("text", ["", "x = 1", "x = 1\n", "a\r\nb\u2028\n"])
def test_new_file_is_created(tmp_path: Path, path: str, text: str) -> None:
    git_apply(tmp_path, new_file_diff(path, text).encode())
    assert (tmp_path / path).read_bytes() == text.encode()
    assert not (tmp_path / path).stat().st_mode & 0o111


def test_names_are_quoted_as_git_quotes_them(tmp_path: Path) -> None:
    for name in ["café.py", 'q"uote.py', "sp ace.py", "plain.py"]:
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    run = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "start"]):
        subprocess.run([*run, *command], cwd=tmp_path, check=True, env=ENVIRONMENT)
    for name in ["café.py", 'q"uote.py', "sp ace.py", "plain.py"]:
        (tmp_path / name).write_text("x = 2\n", encoding="utf-8")
        shown = subprocess.run(
            ["git", "diff", "--no-color", "--", name],
            cwd=tmp_path,
            check=True,
            capture_output=True,
            env=ENVIRONMENT,
        ).stdout.decode()
        lines = [line for line in shown.split("\n") if not line.startswith("index ")]
        assert unified_diff(FileResult(name, "x = 1\n", "x = 2\n")) == "\n".join(lines)


def test_executable_bit_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "train.py"
    target.write_text("x = 1\n")
    target.chmod(0o755)
    git_apply(tmp_path, unified_diff(FileResult("train.py", "x = 1\n", "x = 2\n")).encode())
    assert target.stat().st_mode & 0o111


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "koi8-r", "shift_jis", "utf-8"])
def test_patch_is_in_the_encoding_of_the_file(encoding: str) -> None:
    word = {"koi8-r": "слой", "shift_jis": "層"}.get(encoding, "é")
    old = f"# -*- coding: {encoding} -*-\n# {word}\nx = 1\n"
    new = old.replace("x = 1", f"x = '{word}'")
    assert applied(old, new, encoding=encoding) == new.encode(encoding)


def test_byte_order_mark_stays(tmp_path: Path) -> None:
    target = tmp_path / "m.py"
    target.write_bytes(b"\xef\xbb\xbfx = 1\r\n")
    file = FileResult("m.py", "x = 1\r\n", "x = 2\r\n", bom=True)
    git_apply(tmp_path, run_diff_bytes(RunResult((file,))))
    assert target.read_bytes() == b"\xef\xbb\xbfx = 2\r\n"


def test_whole_run_is_one_patch(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1\n")
    (tmp_path / "b.py").write_text("1")
    run = RunResult(
        (FileResult("a.py", "1\n", "2\n"), FileResult("b.py", "1", "2"), FileResult("c.py")),
        {"keras1_compat.py": "new\n"},
    )
    git_apply(tmp_path, run_diff(run).encode())
    texts = [(tmp_path / name).read_text() for name in ("a.py", "b.py", "keras1_compat.py")]
    assert texts == ["2\n", "2", "new\n"]


def test_nothing_changed_gives_no_patch() -> None:
    assert unified_diff(FileResult("a.py", "x\n", "x\n")) == ""
    assert run_diff(RunResult(())) == ""


@given(st.text())
def test_split_lines_loses_nothing_and_splits_at_line_feeds_only(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all("\n" not in line[:-1] for line in lines)
