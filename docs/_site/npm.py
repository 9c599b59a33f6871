"""Files of packages from npm, which the site serves itself and the repository does not hold."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from mkdocs.exceptions import PluginError

ROOT = Path(__file__).parent.parent.parent
#: Where the packages are kept between builds; git ignores it.
KEPT = ROOT / "build" / "npm"

#: Version and SHA-512 of each package.
PACKAGES = {
    "pyodide": (
        "314.0.7",
        "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A==",
    ),
    "iframe-worker": (
        "1.0.4",
        "roeaaI+Lg1LJNfgpCjoRe/+WzEjy9+Z08LoEvu85MCPbBjwm+qXz8Ag5U05lHa6V1CysZyGzE0SOkAtSUA5q7Q==",
    ),
    "axe-core": (
        "4.14.1",
        "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    ),
}


def member(package: str, name: str) -> bytes:
    """One file of a package, such as ``shim/index.js``."""
    with tarfile.open(_archive(package)) as archive:
        file = archive.extractfile(f"package/{name}")
        assert file is not None, f"{package} has no file {name}"
        return file.read()


def _archive(package: str) -> Path:
    version, digest = PACKAGES[package]
    path = KEPT / f"{package}-{version}.tgz"
    if not path.exists():
        _fetch(package, version)
    found = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if found != digest:
        raise PluginError(f"{path} is not {package} {version}: delete it and build again.")
    return path


def _fetch(package: str, version: str) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    npm = shutil.which("npm")
    if npm is None:
        raise PluginError(
            f"The site needs the npm package {package} {version}. Install npm, or put "
            f"{package}-{version}.tgz into {KEPT}."
        )
    command = [npm, "pack", f"{package}@{version}", "--silent", "--prefer-offline"]
    done = subprocess.run(
        [*command, "--pack-destination", str(KEPT)], capture_output=True, text=True, cwd=KEPT
    )
    if done.returncode:
        raise PluginError(f"npm could not fetch {package} {version}:\n{done.stderr.strip()}")
