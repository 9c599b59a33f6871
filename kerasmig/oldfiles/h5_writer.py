"""Writes plain weights anew, array by array: ``python -m …h5_writer``. Needs h5py, no TensorFlow.

One layer is in memory at a time. What goes wrong leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from kerasmig.oldfiles.h5_reader import limit

_SECONDS = 3600


def write(request: dict[str, Any]) -> int:
    """Write what a request says; gives the number of arrays.

    The request has ``source``, ``output``, ``format`` and a list of ``layers``, each with ``name``,
    ``target`` (its path in the new file), ``layout`` and the paths of its ``arrays``.
    """
    import h5py

    from kerasmig.compat.parts import layouts

    known: Any = layouts
    output = Path(request["output"])
    part = output.with_name(f".{output.name}.kerasmig-part")
    count = 0
    try:
        with h5py.File(request["source"], "r") as old, h5py.File(part, "w") as new:
            for layer in request["layers"]:
                arrays = [old[path][()] for path in layer["arrays"]]
                arrays = known.arrays_from_keras1(
                    layer["layout"], arrays, layer["ordering"], layer["flip"]
                )
                if layer.get("running_std") and len(arrays) == 4:
                    arrays[3] = arrays[3] ** 2 - 1e-3
                count += len(arrays)
                _put(new, layer, arrays, request["format"])
            if request["format"] == "h5":
                names = [layer["name"].encode() for layer in request["layers"]]
                new.attrs["layer_names"] = names
                new.attrs["backend"] = b"tensorflow"
                new.attrs["keras_version"] = b"3.0.0"
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)
    return count


def _put(new: Any, layer: dict[str, Any], arrays: list[Any], kind: str) -> None:
    if kind == "weights":
        group = new.create_group(f"layers/{layer['target']}")
        inner = group
        for name in layer["inside"]:
            inner = inner.create_group(name)
        group.require_group("vars").attrs["name"] = layer["name"]
        variables = inner.require_group("vars")
        for number, array in enumerate(arrays):
            variables.create_dataset(str(number), data=array)
        return
    group = new.create_group(layer["name"])
    names = []
    for number, array in enumerate(arrays):
        group.create_dataset(f"{layer['name']}/{number}", data=array)
        names.append(f"{layer['name']}/{number}".encode())
    group.attrs["weight_names"] = names


def main() -> None:
    """Do what the request on stdin says."""
    limit(_SECONDS, 64 << 30)
    try:
        told: dict[str, Any] = {"arrays": write(json.load(sys.stdin))}
    except Exception as error:
        text = " ".join(str(error).split())
        told = {"error": f"{type(error).__name__}: {text[:300]}"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
