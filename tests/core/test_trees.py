"""Whole trees through the command line: dry runs, patches, second runs, and what goes wrong."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kerasmig.compat import compat_source
from kerasmig.project.project import Project
from kerasmig.text.source import decode
from tests.core.trees import LEGACY, OLD, read_tree, run, stamps, variants, write_tree

CORPUS = {
    path.relative_to(LEGACY).as_posix(): path.read_bytes() for path in sorted(LEGACY.rglob("*.py"))
}


@pytest.fixture(params=["variants", "corpus"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    write_tree(root, variants() if request.param == "variants" else CORPUS)
    return root


def test_a_dry_run_touches_nothing(tree: Path) -> None:
    before, times = read_tree(tree), stamps(tree)
    assert run(tree, "upgrade", "--diff").out
    run(tree, "check")
    assert read_tree(tree) == before
    assert stamps(tree) == times


def test_the_patch_makes_the_same_tree_as_the_upgrade(tree: Path, tmp_path: Path) -> None:
    patched = tmp_path / "patched"
    shutil.copytree(tree, patched)
    patch = run(tree, "upgrade", "--diff").out
    run(tree, "upgrade")
    subprocess.run(["git", "init", "-q"], cwd=patched, check=True)
    done = subprocess.run(["git", "apply"], cwd=patched, input=patch, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert read_tree(patched) == read_tree(tree)


def test_a_second_upgrade_changes_nothing(tree: Path) -> None:
    old = read_tree(tree)
    run(tree, "upgrade")
    once, times = read_tree(tree), stamps(tree)
    assert once != old
    run(tree, "upgrade")
    assert read_tree(tree) == once
    assert stamps(tree) == times


def test_the_result_parses_and_keeps_encoding_newlines_and_end(tree: Path) -> None:
    old = read_tree(tree)
    run(tree, "upgrade")
    for name, data in read_tree(tree).items():
        before = old.get(name)
        if before is None or before == data:
            continue
        ast.parse(decode(data)[0])
        assert decode(data)[1] == decode(before)[1]
        assert data.endswith((b"\n", b"\r")) == before.endswith((b"\n", b"\r"))
        for newline in (b"\r\n", b"\n", b"\r"):
            alone = data.replace(b"\r\n", b"") if newline != b"\r\n" else data
            was = before.replace(b"\r\n", b"") if newline != b"\r\n" else before
            assert (newline in alone) == (newline in was), (name, newline)


def test_every_variant_is_upgraded(tmp_path: Path) -> None:
    write_tree(tmp_path, variants())
    assert run(tmp_path, "upgrade").code == 0
    for name, data in read_tree(tmp_path).items():
        assert b"Convolution2D" not in data, name
        assert (b"caf" in data) == (name not in ("empty.py", "other.py"))


def test_what_cannot_be_read_is_told_and_the_rest_is_done(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "broken.py": b"import keras\nx = = 1\n",
            "byte.py": b"import keras\nx = '\xe9'\n",
            "good.py": OLD.encode(),
        },
    )
    (tmp_path / "dangling.py").symlink_to("nowhere.py")
    ran = run(tmp_path, "upgrade")
    assert ran.code == 3
    said = ran.out.decode() + ran.err
    assert "broken.py: error: cannot be parsed" in said
    assert "line 2" in said
    assert "byte.py: error: byte 0xe9" in said
    assert "dangling.py: error:" in said
    assert "Traceback" not in said
    assert (tmp_path / "broken.py").read_bytes() == b"import keras\nx = = 1\n"
    assert b"Conv2D" in (tmp_path / "good.py").read_bytes()


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py/inside.py": OLD.encode()})
    assert run(tmp_path, "upgrade").code == 0
    assert b"Conv2D" in (tmp_path / "net.py" / "inside.py").read_bytes()


def test_a_file_that_the_system_refuses_to_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"locked.py": OLD.encode(), "good.py": OLD.encode()})
    real = os.open

    def refuse(path: Any, *args: Any, **kwargs: Any) -> int:
        if os.path.basename(path) == "locked.py":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)
    ran = run(tmp_path, "upgrade")
    assert ran.code == 3
    assert "locked.py: error: cannot be read: Permission denied" in ran.out.decode()
    monkeypatch.undo()
    assert b"Conv2D" in (tmp_path / "good.py").read_bytes()


def test_a_file_that_cannot_be_written_is_told_and_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"full.py": OLD.encode(), "good.py": OLD.encode()})
    real = os.fsync

    def full(handle: int) -> None:
        if not getattr(full, "failed", False):
            full.failed = True  # type: ignore[attr-defined]
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    ran = run(tmp_path, "upgrade", "--no-backup", "--no-cache")
    assert ran.code == 3
    assert "full.py: cannot be written: No space left on device" in ran.err
    assert (tmp_path / "full.py").read_bytes() == OLD.encode()
    assert b"Conv2D" in (tmp_path / "good.py").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full.py", "good.py"]


def test_a_folder_without_python_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("keras", encoding="utf-8")
    ran = run(tmp_path, "upgrade")
    assert ran.code == 0
    assert "no Python files found" in ran.err


def test_a_path_that_does_not_exist_is_a_wrong_usage(tmp_path: Path) -> None:
    ran = run(tmp_path, "upgrade", "nowhere")
    assert ran.code == 2
    assert "nowhere: no such file or folder" in ran.err


def test_links_out_of_the_tree_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(OLD, encoding="utf-8")
    root = tmp_path / "tree"
    write_tree(root, {"good.py": OLD.encode()})
    (root / "link.py").symlink_to(outside)
    (root / "folder").symlink_to(tmp_path, target_is_directory=True)
    assert run(root, "upgrade").code == 0
    assert outside.read_text(encoding="utf-8") == OLD
    assert (root / "link.py").is_symlink()


def test_a_link_within_the_tree_stays_a_link(tmp_path: Path) -> None:
    write_tree(tmp_path, {"real.py": OLD.encode()})
    (tmp_path / "alias.py").symlink_to("real.py")
    assert run(tmp_path, "upgrade").code == 0
    assert (tmp_path / "alias.py").is_symlink()
    assert b"Conv2D" in (tmp_path / "real.py").read_bytes()


def test_mode_bits_are_kept(tmp_path: Path) -> None:
    write_tree(tmp_path, {"run.py": OLD.encode()})
    (tmp_path / "run.py").chmod(0o751)
    run(tmp_path, "upgrade")
    assert (tmp_path / "run.py").stat().st_mode & 0o777 == 0o751


def test_old_text_is_kept_aside_unless_git_has_it(tmp_path: Path) -> None:
    write_tree(tmp_path, {"sub/net.py": OLD.encode()})
    ran = run(tmp_path, "upgrade")
    (kept,) = (tmp_path / ".kerasmig").rglob("net.py")
    assert kept.read_bytes() == OLD.encode()
    assert "old text kept in" in ran.err


def test_no_copies_are_made_of_what_git_has(tmp_path: Path) -> None:
    write_tree(tmp_path, {"sub/net.py": OLD.encode()})
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    run(tmp_path, "upgrade")
    assert not (tmp_path / ".kerasmig").exists()


def test_workers_give_the_same_result_in_the_same_order(tmp_path: Path) -> None:
    write_tree(tmp_path, CORPUS)
    one = run(tmp_path, "upgrade", "--diff", "-j1")
    two = run(tmp_path, "upgrade", "--diff", "-j2")
    assert one == two


def test_a_project_asks_for_each_file_once(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": b"from b import *\n", "b.py": b"from a import *\n"})
    from kerasmig.settings import UpgradeSettings

    project = Project(sorted(tmp_path.glob("*.py")), UpgradeSettings())
    assert [result.changed for result in project.upgrade().files] == [False, False]


def test_our_own_module_tells_nothing_of_the_era(tmp_path: Path) -> None:
    """What it says of Keras 1 is ours: a second run reads unmarked files as the first one did."""
    unmarked = (
        "from keras.models import Sequential\nfrom keras.layers import Dense\n"
        "m = Sequential()\nm.add(Dense(3, input_dim=4))\nm.load_weights(path + name)\n"
    )
    ours = compat_source(["compile_model"])
    assert "nb_epoch" in ours
    old = {"keras1_compat.py": ours.encode(), "unmarked.py": unmarked.encode()}
    write_tree(tmp_path, old)
    run(tmp_path, "upgrade", "-j1", "--no-cache")
    assert read_tree(tmp_path) == old
