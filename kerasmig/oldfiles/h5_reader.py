"""Reads what an HDF5 file holds, in a process that may be lost: ``python -m …h5_reader``.

libhdf5 has crashed and hung on files made for it. So every file is read by a fork that has limits
on time and memory, and what it found is JSON on one line. Links out of the file, cycles, huge
declared shapes and anything that is no number are refused before a byte of data is read.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from typing import Any

from kerasmig.disk.processes import die_with_parent

MOST_OBJECTS = 200_000
MOST_TEXT = 64_000_000
SECONDS = 20
MEMORY = 2 << 30
# A file may hold little and declare much: chunks that were never written, or are all zeros.
_SPARSE = 64 << 20
_TIMES = 50


class Refused(Exception):
    """What the file holds is not read, for this reason."""


def describe(path: str) -> dict[str, Any]:
    """What stands in a file of weights or a model of Keras 0 to 3."""
    import h5py

    size = os.path.getsize(path)
    with h5py.File(path, "r") as file:
        _check_tree(file, size)
        return _description(file)


def _description(file: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "attributes": {
            name: _text(file.attrs, name)
            for name in ("keras_version", "backend", "model_config", "training_config")
            if name in file.attrs
        }
    }
    weights, prefix = file, ""
    if "layer_names" not in file.attrs and "model_weights" in file:
        weights, prefix = file["model_weights"], "model_weights/"
        for name in ("keras_version", "backend"):
            if name in weights.attrs and name not in found["attributes"]:
                found["attributes"][name] = _text(weights.attrs, name)
    if "nb_layers" in weights.attrs:
        found["kind"], found["groups"] = "keras0", _numbered(weights)
    elif "layer_names" in weights.attrs:
        found["kind"], found["groups"] = "keras1", _named(weights, prefix)
    elif "layers" in file or "_layer_checkpoint_dependencies" in file:
        found["kind"], found["groups"] = "keras3", []
    else:
        found["kind"], found["groups"] = "other", []
    if "optimizer_weights" in file and "weight_names" in file["optimizer_weights"].attrs:
        found["optimizer"] = _arrays(file["optimizer_weights"], "optimizer_weights/")
    return found


def _numbered(weights: Any) -> list[dict[str, Any]]:
    count = int(weights.attrs["nb_layers"])
    if not 0 <= count <= MOST_OBJECTS:
        raise Refused(f"declares {count} layers")
    groups = []
    for number in range(count):
        name = f"layer_{number}"
        if name not in weights:
            raise Refused(f"has no {name}, though it declares {count} layers")
        params = int(weights[name].attrs.get("nb_params", 0))
        if not 0 <= params <= 1000:
            raise Refused(f"declares {params} arrays of {name}")
        groups.append(
            {
                "name": name,
                "arrays": [_array(weights[name], f"param_{i}", f"{name}/") for i in range(params)],
            }
        )
    return groups


def _named(weights: Any, prefix: str) -> list[dict[str, Any]]:
    groups = []
    for name in _texts(weights.attrs, "layer_names"):
        if name not in weights:
            raise Refused(f"names a layer {name!r:.80} that it does not have")
        groups.append({"name": name, "arrays": _arrays(weights[name], f"{prefix}{name}/")})
    return groups


def _arrays(group: Any, prefix: str) -> list[dict[str, Any]]:
    if "weight_names" not in group.attrs:
        return []
    return [_array(group, name, prefix) for name in _texts(group.attrs, "weight_names")]


def _array(group: Any, name: str, prefix: str) -> dict[str, Any]:
    if name not in group:
        raise Refused(f"names an array {name!r:.80} that it does not have")
    found = group[name]
    if not hasattr(found, "shape") or found.shape is None:
        raise Refused(f"has no array where it names {name!r:.80}")
    if found.dtype.kind not in "fiu":
        raise Refused(f"holds {found.dtype.kind!r} where {name!r:.80} should be numbers")
    return {
        "name": name,
        "path": prefix + name,
        "shape": list(found.shape),
        "dtype": str(found.dtype),
    }


def _texts(attributes: Any, name: str) -> list[str]:
    value = _attribute(attributes, name)
    import numpy as np

    if not isinstance(value, np.ndarray | list | tuple) or getattr(value, "ndim", 1) != 1:
        raise Refused(f"has a {name} that is no list of names")
    names = [_decoded(part) for part in value]
    if len(names) > MOST_OBJECTS or len(set(names)) != len(names):
        raise Refused(f"names something twice in {name}")
    return names


def _text(attributes: Any, name: str) -> str:
    return _decoded(_attribute(attributes, name))


def _decoded(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _attribute(attributes: Any, name: str) -> Any:
    found = attributes.get_id(name)
    stored = found.dtype.itemsize
    for length in found.shape or ():
        stored *= int(length)
    if stored > MOST_TEXT:
        raise Refused(f"has {stored} bytes of {name}")
    return attributes[name]


def _check_tree(file: Any, size: int) -> None:
    """Look at every object once, before anything is read."""
    import h5py

    seen: set[Any] = set()
    waiting = [("", file)]
    declared = 0
    while waiting:
        prefix, group = waiting.pop()
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise Refused(f"has a link to elsewhere at {prefix}{name!s:.80}")
            thing = group[name]
            address = h5py.h5o.get_info(thing.id).addr
            if address in seen:
                raise Refused(f"has an object twice, the second time at {prefix}{name!s:.80}")
            seen.add(address)
            if len(seen) > MOST_OBJECTS:
                raise Refused(f"holds more than {MOST_OBJECTS} objects")
            if isinstance(thing, h5py.Group):
                if prefix.count("/") > 60:
                    raise Refused("has groups nested too deeply")
                waiting.append((f"{prefix}{name}/", thing))
            elif isinstance(thing, h5py.Dataset):
                declared += _check_dataset(thing, f"{prefix}{name}", size)
    if declared > max(_SPARSE, _TIMES * size):
        raise Refused(f"declares {declared} bytes of arrays in a file of {size} bytes")


def _check_dataset(dataset: Any, name: str, size: int) -> int:
    plist = dataset.id.get_create_plist()
    if dataset.is_virtual or plist.get_external_count():
        raise Refused(f"keeps the array {name!s:.80} in another file")
    if dataset.shape is None:
        return 0
    bytes_ = int(dataset.dtype.itemsize)
    for length in dataset.shape:
        bytes_ *= int(length)
    if bytes_ > max(_SPARSE, _TIMES * size):
        raise Refused(f"declares {bytes_} bytes for {name!s:.80} in a file of {size} bytes")
    return bytes_


# -- the process ------------------------------------------------------------------------------------


def limit(seconds: int = SECONDS, memory: int = MEMORY) -> None:
    """Bound what this process may take, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def answer(path: str) -> str:
    """What is found, or why nothing is, as one line of JSON."""
    try:
        return json.dumps(describe(path))
    except Refused as error:
        return json.dumps({"error": str(error)})
    except MemoryError:
        return json.dumps({"error": "needs more memory than is given to it"})
    except Exception as error:  # h5py raises all kinds on damaged files
        told = " ".join(str(error).split())
        return json.dumps({"error": f"is damaged or no HDF5 file: {told[:200]}"})


def main() -> None:
    """Answer each line of stdin, a path as JSON, with a line of JSON."""
    die_with_parent()
    import h5py  # noqa: F401  (before the forks, which are cheap then)

    for line in sys.stdin:
        path = json.loads(line)
        sys.stdout.write(_in_fork(path) + "\n")
        sys.stdout.flush()


def _in_fork(path: str) -> str:
    if not hasattr(os, "fork"):
        return answer(path)
    reading, writing = os.pipe()
    server = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            die_with_parent(server)
            os.close(reading)
            limit()
            data = answer(path).encode()
            while data:
                data = data[os.write(writing, data) :]
        finally:
            os._exit(0)
    os.close(writing)
    found = _received(reading, child, time.monotonic() + 3 * SECONDS)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if found:
        return found.decode("utf-8")
    why = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "no answer"
    return json.dumps({"error": f"cannot be read: the HDF5 library was lost on it ({why})"})


def _received(reading: int, child: int, until: float) -> bytes:
    import select

    parts: list[bytes] = []
    while True:
        ready, _, _ = select.select([reading], [], [], max(0, until - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            return b""
        part = os.read(reading, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)


if __name__ == "__main__":
    main()
