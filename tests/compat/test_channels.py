"""`channels_last`: batches of every kind, with today's Keras."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.compat.select import compat_source

PROGRAM = """
import numpy as np
import keras
from keras1_compat import channels_last, fit_generator

x = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
y, w = np.arange(2), np.ones(2)
last = np.moveaxis(x, 1, -1)

def same(a, b):
    assert np.shape(a) == np.shape(b) and np.array_equal(a, b), (np.shape(a), np.shape(b))

def pictures():
    while True:
        yield x, y, w

class Pictures(keras.utils.PyDataset):
    n = 2

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return x, x

    def __iter__(self):
        return self

    def __next__(self):
        return self[0]

a, b, c = next(channels_last(pictures()))
same(a, last), same(b, y), same(c, w)
a, b = channels_last((x, x), 1, 1)
same(a, last), same(b, last)
same(channels_last([x, y])[0], last)
a, b = next(channels_last(iter([([x, y], y)]), [1, 0]))
same(a[0], last), same(a[1], y), same(b, y)
a, b = next(channels_last(iter([({'p': x}, y)])))
same(a['p'], last)
same(next(channels_last(iter([x]))), last)
data = channels_last(Pictures(), 1, 1)
assert len(data) == 1 and data.n == 2

class Endless(Pictures):
    # As the generators of keras1_compat: there is always a next batch.
    num_batches = None
    __len__ = None

endless = keras.Sequential([keras.layers.Input((4, 5, 3)), keras.layers.Conv2D(3, 1)])
endless.compile('sgd', 'mse')
endless.evaluate(channels_last(Endless(), 1, 1), steps=2, verbose=0)
assert endless.predict(channels_last(Endless(), 1, 1), steps=2, verbose=0).shape == (4, 4, 5, 3)
same(data[0][1], last), same(next(data)[0], last), same(next(iter(data))[0], last)
model = keras.Sequential([keras.layers.Input((4, 5, 3)), keras.layers.Conv2D(3, 1)])
model.compile('sgd', 'mse')
fit_generator(model, data, 4, 1, verbose=0, validation_data=data, nb_val_samples=2)
model.fit(channels_last(((x, x) for _ in range(9)), 1, 1), steps_per_epoch=2, verbose=0)
print('all right')
"""


@pytest.mark.slow
@pytest.mark.exhaustive
def test_batches_of_every_kind(tmp_path: Path) -> None:
    (tmp_path / "keras1_compat.py").write_text(compat_source(["channels_last", "fit_generator"]))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == "all right\n", done.stderr[-2000:]
