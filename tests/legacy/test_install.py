"""Installing Keras 1.2.2, with package clients and indexes of our own: no network, no TensorFlow."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import sys
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kerasmig.disk.cache_folder import cache_folder
from kerasmig.legacy import client, install
from kerasmig.legacy.bridge import activate
from kerasmig.legacy.client import ChecksumError, Client
from kerasmig.legacy.errors import LegacyError

PIP_STAND_IN = """
import pathlib, shutil, sys
assert sys.argv[1] == "download", sys.argv
shutil.copy({tarball!r}, pathlib.Path(sys.argv[sys.argv.index("--dest") + 1], "Keras-1.2.2.tar.gz"))
"""
UV_STAND_IN = """
import sys, tarfile
assert sys.argv[1:3] == ["pip", "install"], sys.argv
with tarfile.open({tarball!r}) as archive:
    for member in archive.getmembers():
        member.name = member.name.partition("/")[2]
        if member.name:
            archive.extract(member, sys.argv[sys.argv.index("--target") + 1])
"""
BROKEN_STAND_IN = """
import sys
print("Looking in indexes: https://mirror.example/simple")
sys.exit("ERROR: Could not find a version that satisfies the requirement keras==1.2.2")
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("KERASMIG_CACHE_DIR", str(folder))
    monkeypatch.delenv("KERASMIG_LEGACY_PATH", raising=False)
    return folder


