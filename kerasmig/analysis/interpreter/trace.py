"""What the interpreter saw: layers applied to tensors, and which layers belong together."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from kerasmig.analysis.interpreter.values import Layer, Shape, Tensor


@dataclass(eq=False)
class Application:
    """One layer applied once.

    Args:
        layer: the layer; ``None`` for an ``Input``.
        kind: its class name.
        node: the call that made the layer.
        path: file that the node is in.
        inputs, output: shapes with batch axis.
        problem: why it cannot be built under this reading.
        roots: inputs whose axes are still those that the author wrote.
        inherited: an earlier layer is the one that could not be built.
    """

    layer: Layer | None
    kind: str
    node: ast.AST
    path: str
    inputs: tuple[Shape | None, ...]
    output: Shape | None
    problem: str = ""
    tensors: tuple[Tensor, ...] = ()
    roots: tuple[Tensor, ...] = ()
    inherited: bool = False

    @property
    def line(self) -> int:
        """Line of the call."""
        return getattr(self.node, "lineno", 0)


class Mark(NamedTuple):
    """A statement about the ordering at one place.

    Args:
        kind: ``branch``, ``set`` (``K.set_image_dim_ordering``), ``backend``.
        value: the ordering or backend that is set, where known.
        module_level: whether it runs when the file is run or imported.
    """

    kind: str
    line: int
    path: str
    value: str = ""
    module_level: bool = False


class Groups:
    """Union-find over the nodes of the code: which layers are connected."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def find(self, key: int) -> int:
        """The representative of the group that ``key`` is in."""
        parent = self._parent
        root = key
        while parent.get(root, root) != root:
            root = parent[root]
        while parent.get(key, key) != root:
            parent[key], key = root, parent[key]
        return root

    def unite(self, first: int, second: int) -> None:
        """Put two groups together."""
        a, b = self.find(first), self.find(second)
        if a != b:
            self._parent[b] = a

    def pairs(self) -> list[tuple[int, int]]:
        """(member, parent) of everything that was ever united."""
        return list(self._parent.items())


@dataclass(eq=False)
class Trace:
    """All that one reading of the file gave.

    Args:
        reading: ``th`` or ``tf``.
        layers: every layer that was made, by the id of its call.
        nodes: every call that made something, so that ids stay unique.
        names: the function that made a layer, by the id of its call.
        variables: the variable that holds a model, by the id of its call.
        trees: the other files of the project that were followed, by their path.
        exhausted: the interpreter ran out of fuel: what it saw is not all there is.
    """

    reading: str
    applications: list[Application] = field(default_factory=list)
    layers: dict[int, list[Layer]] = field(default_factory=dict)
    nodes: dict[int, ast.AST] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    variables: dict[int, str] = field(default_factory=dict)
    groups: Groups = field(default_factory=Groups)
    marks: dict[Mark, None] = field(default_factory=dict)
    trees: dict[str, ast.Module] = field(default_factory=dict)
    exhausted: bool = False
