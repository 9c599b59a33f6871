"""What `convert` proves by itself, with the real Keras 1.2.2: outputs, a step of training, layouts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kerasmig.oldfiles.converting import Conversion, Converter, ConvertSettings
from kerasmig.oldfiles.proving import CLOSE_STEP
from tests.oldfiles.test_matrix import write

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

CASES: tuple[str, ...] = ("-dropped", "lstm-tf-nested-adam", "deconv_square-th-nested-theano")
CASES += ("bn_axis-th-functional", "conv3d_square-th-sequential", "deconv-th-functional-adam")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    write(folder, *CASES)
    return folder


@pytest.fixture(scope="module")
def converter() -> Iterator[Converter]:
    with Converter(ConvertSettings()) as found:
        yield found


def convert(converter: Converter, path: Path, output: Path, **settings: Any) -> Conversion:
    converter.settings = ConvertSettings(output=output, **settings)
    done = converter.convert(path)
    assert done.status == "converted", done
    return done


@pytest.mark.parametrize(
    "name", ["dense-tf-dropped-adam", "conv1d-tf-dropped-adam", "lstm-tf-dropped-adam",
             "lstm-tf-nested-adam", "deconv-th-functional-adam"],
)  # fmt: skip
def test_a_step_of_training_goes_on(
    name: str, files: Path, converter: Converter, tmp_path: Path
) -> None:
    done = convert(converter, files / f"{name}.model.h5", tmp_path, backend="tensorflow")
    assert done.proof == "equal"
    assert done.step is not None and done.step <= CLOSE_STEP


def test_kernels_of_theano_inside_a_model(
    files: Path, converter: Converter, tmp_path: Path
) -> None:
    path = files / "deconv_square-th-nested-theano.model.h5"
    assert convert(converter, path, tmp_path, backend="theano").proof == "equal"


@pytest.mark.parametrize(
    "name", ["bn_axis-th-functional", "conv3d_square-th-sequential", "deconv-th-functional-adam"]
)
def test_channels_last_computes_the_same(
    name: str, files: Path, converter: Converter, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"backend": "tensorflow", "layout": "channels_last"}
    converter.settings = ConvertSettings(**settings)
    plan = converter.plan(converter.reader.read(files / f"{name}.model.h5"))
    assert plan.program is not None
    assert "channels_first" not in plan.program.source
    assert convert(converter, plan.file.path, tmp_path, **settings).proof == "equal"


OBJECTS = """
import os, socket
for attempt in (
    lambda: open({out!r}, "w"), lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: os.system("true") and 1 / 0,
):
    try:
        attempt()
    except (OSError, ZeroDivisionError):
        pass
    else:
        raise SystemExit("was let through")
def lambda_1(x):
    return x * 2.0
"""


def test_code_that_is_given_runs_confined(tmp_path: Path) -> None:
    config = (
        '{"class_name": "Sequential", "keras_version": "1.2.2", "config": [{"class_name": "Lambda",'
        ' "config": {"name": "lambda_1", "function_type": "lambda", "function": ["4wEA", null, '
        'null], "output_shape": null, "output_shape_type": "raw", "arguments": {}, '
        '"batch_input_shape": [null, 3]}}]}'
    )
    (tmp_path / "net.json").write_text(config)
    objects = tmp_path / "mine.py"
    objects.write_text(OBJECTS.format(out=str(tmp_path / "out")))
    with Converter(ConvertSettings(custom_objects=objects)) as converter:
        done = converter.convert(tmp_path / "net.json")
    assert done.status == "converted", done
    names = {"net.json", "net.keras3.json", "mine.py"}
    assert {path.name for path in tmp_path.iterdir()} == names
