"""Models with the channels first, converted by kerasmig and by keras-data-format-converter: a table.

    python3.10 -m venv peer && peer/bin/pip install 'tensorflow==2.11.*' keras-data-format-converter
    python -m benchmarks.layout_peer peer/bin/python

kerasmig converts the code of corpus/layout, the peer the model objects that the same code makes in its
TensorFlow. The figures are the Permute layers that came in; outputs were compared for the same inputs.
Prints the table of docs/layout.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

LAYOUT = Path(__file__).parents[1] / "corpus" / "layout"
CLOSE = 1e-4
NOT_FOR_THE_PEER = "code of Keras 3 only"


def main() -> None:
    """Print the table, or be one side of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("python", help="an interpreter that has the peer")
    parser.add_argument("--side", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        side = ours if given.side == "ours" else theirs
        print("\nRESULT" + json.dumps(side(json.loads(Path(given.python).read_text()))))
        return
    with tempfile.TemporaryDirectory() as folder:
        codes = Path(folder) / "codes.json"
        codes.write_text(json.dumps(upgraded()))
        mine = answer(sys.executable, "ours", codes)
        other = answer(given.python, "theirs", codes)
    print("| model | kerasmig | keras-data-format-converter |\n|---|---|---|")
    for program, models in mine.items():
        for name, told in models.items():
            peer = other.get(program, {})
            print(f"| {program}: {name} | {told} | {peer.get(name, peer.get('', 'not built'))} |")


def answer(python: str, side: str, codes: Path) -> dict[str, dict[str, str]]:
    """What one side says, by program and model."""
    command = [python, __file__, "--side", side, str(codes)]
    variables = {"TF_ENABLE_ONEDNN_OPTS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment = {**os.environ, **variables}
    told = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    found: dict[str, dict[str, str]] = json.loads(told.rpartition("\nRESULT")[2])
    return found


def upgraded() -> dict[str, dict[str, str]]:
    """The programs for Keras 3, as they are and with the channels last."""
    from kerasmig.api import upgrade_source
    from kerasmig.settings import UpgradeSettings

    found = {}
    for path in sorted(LAYOUT.glob("*.py")):
        first = upgrade_source(path.read_text())
        last = upgrade_source(path.read_text(), UpgradeSettings(layout="channels_last"))
        found[path.stem] = {
            "first": first.code,
            "last": last.code,
            "compat": first.compat,
            "compat_last": last.compat,
        }
    return found


def ours(codes: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """With Keras 3: the code itself was converted."""
    import keras

    found: dict[str, dict[str, str]] = {}
    for name, code in codes.items():
        keras.utils.clear_session()
        first = models_of(code["first"], code["compat"], keras.Model)
        last = models_of(code["last"], code["compat_last"], keras.Model)
        found[name] = {
            one: compared(keras, model, partial(with_arrays, last[one]))
            for one, model in first.items()
        }
    return found


def theirs(codes: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """With the peer and its TensorFlow: each model is converted."""
    from keras_data_format_converter import (  # type: ignore[import-not-found, unused-ignore]
        convert_channels_first_to_last,
    )
    from tensorflow import keras

    found: dict[str, dict[str, str]] = {}
    for name, code in codes.items():
        if code["compat"] or " ops" in code["first"]:
            found[name] = {"": NOT_FOR_THE_PEER}
            continue
        keras.backend.clear_session()
        text = code["first"].replace("from keras", "from tensorflow.keras")
        text = text.replace("import keras\n", "from tensorflow import keras\n")
        try:
            models = models_of(text, "", keras.Model)
        except Exception as error:
            found[name] = {"": f"not built ({type(error).__name__})"}
            continue
        found[name] = {
            one: compared(keras, model, convert_channels_first_to_last)
            for one, model in models.items()
        }
    return found


def models_of(code: str, compat: str, kind: type) -> dict[str, Any]:
    """The models that a program makes, by their variables."""
    sys.modules.pop("keras1_compat", None)
    if compat:
        module = types.ModuleType("keras1_compat")
        sys.modules["keras1_compat"] = module
        exec(compile(compat, "keras1_compat.py", "exec"), module.__dict__)
    scope: dict[str, Any] = {"__name__": "benchmark"}
    exec(compile(code, "program.py", "exec"), scope)
    return {name: model for name, model in scope.items() if isinstance(model, kind)}


def compared(keras: Any, model: Any, convert: Callable[[Any], Any]) -> str:
    """How many layers came in, and whether the outputs are as before."""
    import numpy as np

    before = sum(1 for _ in permutes(keras, model))
    try:
        new = convert(model)
        shapes = [tuple(i.shape)[1:] for i in model.inputs]
        random = np.random.RandomState(0)
        x = [random.rand(2, *[s or 8 for s in shape]).astype("float32") for shape in shapes]
        given = x if len(x) > 1 else x[0]
        old, now = (m.predict(given, verbose=0) for m in (model, new))
    except Exception as error:
        return f"fails ({type(error).__name__})"
    pairs = zip(old, now, strict=True) if isinstance(old, list) else [(old, now)]
    same = all(a.shape == b.shape and np.allclose(a, b, rtol=0, atol=CLOSE) for a, b in pairs)
    count = sum(1 for _ in permutes(keras, new)) - before
    return f"{count}{'' if same else ', **other outputs**'}"


def with_arrays(new: Any, old: Any) -> Any:
    """Give a converted model the arrays of the old one.

    Only the slopes of a PReLU lie otherwise: (channels, 1, 1) is (1, 1, channels) now.
    """
    pairs = zip(old.get_weights(), new.get_weights(), strict=True)
    new.set_weights([array.reshape(now.shape) for array, now in pairs])
    return new


def permutes(keras: Any, model: Any) -> Iterator[Any]:
    """The `Permute` layers of a model, and of those inside it."""
    for layer in model.layers:
        if type(layer).__name__ == "Permute":
            yield layer
        elif isinstance(layer, keras.Model):
            yield from permutes(keras, layer)


if __name__ == "__main__":
    main()
