"""Files of every kind that the real Keras 1.2.2 wrote, converted: outputs as it computed them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kerasmig.oldfiles.converting import CLOSE, Converter, ConvertSettings

pytestmark = [pytest.mark.slow]
QUICK = ("conv2d_square-th", "deconv_square-tf", "lstm-tf", "bi_gru-tf", "maxout-tf", "bn_axis-th")
LEAST = 290


def write(folder: Path, *only: str) -> list[str]:
    """Have the files written; the names of the cases."""
    command = [sys.executable, "-m", "tests.oldfiles.writer", str(folder), *only]
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)
    assert json.loads((folder / "refused.json").read_text()) == {}
    return sorted(path.stem for path in folder.glob("*.npz"))


def forms(number: int) -> tuple[str, str]:
    """Each case as a whole model, and as weights with JSON or with YAML in turn."""
    return ("model", "yaml" if number % 2 else "json")


def conversions(folder: Path, names: list[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each case in its forms, with what the new file's model made of the old one's inputs."""
    with Converter(ConvertSettings()) as converter:
        for number, name in enumerate(names):
            for form in forms(number):
                yield name, form, one(converter, folder, name, form)


def one(converter: Converter, folder: Path, name: str, form: str) -> dict[str, Any]:
    """Convert one file, and measure what came of it."""
    settings: dict[str, Any] = {"verify": False, "backend": "tensorflow", "output": folder / form}
    path = folder / f"{name}.model.h5"
    if form != "model":
        path = folder / f"{name}.h5"
        settings["model"] = folder / f"{name}.{form}"
    if form == "yaml":
        settings["format"] = "weights"
    converter.settings = ConvertSettings(**settings)
    done = converter.convert(path)
    if done.status != "converted":
        return {"difference": float("inf"), "note": f"{done.status}: {done.message}"}
    program = converter.plan(converter.reader.read(path)).program
    assert program is not None
    return converter.measured(
        done.output, program, str(folder / f"{name}.npz"), built=form == "yaml"
    )


def check(folder: Path, *only: str) -> int:
    wrong, count = [], 0
    for name, form, found in conversions(folder, write(folder, *only)):
        count += 1
        if not found["difference"] <= CLOSE:
            wrong.append(f"{name} {form}: {found}")
    assert wrong == []
    return count


def test_the_kinds_that_nothing_notices(tmp_path: Path) -> None:
    assert check(tmp_path, *QUICK) >= 2 * len(QUICK)


@pytest.mark.exhaustive
def test_every_layer_ordering_and_form(tmp_path: Path) -> None:
    assert check(tmp_path) >= LEAST
