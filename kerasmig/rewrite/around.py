"""What is told about the project around a file."""

from __future__ import annotations

from typing import NamedTuple

from kerasmig.analysis.dataformat.project_facts import ProjectFacts
from kerasmig.analysis.names.resolution import Names
from kerasmig.finding import Told


class Surroundings(NamedTuple):
    """What is known of the project around a file.

    Args:
        facts, names: what other files say of it; the scopes of the file among them.
        python2: whether it was Python 2; ``made_relative``: the lines whose imports 2to3 changed.
        saved_weights: names under which the project saves weights.
        given_names: names that look like automatic ones and that the project gives to layers.
        array_layouts: layouts of the arrays of all layers that the project may have.
        keras1_nearby: whether other files bear marks of Keras 1.
        says_keras: whether the file speaks of Keras itself, or is only part of a program with it.
        told: the data format of its programs; ``training``: what they have that matters to
            what is compiled.
    """

    facts: ProjectFacts = ProjectFacts()
    names: Names | None = None
    python2: bool = False
    made_relative: tuple[int, ...] = ()
    saved_weights: frozenset[str] = frozenset()
    given_names: frozenset[str] = frozenset()
    array_layouts: frozenset[str] = frozenset()
    keras1_nearby: bool = False
    says_keras: bool = True
    told: Told | None = None
    training: frozenset[str] = frozenset()
