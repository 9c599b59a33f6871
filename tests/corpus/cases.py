"""Reading the corpus: its programs and what `corpus/cases.toml` says must come of each."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CORPUS = Path(__file__).parents[2] / "corpus"
COMPAT = "keras1_compat.py"


@dataclass(frozen=True)
class Reading:
    """What a model is when Keras 1 runs it under one ordering."""

    outputs: tuple[tuple[int, ...], ...]
    params: int


@dataclass(frozen=True)
class ExpectedModel:
    """One model of a program, as measured in Keras 1.2.2.

    Shapes leave the batch axis out; -1 is an axis of unknown size.
    """

    file: str
    name: str  # the variable, function or Class.method that the model comes from
    expression: str
    dim_ordering: str
    verdict: str
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    params: int
    opposite: Reading | str | None  # under the other ordering; a string says why there is none


@dataclass(frozen=True)
class Case:
    """One program of the corpus, in its old and its new form."""

    name: str
    title: str
    shows: str
    dim_ordering: str
    verdict: str
    era: int
    models: tuple[ExpectedModel, ...]

    @property
    def legacy(self) -> Path:
        return CORPUS / "legacy" / self.name

    @property
    def migrated(self) -> Path:
        return CORPUS / "migrated" / self.name


def load_cases(path: Path = CORPUS / "cases.toml") -> list[Case]:
    """Read every case.

    Raises:
        KeyError: an entry lacks a field that it must have.
        TypeError, ValueError: a field is not of the kind it must be.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_case(name, entry) for name, entry in table.items()]


def _case(name: str, entry: dict[str, Any]) -> Case:
    return Case(
        name=name,
        title=entry["title"],
        shows=entry["shows"],
        dim_ordering=entry["dim_ordering"],
        verdict=entry["verdict"],
        era=int(entry.get("era", 1)),
        models=tuple(_model(model, entry) for model in entry["models"]),
    )


def _model(model: dict[str, Any], case: dict[str, Any]) -> ExpectedModel:
    file, name = model["where"].split(":")
    opposite = model.get("opposite")
    if isinstance(opposite, dict):
        opposite = Reading(_shapes(opposite["outputs"]), int(opposite["params"]))
    return ExpectedModel(
        file=file,
        name=name,
        expression=model["expression"],
        dim_ordering=model.get("dim_ordering", case["dim_ordering"]),
        verdict=model.get("verdict", case["verdict"]),
        inputs=_shapes(model["inputs"]),
        outputs=_shapes(model["outputs"]),
        params=int(model["params"]),
        opposite=opposite,
    )


def _shapes(shapes: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(int(size) for size in shape) for shape in shapes)