@pytest.fixture
def tarball(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An sdist like Keras's, pinned in its place."""
    path = tmp_path / "Keras-1.2.2.tar.gz"
    files = {
        "setup.py": "raise SystemExit('setup.py was run')\n",
        "keras/__init__.py": "from . import backend\n\n__version__ = '1.2.2'\n",
        "keras/backend/__init__.py": "",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"Keras-1.2.2/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    contents = install.contents(tmp_path / "unpacked" / "Keras-1.2.2" / "keras")
    pinned = dataclasses.replace(install.KERAS, sha256=digest, contents=contents)
    monkeypatch.setattr(install, "KERAS", pinned)
    return path


def stand_in(tmp_path: Path, source: str, *, name: str = "pip") -> Client:
    script = tmp_path / f"{name}_{hashlib.sha256(source.encode()).hexdigest()[:8]}.py"
    script.write_text(source)
    return Client(name, (sys.executable, str(script)))


def use(monkeypatch: pytest.MonkeyPatch, *clients: Client) -> None:
    monkeypatch.setattr(install, "package_clients", lambda: list(clients))


def package(folder: Path, version: str = "1.2.2") -> Path:
    (folder / "keras").mkdir(parents=True)
    (folder / "keras" / "__init__.py").write_text(f"__version__ = '{version}'\n")
    return folder


def leftovers(cache: Path) -> list[str]:
    return sorted(path.name for path in (cache / "legacy").iterdir())


# ---- what comes of each client


def test_nothing_is_located_before_an_install() -> None:
    assert install.locate() is None


@pytest.mark.parametrize(("name", "source"), [("pip", PIP_STAND_IN), ("uv", UV_STAND_IN)])
def test_installs_with_each_client(
    name: str,
    source: str,
    tarball: Path,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, stand_in(tmp_path, source.format(tarball=str(tarball)), name=name))
    folder = install.ensure()
    assert (folder / "keras" / "backend" / "__init__.py").is_file()
    assert install.locate() == folder
    assert leftovers(cache) == ["keras-1.2.2"]


def test_an_install_is_reused_without_any_client(
    tarball: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, stand_in(tmp_path, PIP_STAND_IN.format(tarball=str(tarball))))
    folder = install.ensure()
    use(monkeypatch)
    assert install.ensure() == folder


def test_the_next_client_is_tried_when_one_fails(
    tarball: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(
        monkeypatch,
        stand_in(tmp_path, BROKEN_STAND_IN),
        stand_in(tmp_path, UV_STAND_IN.format(tarball=str(tarball)), name="uv"),
    )
    assert install.ensure() == install.locate()


def test_remove_takes_the_install_away(
    tarball: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, stand_in(tmp_path, PIP_STAND_IN.format(tarball=str(tarball))))
    install.ensure()
    install.remove()
    assert install.locate() is None


def test_a_damaged_install_is_replaced(
    tarball: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "legacy" / "keras-1.2.2" / "keras").mkdir(parents=True)
    use(monkeypatch, stand_in(tmp_path, PIP_STAND_IN.format(tarball=str(tarball))))
    assert install.ensure() == install.locate()
    assert leftovers(cache) == ["keras-1.2.2"]


@pytest.mark.parametrize("change", ["edited", "added", "half deleted", "link", "library"])
def test_a_tampered_install_is_not_run_but_mended(
    change: str, tarball: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, stand_in(tmp_path, PIP_STAND_IN.format(tarball=str(tarball))))
    package = install.ensure() / "keras"
    whole = install.contents(package)
    if change == "edited":
        (package / "backend" / "__init__.py").write_text("import os")
    elif change == "added":
        (package / "numpy.py").write_text("import os")
    elif change == "half deleted":
        (package / "backend" / "__init__.py").unlink()
    elif change == "link":
        (package / "more.py").symlink_to(tarball)
    else:
        (package / "backend.cpython-311-x86_64-linux-gnu.so").write_bytes(b"x")
    assert install.locate() is None
    assert install.contents(install.ensure() / "keras") == whole


def test_the_cached_release_is_the_one_that_is_pinned() -> None:
    assert len(install.KERAS.contents) == len(install.KERAS.sha256) == 64


def test_concurrent_installs_do_not_hurt_each_other(
    tarball: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, stand_in(tmp_path, PIP_STAND_IN.format(tarball=str(tarball))))
    together = threading.Barrier(4)
    publish = install._publish

    def publish_together(folder: Path, destination: Path) -> None:
        together.wait(timeout=60)  # everybody has unpacked, nobody has published
        publish(folder, destination)

    monkeypatch.setattr(install, "_publish", publish_together)
    with ThreadPoolExecutor(4) as pool:
        folders = {done.result() for done in [pool.submit(install.ensure) for _ in range(4)]}
    assert folders == {install.locate()}
    assert leftovers(cache) == ["keras-1.2.2"]


# ---- what can go wrong


def test_other_bytes_are_refused(
    tarball: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned = dataclasses.replace(install.KERAS, sha256="0" * 64)
    monkeypatch.setattr(install, "KERAS", pinned)
    use(monkeypatch, stand_in(tmp_path, PIP_STAND_IN.format(tarball=str(tarball))))
    with pytest.raises(ChecksumError, match="SHA-256 differs"):
        install.ensure()
    assert install.locate() is None
    assert leftovers(cache) == []


def test_a_failing_client_is_quoted(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, stand_in(tmp_path, BROKEN_STAND_IN))
    with pytest.raises(LegacyError) as caught:
        install.ensure()
    assert "pip: ERROR: Could not find a version" in caught.value.problem
    assert "KERASMIG_LEGACY_PATH" in caught.value.advice
    assert leftovers(cache) == []


def test_a_client_that_brings_something_else_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, stand_in(tmp_path, "print('done')"))
    with pytest.raises(LegacyError, match=r"holds no Keras 1\.2\.2"):
        install.ensure()


def test_without_any_client_the_advice_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch)
    with pytest.raises(LegacyError, match="neither pip nor uv") as caught:
        install.ensure()
    assert "ensurepip" in caught.value.advice


def test_a_cache_that_cannot_be_written(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write_text("a file where the folder should be")
    use(monkeypatch, stand_in(tmp_path, BROKEN_STAND_IN))
    with pytest.raises(LegacyError, match="cannot be kept in the cache folder") as caught:
        install.ensure()
    assert "KERASMIG_CACHE_DIR" in caught.value.advice


# ---- the real pip


@pytest.fixture
def pip_index(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The real pip, with no index and no settings of whoever runs the tests."""
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    return monkeypatch


def test_pip_without_a_network(pip_index: pytest.MonkeyPatch, cache: Path) -> None:
    pip_index.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    pip_index.setattr("kerasmig.legacy.client.shutil.which", lambda name: None)
    with pytest.raises(LegacyError, match="could not be fetched: pip: ERROR"):
        install.ensure()
    assert leftovers(cache) == []


def test_pip_refuses_other_bytes_before_it_runs_setup_py(
    pip_index: pytest.MonkeyPatch, tarball: Path, tmp_path: Path
) -> None:
    page = tmp_path / "simple" / "keras"
    page.mkdir(parents=True)
    (page / "index.html").write_text(f'<a href="{tarball.as_uri()}">Keras-1.2.2.tar.gz</a>')
    pip_index.setenv("PIP_INDEX_URL", page.parent.as_uri())
    pip_index.setattr("kerasmig.legacy.client.shutil.which", lambda name: None)
    pinned = dataclasses.replace(install.KERAS, sha256="0" * 64)
    pip_index.setattr(install, "KERAS", pinned)
    with pytest.raises(ChecksumError, match="pip refused it"):
        install.ensure()


def test_the_clients_are_pip_then_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerasmig.legacy.client.shutil.which", lambda name: f"/opt/{name}")
    assert [found.name for found in client.package_clients()] == ["pip", "uv"]
    monkeypatch.setattr(
        "kerasmig.legacy.client.sys.executable", str(tmp_path / "python-without-pip")
    )
    assert [found.name for found in client.package_clients()] == ["uv"]


# ---- a folder prepared by hand


@pytest.mark.parametrize("pointed_to", ["air-gapped", "air-gapped/Keras-1.2.2", "keras itself"])
def test_a_folder_prepared_by_hand_is_used(
    pointed_to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = package(tmp_path / "air-gapped" / "Keras-1.2.2")
    path = folder / "keras" if pointed_to == "keras itself" else tmp_path / pointed_to
    monkeypatch.setenv("KERASMIG_LEGACY_PATH", str(path))
    use(monkeypatch)
    assert install.ensure() == install.locate() == folder


@pytest.mark.parametrize(
    ("version", "complaint"),
    [("2.0.4", "holds Keras 2.0.4"), (None, "holds no keras package"), ("-", "does not exist")],
)
def test_a_wrong_folder_is_refused(
    version: str | None, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "prepared"
    if version is None:
        folder.mkdir()
    elif version != "-":
        package(folder, version)
    monkeypatch.setenv("KERASMIG_LEGACY_PATH", str(folder))
    with pytest.raises(LegacyError, match=complaint):
        install.ensure()
    with pytest.raises(LegacyError, match=complaint):
        install.locate()


def test_activate_refuses_another_keras(tmp_path: Path) -> None:
    # Otherwise the search would go on and end at the Keras 3 of the environment.
    with pytest.raises(LegacyError, match=r"does not hold Keras 1\.2\.2"):
        activate(package(tmp_path / "other", "2.0.4"))


# ---- the cache folder


def test_the_cache_follows_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KERASMIG_CACHE_DIR")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    found = {}
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr("kerasmig.disk.cache_folder.sys.platform", platform)
        monkeypatch.setenv("XDG_CACHE_HOME", "relative/ignored")
        found[platform] = cache_folder().relative_to(tmp_path).as_posix()
    assert found == {
        "linux": ".cache/kerasmig",
        "darwin": "Library/Caches/kerasmig",
        "win32": "AppData/Local/kerasmig",
    }
    monkeypatch.setattr("kerasmig.disk.cache_folder.sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "kerasmig"
