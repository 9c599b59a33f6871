"""What is decided about the edges of a program, and what was seen of it on the way."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from kerasmig.analysis.interpreter.values import Layer, Model, Scope, Tensor, Value
from kerasmig.rewrite.layout.passages import Change


class Wrap(NamedTuple):
    """An expression whose value is brought to another state.

    Args:
        node: the expression.
        state: to this state; ``rank``: of what it gives, where that is known otherwise only.
    """

    node: ast.expr
    state: int
    rank: int = 0


class Demand(NamedTuple):
    """A tensor that is not in the state in which it is wanted.

    Args:
        node: the expression that it comes from; ``None`` where that is not known.
        tensor: as it is; ``state``: as it is wanted.
        site: where it is wanted.
        element: where the layer that wants it stands in a list of layers.
    """

    node: ast.expr | None
    tensor: Tensor
    state: int
    site: ast.AST
    element: ast.expr | None = None


class Doing(NamedTuple):
    """A statement that is being followed, and the time at which that began."""

    statement: ast.stmt
    time: int
    scope: Scope


class Step(NamedTuple):
    """A layer that is put into a Sequential model.

    Args:
        node: the expression of the layer; ``call``: the call of ``add`` or ``Sequential``.
        model: where it is put.
        have: state of what the model gives before it; ``want``: in which the layer wants it.
        gives: state of what it gives.
        first: whether it is the first layer.
        rank: of what it gets.
        before: the step before it.
        stack: the statements that are being followed.
        made: rank of what it gives.
    """

    node: ast.expr
    call: ast.Call
    model: Model
    have: int
    want: int
    gives: int
    first: bool
    rank: int
    before: Step | None
    stack: tuple[Doing, ...]
    layer: Value
    made: int = 0


class Visit(NamedTuple):
    """A layer applied to one tensor.

    Args:
        layer: the layer; ``state``: of its input; ``rank``: of its input.
        changes: of the call that makes it.
        argument: the expression of the input, if it is one.
        site: the call that applies it.
    """

    layer: Layer
    state: int
    rank: int
    changes: tuple[Change, ...]
    argument: ast.expr | None
    tensor: Tensor
    site: ast.AST


class Problem(NamedTuple):
    """What cannot be followed.

    Args:
        node: where; ``reason``: why.
        group: nodes of the layers that stay as they are on its account.
    """

    node: ast.AST
    reason: str
    group: tuple[ast.AST, ...] = ()


@dataclass
class Plan:
    """What has been decided.

    Args:
        wraps: by the ``id`` of the expression.
        inserts: ``id`` of a layer's expression in a Sequential model → state that it gets.
        after: ``id`` of such an expression → state that what it gives is brought to.
        tails: ``id`` of a statement → ``id`` of the call that made the Sequential model that is
            complete after it.
        closed: ``id`` of the calls of ``Sequential([...])`` whose end is brought back.
        whole: ``id`` of the places that read one size of a shape of tensors in several states.
        inputs: ``id`` of the calls of ``Input`` (or of first layers) whose shape is turned → state.
        ends: ``id`` of the calls that make models whose outputs stay turned.
        frozen: ``id`` of the calls of layers that stay as they are.
    """

    wraps: dict[int, Wrap] = field(default_factory=dict)
    inserts: dict[int, int] = field(default_factory=dict)
    after: dict[int, int] = field(default_factory=dict)
    tails: dict[int, int] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    inputs: dict[int, int] = field(default_factory=dict)
    ends: frozenset[int] = frozenset()
    frozen: frozenset[int] = frozenset()

    @property
    def edges(self) -> int:
        """How many places have an edge."""
        inside = len(self.wraps) + len(self.inserts) + len(self.after)
        return inside + len(self.tails) + len(self.closed)

    def copy(self) -> Plan:
        """To try something."""
        return Plan(
            dict(self.wraps),
            dict(self.inserts),
            dict(self.after),
            dict(self.tails),
            set(self.closed),
            set(self.whole),
            dict(self.inputs),
            self.ends,
            self.frozen,
        )

    def without(self, frozen: frozenset[int]) -> Plan:
        """To begin anew, with layers that stay as they are."""
        inputs = {key: state for key, state in self.inputs.items() if key not in frozen}
        return Plan(inputs=inputs, ends=self.ends - frozen, frozen=self.frozen | frozen)


__all__ = ["Demand", "Doing", "Plan", "Problem", "Step", "Visit", "Wrap"]
