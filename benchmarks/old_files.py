"""What converting the big networks of Keras 1.2.2 costs, and whether they compute the same.

    python benchmarks/old_files.py [NETWORK...] [--folder FOLDER]

VGG16, ResNet50 and InceptionV3 with random weights, written by the real Keras 1.2.2: as models of both
orderings, as weights with the kernels that Theano would have had, and as plain weights. Needs 2.5 GB of
disk. Peak memory is that of the largest process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

NETWORKS = ("ResNet50", "InceptionV3", "VGG16")


class Cost(NamedTuple):
    """What one conversion took, and what came of it."""

    megabytes: float
    seconds: float
    peak: float
    answer: dict[str, Any]


def write(network: str, ordering: str, folder: Path) -> None:
    """In a process of Keras 1.2.2: the files of one network."""
    from kerasmig.legacy import bridge, install

    bridge.activate(install.ensure())
    import numpy as np
    from keras import applications
    from keras import backend as K

    from kerasmig.oldfiles.worker_old import turn_kernels

    K.set_image_dim_ordering(ordering)
    random = np.random.RandomState(1)
    model = getattr(applications, network)(weights=None)
    model.set_weights([_small(random, w.shape) for w in model.get_weights()])
    model.save(str(folder / f"{network}_{ordering}.h5"))
    if ordering == "th":
        (folder / f"{network}.json").write_text(model.to_json())
        turn_kernels(model)
        model.save_weights(str(folder / f"{network}_th_dim_ordering_th_kernels.h5"))
    else:
        model.save_weights(str(folder / f"{network}_weights.h5"))


def _small(random: Any, shape: tuple[int, ...]) -> Any:
    """Numbers that stay in bounds through many layers; positive where they may be variances."""
    import numpy as np

    if len(shape) == 1:
        return (0.9 + 0.2 * random.random_sample(shape)).astype("float32")
    width = np.sqrt(6.0 / (np.prod(shape) / max(shape)))
    return random.uniform(-width, width, shape).astype("float32")


def convert(path: Path, *options: str) -> Cost:
    """Convert a file as people do, and take the time."""
    command = [sys.executable, "-m", "kerasmig", "convert", str(path), "--output-format", "json"]
    start = time.monotonic()
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.read()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    seconds = time.monotonic() - start
    return Cost(path.stat().st_size / 1e6, seconds, usage.ru_maxrss / 1024, json.loads(told)[0])


def row(name: str, cost: Cost) -> str:
    """A line of the table."""
    answer = cost.answer
    found = answer["proof"] or answer["message"]
    if answer["difference"] is not None:
        found = f"{answer['proof']} ({answer['difference']:.1e})"
    return f"| {name} | {cost.megabytes:.0f} | {cost.seconds:.0f} | {cost.peak:.0f} | {found} |"


def measure(network: str, folder: Path) -> None:
    """Write and convert the files of one network; prints its lines."""
    for ordering in ("tf", "th"):
        command = [sys.executable, __file__, "--write", ordering, "--folder", str(folder), network]
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1"}
        subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)
        model = folder / f"{network}_{ordering}.h5"
        told = ["--backend", "tensorflow"]
        print(row(f"{network}, model, {ordering}", convert(model, *told)), flush=True)
        if ordering == "tf":
            plain = convert(folder / f"{network}_weights.h5", *told)
            print(row(f"{network}, weights alone", plain), flush=True)
        else:
            path = folder / f"{network}_th_dim_ordering_th_kernels.h5"
            config = ["--model", str(folder / f"{network}.json")]
            print(row(f"{network}, th weights of Theano, JSON", convert(path, *config)), flush=True)
        for old in folder.iterdir():
            old.unlink()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--write", choices=("th", "tf"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write:
        write(args.networks[0], args.write, args.folder)
        return
    print("| file | MB | seconds | peak MB | old and new |\n| --- | ---: | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory(dir=args.folder) as scratch:
        for network in args.networks:
            measure(network, Path(scratch))


if __name__ == "__main__":
    main()
