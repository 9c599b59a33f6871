"""Child process of the property test: builds programs in the real Keras 1.2.2.

Reads one JSON object per line. ``source`` and ``ordering``: answers with the shapes of the
variables ``t0, t1, ...`` and ``s0, s1, ...`` and, where the program raised, the error and line.
``application`` (such as ``resnet50.ResNet50``) and ``ordering``: answers with the source of its
module and with kind and output shape of each of its layers.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from kerasmig.legacy.bridge import activate, reset, set_dim_ordering
from kerasmig.legacy.install import ensure


def _plain(shape: Any) -> list[int | None] | None:
    if not isinstance(shape, tuple):
        return None
    return [None if size is None else int(size) for size in shape]


def build(source: str, ordering: str) -> dict[str, Any]:
    """Run one program; see the module's docstring for what comes back."""
    reset()
    set_dim_ordering(ordering)
    scope: dict[str, Any] = {}
    error, line = "", 0
    try:
        exec(compile(source, "program", "exec"), scope)
    except Exception as problem:  # anything a generated program may raise
        error = f"{type(problem).__name__}: {problem}"[:300]
        frames = traceback.extract_tb(problem.__traceback__)
        line = [f.lineno or 0 for f in frames if f.filename == "program"][-1]
    shapes = {}
    for name, value in scope.items():
        if name[0] == "t" and name[1:].isdigit():
            shapes[name] = _plain(getattr(value, "_keras_shape", None))
        elif name[0] == "s" and name[1:].isdigit():
            shapes[name] = _plain(value)
    return {"shapes": shapes, "error": error, "line": line}


def build_application(name: str, ordering: str) -> dict[str, Any]:
    """Build a network of ``keras.applications`` with random weights."""
    reset()
    set_dim_ordering(ordering)
    module_name, _, function = name.partition(".")
    module = importlib.import_module(f"keras.applications.{module_name}")
    layers = getattr(module, function)(weights=None).layers
    shapes = [[type(layer).__name__, _plain(layer.output_shape)] for layer in layers]
    return {"source": Path(str(module.__file__)).read_text("utf-8"), "layers": shapes}


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    activate(ensure())
    for request in sys.stdin:
        asked = json.loads(request)
        if "application" in asked:
            answer = build_application(asked["application"], asked["ordering"])
        else:
            answer = build(asked["source"], asked["ordering"])
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
