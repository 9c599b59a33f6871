"""What stands around the code: pins, copies of Keras, TODO comments, the cache, patches."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from kerasmig.disk.find import Selection, find_files
from kerasmig.project.cache import Cache
from kerasmig.project.project import Project
from kerasmig.project.requirements import upgrade_requirements
from kerasmig.settings import UpgradeSettings
from tests.core.trees import OLD, read_tree, run, stamps, variants, write_tree


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("requirements.txt", "numpy\nKeras==1.2.2  # old\n", "numpy\ntensorflow>=2.18\nkeras>=3.8  # old\n"),
        ("requirements.txt", "keras>=1.0,<2.0\r\n", "tensorflow>=2.18\r\nkeras>=3.8\r\n"),
        ("requirements.txt", "tensorflow-gpu==0.12.1", "tensorflow>=2.18"),
        ("requirements.txt", "keras ~= 1.2", "tensorflow>=2.18\nkeras>=3.8"),
        ("requirements.txt", "keras==1.2\ntensorflow==1.0\nnumpy==1.11\nh5py==2.6\nscipy<1\nPillow==4.0\n",
         "keras>=3.8\ntensorflow>=2.18\nnumpy>=1.26\nh5py>=3.11\nscipy>=1.11\nPillow>=9.5\n"),
        ("environment.yml", "  - keras=1.1.0\n  - pip:\n    - tensorflow==1.0\n",
         "  - keras>=3.8\n  - pip:\n    - tensorflow>=2.18\n"),
        ("setup.py", "setup(install_requires=['keras==1.2', 'x'])\nkeras = 1\n",
         "setup(install_requires=['keras>=3.8', 'tensorflow>=2.18', 'x'])\nkeras = 1\n"),
        ("pyproject.toml", 'dependencies = ["keras<2"]\n',
         'dependencies = ["keras>=3.8", "tensorflow>=2.18"]\n'),
        ("Pipfile", 'keras = "==1.2.2"\n', 'tensorflow = ">=2.18"\nkeras = ">=3.8"\n'),
        ("pyproject.toml", 'keras = "^1.2"\n', 'tensorflow = ">=2.18"\nkeras = ">=3.8"\n'),
    ],
)  # fmt: skip
def test_pins_on_keras_1_are_updated_on_request(path: str, old: str, new: str) -> None:
    told = upgrade_requirements(old, path, update=False)
    assert not told.changed
    assert {f.code for f in told.findings} == {"KM902"}
    assert upgrade_requirements(old, path, update=True).new == new
    assert not upgrade_requirements(new, path, update=True).findings


@pytest.mark.parametrize(
    "line",
    [
        "keras",
        "keras>=3.0",
        "keras>=1.0",
        "Keras>=1.0.1",
        "tensorflow==2.16.1",
        "tensorflow>=1.0",
        "keras-rl==0.2",
        "keras_tools==1.0",
        "my-keras==1.0",
        "# keras==1.2",
        "https://example.com/keras==1",
    ],
)
def test_what_allows_keras_3_is_left_alone(line: str) -> None:
    found = upgrade_requirements(line + "\n", "requirements.txt", update=True)
    assert line in found.new.splitlines()
    assert all(
        f.message.startswith("tensorflow>=2.18, on which") and "is added" in f.message
        for f in found.findings
    )


def test_pins_are_reported_beside_code_that_uses_keras_1(tmp_path: Path) -> None:
    files = {
        "a/net.py": OLD.encode(),
        "requirements.txt": b"keras==1.2.2\nTheano==0.8\n",
        "b/requirements.txt": b"keras==1.2.2\n",
        "b/other.py": b"x = 1\n",
    }
    write_tree(tmp_path, files)
    ran = run(tmp_path, "upgrade", "--no-backup")
    assert ran.code == 1
    assert "requirements.txt:1:1: KM902 keras==1.2.2 is too old" in ran.out.decode()
    assert "KM902 Keras 3 has no Theano backend" in ran.out.decode()
    assert read_tree(tmp_path)["requirements.txt"] == files["requirements.txt"]
    write_tree(tmp_path, files)
    run(tmp_path, "upgrade", "--no-backup", "--update-requirements")
    tree = read_tree(tmp_path)
    assert tree["requirements.txt"] == b"tensorflow>=2.18\nkeras>=3.8\n"
    assert tree["b/requirements.txt"] == files["b/requirements.txt"]


def test_copies_of_keras_are_left_alone_and_what_is_called_so_is_not(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "net.py": OLD.encode(),
            "lib/keras/__init__.py": b"__version__ = '1.2.0'\n",
            "lib/keras/layers.py": b"import keras\nprint 'Convolution2D'\n",
            "examples/keras/net.py": OLD.encode(),
            "examples/keras/__init__.py": b"",
        },
    )
    ran = run(tmp_path, "upgrade", "--no-backup")
    assert "lib/keras/__init__.py:1:1: KM901 a copy of Keras 1" in ran.out.decode()
    tree = read_tree(tmp_path)
    assert tree["lib/keras/layers.py"] == b"import keras\nprint 'Convolution2D'\n"
    assert b"Conv2D(" in tree["net.py"] and b"Conv2D(" in tree["examples/keras/net.py"]


def test_a_library_is_left_alone_as_a_copy_but_not_in_its_own_project(tmp_path: Path) -> None:
    library = {
        "keras_contrib/__init__.py": b"",
        "keras_contrib/layers/__init__.py": b"",
        "keras_contrib/layers/blocks.py": OLD.encode(),
    }
    own = {f"own/{path}": data for path, data in library.items()}
    own["own/setup.py"] = b"from setuptools import setup\nsetup(name='keras_contrib')\n"
    copy = {f"app/{path}": data for path, data in library.items()}
    copy["app/setup.py"] = b"from setuptools import setup\nsetup(name='my_app')\n"
    write_tree(tmp_path, own | copy)
    ran = run(tmp_path, "upgrade", "--no-backup")
    assert "app/keras_contrib/__init__.py:1:1: KM901 a copy of keras-contrib" in ran.out.decode()
    tree = read_tree(tmp_path)
    assert b"Conv2D(" in tree["own/keras_contrib/layers/blocks.py"]
    assert tree["app/keras_contrib/layers/blocks.py"] == OLD.encode()


def test_todo_comments_stand_above_what_is_left(tmp_path: Path) -> None:
    code = (
        "from keras.models import Graph\n\n\ndef f():\n    x = 1; g = Graph()\n    return (x,\n"
        "            Graph())\n"
    )
    write_tree(tmp_path, {"net.py": code.encode()})
    run(tmp_path, "upgrade", "--todo", "--no-backup")
    once = (tmp_path / "net.py").read_text(encoding="utf-8")
    lines = once.splitlines()
    at = next(i for i, line in enumerate(lines) if "x = 1; g = Graph()" in line)
    assert lines[at - 1].startswith("    # TODO(kerasmig KM")
    assert [line for line in lines if "TODO" not in line][-3:] == code.splitlines()[-3:]
    run(tmp_path, "upgrade", "--todo", "--no-backup")
    assert (tmp_path / "net.py").read_text(encoding="utf-8") == once


def test_a_patch_goes_to_a_file(tmp_path: Path) -> None:
    root, patch = tmp_path / "tree", tmp_path / "change.patch"
    write_tree(root, variants())
    before = read_tree(root)
    run(root, "upgrade", "--patch", str(patch))
    assert read_tree(root) == before
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "apply", str(patch)], cwd=root, check=True)
    patched = read_tree(root)
    write_tree(root, before)
    run(root, "upgrade", "--no-backup")
    assert read_tree(root) == patched


# -- which files ------------------------------------------------------------------------------------


def found(root: Path, *arguments: Path, **options: object) -> list[str]:
    selection = Selection(**options)  # type: ignore[arg-type]
    return [p.relative_to(root).as_posix() for p in find_files(arguments or [root], selection)]


def test_gitignore_is_honoured_as_git_does(tmp_path: Path) -> None:
    names = [
        "a.py",
        "gen/x.py",
        "gen/keep.py",
        "sub/b.py",
        "sub/c.py",
        "venv/v.py",
        "deep/gen/y.py",
    ]
    write_tree(tmp_path, dict.fromkeys(names, b""))
    write_tree(
        tmp_path,
        {".gitignore": b"/gen/*\n!/gen/keep.py\n*c.py\n", "sub/.gitignore": b"!c.py\nb.py\n"},
    )
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    told = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    expected = sorted(set(told.stdout.split()) - {"venv/v.py"})
    assert (
        sorted(found(tmp_path)) == expected == ["a.py", "deep/gen/y.py", "gen/keep.py", "sub/c.py"]
    )
    assert "sub/b.py" in found(tmp_path, respect_gitignore=False)
    assert found(tmp_path, tmp_path / "venv" / "v.py") == ["venv/v.py"]
    assert found(tmp_path, exclude=("sub/", "a.*"), include=("**/*.py",)) == [
        "deep/gen/y.py",
        "gen/keep.py",
    ]


# -- the cache ----------------------------------------------------------------------------------------


def settled(folder: Path) -> None:
    """Make the files old enough for their stamps to be trusted."""
    time.sleep(0.06)


def reads(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], bytes]:
    """Which files a dry run reads, and what it says."""
    names: list[str] = []
    real = os.open

    def spy(path: Any, *args: Any, **kwargs: Any) -> int:
        names.append(os.path.basename(path))
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", spy)
        out = run(folder, "upgrade", "--diff").out
    return [name for name in names if name.endswith(".py")], out


def test_an_unchanged_tree_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode(), "a.py": b"x = 1\n", "b.py": b"y = 1\n"})
    settled(tmp_path)
    first, said = reads(tmp_path, monkeypatch)
    assert sorted(set(first)) == ["a.py", "b.py", "net.py"]
    assert reads(tmp_path, monkeypatch) == ([], said)


def test_logs_beside_the_code_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode(), "train.txt": b"epoch 1\n"})
    settled(tmp_path)
    _, said = reads(tmp_path, monkeypatch)
    (tmp_path / "train.txt").write_bytes(b"epoch 1\nepoch 2\n")
    assert reads(tmp_path, monkeypatch) == ([], said)


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode(), "a.py": b"x = 1\n", "b.py": b"y = 1\n"})
    settled(tmp_path)
    _, said = reads(tmp_path, monkeypatch)
    state = (tmp_path / "a.py").stat()
    (tmp_path / "a.py").write_bytes(b"import keras.layers\n")
    os.utime(tmp_path / "a.py", ns=(state.st_atime_ns, state.st_mtime_ns))
    settled(tmp_path)
    again, _ = reads(tmp_path, monkeypatch)
    assert "a.py" in again and "b.py" not in again
    (tmp_path / "c.py").write_bytes(OLD.encode())
    settled(tmp_path)
    _, more = reads(tmp_path, monkeypatch)
    assert more != said and b"c.py" in more


def test_the_cache_knows_settings_and_what_stands_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode()})
    settled(tmp_path)
    reads(tmp_path, monkeypatch)
    assert (
        run(tmp_path, "upgrade", "--diff", "--ignore", "KM2").out != reads(tmp_path, monkeypatch)[1]
    )
    (tmp_path / "README.md").write_text("use Theano ordering", encoding="utf-8")
    assert reads(tmp_path, monkeypatch)[0] == ["net.py"]


def test_a_damaged_cache_is_no_cache(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode()})
    settled(tmp_path)
    said = run(tmp_path, "upgrade", "--diff").out
    (kept,) = (own_cache / "runs").iterdir()
    whole = kept.read_bytes()
    body = whole.partition(b"\n")[2]
    damaged = [b"nonsense", b"", whole[:-1], whole.replace(b"channels_first", b"channels_lasts")]
    damaged += [
        whole[: len(whole) // 9 * i] + b"U" + whole[len(whole) // 9 * i + 1 :] for i in range(9)
    ]
    for other in (b"{}", b"[]", b"null", b"[" * 100_000, body[:-2] + b"]}", b'{"key": 5}'):
        digest = hashlib.sha256(other).hexdigest().encode()
        damaged.append(b"kerasmig record 1 " + digest + b"\n" + other)
    for data in damaged:
        kept.write_bytes(data)
        assert run(tmp_path, "upgrade", "--diff").out == said
    assert reads(tmp_path, monkeypatch) == ([], said)  # and it was made anew


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_the_cache_is_data_for_this_user_alone(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode()})
    settled(tmp_path)
    mask = os.umask(0)
    try:
        said = reads(tmp_path, monkeypatch)[1]
    finally:
        os.umask(mask)
    (kept,) = (own_cache / "runs").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    json.loads(kept.read_bytes().partition(b"\n")[2])
    assert reads(tmp_path, monkeypatch) == ([], said)
    kept.chmod(0o666)  # anybody may have written it now
    assert reads(tmp_path, monkeypatch) == (["net.py"], said)


@pytest.mark.parametrize(
    "mark", [".git/", ".hg/", "setup.py", "pyproject.toml", "requirements.txt"]
)
def test_the_cache_watches_what_marks_a_project(
    mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = OLD.replace(", dim_ordering='th'", "").replace("(1, 28, 28)", "(32, 32, 32)")
    write_tree(
        tmp_path, {"a/README.md": b'"image_dim_ordering": "th"\n', "a/sub/net.py": code.encode()}
    )
    settled(tmp_path)
    before = reads(tmp_path / "a" / "sub", monkeypatch)[1]
    if mark.endswith("/"):
        (tmp_path / "a" / mark).mkdir()
    else:
        (tmp_path / "a" / mark).touch()
    names, after = reads(tmp_path / "a" / "sub", monkeypatch)
    assert names == ["net.py"]
    assert after != before and b"channels_first" in after


def test_a_file_written_a_moment_ago_is_not_trusted(tmp_path: Path, own_cache: Path) -> None:
    path = tmp_path / "net.py"
    path.write_bytes(OLD.encode())
    cache = Cache((path,), UpgradeSettings())
    Project((path,), UpgradeSettings(), cache).upgrade()
    assert Cache((path,), UpgradeSettings()).result() is None


def test_an_upgrade_is_followed_by_silence(tmp_path: Path) -> None:
    write_tree(tmp_path, {"net.py": OLD.encode(), "a.py": b"x = 1\n"})
    for _ in range(3):
        run(tmp_path, "upgrade", "--no-backup")
        settled(tmp_path)
    times = stamps(tmp_path)
    ran = run(tmp_path, "check")
    assert ran.code == 0
    assert " KM" not in ran.out.decode()
    assert stamps(tmp_path) == times
