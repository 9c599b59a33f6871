"""Whether time and memory stay in line with the number of files.

    python benchmarks/many_files.py                  10,000 and 100,000 files
    python benchmarks/many_files.py 1000 10000       other sizes
    python benchmarks/many_files.py --quick          without the runs with a cache

The trees are made up: small files in packages of two hundred that import each other; in one package of
ten every fifth file uses Keras (2 % of all), and 1 in 5 of those needs the compat module. Each size is upgraded in place with one
worker; CPU seconds and the largest memory are those of the whole process (`wait4`). It fails if a file
of the largest tree takes more than 1.3 times what one of the smallest takes, or 400 MB.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.upgrade_speed import measure

MOST_GROWTH, MOST_MEMORY = 1.3, 400

_NET = """from keras.models import Sequential
from keras.layers import Convolution2D, Dense{more}
from .helpers{number} import size

model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode='same', input_shape=(3, size, size), dim_ordering='th'))
{line}model.add(Dense(10, init='uniform'))
model.compile('sgd', 'mse')
"""
_HELPER = """import os
from .helpers{next} import size as other

size = {number}


def join(*names):
    return os.path.join(*names)


class Reader:
    def __init__(self, folder):
        self.folder = folder

    def read(self, name, mode='rb'):
        with open(join(self.folder, name), mode) as stream:
            return stream.read()
"""


def write_tree(root: Path, files: int) -> None:
    draw = random.Random(1)
    for number in range(files):
        folder = root / f"team{number // 2000}" / f"package{number // 200}"
        if number % 200 == 0:
            folder.mkdir(parents=True)
            (folder / "__init__.py").write_text("")
        near = number // 200 * 200 + draw.randrange(200)
        if number // 200 % 10 == 0 and draw.random() < 0.2:
            compat = draw.random() < 0.2
            text = _NET.format(
                more=", Highway" if compat else "",
                line="model.add(Highway())\n" if compat else "",
                number=near,
            )
        else:
            text = _HELPER.format(number=number, next=near)
        (folder / f"helpers{number}.py").write_text(text)


def main(sizes: Sequence[int], quick: bool = False) -> int:
    """Measure and print; 1 if it grows too much."""
    runs = {"without a cache": ["--no-cache"]}
    if not quick:
        runs = {"first look, written": [], **runs, "second look": [], "unchanged": []}
    root = Path(__file__).parents[1]
    environment = {"PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    each, memory = [], 0.0
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_tree(Path(folder, "tree"), count)
            environment["KERASMIG_CACHE_DIR"] = str(Path(folder, "cache"))
            command = [sys.executable, "-m", "kerasmig", "upgrade", "-j1", "--no-backup"]
            for name, options in runs.items():
                cost = measure([*command, *options], Path(folder, "tree"), environment)
                memory = max(memory, cost.memory)
                if name == next(iter(runs)):
                    each.append(cost.cpu / count)
                print(
                    f"| {count:,} files, {name} | {cost.cpu:.1f} | {cost.cpu / count * 1000:.2f} "
                    f"| {cost.memory:.0f} |",
                    flush=True,
                )
    print(f"a file of the largest tree takes {each[-1] / each[0]:.2f} times as much")
    return 0 if each[-1] <= each[0] * MOST_GROWTH and memory < MOST_MEMORY else 1


if __name__ == "__main__":
    given = [text for text in sys.argv[1:] if text != "--quick"]
    sizes = [int(text) for text in given] or [10_000, 100_000]
    sys.exit(main(sizes, quick="--quick" in sys.argv))
