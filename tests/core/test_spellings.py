"""One answer for every spelling of a path."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.core.trees import OLD, run, write_tree

#: Nothing in it tells its data format but what stands around it.
OPEN = OLD.replace(", dim_ordering='th'", "").replace("(1, 28, 28)", "(32, 32, 32)")

#: Where one stands, and how the path is typed there.
SPELLINGS = [
    ("a/sub", "."),
    ("a/sub", "../sub"),
    ("a/sub", "./pack/.."),
    ("a/sub/pack", "../../sub/"),
    (".", "a/sub"),
    ("b/other", "../../a/sub"),
    ("b/other", "../../b/../a/sub"),
    ("b/other", "link/.."),
    ("b/other", "whole"),
    (".", "{root}/a/sub"),
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two projects whose READMEs say the opposite of each other, and links between them."""
    write_tree(
        tmp_path,
        {
            "a/setup.py": b"",
            "a/README.md": b'"image_dim_ordering": "th"\n',
            "a/sub/net.py": OPEN.encode(),
            "a/sub/pack/__init__.py": b"",
            "a/sub/pack/more.py": OPEN.encode(),
            "b/README.md": b'"image_dim_ordering": "tf"\n',
            "b/setup.py": b"",
            "b/other/README.md": b'"image_dim_ordering": "tf"\n',
        },
    )
    os.symlink(tmp_path / "a" / "sub" / "pack", tmp_path / "b" / "other" / "link")
    os.symlink(tmp_path / "a" / "sub", tmp_path / "b" / "other" / "whole")
    return tmp_path


@pytest.mark.parametrize(("here", "path"), SPELLINGS)
def test_the_verdict_does_not_hang_on_the_spelling(here: str, path: str, tree: Path) -> None:
    typed = path.replace("{root}", str(tree))
    for place in (typed, os.path.join(typed, "net.py")):
        diff = run(tree / here, "upgrade", "--diff", "--no-cache", place).out.decode()
        assert "data_format='channels_first'" in diff
        assert "channels_last" not in diff and "undecided" not in diff


def test_one_file_is_found_once_by_all_its_spellings(tree: Path) -> None:
    typed = ["a", "./a", "b/../a", str(tree / "a"), "a/sub/net.py", "b/other/whole/net.py"]
    once = run(tree, "upgrade", "--diff", "a").out
    assert run(tree, "upgrade", "--diff", *typed).out == once
