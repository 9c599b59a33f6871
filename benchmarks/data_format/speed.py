"""Time of the inference against that of parsing: ``python -m benchmarks.data_format.speed DIR``.

DIR is a tree of Python files, such as the unpacked sdist of Keras 1.2.2. Printed is the best of
three passes for parsing, for resolving names (shared with the rest of the analysis), and for the
inference.
"""

from __future__ import annotations

import ast
import sys
import time
from pathlib import Path

from kerasmig.analysis.dataformat.inference import ProjectFacts, infer
from kerasmig.analysis.names.resolution import Names


def measure(folder: Path) -> tuple[float, float, float, int]:
    """(parsing, names, inference, files): seconds of one pass over a tree."""
    files = sorted(folder.rglob("*.py"))
    parsing = resolving = inferring = 0.0
    for path in files:
        source = path.read_text("utf-8")
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        times = [time.perf_counter()]
        tree = ast.parse(source)
        times.append(time.perf_counter())
        names = Names(tree, module.removesuffix(".__init__"), path.stem == "__init__")
        times.append(time.perf_counter())
        infer(tree, names, ProjectFacts(module=module))
        times.append(time.perf_counter())
        parsing += times[1] - times[0]
        resolving += times[2] - times[1]
        inferring += times[3] - times[2]
    return parsing, resolving, inferring, len(files)


def main() -> None:
    """Print the figures for the folder on the command line."""
    passes = [measure(Path(sys.argv[1])) for _ in range(3)]
    parsing, resolving, inferring = (min(p[i] for p in passes) for i in range(3))
    print(f"{passes[0][3]} files: ast.parse {parsing:.2f} s, names {resolving:.2f} s, ", end="")
    print(f"inference {inferring:.2f} s = {inferring / parsing:.2f} × ast.parse")


if __name__ == "__main__":
    main()
