"""Property test: the interpreter never disagrees with the real Keras 1.2.2 about a shape."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.dataformat.shapes import outline, trace_module
from kerasmig.analysis.interpreter.frames import Context
from kerasmig.analysis.interpreter.machine import Interpreter
from kerasmig.analysis.interpreter.values import Scope, Seq, Tensor, Value, plain_shape
from kerasmig.analysis.names.resolution import Names
from tests.analysis.model_generator import program

PROGRAMS = int(os.environ.get("KERASMIG_GENERATED_MODELS", "1000"))
ROOT = Path(__file__).parents[2]

Shape = tuple[int | None, ...]


class Keras122:
    """The worker that builds programs for real."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.analysis.keras122_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""},
        )

    def ask(self, **request: str) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture(scope="module")
def keras() -> Iterator[Keras122]:
    worker = Keras122()
    yield worker
    worker.close()


@dataclass
class Followed:
    """What the interpreter says of a program."""

    values: dict[str, Value]
    problems: list[tuple[int, str]]


def follow(source: str, ordering: str) -> Followed:
    tree = ast.parse(source)
    run = Interpreter(ordering, ProjectFacts(), 200_000)
    context = Context("", tree, Names(tree), "")
    scope = Scope(None, context)
    run.run_module(context, scope)
    problems = [(a.line, f"{a.kind} {a.problem}") for a in run.trace.applications if a.problem]
    return Followed(scope.state, problems)


def claimed(value: Value) -> Shape | None:
    """The shape that the interpreter claims to know, None where it claims nothing."""
    if isinstance(value, Tensor):
        return None if value.broken else plain_shape(value.shape)
    return plain_shape(value.items) if isinstance(value, Seq) else None


@pytest.mark.slow
@pytest.mark.exhaustive
def test_shapes_equal_those_of_keras_in_every_generated_model(keras: Keras122) -> None:
    built = known = sizes = 0
    for seed in range(PROGRAMS):
        source, ordering = program(seed)
        real = keras.ask(source=source, ordering=ordering)
        mine = follow(source, ordering)
        told = f"\nseed {seed}, ordering {ordering}, Keras: {real['error']}\n{source}"
        shapes = {name: shape for name, shape in real["shapes"].items() if shape is not None}
        # Of branches that only a run can tell, the interpreter follows both.
        chance = "random.Random" in source
        # Keras 1 goes on with sizes of zero and less; for us the model ends there.
        degenerate = any(size is not None and size <= 0 for s in shapes.values() for size in s)
        if not real["error"] and not degenerate:
            built += 1
            assert chance or not mine.problems, f"{mine.problems}{told}"
        elif mine.problems and real["error"] and not degenerate and not chance:
            assert mine.problems[0][0] >= real["line"], f"{mine.problems}{told}"
        if degenerate:
            continue
        for name, shape in shapes.items():
            claim = claimed(mine.values.get(name))
            sizes += len(shape)
            if claim is None:
                continue
            assert len(claim) == len(shape), f"{name}: {claim}, Keras {shape}{told}"
            for size, truth in zip(claim, shape, strict=True):
                assert size is None or size == truth, f"{name}: {claim}, Keras {shape}{told}"
                known += size == truth
    assert built > 0.6 * PROGRAMS
    assert known > 0.93 * sizes, "the interpreter should know nearly all of these shapes"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("application", "ordering"),
    [("resnet50.ResNet50", "th"), ("resnet50.ResNet50", "tf"), ("inception_v3.InceptionV3", "th")],
)
def test_every_layer_of_a_real_network(keras: Keras122, application: str, ordering: str) -> None:
    real = keras.ask(application=application, ordering=ordering)
    module = f"keras.applications.{application.partition('.')[0]}"
    tree = ast.parse(real["source"])
    facts = ProjectFacts(module=module)
    trace = trace_module(tree, Names(tree, module), facts, ordering, outline(tree))
    mine = Counter(
        ("Merge" if a.kind == "merge" else a.kind, plain_shape(a.output))
        for a in trace.applications
        if a.kind != "Input"
    )
    layers = [(kind, tuple(shape)) for kind, shape in real["layers"] if kind != "InputLayer"]
    assert mine == Counter(layers)
