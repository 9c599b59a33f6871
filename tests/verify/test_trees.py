"""What is copied for a verification: code and what it needs, never more, whatever lies beside it."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from kerasmig import old_and_new
from kerasmig.old_and_new import verify_pair
from kerasmig.verify import VerifyError, VerifyReport, VerifySettings
from kerasmig.verify.caller import trees
from kerasmig.verify.caller.trees import copy_files, copy_tree, too_wide
from tests.core.trees import run, write_tree


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and sockets as files")
def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "net.py").write_text("x = 1\n")
    os.mkfifo(root / "pipe.csv")
    os.mkfifo(root / "pipe.py")
    (root / "gone").symlink_to("nowhere")
    (root / "loop").symlink_to(root)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "s"))
        copy_tree(root, tmp_path / "copy")
    assert names(tmp_path / "copy") == ["net.py"]


def test_what_cannot_be_read_is_there_and_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    for name in ("net.py", "data.csv"):
        (root / name).write_text("x = 1\n")
    real = shutil.copyfile

    def refuse(source: Path, target: Path) -> None:
        if source.name == "data.csv":
            raise PermissionError(13, "Permission denied")
        real(source, target)

    monkeypatch.setattr(shutil, "copyfile", refuse)
    copy_tree(root, tmp_path / "copy")
    assert names(tmp_path / "copy") == ["data.csv", "net.py"]
    assert (tmp_path / "copy" / "data.csv").stat().st_size == 0


def test_links_within_a_tree_are_copied_as_what_they_mean(tmp_path: Path) -> None:
    """A compat module that is a link out of the tree, too: the copy is a file of its own."""
    root, outside = tmp_path / "tree", tmp_path / "settings.py"
    root.mkdir()
    outside.write_text("mine = 1\n")
    (root / "keras1_compat.py").symlink_to(outside)
    copy_tree(root, tmp_path / "copy")
    found = tmp_path / "copy" / "keras1_compat.py"
    assert found.read_text() == "mine = 1\n" and not found.is_symlink()
    found.write_text("changed\n")
    assert outside.read_text() == "mine = 1\n"


def test_data_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MAX_FILE", 1000)
    monkeypatch.setattr(trees, "MAX_TOTAL", 2500)
    root = tmp_path / "tree"
    for number in range(6):
        path = root / f"data{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 900)
    (root / "large.csv").write_bytes(b"x" * 1001)
    (root / "net.py").write_bytes(b"#" * 5000)
    copy_tree(root, tmp_path / "copy")
    found = names(tmp_path / "copy")
    assert "net.py" in found and "large.csv" not in found
    assert len(found) == 4  # three of the six, and the code


@pytest.mark.parametrize("which", ["home", "above", "root"])
def test_a_home_is_never_copied(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "homes" / "me"
    home.mkdir(parents=True)
    (home / "net.py").write_text("from keras.layers import Dense\nd = Dense(3)\n")
    monkeypatch.setattr(Path, "home", lambda: home)
    folder = {"home": home, "above": home.parent, "root": Path("/")}[which]
    assert too_wide(folder)
    with pytest.raises(VerifyError, match="is a home or holds one, and is not copied"):
        verify_pair(folder, folder, VerifySettings())
    (home / ".ssh").mkdir()
    copy_files(home, [home / "net.py"], tmp_path / "copy")
    assert names(tmp_path / "copy") == ["net.py"]


@pytest.mark.parametrize("link", ["keras1_compat.py", "alias.py"])
def test_a_link_out_of_the_tree_is_no_part_of_a_verification(
    link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def verified(old: Path, new: Path, **others: object) -> VerifyReport:
        seen.append(names(new))
        return VerifyReport()

    monkeypatch.setattr(old_and_new, "verify_trees", verified)
    root, outside = tmp_path / "tree", tmp_path / "outside.py"
    code = (
        "from keras.models import Sequential\nfrom keras.layers import Highway\n"
        "model = Sequential()\nmodel.add(Highway(input_dim=3))\n"
    )
    write_tree(root, {"net.py": code.encode()})
    outside.write_text(code if link == "alias.py" else "mine = 1\n")
    (root / link).symlink_to(outside)
    before = outside.read_text()
    ran = run(root, "upgrade", ".", "--diff", "--verify", "--no-cache")
    assert ran.code in (0, 1, 3) and seen, ran
    assert outside.read_text() == before
