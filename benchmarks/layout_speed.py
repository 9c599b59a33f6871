"""One epoch of training: channels first with oneDNN against the same program with the channels last.

    python benchmarks/layout_speed.py                  LeNet, a VGG-like net and a U-Net of the corpus
    python benchmarks/layout_speed.py --rounds 1 --samples 32

Both run in one process, turn by turn, on the same arrays; the figures are medians. Prints the table
of docs/layout.md.
"""

from __future__ import annotations

import argparse
import ast
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

LEGACY = Path(__file__).parents[1] / "corpus" / "legacy"
DATA = ("mnist", "X_train", "X_test", "Y_train", "Y_test", "fit", "evaluate", "score")


class Net(NamedTuple):
    """A model of the corpus.

    Args:
        file: its program; ``made_by``: the function that makes it, or its variable.
        samples: pictures in an epoch.
    """

    name: str
    file: str
    made_by: str
    samples: int


NETS = (
    Net("LeNet", "lenet_th/train_digits.py", "model", 2048),
    Net("VGG-like", "vgg_like_th/vgg_net.py", "VGG_small", 128),
    Net("U-Net", "unet_th/unet.py", "get_unet", 256),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="epochs of each; default 5")
    parser.add_argument("--samples", type=int, default=0, help="pictures in an epoch")
    given = parser.parse_args(arguments)
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    print("| | channels_first | channels_last | ratio |\n|---|---|---|---|")
    for net in NETS:
        samples = given.samples or net.samples
        first, last = measured(net, samples, given.rounds)
        row = f"| {net.name}, {samples:,} pictures | {first:.2f} s | {last:.2f} s |"
        print(f"{row} {last / first:.2f} |", flush=True)
    return 0


def measured(net: Net, samples: int, rounds: int) -> tuple[float, float]:
    """Median seconds of one epoch, channels first and last."""
    import numpy as np

    models = [built(net, layout) for layout in ("keep", "channels_last")]
    x = np.random.default_rng(0).random((samples, *models[0].input_shape[1:]), "float32")
    y = np.zeros((samples, *models[0].output_shape[1:]), "float32")
    epochs: list[Callable[[], Any]] = []
    for model in models:
        model.compile(loss="mse", optimizer="sgd")
        epochs.append(partial(model.fit, x, y, batch_size=32, epochs=1, verbose=0))
        epochs[-1]()  # what is compiled on the first call is no part of an epoch
    seconds: list[list[float]] = [[], []]
    for _ in range(rounds):
        for times, epoch in zip(seconds, epochs, strict=True):
            start = time.perf_counter()
            epoch()
            times.append(time.perf_counter() - start)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def built(net: Net, layout: str) -> Any:
    """The model of a migrated program, whose data is left away."""
    from kerasmig.api import upgrade_source
    from kerasmig.settings import UpgradeSettings

    result = upgrade_source((LEGACY / net.file).read_text(), UpgradeSettings(layout=layout))
    tree = ast.parse(result.code)
    tree.body = [s for s in tree.body if isinstance(s, ast.FunctionDef) or not _is_data(s)]
    if result.compat:
        compat = type(sys)("keras1_compat")
        sys.modules["keras1_compat"] = compat
        exec(result.compat, compat.__dict__)
    scope: dict[str, Any] = {"__name__": "benchmark"}
    exec(compile(tree, net.file, "exec"), scope)
    made = scope[net.made_by]
    return made() if callable(made) and not hasattr(made, "fit") else made


def _is_data(statement: ast.stmt) -> bool:
    names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    names |= {n.attr for n in ast.walk(statement) if isinstance(n, ast.Attribute)}
    names |= {a.name for n in ast.walk(statement) if isinstance(n, ast.ImportFrom) for a in n.names}
    return not names.isdisjoint(DATA)


if __name__ == "__main__":
    sys.exit(main())
