"""Installing Keras 1.2.2, the last release of Keras 1, into a folder of its own.

It never enters an environment: both Kerases are called ``keras``. It is fetched once from the
user's package index, kept in the cache folder, and reused offline.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tarfile
import tempfile
from pathlib import Path

from kerasmig.disk.cache_folder import CACHE_VARIABLE, cache_folder
from kerasmig.legacy.client import FetchFailed, Requirement, checksum_error, package_clients
from kerasmig.legacy.errors import LegacyError

KERAS = Requirement(
    "Keras",
    "1.2.2",
    sha256="d2b18c4336eb9c4f0d03469870257efa7980a9b036c9d46dcf4d49e7f4487e2d",
    contents="89325b5ed0106cd17520d767b6e45a9a3f1ad0f96977b195f5569fc531917635",
)
PATH_VARIABLE = "KERASMIG_LEGACY_PATH"
_STEM = f"{KERAS.project}-{KERAS.version}"
_VERSION = re.compile(r"""^__version__ = ['"]([^'"]+)['"]""", re.MULTILINE)


def locate() -> Path | None:
    """The folder that holds the ``keras`` package of Keras 1.2.2, or None if it is not installed.

    Raises:
        LegacyError: ``KERASMIG_LEGACY_PATH`` is set to something that is not Keras 1.2.2.
    """
    if by_hand := os.environ.get(PATH_VARIABLE):
        return _prepared_by_hand(Path(by_hand).expanduser().absolute())
    installed = _install_folder()
    return installed if is_whole(installed) else None


def ensure() -> Path:
    """The folder that holds the ``keras`` package of Keras 1.2.2, installed now if need be.

    Safe to call from several processes at once: each unpacks into a folder of its own, and the
    first one to finish gives it its name.

    Raises:
        LegacyError: it is not installed and cannot be: no network, no package client, a wrong
            checksum, a cache folder that cannot be written, a wrong ``KERASMIG_LEGACY_PATH``.
    """
    if (found := locate()) is not None:
        return found
    destination = _install_folder()
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=destination.parent) as scratch:
            _publish(_fetch(Path(scratch)), destination)
    except OSError as error:
        raise LegacyError(
            f"Keras {KERAS.version} cannot be kept in the cache folder {cache_folder()}: {error}",
            f"Set {CACHE_VARIABLE} to a folder that you may write to and that has room.",
        ) from error
    return destination


def _install_folder() -> Path:
    return cache_folder() / "legacy" / _STEM.lower()


def is_whole(folder: Path) -> bool:
    """Whether the ``keras`` package in `folder` is Keras 1.2.2 to the byte, and nothing besides.

    Compiled files beside the sources are no part of the release; they are never loaded
    (`kerasmig.legacy.bridge`).
    """
    return version_in(folder) == KERAS.version and contents(folder / "keras") == KERAS.contents


def contents(package: Path) -> str:
    """One value for all sources of a package: their names, lengths and bytes; "" for other files."""
    digest = hashlib.sha256()
    try:
        for path in sorted(package.rglob("*"), key=lambda path: path.as_posix()):
            if "__pycache__" in path.relative_to(package).parts:
                continue
            if path.is_symlink() or not (path.is_dir() or path.suffix == ".py"):
                return ""
            if path.is_file():
                data = path.read_bytes()
                digest.update(f"{path.relative_to(package).as_posix()} {len(data)}\n".encode())
                digest.update(data)
    except OSError:
        return ""
    return digest.hexdigest()


def version_in(folder: Path) -> str | None:
    """The version of the ``keras`` package in `folder`; None if there is none that says it."""
    try:
        text = (folder / "keras" / "__init__.py").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    said = _VERSION.search(text)
    return said.group(1) if said else None


def _prepared_by_hand(path: Path) -> Path:
    # What people unpack and point to: the sdist's folder, the folder around it, or keras/ itself.
    candidates = [path, path / _STEM, path.parent if path.name == "keras" else path]
    versions = {folder: version_in(folder) for folder in candidates}
    for folder, version in versions.items():
        if version == KERAS.version:
            return folder
    others = sorted({version for version in versions.values() if version})
    found = f"holds Keras {others[0]}" if others else "holds no keras package"
    raise LegacyError(
        f"{PATH_VARIABLE}={path} {found if path.exists() else 'does not exist'}.",
        f"Unpack {_STEM}.tar.gz and set it to the folder with keras/ in it, "
        "or unset it to have Keras fetched from your package index.",
    )


def _fetch(scratch: Path) -> Path:
    """Fetch Keras into `scratch` and return the folder there that holds its ``keras``."""
    failures = []
    clients = package_clients()
    for client in clients:
        brought = scratch / client.name
        brought.mkdir()
        try:
            client.fetch(KERAS, brought)
            return _unpacked(brought)
        except FetchFailed as failure:
            failures.append(str(failure))
    if not clients:
        raise LegacyError(
            f"Keras {KERAS.version} is not installed yet, and neither pip nor uv is here to "
            "fetch it.",
            "Run `python -m ensurepip`, or install uv, or fetch and unpack "
            f"{_STEM}.tar.gz yourself and point {PATH_VARIABLE} to the folder.",
        )
    raise LegacyError(
        f"Keras {KERAS.version} could not be fetched: {'; '.join(failures)}",
        "Check the network, proxy and index settings of your package client, then run "
        "`kerasmig legacy install`. Without a network, unpack "
        f"{_STEM}.tar.gz by hand and point {PATH_VARIABLE} to the folder.",
    )


def _unpacked(brought: Path) -> Path:
    """The folder with ``keras`` in it, from what a client brought: a tarball or an install."""
    tarball = next(brought.glob("*.tar.gz"), None)
    if tarball is not None:
        digest = hashlib.sha256(tarball.read_bytes()).hexdigest()
        if digest != KERAS.sha256:
            raise checksum_error(KERAS, f"it is {digest}")
        with tarfile.open(tarball) as archive:
            members = [m for m in archive.getmembers() if m.name.startswith(f"{_STEM}/keras/")]
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(brought, members, **safely)  # type: ignore[arg-type]
        brought = brought / _STEM
    if not is_whole(brought):
        raise FetchFailed(f"what was fetched holds no Keras {KERAS.version} as released")
    return brought


def _publish(folder: Path, destination: Path) -> None:
    """Give the complete `folder` its final name, unless another process was faster."""
    if is_whole(destination):
        return
    if destination.exists():  # a damaged install, which a rename cannot replace
        with contextlib.suppress(FileNotFoundError):
            destination.rename(folder.with_name(f"{folder.name}-damaged"))
    try:
        folder.rename(destination)
    except OSError:
        if not is_whole(destination):
            raise


def remove() -> None:
    """Remove what `ensure` installed; a folder prepared by hand is left alone."""
    shutil.rmtree(_install_folder(), ignore_errors=True)
