"""What the playground runs on: Pyodide, kerasmig's wheel and the pure Python that it needs.

Python takes its time to start in a browser. So the build starts it once, in Node, lets it answer a
few questions, and keeps its memory: the page begins there.
"""

from __future__ import annotations

import gzip
import io
import json
import logging
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import npm
from hatchling.builders.wheel import WheelBuilder
from mkdocs.exceptions import PluginError

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

_LOG = logging.getLogger("mkdocs.plugins.playground")
_LAYOUTS = ("keep", "channels_last")
#: Old code of several kinds, so that the modules for it are loaded: networks, training, Python 2.
_QUESTIONS = (
    "from keras.layers import Input, Convolution2D, merge\n"
    "x = Input(shape=(1, 32, 32))\n"
    "y = merge([Convolution2D(3, 3, 3, border_mode='same')(x), x], mode='concat', concat_axis=1)\n",
    "from keras.models import Sequential\nfrom keras.layers.core import Dense, MaxoutDense\n"
    "from keras.optimizers import SGD\n"
    "net = Sequential()\nnet.add(Dense(output_dim=3, input_dim=4, init='uniform'))\n"
    "net.add(MaxoutDense(2))\nnet.compile(SGD(lr=0.1, decay=1e-6), 'mse', metrics=['accuracy'])\n"
    "net.fit(x, y, nb_epoch=2)\nnet.save_weights('net.h5')\nprint 'done'\n",
)


def files() -> dict[str, bytes]:
    """Everything that is served beside the playground's own scripts, by its path."""
    found = {f"pyodide/{name}": npm.member("pyodide", name) for name in PYODIDE}
    wheel, content = _wheel()
    found[wheel] = content
    found["needed.zip"] = _needed()
    found["packages.json"] = json.dumps([wheel, "needed.zip"]).encode()
    node = shutil.which("node")
    if node is None:  # the page starts Python itself then, which takes longer
        _LOG.info("There is no Node: the playground will start slowly.")
    else:
        memory = _started(node, found, (wheel, "needed.zip"))
        found["started.bin"] = gzip.compress(memory, 9, mtime=0)
    return found


def _started(node: str, files: Mapping[str, bytes], archives: Sequence[str]) -> bytes:
    """The memory of a Python that has loaded kerasmig and answered once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, content in files.items():
            folder.joinpath(Path(path).name).write_bytes(content)
        shutil.copy(ROOT / "docs" / "playground" / "door.py", folder)
        questions = [[text, "auto", layout] for text in _QUESTIONS for layout in _LAYOUTS]
        (folder / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
        output = folder / "started.bin"
        script = Path(__file__).with_name("snapshot.mjs")
        command = [node, str(script), name, str(output), *(str(folder / a) for a in archives)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not output.exists():
            raise PluginError(f"The playground's Python did not start:\n{done.stderr[-2000:]}")
        return output.read_bytes()


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
