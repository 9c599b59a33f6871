"""Abstract values that the static interpreter computes with.

Plain Python objects (int, float, str, bool, None) stand for themselves; everything that is not
known exactly is an `Unknown`; the classes below stand for containers, functions, layers, models
and tensors. Mutable ones keep all they hold in ``state`` so that a branch that may or may not be
taken can be undone and joined (see `kerasmig.analysis.interpreter.heap`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Value = Any
"""An abstract value; the interpreter inspects it at run time."""


Dim = Any
"""One size of a shape: an int, None (any size, as in Keras) or an `Unknown`."""


Shape = tuple[Dim, ...]


class Unknown:
    """A value that the code does not tell; ``name`` is what the author calls it, if anything.

    Two sizes are known to be equal when they are the same `Unknown`.
    """

    __slots__ = ("name",)

    def __init__(self, name: str = "") -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"?{self.name}"


UNKNOWN = Unknown()


class AmbientOrdering(str):
    """What ``K.image_dim_ordering()`` gives under the reading at hand, ``'th'`` or ``'tf'``.

    Comparisons with it are branches on the ordering, unlike those with a plain string.
    """

    __slots__ = ()


class Mutable:
    """A value that statements change; see `kerasmig.analysis.interpreter.heap.Heap`."""

    __slots__ = ("state",)

    def __init__(self, state: dict[Any, Value] | None = None) -> None:
        self.state: dict[Any, Value] = {} if state is None else state


class Seq(Mutable):
    """A list or tuple.

    Args:
        items: its elements in order.
        is_list: whether it can change.
        node: the display in the code that made it, where its elements' names can be read.
    """

    __slots__ = ("is_list", "node")

    def __init__(
        self, items: tuple[Value, ...], is_list: bool = False, node: ast.expr | None = None
    ) -> None:
        super().__init__({"items": tuple(items)})
        self.is_list = is_list
        self.node = node

    @property
    def items(self) -> tuple[Value, ...]:
        """The elements."""
        items: tuple[Value, ...] = self.state["items"]
        return items

    def __repr__(self) -> str:
        return ("[%s]" if self.is_list else "(%s)") % ", ".join(map(repr, self.items))


class DictValue(Mutable):
    """A dict with hashable known keys; ``state`` maps key to value."""

    __slots__ = ()


class Scope(Mutable):
    """Variables of one call, class body or module, and the scope around it."""

    __slots__ = ("global_scope", "globals_declared", "module", "outer_declared", "parent")

    def __init__(self, parent: Scope | None, module: Any) -> None:
        super().__init__()
        self.parent = parent
        self.global_scope: Scope = parent.global_scope if parent is not None else self
        self.module = module
        self.globals_declared: frozenset[str] = frozenset()
        self.outer_declared: frozenset[str] = frozenset()


@dataclass(eq=False)
class Library:
    """Something imported from outside the project, by its (canonical) dotted name."""

    name: str


@dataclass(eq=False)
class Module:
    """A module of the project, loaded for its functions and constants."""

    scope: Scope


@dataclass(eq=False)
class Function:
    """A function or lambda of the project, maybe bound to an instance."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, Value] = field(default_factory=dict)
    bound: Value = None
    owner: ClassValue | None = None

    @property
    def name(self) -> str:
        """As the author calls it."""
        return self.node.name if not isinstance(self.node, ast.Lambda) else "lambda"

    @property
    def is_property(self) -> bool:
        """Whether reading the attribute calls the method."""
        return not isinstance(self.node, ast.Lambda) and any(
            isinstance(d, ast.Name) and d.id == "property" for d in self.node.decorator_list
        )


@dataclass(eq=False)
class Partial:
    """``functools.partial(function, ...)``."""

    function: Value
    args: tuple[Value, ...]
    kwargs: dict[str, Value]


@dataclass(eq=False)
class Method:
    """A method of an abstract value that is not a function of the project: ``model.add``."""

    receiver: Value
    name: str


