"""Small synthetic arrays with the shapes and types of the data that programs load. In workers."""

from __future__ import annotations

from typing import Any

import numpy as np

TRAIN, TEST = 64, 32


class Samples(np.ndarray[Any, Any]):
    """An array that pretends to have as many samples as the real data when it is reshaped.

    Programs of the time wrote ``X_train.reshape(60000, 784)``.
    """

    nominal: int = 0

    def __array_finalize__(self, source: Any) -> None:
        self.nominal = getattr(source, "nominal", 0)

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        if self.nominal and len(sizes) and sizes[0] == self.nominal and len(self) != self.nominal:
            sizes = (len(self), *sizes[1:])
        return super().reshape(tuple(sizes), **kwargs)


class MadeUp(np.ndarray[Any, Any]):
    """An array that stands for data which is not there, and so do arrays that come of it."""


def samples(array: Any, nominal: int) -> Samples:
    """`array` as samples of a data set that has `nominal` of them."""
    view: Samples = np.asarray(array).view(Samples)
    view.nominal = nominal
    return view


def load(name: str, ordering: str, arguments: dict[str, Any], seed: int) -> Any:
    """What ``keras.datasets.<name>.load_data(**arguments)`` is answered with.

    Args:
        name: mnist, fashion_mnist, cifar10, cifar100, imdb, reuters, boston_housing.
        ordering: ``th`` puts the channels of colour images first.
        arguments: the call's; the size of the vocabulary and the length are respected.
        seed: seeds the values.
    """
    random = np.random.RandomState(seed % 2**32)
    nominal = {"mnist": 60000, "fashion_mnist": 60000, "cifar10": 50000, "cifar100": 50000}
    halves = []
    x: Any
    y: Any
    for count, real in ((TRAIN, nominal.get(name, 25000)), (TEST, 10000)):
        if name in ("mnist", "fashion_mnist"):
            x = random.randint(0, 256, (count, 28, 28)).astype("uint8")
            y = (np.arange(count) % 10).astype("uint8")
        elif name in ("cifar10", "cifar100"):
            shape = (count, 3, 32, 32) if ordering == "th" else (count, 32, 32, 3)
            x = random.randint(0, 256, shape).astype("uint8")
            y = (np.arange(count) % int(name[5:])).astype("uint8").reshape(count, 1)
        elif name == "boston_housing":
            x, y = random.rand(count, 13), random.rand(count)
        else:  # imdb, reuters: lists of word numbers
            words = arguments.get("nb_words") or arguments.get("num_words") or 1000
            x = np.empty(count, dtype=object)
            for position in range(count):
                x[position] = random.randint(1, max(2, int(words)), 20 + position).tolist()
            y = np.arange(count) % (2 if name == "imdb" else 46)
        halves.append((samples(x, real), samples(y, real)))
    return tuple(halves)


def missing_array(path: Any, ordering: str, seed: int) -> Any:
    """What ``numpy.load`` of a file that is not there is answered with: images, or labels."""
    import re

    stem = re.split(r"[\\/]", str(path))[-1].lower()
    random = np.random.RandomState(seed % 2**32)
    if re.match(r"(y|labels?|targets?|.*_y\b|.*label)", stem):
        return (np.arange(TRAIN) % 10).view(MadeUp)
    shape = (TRAIN, 3, 64, 64) if ordering == "th" else (TRAIN, 64, 64, 3)
    return random.rand(*shape).astype("float32").view(MadeUp)
