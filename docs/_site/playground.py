"""What the playground runs on: Pyodide, kerasmig's wheel and the pure Python that it needs."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

import npm
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parent.parent.parent
PYODIDE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
#: What `upgrade_source` needs; `tests/site/test_core_in_a_browser.py` holds that it is no more.
NEEDED = ("fissix", "appdirs")


def files() -> dict[str, bytes]:
    """Everything that is served beside the playground's own scripts, by its path."""
    found = {f"pyodide/{name}": npm.member("pyodide", name) for name in PYODIDE}
    wheel, content = _wheel()
    found[wheel] = content
    found["needed.zip"] = _needed()
    found["packages.json"] = json.dumps([wheel, "needed.zip"]).encode()
    return found


def _wheel() -> tuple[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        (built,) = WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
        path = Path(built)
        return path.name, path.read_bytes()


def _needed() -> bytes:
    """The installed pure Python packages, with their licences, as one archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in NEEDED:
            for file in metadata.files(name) or ():
                if file.suffix in (".pyc", ".so", ".pyd") or ".." in file.parts:
                    continue
                archive.writestr(zipfile.ZipInfo(file.as_posix()), file.read_binary())
    return data.getvalue()


def pack(site: Path) -> None:
    """Pack the whole site as one archive, for reading without a network."""
    target = site / "kerasmig-docs.zip"
    target.unlink(missing_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(site.rglob("*")):
            if path.is_file() and path != target:
                archive.write(path, f"kerasmig-docs/{path.relative_to(site).as_posix()}")
