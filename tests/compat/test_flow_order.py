"""Image generators without an end: no batch is lost while Keras 3 learns their shapes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kerasmig.compat import compat_source

PROGRAM = """
import json, keras, numpy as np
from keras1_compat import ImageDataGenerator
x = np.arange(10, dtype="float32").reshape(10, 1, 1, 1) * np.ones((10, 2, 2, 1), "float32")
net = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.GlobalAveragePooling2D()])
net.compile("sgd", "mse")
flow = lambda: ImageDataGenerator().flow(x, np.arange(10), batch_size=2, shuffle=False)
plain = ImageDataGenerator().flow(x, batch_size=2, shuffle=False)
results = {
    "predict": net.predict(plain, steps=5, verbose=0)[:, 0].tolist(),
    "evaluate": float(net.evaluate(flow(), steps=2, verbose=0)),
    "next": next(flow())[1].tolist(),
}
print(json.dumps(results))
"""


@pytest.mark.slow
def test_the_first_batches_are_the_first(tmp_path: Path) -> None:
    (tmp_path / "keras1_compat.py").write_text(compat_source(["ImageDataGenerator"]))
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    results = json.loads(done.stdout.splitlines()[-1])
    assert results["predict"] == [float(i) for i in range(10)]
    assert results["evaluate"] == 0.0
    assert results["next"] == [0, 1]
