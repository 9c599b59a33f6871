"""Which inputs and outputs of models are turned, where the data is turned as well."""

from __future__ import annotations

import ast
from collections.abc import Callable

from kerasmig.analysis.interpreter.values import Model, Tensor
from kerasmig.catalog.layer_facts import Role
from kerasmig.catalog.layers import role_of
from kerasmig.rewrite.layout.following import Follower
from kerasmig.rewrite.layout.plan import Plan
from kerasmig.rewrite.layout.solving import Solution, solve

_NESTED = 4
"""How deep models are looked for that only feed others: once those take turned tensors, they may, too."""


def outside(follow: Callable[[Plan], Follower], inside: Solution) -> Solution:
    """The solution with inputs and outputs turned as well.

    Args:
        inside: the solution that leaves them as they are.
    """
    found = _with_inputs(follow, inside)
    if not found.plan.inputs:
        return found
    ends = _free_ends(found.run) - found.plan.frozen
    return solve(follow, Plan(inputs=dict(found.plan.inputs), ends=ends))


def _with_inputs(follow: Callable[[Plan], Follower], inside: Solution) -> Solution:
    found, frozen = inside, inside.plan.frozen
    for _ in range(_NESTED):
        inputs = found.plan.inputs | _right_away(found)
        if inputs == found.plan.inputs:
            break
        found = solve(follow, Plan(inputs=inputs, frozen=frozen))
    tried: set[int] = set()
    for _ in range(_NESTED):
        more = {key: state for key, state in _passed_on(found).items() if key not in tried}
        if not more:
            break
        tried |= more.keys()
        other = solve(follow, Plan(inputs=found.plan.inputs | more, frozen=frozen))
        if other.plan.edges <= found.plan.edges and len(other.left) <= len(found.left):
            found = other
    return found


def kept_inputs(run: Follower) -> dict[int, ast.Call]:
    """The calls that declare inputs that are turned further on, behind other layers."""
    declared = _declared(run)
    return {
        key: declared[key][0]
        for key in _turned_later(run)
        if key in declared and declared[key][1] > 3
    }


def _turned_later(run: Follower) -> dict[int, set[int]]:
    """The calls that declared what comes to an edge in the order of the code, and what it is turned to."""
    found: dict[int, set[int]] = {}
    waiting = list(run.inserted)
    for key, wrap in run.plan.wraps.items():
        waiting += [(tensor, wrap.state) for tensor in run.wrapped.get(key, ())]
    seen: set[tuple[int, int]] = set()
    while waiting:
        tensor, state = waiting.pop()
        if tensor.turned or state <= 0 or (id(tensor), state) in seen:
            continue
        seen.add((id(tensor), state))
        if tensor.source == "input" and tensor.node is not None:
            found.setdefault(id(tensor.node), set()).add(state)
        waiting += [(given, state) for given in tensor.inputs]
    return found


def _passed_on(solution: Solution) -> dict[int, int]:
    """Inputs that go through other layers before they are turned, and the state they would have."""
    run, plan = solution.run, solution.plan
    joined = _in_merges(run)
    later = _turned_later(run)
    return {
        key: state
        for key, (_, rank) in _declared(run).items()
        if key in later and key not in plan.frozen and key not in joined
        for state in later[key]
        if len(later[key]) == 1 and rank > state + 1
    }


def _declared(run: Follower) -> dict[int, tuple[ast.Call, int]]:
    """The calls that declare inputs of models (``Input``, or a first layer), and their axes."""
    found: dict[int, tuple[ast.Call, int]] = {}
    for model in run.models:
        for tensor in model.state["inputs"]:
            if isinstance(tensor, Tensor) and tensor.source == "input" and not model.sequential:
                if isinstance(tensor.node, ast.Call):
                    found[id(tensor.node)] = tensor.node, len(tensor.shape or ())
    for step in run.steps:
        node = getattr(step.layer, "node", None)
        if step.first and isinstance(node, ast.Call):
            found[id(node)] = node, step.rank
    return found


def _in_merges(run: Follower) -> set[int]:
    """First layers of models that a ``Merge`` puts together: what it is fed cannot be told apart."""
    merged = _merged_models(run)
    return {id(getattr(step.layer, "node", None)) for step in run.steps if id(step.model) in merged}


def _merged_models(run: Follower) -> set[int]:
    return {
        id(model)
        for made in run.trace.layers.values()
        for layer in made
        if role_of(layer.kind) is Role.MERGE
        for model in getattr(layer.config.get("layers"), "items", ())
    }


def _right_away(solution: Solution) -> dict[int, int]:
    """The inputs that are turned right away: by the call that declares them, and their state."""
    found: dict[int, int] = {}
    for key, wrap in solution.plan.wraps.items():
        for tensor in solution.run.wrapped.get(key, ()):
            if wrap.state > 0 and tensor.source == "input" and isinstance(tensor.node, ast.Call):
                found[id(tensor.node)] = wrap.state
    merged = _merged_models(solution.run)
    for step in solution.run.steps:
        node = getattr(step.layer, "node", None)
        if id(step.model) in merged:
            continue  # what the merge of them is fed could not be told apart
        if step.first and not step.have and step.want > 0 and node is not None:
            found[id(node)] = step.want
    return found


_SYMMETRIC = frozenset(
    "mse mean_squared_error mae mean_absolute_error binary_crossentropy msle "
    "mean_squared_logarithmic_error".split()
)


def _takes_turned(run: Follower, model: Model) -> bool:
    """Whether the inputs are turned, or none of them is of images: a generator takes vectors."""
    taken = [t for t in model.state["inputs"] if isinstance(t, Tensor)]
    vectors = bool(taken) and all(t.shape is not None and len(t.shape) < 3 for t in taken)
    return vectors or any(run.states_of(model)[0])


def _free_ends(run: Follower) -> frozenset[int]:
    """The models whose outputs may be turned: their losses are the same in any order."""
    found: set[int] = set()
    for model in run.models:
        if len(model.state["outputs"]) != 1 or not _takes_turned(run, model):
            continue
        losses = [
            kwargs.get("loss", args[1] if len(args) > 1 else None)
            for args, kwargs in run.compiled.get(id(model.node), ())
        ]
        told = [kwargs.get("metrics") for _, kwargs in run.compiled.get(id(model.node), ())]
        plain = all(isinstance(loss, str) and loss in _SYMMETRIC for loss in losses)
        if plain and not any(told):
            found.add(id(model.node))
    return frozenset(found)
