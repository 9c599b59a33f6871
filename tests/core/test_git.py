"""Git is never started, and only what it certainly holds counts as kept."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kerasmig.disk.backups import Backups
from kerasmig.disk.history import History, HistoryError, write_commit
from tests.core.trees import OLD, run, write_tree

_GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run([*_GIT, *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


def committed(folder: Path) -> Path:
    write_tree(folder, {"net.py": OLD.encode(), "sub/other.py": OLD.encode()})
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "all")
    return folder


# -- what a hostile tree would have git run ---------------------------------------------------

_CONFIGURED = {
    "fsmonitor": '[core]\n fsmonitor = "touch MARKER; false"\n',
    "pager": '[core]\n pager = "touch MARKER; cat"\n[pager]\n diff = "touch MARKER"\n',
    "editor": '[core]\n editor = "touch MARKER"\n sshCommand = "touch MARKER"\n',
    "external_diff": '[diff]\n external = "touch MARKER"\n',
    "filter": '[filter "x"]\n clean = "touch MARKER; cat"\n smudge = "touch MARKER; cat"\n',
    "textconv": '[diff "x"]\n textconv = "touch MARKER; cat"\n command = "touch MARKER"\n',
    "hooks_path": "[core]\n hooksPath = HOOKS\n",
    "alias": '[alias]\n ls-files = "!touch MARKER"\n diff = "!touch MARKER"\n',
    "credential": '[credential]\n helper = "!touch MARKER"\n',
    "include": "[include]\n path = HOSTILE\n",
    "archive": '[tar "tar"]\n command = "touch MARKER; cat"\n[tar "x"]\n command = "touch MARKER"\n',
    "gpg": '[gpg]\n program = "HOOKS/post-index-change"\n[commit]\n gpgSign = true\n',
}  # fmt: skip
_HOOKS = ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor")


def _hostile(root: Path, configuration: str, marker: Path) -> None:
    hooks = root / "hooks"
    hooks.mkdir()
    for name in _HOOKS:
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
    (root / "more.config").write_text(f'[core]\n fsmonitor = "touch {marker}; false"\n')
    text = configuration.replace("MARKER", str(marker)).replace("HOOKS", str(hooks))
    text = text.replace("HOSTILE", str(root / "more.config"))
    (root / ".gitattributes").write_text("*.py filter=x diff=x\n")
    config = root / ".git" / "config"
    config.write_text(config.read_text() + text)
    shutil.copytree(hooks, root / ".git" / "hooks", dirs_exist_ok=True)


@pytest.mark.parametrize("kind", sorted(_CONFIGURED))
def test_the_configuration_of_a_tree_runs_nothing(kind: str, tmp_path: Path) -> None:
    root = committed(tmp_path / "clone")
    marker = tmp_path / "marker"
    _hostile(root, _CONFIGURED[kind], marker)
    (root / "net.py").write_text(OLD + "# edited\n")
    run(root, "upgrade", "--no-cache")
    write_commit(root, "HEAD", tmp_path / "base")
    assert b"Conv2D" in (root / "net.py").read_bytes()
    assert (tmp_path / "base" / "net.py").read_text() == OLD
    assert not marker.exists()


def test_the_hostile_configuration_would_run_under_git(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    root = committed(tmp_path / "clone")
    marker = tmp_path / "marker"
    _hostile(root, _CONFIGURED["fsmonitor"], marker)
    subprocess.run(["git", "diff", "--name-only", "HEAD"], cwd=root, capture_output=True)
    assert marker.exists()


@pytest.mark.parametrize("inside", ["", "a/b"])
def test_a_folder_that_looks_like_a_repository_runs_nothing(inside: str, tmp_path: Path) -> None:
    root = committed(tmp_path / "clone")
    marker = tmp_path / "marker"
    bare = root / "nets"
    (bare / "objects").mkdir(parents=True)
    (bare / "refs" / "heads").mkdir(parents=True)
    (bare / "HEAD").write_text("ref: refs/heads/main\n")
    (bare / "config").write_text(
        "[core]\n repositoryformatversion = 0\n bare = false\n worktree = .\n"
        f' fsmonitor = "touch {marker}; false"\n'
    )
    write_tree(bare / inside, {"net.py": OLD.encode()})
    run(root, "upgrade", "--no-cache")
    assert b"Conv2D" in (bare / inside / "net.py").read_bytes()
    assert not marker.exists()


# -- what counts as kept ----------------------------------------------------------------------


def _filtered(root: Path) -> None:
    (root / ".gitattributes").write_text("*.py filter=x\n")
    git(root, "config", "filter.x.clean", "sed s/edited/original/")


def _staged(root: Path) -> None:
    (root / "net.py").write_text(OLD + "# edited\n")
    git(root, "add", "net.py")


def _ignored(root: Path) -> None:
    (root / ".gitignore").write_text("net.py\n")
    git(root, "rm", "-q", "--cached", "net.py")


def _no_commit(root: Path) -> None:
    shutil.rmtree(root / ".git")
    git(root, "init", "-q")


def _dangling(root: Path) -> None:
    shutil.rmtree(root / ".git")
    (root / ".git").write_text("gitdir: /nowhere/at/all\n")


_EDITED: dict[str, Callable[[Path], object]] = {
    "changed": lambda root: root,
    "assume_unchanged": lambda root: git(root, "update-index", "--assume-unchanged", "net.py"),
    "skip_worktree": lambda root: git(root, "update-index", "--skip-worktree", "net.py"),
    "filtered": _filtered,
    "staged_only": _staged,
    "ignored": _ignored,
    "no_commit": _no_commit,
    "objects_gone": lambda root: shutil.rmtree(root / ".git" / "objects"),
    "head_gone": lambda root: (root / ".git" / "HEAD").unlink(),
    "config_broken": lambda root: (root / ".git" / "config").write_text("[core\nx"),
    "dangling_gitfile": _dangling,
}


@pytest.mark.parametrize("kind", sorted(_EDITED))
def test_a_copy_is_made_of_what_git_cannot_give_back(kind: str, tmp_path: Path) -> None:
    root = committed(tmp_path / "tree")
    edited = OLD + "# edited\n"
    _EDITED[kind](root)
    (root / "net.py").write_text(edited)
    run(root, "upgrade", "--no-cache", "--no-gitignore")
    (kept,) = (root / ".kerasmig").rglob("net.py")
    assert kept.read_text() == edited
    assert run(root, "undo").code == 0
    assert (root / "net.py").read_text() == edited


def test_packed_objects_worktrees_and_submodules_count(tmp_path: Path) -> None:
    root = committed(tmp_path / "tree")
    git(root, "worktree", "add", "-q", str(tmp_path / "side"), "-b", "side")
    git(root, "-c", "gc.auto=0", "repack", "-adq")
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "submodule", "--quiet", "add", str(root), "lib")
    history = History()
    for place in (root, tmp_path / "side", outer / "lib"):
        assert history.holds(place / "net.py", OLD.encode()), place
        assert not history.holds(place / "net.py", OLD.encode() + b"\n"), place
        run(place, "upgrade", "--no-cache")
        assert not (place / ".kerasmig").exists()
        assert run(place, "undo").code == 0
        assert (place / "net.py").read_bytes() == OLD.encode()
    history.close()


def test_a_commit_is_written_from_its_objects(tmp_path: Path) -> None:
    root = committed(tmp_path / "tree")
    (root / "sub" / "other.py").write_text("x = 2\n")
    git(root, "commit", "-qam", "second")
    git(root, "tag", "v1")
    first = git(root, "rev-parse", "HEAD~1")
    for number, reference in enumerate(("HEAD~1", "HEAD^", "v1~1", "main^1", first, first[:9])):
        write_commit(root, reference, tmp_path / f"out{number}")
        assert (tmp_path / f"out{number}" / "sub" / "other.py").read_text() == OLD, reference
    write_commit(root / "sub", "v1", tmp_path / "inner")
    assert [p.name for p in (tmp_path / "inner").iterdir()] == ["other.py"]
    for reference in ("HEAD~9", "nothing", "HEAD^3"):
        with pytest.raises(HistoryError, match="no commit"):
            write_commit(root, reference, tmp_path / "none")


def test_a_commit_cannot_write_outside(tmp_path: Path) -> None:
    root = committed(tmp_path / "tree")
    blob = git(root, "rev-parse", "HEAD:net.py")
    done = subprocess.run(
        [*_GIT, "mktree"],
        cwd=root,
        input=f"100644 blob {blob}\t..\n120000 blob {blob}\tlink\n100644 blob {blob}\ta.py\n",
        capture_output=True,
        text=True,
        check=True,
    )
    commit = git(root, "commit-tree", "-m", "odd", done.stdout.strip())
    write_commit(root, commit, tmp_path / "deep" / "out")
    assert [p.name for p in (tmp_path / "deep").rglob("*")] == ["out", "a.py"]


# -- copies -----------------------------------------------------------------------------------


def test_runs_of_one_second_keep_their_copies_apart(tmp_path: Path) -> None:
    texts = [f"text {number}\n" for number in range(5)]
    folders = set()
    for text in texts:
        (tmp_path / "net.py").write_text(text)
        backups = Backups(tmp_path)
        backups.keep(tmp_path / "net.py", text.encode(), b"new\n")
        assert backups.folder is not None
        assert (backups.folder / "net.py").read_text() == text
        folders.add(backups.folder)
    assert len(folders) == len(texts)


def test_copies_of_equal_names_do_not_meet(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    inside = root / Path(*(tmp_path / "a.py").parts[1:])
    inside.parent.mkdir(parents=True)
    backups = Backups(root)
    for path, text in ((inside, b"inside"), (tmp_path / "a.py", b"outside")):
        path.write_bytes(text)
        backups.keep(path, text, b"new")
    kept = sorted(p.read_bytes() for p in (root / ".kerasmig").rglob("a.py*"))
    assert kept == [b"inside", b"outside"]


def test_copies_do_not_leave_the_project_through_a_link(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    write_tree(root, {"net.py": OLD.encode()})
    os.symlink(outside, root / ".kerasmig")
    ran = run(root, "upgrade", "--no-cache")
    assert ran.code == 3 and ".kerasmig must be a folder" in ran.err
    assert (root / "net.py").read_text() == OLD
    assert list(outside.iterdir()) == []
