"""A step of training in Keras 1.2.2 whose updates are made at once: the same in each run."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

PROGRAM = """
import sys
from kerasmig.legacy import at_once, bridge, install
bridge.activate(install.ensure())
at_once.update_at_once()
import numpy as np
from keras.layers import LSTM, Dense, Input
from keras.models import Model
random = np.random.RandomState(0)
inner = Input(shape=(6, 4))
base = Model(input=inner, output=LSTM(3)(inner))
x = Input(shape=(6, 4))
model = Model(input=x, output=Dense(2)(base(x)))
model.compile('rmsprop', loss='mse')
weights = [random.normal(size=w.shape) for w in model.get_weights()]
given, target = random.normal(size=(2, 6, 4)), random.normal(size=(2, 2))
found = set()
for _ in range(60):
    model.set_weights(weights)
    for state in model.optimizer.weights:
        state.load(np.zeros(state.shape, 'float32'), __import__('keras').backend.get_session())
    model.train_on_batch(given, target)
    found.add(b''.join(w.tobytes() for w in model.get_weights()))
print(len(found))
"""


def test_a_step_is_the_same_each_time() -> None:
    command = [sys.executable, "-c", PROGRAM]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert told.stdout.split()[-1] == "1"
