"""Trees that are checked out, shared or stored in other ways; disks that are full at any write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.disk.find import Selection, find_files
from kerasmig.disk.history import History
from tests.core.test_git import committed, git
from tests.core.trees import OLD, read_tree, run, write_tree

# Needs the compat module, so that more is written than the file itself.
WITH_COMPAT = OLD + "from keras.layers import Highway\nmodel.add(Highway())\n"


# -- checked out otherwise ------------------------------------------------------------------------


@pytest.mark.parametrize("way", [("--cone",), ("--no-cone",), ("--cone", "--sparse-index")])
def test_a_sparse_checkout_is_migrated_as_far_as_it_is_there(
    way: tuple[str, ...], tmp_path: Path
) -> None:
    root = committed(tmp_path / "tree")
    git(root, "sparse-checkout", "set", *way, "nothing")
    if "--no-cone" in way:
        git(root, "sparse-checkout", "set", "--no-cone", "/net.py")
    assert not (root / "sub").exists()
    assert run(root, "upgrade", "--no-cache").code == 0
    assert b"Conv2D(" in (root / "net.py").read_bytes()
    assert not (root / ".kerasmig").exists() and not (root / "sub").exists()
    assert git(root, "status", "--short") == "M net.py"
    assert run(root, "undo").code == 0
    assert git(root, "status", "--short") == ""


def test_a_clone_without_its_old_objects_gets_copies(tmp_path: Path) -> None:
    """Partial and shallow clones, and objects that are borrowed from elsewhere."""
    root = committed(tmp_path / "tree")
    git(root, "config", "uploadpack.allowFilter", "true")
    ways = {"shallow": ["--depth=1"], "partial": ["--filter=blob:none"], "borrowed": ["--shared"]}
    for name, options in ways.items():
        clone = tmp_path / name
        source = str(root) if name == "borrowed" else f"file://{root}"
        git(tmp_path, "clone", "-q", *options, source, name)
        assert run(clone, "upgrade", "--no-cache").code == 0, name
        assert b"Conv2D(" in (clone / "net.py").read_bytes(), name
        kept = (clone / ".kerasmig").exists()
        history = History()
        assert kept == (not history.holds(clone / "net.py", OLD.encode())), name
        history.close()
        assert run(clone, "undo").code == 0, name
        assert (clone / "net.py").read_text() == OLD, name


def test_a_repository_of_another_object_format_gets_copies(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode()})
    git(tmp_path, "init", "-q", "--object-format=sha256")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "all")
    assert run(tmp_path, "upgrade", "--no-cache").code == 0
    assert run(tmp_path, "undo").code == 0
    assert (tmp_path / "net.py").read_text() == OLD


def test_a_worktree_and_a_submodule_are_written_like_any_tree(tmp_path: Path) -> None:
    root = committed(tmp_path / "tree")
    git(root, "worktree", "add", "-q", str(tmp_path / "side"), "-b", "side")
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "submodule", "--quiet", "add", str(root), "lib")
    git(outer, "commit", "-qm", "with it")
    for place in (tmp_path / "side", outer):
        assert run(place, "upgrade", "--no-cache").code == 0
        found = read_tree(place)
        assert all(b"Conv2D(" in data for name, data in found.items() if name.endswith(".py"))
    assert git(outer / "lib", "status", "--short").split() == ["M", "net.py", "M", "sub/other.py"]


# -- one file under several names -------------------------------------------------------------------


def test_a_file_that_is_named_in_another_case_is_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on file systems that do not care for case: both spellings open the same file."""
    write_tree(tmp_path, {"net.py": OLD.encode(), "Sub/Net.py": OLD.encode()})
    os.link(tmp_path / "net.py", tmp_path / "NET.py")
    os.link(tmp_path / "Sub" / "Net.py", tmp_path / "Sub" / "net.py")
    given = [tmp_path / "net.py", tmp_path / "NET.py", tmp_path / "Sub", tmp_path / "Sub/net.py"]
    names = [p.relative_to(tmp_path).as_posix().lower() for p in find_files(given, Selection())]
    assert sorted(names) == ["net.py", "sub/net.py"]
    # Two files of such names that are two files stay two.
    (tmp_path / "other").mkdir()
    write_tree(tmp_path / "other", {"a.py": b"", "A.py": b""})
    assert len(find_files([tmp_path / "other"], Selection())) == 2


# -- two at once ------------------------------------------------------------------------------------


@pytest.mark.exhaustive
def test_two_runs_at_once_on_one_tree_end_as_one(tmp_path: Path) -> None:
    old = {f"pkg{i % 4}/net{i}.py": WITH_COMPAT.encode() for i in range(24)}
    write_tree(tmp_path / "one", old)
    write_tree(tmp_path / "two", old)
    assert run(tmp_path / "one", "upgrade", "-j1", "--no-cache").code == 0
    command = [sys.executable, "-m", "kerasmig", "upgrade", "-j1"]
    both = [
        subprocess.Popen(
            command, cwd=tmp_path / "two", stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        for _ in range(2)
    ]
    for process in both:
        told = process.communicate(timeout=120)[1]
        assert b"Traceback" not in told and process.returncode in (0, 3), told
        if process.returncode == 3:
            assert b"by somebody else meanwhile" in told, told
    assert read_tree(tmp_path / "two") == read_tree(tmp_path / "one")
    for _ in range(2):
        run(tmp_path / "two", "undo")
    assert read_tree(tmp_path / "two") == old


# -- full disks ---------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits a forked child")
@pytest.mark.parametrize("limit", [0, 1, 100, 300, 1000, 3000, 9000, 40_000])
def test_a_disk_that_is_full_at_any_write_harms_nothing(limit: int, tmp_path: Path) -> None:
    """No file may grow beyond a limit: whichever write is the first too large one fails."""
    import resource

    write_tree(tmp_path, {"net.py": WITH_COMPAT.encode(), "other.py": OLD.encode()})
    before = read_tree(tmp_path)
    child = os.fork()
    if child == 0:  # pragma: no cover - the child never comes back
        code = 99
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            code = run(tmp_path, "upgrade", "-j1").code
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    after = read_tree(tmp_path)
    changed = {name for name, data in before.items() if after[name] != data}
    assert code == (0 if changed == set(before) else 3)
    assert not [name for name in after if name.endswith(".kerasmig-tmp")]
    for name in changed:
        assert b"Conv2D(" in after[name]
        (kept,) = (tmp_path / ".kerasmig").rglob(name)
        assert kept.read_bytes() == before[name]
    if "net.py" in changed:
        assert b"class Highway" in after["keras1_compat.py"]
    if limit == 40_000:
        assert changed == set(before)
