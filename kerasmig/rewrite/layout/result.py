"""What a conversion takes and gives."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from kerasmig.analysis.names.resolution import Names


class Source(NamedTuple):
    """One file: its path, the name it is imported by, its text, tree and names."""

    path: str
    module: str
    text: str
    tree: ast.Module
    names: Names


class Left(NamedTuple):
    """What is not converted: where, and why."""

    path: str
    line: int
    message: str


class Turned(NamedTuple):
    """How many layers of a file work with the channels last; ``line``: the first."""

    path: str
    line: int
    layers: int


class Edge(NamedTuple):
    """A `Permute` that was put somewhere."""

    path: str
    line: int
    what: str
    why: str


@dataclass
class Converted:
    """What came of it.

    Args:
        texts: path → new text of each file that changes.
        left: what stays as it is.
        unfed: where data reaches a model and could not be followed; ``data``: where it was turned;
            ``kept``: inputs that stay as they are.
        unseen: branches that no call that is seen takes.
        counted: where layers are counted that have others among them now.
        edges: the `Permute` layers that were put in; ``turned``: what works otherwise now.
        compat: names that the new code needs of ``keras1_compat``.
    """

    texts: dict[str, str] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    counted: list[Left] = field(default_factory=list)
    unseen: list[Left] = field(default_factory=list)
    unfed: list[Left] = field(default_factory=list)
    kept: list[Left] = field(default_factory=list)
    data: list[Left] = field(default_factory=list)
    turned: list[Turned] = field(default_factory=list)
    compat: dict[str, tuple[str, ...]] = field(default_factory=dict)


__all__ = ["Converted", "Edge", "Left", "Source", "Turned"]
