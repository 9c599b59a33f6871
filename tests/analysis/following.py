"""Help for tests of the interpreter: follow a program and look at its variables."""

from __future__ import annotations

import ast
from textwrap import dedent

from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.interpreter.frames import Context
from kerasmig.analysis.interpreter.machine import Interpreter
from kerasmig.analysis.interpreter.values import Scope, Seq, Tensor, Unknown, Value, plain_shape
from kerasmig.analysis.names.resolution import Names

HEADER = """
import numpy as np
from keras import backend as K
from keras.layers import *
from keras.layers import Add, Concatenate, Conv2DTranspose, Convolution2DTranspose, MaxPool2D
from keras.layers import concatenate
from keras.models import Model, Sequential
"""

Plain = object
"""An int, str, list or tuple of these; ``'?'`` for what is not known."""


def follow(
    source: str, ordering: str = "tf", fuel: int = 100_000
) -> tuple[Interpreter, dict[str, Value]]:
    """Follow a program with `HEADER` before it; the interpreter and the variables."""
    tree = ast.parse(HEADER + dedent(source))
    run = Interpreter(ordering, ProjectFacts(), fuel)
    context = Context("", tree, Names(tree), "")
    scope = Scope(None, context)
    run.enter(fuel, True, lambda: run.run_module(context, scope))
    return run, scope.state


def value_of(name: str, source: str, ordering: str = "tf") -> Plain:
    """What a variable holds in the end."""
    return plain(follow(source, ordering)[1][name])


def plain(value: Value) -> Plain:
    """An abstract value for comparison; tensors as their shapes."""
    if isinstance(value, Tensor):
        return "broken" if value.broken else plain_shape(value.shape)
    if isinstance(value, Seq):
        items = tuple(map(plain, value.items))
        return list(items) if value.is_list else items
    return "?" if isinstance(value, Unknown) else value
