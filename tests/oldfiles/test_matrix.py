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

from kerasmig.oldfiles.converting import Converter, ConvertSettings
from kerasmig.oldfiles.errors import OldFileError
from kerasmig.oldfiles.proving import CLOSE

pytestmark = [pytest.mark.slow]
QUICK: tuple[str, ...] = (
    "conv2d_square-th-seq",
    "deconv_square-tf-nested",
    "lstm-tf-functional",
    "maxout-tf-seq",
)
QUICK += ("bi_gru-tf-functional-adam", "conv2d_square-th-nested-theano")
LEAST = 330
CLOSE_STEP = 1e-3
"""How far changes by a step may be apart here; ten times less than what is told to people."""


def write(folder: Path, *only: str) -> list[str]:
    """Have the files written; the names of the cases."""
    command = [sys.executable, "-m", "tests.oldfiles.writer", str(folder), *only]
    environment = {**os.environ, "TF_ENABLE_ONEDNN_OPTS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)
    assert json.loads((folder / "refused.json").read_text()) == {}
    return sorted(path.stem for path in folder.glob("*.npz"))


def forms(name: str, number: int) -> tuple[str, ...]:
    """Most cases as a whole model, and as weights with JSON or with YAML in turn."""
    other = "yaml" if number % 2 else "json"
    if name.endswith("-theano"):
        return (other,) if number % 4 else ("model",)
    if name.count("-") == 3:
        return ("model",)  # the optimizer's state is only there
    if name.endswith("-nested"):
        return (("model", other)[number % 2],)
    return ("model", other)


def conversions(folder: Path, names: list[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each case in its forms, with what the new file's model made of the old one's inputs."""
    with Converter(ConvertSettings()) as converter:
        for number, name in enumerate(names):
            for form in forms(name, number):
                yield name, form, one(converter, folder, name, form)


def one(converter: Converter, folder: Path, name: str, form: str) -> dict[str, Any]:
    """Convert one file, and measure what came of it."""
    backend = "theano" if name.endswith("-theano") else "tensorflow"
    settings: dict[str, Any] = {"verify": False, "backend": backend, "output": folder / form}
    path = folder / f"{name}.model.h5"
    if form != "model":
        path = folder / f"{name}.h5"
        settings["model"] = folder / f"{name}.{form}"
    if form == "yaml":
        settings["format"] = "weights"
    converter.settings = ConvertSettings(**settings)
    try:
        plan = converter.plan(converter.reader.read(path))
        converter.carry_out(plan)
    except OldFileError as error:
        return {"difference": float("inf"), "note": str(error)}
    assert plan.program is not None
    return converter.prover.measured(
        plan.output, plan.program, str(folder / f"{name}.npz"), built=form == "yaml"
    )


def check(folder: Path, *only: str) -> int:
    """Convert all cases that are asked for; how many steps of training went on as before."""
    wrong, steps, count = [], 0, 0
    for name, form, found in conversions(folder, write(folder, *only)):
        count += 1
        steps += "step" in found
        if not found["difference"] <= CLOSE or not found.get("step", 0) <= CLOSE_STEP:
            wrong.append(f"{name} {form}: {found}")
    assert wrong == []
    assert steps >= sum("adam" in word for word in only)
    return count


def test_the_kinds_that_nothing_notices(tmp_path: Path) -> None:
    assert check(tmp_path, *QUICK) >= 10


@pytest.mark.exhaustive
def test_every_layer_ordering_and_form(tmp_path: Path) -> None:
    assert check(tmp_path) >= LEAST