@dataclass(eq=False)
class ClassValue:
    """A class of the project."""

    node: ast.ClassDef
    scope: Scope
    bases: tuple[Value, ...]
    members: dict[str, Value]

    def find(self, name: str) -> Value | None:
        """The member, looked up through the bases that the project defines."""
        for base in self._lineage():
            if isinstance(base, ClassValue) and name in base.members:
                return base.members[name]
        return None

    def library_base(self) -> str | None:
        """Dotted name of the first library class that it derives from."""
        for base in self._lineage():
            if isinstance(base, Library) and base.name:
                return base.name
        return None

    def _lineage(self) -> Iterator[Value]:
        """The class and its bases in depth, each once, however many ways lead to it."""
        seen: set[int] = set()
        waiting: list[Value] = [self]
        while waiting:
            current = waiting.pop()
            if id(current) not in seen:
                seen.add(id(current))
                yield current
                if isinstance(current, ClassValue):
                    waiting += reversed(current.bases)


class Instance(Mutable):
    """An object of a class of the project; ``state`` holds its attributes."""

    __slots__ = ("cls", "default_name", "node")

    def __init__(self, cls: ClassValue | None, node: ast.Call | None = None) -> None:
        super().__init__()
        self.cls = cls
        self.node = node


class Record(Mutable):
    """An object of which only attributes are of interest (parsed arguments, a namespace).

    ``closed``: attributes that are not there are unknown, not created.
    """

    __slots__ = ()


@dataclass(eq=False)
class Layer:
    """One layer object.

    Args:
        kind: class name in Keras 1, such as ``Convolution2D``.
        config: its arguments by name (see `kerasmig.analysis.arguments`).
        node: the call that made it.
        setting: the statement that had set the ordering when it was made, if any.
        path: file that the call is in; ``None``: the one that is followed when it is applied.
    """

    kind: str
    config: Any
    node: ast.Call
    setting: Any = None
    path: str | None = None
    outputs: list[Tensor] = field(default_factory=list)
    inner: Value = None
    instance: Instance | None = None


@dataclass(eq=False)
class Tensor:
    """A symbolic tensor.

    Args:
        shape: with the batch axis; None where not even the rank is known.
        node: the call that made it (a layer's constructor, ``Input``, ``merge``).
        source: how its axes came about: ``input``, ``reshape`` (the code wrote the shape) or
            ``layer`` (a layer computed it).
        broken: an earlier layer cannot be built under this reading.
        line: where it is made.
        sizes: the shape as the author wrote it, for ``input`` and ``reshape``.
        root: the tensor of written shape whose axes it still has.
        path: for ``input`` and ``reshape``, the file that it is in; empty for the one at hand.
        turned: for a conversion to channels last, the axis of the channels, which the converted
            program has last; 0: its axes are in the order that the code means; -1: that depends.
    """

    shape: Shape | None
    node: ast.AST | None = None
    source: str = "layer"
    layer: Layer | None = None
    inputs: tuple[Tensor, ...] = ()
    broken: bool = False
    line: int = 0
    sizes: Value = None
    root: Tensor | None = None
    path: str = ""
    turned: int = 0

    def __post_init__(self) -> None:
        if self.shape is not None:
            self.shape = tuple(map(as_dim, self.shape))


class Model(Mutable):
    """A Sequential or functional model.

    ``state``: ``layers`` (tuple of values), ``inputs`` and ``outputs`` (tuples of tensors).
    """

    __slots__ = ("node", "sequential")

    def __init__(self, node: ast.Call | ast.ClassDef, sequential: bool) -> None:
        super().__init__({"layers": (), "inputs": (), "outputs": ()})
        self.node = node
        self.sequential = sequential


def as_dim(value: Value) -> Dim:
    """The value as one size of a shape; Unknown where it is none."""
    if value.__class__ is int or value is None or isinstance(value, Unknown):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else Unknown()


def is_known(value: Value) -> bool:
    """Whether a plain Python value stands there."""
    return value is None or isinstance(value, (int, float, str, bool, bytes))


def same_size(first: Dim, second: Dim) -> bool:
    """Whether both sizes are surely equal."""
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return first is second
    return bool(first == second)


def different_size(first: Dim, second: Dim) -> bool:
    """Whether both sizes surely differ."""
    if isinstance(first, Unknown) or isinstance(second, Unknown):
        return False
    return bool(first != second)


def plain_shape(shape: Shape | None) -> tuple[int | None, ...] | None:
    """The shape with None for every size that is not known."""
    if shape is None:
        return None
    return tuple(
        int(d) if isinstance(d, (int, float)) and not isinstance(d, bool) else None for d in shape
    )
