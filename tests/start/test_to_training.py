"""From a clone of 2016 to training on Keras 3, doing nothing but what the tool names."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.start.repository import clone

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

ROOT = Path(__file__).parents[2]
#: What the author did in 2016, on Theano: trained weights, and what the network said of pictures.
#: Theano's convolution goes over its kernels from the other end; the real Keras 1.2.2 runs on
#: TensorFlow here, so its own `convert_kernel` turns them round after they were saved.
AUTHOR = """
import numpy as np
from keras import backend as K
K.set_image_dim_ordering('th')
from keras.utils.np_utils import convert_kernel
from digits.models import build
model = build()
rng = np.random.RandomState(5)
model.set_weights([rng.normal(0, 0.2, w.shape) for w in model.get_weights()])
model.save_weights('weights/digits.h5', overwrite=True)
for layer in model.layers:
    if layer.__class__.__name__ == 'Convolution2D':
        kernel, bias = layer.get_weights()
        layer.set_weights([convert_kernel(kernel, 'th'), bias])
x = rng.rand(6, 1, 28, 28).astype('float32')
np.savez('../said.npz', x=x, y=model.predict(x))
"""
#: A script of the clone, in Keras 1: what the old weights say of the same pictures.
EVALUATE = """
import numpy as np
from digits.models import build
said = np.load('../said.npz')
model = build()
model.load_weights('weights/digits.h5')
print('difference', float(np.abs(model.predict(said['x']) - said['y']).max()))
"""


class Person:
    """Somebody at a shell in the clone, who does what is printed and nothing else."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        scripts = home / "bin"
        scripts.mkdir(parents=True)
        (scripts / "kerasmig").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kerasmig "$@"\n')
        (scripts / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        for script in scripts.iterdir():
            script.chmod(0o755)
        known = {k: v for k, v in os.environ.items() if not k.startswith(("KERAS_", "TF_"))}
        # Keras 1.2.2 was fetched before: it is kept where the real home has it.
        self.environment = {
            **known,
            "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        }

    def run(self, command: str, quiet: bool = False) -> str:
        """Type a command; what it said."""
        done = subprocess.run(
            shlex.split(command, comments=True),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if not quiet:
            self.said.append(f"$ {command}\n{done.stdout}")
        assert done.returncode in (0, 1), f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def write(self, what: str, new: str) -> None:
        """Write the line that the tool named; the file's own indentation stays."""
        place = re.match(r"([\w./]+):(\d+): ", what)
        assert place, what
        path, line = self.folder / place[1], int(place[2])
        lines = path.read_text(encoding="utf-8").split("\n")
        old = lines[line - 1]
        if new.startswith("# kerasmig: "):  # at the end of the line, instead of the question
            answer = new.partition("   (or ")[0]
            lines[line - 1] = old.partition("  # kerasmig: ")[0] + "  " + answer
        else:
            lines[line - 1] = old[: len(old) - len(old.lstrip())] + new
        path.write_text("\n".join(lines), encoding="utf-8")
        self.said.append(f"(edit) {place[1]}:{line}: {lines[line - 1].strip()}\n")


def _left(said: str) -> list[tuple[str, str, str]]:
    """What ``start`` leaves, in its order: the step, each item, and its command (``$ ``) or line."""
    _, _, rest = said.partition("What is left, in order:\n")
    found: list[tuple[str, str, str]] = []
    step = what = ""
    for line in rest.split("\n"):
        if re.match(r"\d\. ", line):
            step = line[3:]
        elif line.startswith("   - "):
            what = line[5:]
        elif line.startswith("     write: "):
            found.append((step, what, line[12:]))
        elif line.startswith("     $ "):
            found.append((step, what, line[5:]))
    return found


@pytest.fixture
def person(tmp_path: Path) -> Person:
    folder = clone(tmp_path / "digits")
    person = Person(folder, tmp_path / "person")
    (folder / "author.py").write_text(AUTHOR)
    person.run("kerasmig legacy run author.py", quiet=True)
    (folder / "author.py").unlink()
    (folder / "evaluate.py").write_text(EVALUATE)
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 10, 40)
    np.savez(folder / "digits.npz", x=rng.integers(0, 255, (40, 784)), y=labels)
    return person


def test_every_step_is_named(person: Person) -> None:
    first = person.run("kerasmig start .")  # no terminal: the same as --plan
    done: set[str] = set()
    trained = ""
    for _ in range(12):
        items = [i for i in _left(person.run("kerasmig start .", quiet=True)) if i[2] not in done]
        if not items:
            break
        step = items[0][0]
        for _, what, do in [item for item in items if item[0] == step]:
            if not do.startswith("$ "):
                person.write(what, do)
                continue
            done.add(do)
            if "jupyter" in do:
                continue
            said = person.run(do[2:])
            if "--prove" in do:
                assert re.search(
                    r"match, if +digits/models.py:build: .* outputs within", said
                ), said
                assert "mismatch" not in said.replace("0 mismatch", ""), said
            if "train.py" in do:
                trained = said
    else:
        raise AssertionError(f"it names ever new steps: {items}")
    assert "done 20" in trained
    assert "$ python train.py --data digits.npz --nb-epoch 20" in first
    # The old weights, trained on Theano, say of the pictures what they said in 2016.
    assert float(person.run("python evaluate.py").split()[-1]) < 1e-5
    last = person.run("kerasmig start .")
    assert "kerasmig upgrade" not in _after(last) and "write: " not in last
    check = person.run("kerasmig check .")
    assert len(check.splitlines()) <= 5
    if target := os.environ.get("KERASMIG_TRANSCRIPT"):
        Path(target).write_text("\n".join(person.said), encoding="utf-8")


def _after(said: str) -> str:
    return said.partition("What is left, in order:\n")[2]
