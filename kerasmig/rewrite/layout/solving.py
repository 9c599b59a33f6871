"""Where the edges have to be: decided by following the program again and again.

Every round notes the tensors that are not in the state in which they are wanted. Where all runs of
an expression agree, an edge is put around it; where they do not (a helper that gets the input of a
model first and a turned tensor later), the edge is tried further up the way that the tensor came.
What cannot be settled freezes the layers that are connected with it: they stay as they are.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from kerasmig.analysis.interpreter.values import Layer, Model, Tensor
from kerasmig.rewrite.layout.axes import MIXED
from kerasmig.rewrite.layout.following import Follower
from kerasmig.rewrite.layout.plan import Demand, Doing, Plan, Problem, Step, Wrap

_ROUNDS = 120
_TRIES = 24
_JOINED = 4


@dataclass
class Solution:
    """The plan, what following it gave, and what had to be left."""

    plan: Plan
    run: Follower
    left: list[Problem] = field(default_factory=list)


def solve(follow: Callable[[Plan], Follower], start: Plan | None = None) -> Solution:
    """Decide on all edges.

    Args:
        follow: follows the program under a plan.
        start: what has been decided before.
    """
    found = _Solver(follow).solve(start or Plan())
    for _ in range(_JOINED):
        better = next(_joined(follow, found), None)
        if better is None:
            break
        found = better
    return found


def _joined(follow: Callable[[Plan], Follower], found: Solution) -> Iterator[Solution]:
    """Solutions with fewer edges: one where a tensor is made, for several where it is used."""
    plan = found.plan
    uses: dict[tuple[int, int, int], set[int]] = {}
    for key, wrap in plan.wraps.items():
        for tensor in found.run.wrapped.get(key, ()):
            uses.setdefault((id(tensor), wrap.state, wrap.rank), set()).add(key)
    tried: set[int] = set()
    for (tensor_id, state, rank), keys in uses.items():
        trail = found.run.trails.get(tensor_id)
        if len(keys) < 2 or not trail or id(trail[0]) in {*plan.wraps, *tried} or len(tried) > 5:
            continue
        tried.add(id(trail[0]))
        start = Plan(inputs=dict(plan.inputs), ends=plan.ends, frozen=plan.frozen)
        start.wraps[id(trail[0])] = Wrap(trail[0], state, rank)
        other = _Solver(follow).solve(start)
        if other.plan.edges < plan.edges and other.plan.frozen == plan.frozen:
            yield Solution(other.plan, other.run, found.left)


class _Solver:
    def __init__(self, follow: Callable[[Plan], Follower]) -> None:
        self._follow = follow
        self._left: list[Problem] = []

    def solve(self, plan: Plan) -> Solution:
        run = self._follow(plan)
        for _ in range(_ROUNDS):
            problems = [p for p in run.problems if p.group] or self._unsettled(run, plan)
            if not problems:
                following = self._next(run, plan)
                if following is None:
                    return Solution(plan, run, self._left)
                if isinstance(following, Plan):
                    plan = following
                    run = self._follow(plan)
                    continue
                problems = following
            frozen = self._freeze(run, problems)
            if frozen <= plan.frozen:
                break
            plan = plan.without(frozen)
            run = self._follow(plan)
        everything = [layer.node for made in run.trace.layers.values() for layer in made]
        plan = Plan(frozen=frozenset(map(id, everything)))
        if not self._left and everything:
            self._left.append(Problem(everything[0], "the edges of its models cannot be settled"))
        return Solution(plan, self._follow(plan), self._left)

    def _freeze(self, run: Follower, problems: Iterable[Problem]) -> frozenset[int]:
        """The layers that are connected with a problem."""
        groups = run.trace.groups
        roots = set()
        for problem in problems:
            self._left.append(problem)
            for node in (problem.node, *problem.group):
                roots.add(groups.find(id(node)))
        frozen: set[int] = set()
        for key in {*run.trace.nodes, *run.trace.layers}:
            if groups.find(key) in roots:
                frozen.add(key)
        return frozenset(frozen)

    # -- rounds ------------------------------------------------------------------------------------

    def _next(self, run: Follower, plan: Plan) -> Plan | list[Problem] | None:
        """The next plan; ``None`` where nothing is left to do; problems where that is too much."""
        closing = self._close(run, plan)
        if closing is not None:
            return closing
        inserting = self._insert(run, plan)
        if inserting is not None:
            return inserting
        several = {key for key, (_, now) in run.reads.items() if len(now) > 1}
        if several:
            reading = plan.copy()
            reading.whole |= several
            return reading
        conflicts: list[Demand] = []
        following = plan.copy()
        for demands in _by_place(self._demands(run)).values():
            first = demands[0]
            if first.node is None or not self._agree(run, plan, demands):
                conflicts += demands
                continue
            rank = len(first.tensor.shape or ())
            following.wraps[id(first.node)] = Wrap(first.node, first.state, rank)
        if following.wraps != plan.wraps:
            return following
        if not conflicts:
            return self._without_idle(run, plan)
        return self._lift(run, plan, conflicts)

    def _demands(self, run: Follower) -> list[Demand]:
        """What is wanted otherwise, by layers with an axis too, which are told only one."""
        found = list(run.demands)
        for visits in _by_layer(run).values():
            states = {v.state for v in visits if v.rank > 2}
            if len(states) < 2:
                continue
            wanted = max(states)
            found += [
                Demand(v.argument, v.tensor, wanted, v.site)
                for v in visits
                if v.state != wanted and v.rank > 2 and v.changes != ()
            ] or [
                Demand(v.argument, v.tensor, wanted, v.site)
                for v in visits
                if v.state != wanted and v.rank > 2 and any(o.changes for o in visits)
            ]
        return found

    def _agree(self, run: Follower, plan: Plan, demands: list[Demand]) -> bool:
        """Whether an edge around the expression serves all its runs."""
        node = demands[0].node
        assert node is not None
        if id(node) in plan.wraps or len({d.state for d in demands}) > 1:
            return False
        if len({len(d.tensor.shape or ()) for d in demands}) > 1:
            return False
        have = {d.tensor.turned for d in demands}
        seen = run.seen.get(id(node), have)
        if have != seen or len(have) > 1 or MIXED in have:
            return False
        return not isinstance(node, ast.Starred) and demands[0].tensor.shape is not None

    def _without_idle(self, run: Follower, plan: Plan) -> Plan | None:
        """The plan without edges that an earlier one has made needless."""
        idle = [
            key
            for key, wrap in plan.wraps.items()
            if all(have == wrap.state for have, _ in run.used_wraps.get(key, ()))
        ]
        if not idle:
            return None
        following = plan.copy()
        for key in idle:
            del following.wraps[key]
        return following

    def _lift(self, run: Follower, plan: Plan, conflicts: list[Demand]) -> Plan | list[Problem]:
        """Put an edge further up the way of the tensors that are not as the others."""
        least = _weight(run, conflicts)
        tries = 0
        for demand in conflicts:
            for node in _way(run, demand):
                if tries >= _TRIES:
                    break
                if id(node) in plan.wraps or node is demand.node or run.seen.get(id(node)) is None:
                    continue
                if len(run.seen[id(node)]) > 1 or len(run.ranks[id(node)]) > 1:
                    continue
                tries += 1
                tried = plan.copy()
                tried.wraps[id(node)] = Wrap(node, demand.state, len(demand.tensor.shape or ()))
                found = self._follow(tried)
                if _weight(found, self._demands(found)) < least and not found.problems:
                    return tried
        for site in {id(d.site): d.site for d in conflicts}.values():
            listed = [d for d in conflicts if d.site is site]
            if any(d.element is None or id(d.element) in plan.inserts for d in listed):
                continue
            tried = plan.copy()
            for demand in listed:
                tried.inserts[id(demand.element)] = demand.state
            found = self._follow(tried)
            if _weight(found, self._demands(found)) < least and not found.problems:
                return tried
        demand = conflicts[0]
        nodes = tuple(
            n for n in (demand.tensor.node, getattr(demand.site, "func", None)) if n is not None
        )
        reason = "it gets tensors of both orders, and no place was found to bring them together"
        return [Problem(demand.site, reason, nodes)]

    # -- Sequential --------------------------------------------------------------------------------

    def _insert(self, run: Follower, plan: Plan) -> Plan | list[Problem] | None:
        following = plan.copy()
        problems: list[Problem] = []
        places: dict[int, list[Step]] = {}
        for step in run.steps:
            places.setdefault(id(step.node), []).append(step)
        for key, steps in places.items():
            needed = [s for s in steps if s.have != s.want]
            if not needed:
                continue
            if len({(s.have, s.want, s.rank, s.first) for s in steps}) == 1:
                if plan.inserts.get(key) is None:
                    following.inserts[key] = steps[0].want
                continue
            for step in needed:
                before = step.before
                if before is None or id(before.node) in plan.after or step.first:
                    problems.append(_mixed(step))
                else:
                    following.after[id(before.node)] = step.want
        if problems:
            return problems
        changed = following.inserts != plan.inserts or following.after != plan.after
        return following if changed else None

    def _close(self, run: Follower, plan: Plan) -> Plan | list[Problem] | None:
        """Bring the end of Sequential models back."""
        following = plan.copy()
        problems: list[Problem] = []
        for model in run.models:
            last = run.last_steps.get(id(model))
            if not model.sequential or last is None or id(model.node) in plan.ends:
                continue
            outputs = model.state["outputs"]
            if not outputs or not isinstance(outputs[0], Tensor) or not outputs[0].turned:
                continue
            if last.call is model.node:
                following.closed.add(id(model.node))
                continue
            place = _completed(run.born.get(id(model), ()), last)
            if place is None or id(place.statement) in plan.tails:
                reason = "the place where it is complete cannot be found"
                problems.append(Problem(model.node, reason, (model.node, last.node)))
                continue
            following.tails[id(place.statement)] = id(model.node)
        if problems:
            return problems
        changed = following.tails != plan.tails or following.closed != plan.closed
        return following if changed else None

    def _unsettled(self, run: Follower, plan: Plan) -> list[Problem]:
        """Layers that would have to be told two things."""
        found: list[Problem] = []
        for visits in _by_layer(run).values():
            changes = {v.changes for v in visits if v.rank > 2 or not v.rank}
            states = {v.state for v in visits if v.rank > 2}
            if len(changes) > 1 and len(states) == 1:
                node = visits[0].layer.node
                found.append(Problem(node, "it is used on tensors of several kinds", (node,)))
        return found


def _mixed(step: Step) -> Problem:
    reason = "it is added to models of both orders, or now as the first layer and now as another"
    return Problem(step.call, reason, (step.model.node, step.node))


def _completed(born: tuple[Doing, ...], last: Step) -> Doing | None:
    """The statement after which a model is complete: beside the one that made it, or around."""
    for made, doing in zip(born, last.stack, strict=False):
        if made != doing:
            return doing
    return last.stack[len(born)] if len(last.stack) > len(born) else None


def _weight(run: Follower, demands: list[Demand]) -> tuple[int, int]:
    """How much is still to be settled: expressions that do not agree, and all demands."""
    mixed = 0
    for found in _by_place(demands).values():
        node = found[0].node
        have = {d.tensor.turned for d in found}
        seen = have if node is None else run.seen.get(id(node), have)
        mixed += len(seen) > 1 or node is None or MIXED in seen
    return mixed, len(demands)


def _by_place(demands: Iterable[Demand]) -> dict[int, list[Demand]]:
    found: dict[int, list[Demand]] = {}
    for demand in demands:
        found.setdefault(id(demand.node or demand.site), []).append(demand)
    return found


def _by_layer(run: Follower) -> dict[int, list]:  # type: ignore[type-arg]
    found: dict[int, list] = {}  # type: ignore[type-arg]
    for visit in run.visits:
        found.setdefault(id(visit.layer.node), []).append(visit)
    return found


def _way(run: Follower, demand: Demand) -> list[ast.expr]:
    """The expressions that a tensor came through, the last first; those of what it was joined of."""
    found: list[ast.expr] = []
    waiting = [demand.tensor]
    seen: set[int] = set()
    while waiting and len(seen) < 12:
        tensor = waiting.pop(0)
        if id(tensor) in seen or tensor.turned == demand.state:
            continue
        seen.add(id(tensor))
        for node in reversed(run.trails.get(id(tensor), ())):
            makes_input = isinstance(node, ast.Call) and node is tensor.node
            if not (makes_input and tensor.source == "input") and node not in found:
                found.append(node)
        if tensor.turned == MIXED:
            waiting += tensor.inputs
    return found


__all__ = ["Layer", "Model", "Solution", "solve"]
