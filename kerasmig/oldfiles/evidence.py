"""In which order the kernels of a file stand, and for whose convolution: found out, or asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kerasmig.catalog.array_layouts import ARRAY_LAYOUTS, BY_ORDERING
from kerasmig.oldfiles.configs import Config, all_layers
from kerasmig.oldfiles.reading import Array, Group, OldFile

_BACKENDS = {"th": "theano", "tf": "tensorflow"}
_ORDERINGS = {"th": "the filters come first", "tf": "the filters come last"}


class Verdict(NamedTuple):
    """What is taken to be so, and why.

    Args:
        value: empty where nothing tells.
        certain: no more than one answer is possible, or somebody has said so.
        evidence: sentences.
    """

    value: str
    certain: bool = True
    evidence: tuple[str, ...] = ()
    conflict: bool = False


def ordering_of(file: OldFile, config: Config | None, stated: str | None) -> Verdict:
    """The ordering of the kernels of a file: ``th``, ``tf``; empty if nothing tells or it has none."""
    if stated:
        return Verdict(stated, evidence=(f"--ordering {stated} says so.",))
    if not needs_ordering(file, config):
        return Verdict("", evidence=("No array depends on the ordering.",))
    told: list[tuple[str, str]] = []
    written = {
        layer["config"]["dim_ordering"]
        for layer in all_layers(config or {})
        if isinstance(layer.get("config"), dict)
        and layer["config"].get("dim_ordering") in _BACKENDS
        and ARRAY_LAYOUTS.get(str(layer.get("class_name"))) in _WITH_KERNELS
    }
    if len(written) == 1:
        value = written.pop()
        return Verdict(value, evidence=(f"The configuration says dim_ordering {value!r}.",))
    told += _by_shapes(file.groups)
    told += _by_name(file.path.name)
    values = {value for value, _ in told}
    sentences = tuple(dict.fromkeys(sentence for _, sentence in told))
    if len(values) == 1:
        return Verdict(values.pop(), evidence=sentences[:4])
    if len(values) > 1:
        return Verdict("", False, sentences[:4], conflict=True)
    return Verdict("", False, ("All sizes of the kernels are the same both ways.",))


def backend_of(file: OldFile, ordering: str, stated: str | None) -> Verdict:
    """The backend that a file's kernels were trained with; empty where it makes no difference."""
    if stated:
        return Verdict(stated, evidence=(f"--backend {stated} says so.",))
    if not _turnable(file.groups):
        return Verdict("", evidence=("No kernel is larger than one place.",))
    if file.backend in _BACKENDS.values():
        return Verdict(file.backend, evidence=(f"The file says backend {file.backend!r}.",))
    found = re.search(r"(?:^|[_.-])(th|tf)_kernels?(?:[_.-]|$)", file.path.name)
    if found:
        return Verdict(_BACKENDS[found[1]], evidence=(f"The file's name says {found[1]}_kernels.",))
    named = re.findall(r"theano|tensorflow", file.path.name.lower())
    if len(set(named)) == 1:
        return Verdict(named[0], evidence=(f"The file's name says {named[0]}.",))
    if ordering == "th":
        return Verdict(
            "",
            False,
            (
                "Kernels of the ordering th were mostly trained on Theano, whose convolution turns "
                "them round; nothing in the file tells.",
            ),
        )
    return Verdict(
        "tensorflow",
        False,
        ("Nothing tells the backend: taken for TensorFlow, as tf was its " "ordering.",),
    )


_WITH_KERNELS = (*BY_ORDERING, "transposed", "convlstm")


def needs_ordering(file: OldFile, config: Config | None = None) -> bool:
    """Whether a file has kernels that stand in one order or the other."""
    if config is not None and not any(
        ARRAY_LAYOUTS.get(str(layer.get("class_name"))) in _WITH_KERNELS
        for layer in all_layers(config)
    ):
        return False
    return any(
        len(array.shape) >= 4 and not is_1d(group.arrays, array)
        for group in file.groups
        for array in group.arrays
    )


def is_1d(arrays: Sequence[Array], array: Array) -> bool:
    """Whether a kernel of rank 4 is one of a 1-D convolution: (length, 1, channels, filters)."""
    shape = array.shape
    if len(shape) != 4 or not array.name.rstrip(":0123456789_").endswith(("W", "param")):
        return False
    return "convolution1d" in array.name.replace("atrous", "") or "conv1d" in array.name


def _turnable(groups: Iterable[Group]) -> bool:
    for group in groups:
        for array in group.arrays:
            sizes = array.shape
            if len(sizes) >= 4 and not (sizes[:2] == (1, 1) or sizes[2:] == (1, 1)):
                return True
    return False


def _by_shapes(groups: Sequence[Group]) -> list[tuple[str, str]]:
    """What biases, and the filters of the kernel before, say of each kernel."""
    told: list[tuple[str, str]] = []
    before: int | None = None
    for group in groups:
        kernels = [
            array
            for array in group.arrays
            if len(array.shape) >= 4 and not is_1d(group.arrays, array)
        ]
        biases = {array.shape[0] for array in group.arrays if len(array.shape) == 1}
        filters = biases.pop() if len(biases) == 1 else None
        for kernel in kernels:
            value = _by_bias(kernel, filters)
            if value:
                told.append(
                    (
                        value,
                        f"{group.name}: kernel {kernel.shape} with {filters} biases: "
                        f"{_ORDERINGS[value]}.",
                    )
                )
                continue
            value = _by_channels(kernel, before)
            if value:
                told.append(
                    (
                        value,
                        f"{group.name}: kernel {kernel.shape} after {before} filters: "
                        f"{_ORDERINGS[value]}.",
                    )
                )
        if kernels:
            ends = {kernels[-1].shape[0], kernels[-1].shape[-1]}
            known = filters in ends or len(ends) == 1
            before = (filters or ends.pop()) if known and len(kernels) == 1 else None
    return told


def _by_bias(kernel: Array, filters: int | None) -> str:
    first, last = kernel.shape[0], kernel.shape[-1]
    if filters is None or (first == filters) == (last == filters):
        return ""
    return "th" if first == filters else "tf"


def _by_channels(kernel: Array, before: int | None) -> str:
    """The channels that a kernel takes, where it has as many filters in both readings."""
    shape = kernel.shape
    if before is None or shape[0] != shape[-1]:
        return ""
    if (shape[1] == before) == (shape[-2] == before):
        return ""
    return "th" if shape[1] == before else "tf"


def _by_name(name: str) -> list[tuple[str, str]]:
    found = re.search(r"(?:^|[_.-])(th|tf)_dim_ordering", name)
    return [(found[1], f"The file's name says {found[0].strip('_.-')}.")] if found else []
