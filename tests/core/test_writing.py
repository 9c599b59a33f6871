"""What stands on disk wins: edits of others, owners, links, devices."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from kerasmig.disk import atomic
from kerasmig.disk.atomic import ChangedMeanwhile, NotReplaced, replace, write_atomically
from kerasmig.disk.exchange import exchange
from tests.core.trees import OLD, read_tree, run, write_tree

_BOTH = pytest.mark.parametrize("can_exchange", [True, False])


@_BOTH
def test_an_edit_between_the_look_and_the_step_stays(
    can_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "net.py"
    target.write_bytes(b"old")
    real = atomic._prepared

    def prepared(*arguments: object) -> object:
        target.write_bytes(b"edited")  # the latest moment that is not within the step itself
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(atomic, "_prepared", prepared)
    if not can_exchange:
        monkeypatch.setattr(atomic, "exchange", lambda first, second: False)
    with pytest.raises(ChangedMeanwhile):
        replace(target, b"new", b"old")
    assert read_tree(tmp_path) == {"net.py": b"edited"}


def test_edits_within_the_step_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves at the very moment of each exchange: the last save is what stays."""
    target = tmp_path / "net.py"
    target.write_bytes(b"old")
    saves = iter((b"first edit", b"second edit"))

    def disturbed(first: Path, second: Path) -> bool:
        if (text := next(saves, None)) is not None:
            saved = tmp_path / "saved"
            saved.write_bytes(text)
            saved.rename(target)
        return exchange(first, second)

    monkeypatch.setattr(atomic, "exchange", disturbed)
    with pytest.raises(ChangedMeanwhile):
        replace(target, b"new", b"old")
    assert read_tree(tmp_path) == {"net.py": b"second edit"}


def test_a_save_that_has_begun_is_waited_for(tmp_path: Path) -> None:
    target = tmp_path / "net.py"
    target.write_bytes(b"old")
    file = target.open("r+b")

    def finish() -> None:
        file.write(b"edited")
        file.close()

    threading.Timer(0.05, finish).start()
    with pytest.raises(ChangedMeanwhile):
        replace(target, b"new", b"old")
    assert read_tree(tmp_path) == {"net.py": b"edited"}


@_BOTH
def test_only_one_of_many_writers_wins(
    can_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_exchange:
        monkeypatch.setattr(atomic, "exchange", lambda first, second: False)
    target = tmp_path / "count"
    target.write_bytes(b"0")

    def count() -> None:
        done = 0
        while done < 20:
            present = target.read_bytes()
            try:
                replace(target, b"%d" % (int(present) + 1), present)
            except ChangedMeanwhile:
                continue
            done += 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_tree(tmp_path) == {"count": b"80"}


def test_a_new_file_does_not_cover_one_that_has_appeared(tmp_path: Path) -> None:
    target = tmp_path / "net.py"
    replace(target, b"new", None)
    assert target.read_bytes() == b"new" and target.stat().st_nlink == 1
    with pytest.raises(ChangedMeanwhile):
        replace(target, b"newer", None)


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.mkdir()


def _device(path: Path) -> None:
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("needs root")


@pytest.mark.parametrize("make", [_fifo, _folder, _device])
def test_what_is_no_file_is_never_replaced_or_opened(make: object, tmp_path: Path) -> None:
    target = tmp_path / "out.patch"
    make(target)  # type: ignore[operator]
    before = target.lstat()
    with pytest.raises(NotReplaced, match="not a regular file"):
        write_atomically(target, b"new")
    write_tree(tmp_path / "tree", {"net.py": OLD.encode()})
    ran = run(tmp_path / "tree", "upgrade", "--patch", str(target))
    assert ran.code == 3 and "not a regular file" in ran.err
    after = target.lstat()
    assert (after.st_ino, after.st_mode, after.st_rdev) == (
        before.st_ino,
        before.st_mode,
        before.st_rdev,
    )


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root")
def test_who_may_write_a_read_only_file_does_and_its_mode_stays(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode()})
    (tmp_path / "net.py").chmod(0o444)
    assert run(tmp_path, "upgrade", "--no-cache").code == 0
    assert b"Conv2D(" in (tmp_path / "net.py").read_bytes()
    assert stat.S_IMODE((tmp_path / "net.py").stat().st_mode) == 0o444


@pytest.mark.parametrize("name", ["hard link", "read-only"])
def test_what_would_be_harmed_is_refused_with_a_way_out(name: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode(), "other.py": OLD.encode()})
    if name == "hard link":
        os.link(tmp_path / "net.py", tmp_path / "same.txt")
    elif hasattr(os, "getuid") and os.getuid() == 0:
        pytest.skip("root may write it")
    else:
        (tmp_path / "net.py").chmod(0o444)
    ran = run(tmp_path, "upgrade", "--no-cache")
    assert ran.code == 3 and name in ran.err and "run again" in ran.err
    assert (tmp_path / "net.py").read_text() == OLD
    assert b"Conv2D(" in (tmp_path / "other.py").read_bytes()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root")
def test_the_owner_stays(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode()})
    os.chown(tmp_path / "net.py", 1234, 1235)
    (tmp_path / "net.py").chmod(0o640)
    run(tmp_path, "upgrade")
    state = (tmp_path / "net.py").stat()
    assert (state.st_uid, state.st_gid, stat.S_IMODE(state.st_mode)) == (1234, 1235, 0o640)
    assert b"Conv2D(" in (tmp_path / "net.py").read_bytes()


# -- taking a run back ------------------------------------------------------------------------


def test_undo_gives_back_every_file_and_removes_new_ones(tmp_path: Path) -> None:
    old = {"net.py": OLD.encode(), "sub/b.py": OLD.replace("\n", "\r\n").encode()}
    write_tree(tmp_path, old)
    run(tmp_path, "upgrade", "--no-cache")
    assert read_tree(tmp_path) != old
    ran = run(tmp_path, "undo")
    assert ran.code == 0 and read_tree(tmp_path) == old
    ran = run(tmp_path, "undo")
    assert ran.code == 2 and "no run to take back" in ran.err


def test_undo_leaves_what_was_edited_since(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": OLD.encode(), "b.py": OLD.encode()})
    run(tmp_path, "upgrade", "--no-cache")
    (tmp_path / "a.py").write_text("mine\n")
    ran = run(tmp_path, "undo")
    assert ran.code == 1 and "a.py: was edited since" in ran.err
    assert (tmp_path / "a.py").read_text() == "mine\n"
    assert (tmp_path / "b.py").read_text() == OLD


def test_undo_of_one_file_and_of_a_named_run(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.py": OLD.encode(), "b.py": OLD.encode()})
    run(tmp_path, "upgrade", "--no-cache", "a.py")
    run(tmp_path, "upgrade", "--no-cache", "b.py")
    listed = run(tmp_path, "undo", "--list").out.decode().split("\n")
    first = listed[1].split()[0]
    assert run(tmp_path, "undo", "--run", first).code == 0
    assert (tmp_path / "a.py").read_text() == OLD
    assert (tmp_path / "b.py").read_text() != OLD
    assert run(tmp_path, "undo", "b.py").code == 0
    assert (tmp_path / "b.py").read_text() == OLD
