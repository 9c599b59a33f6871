"""The way in: several files of one program, from channels first to channels last."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from functools import partial

from kerasmig.analysis.dataformat.project_facts import ModuleSource, ProjectFacts
from kerasmig.analysis.dataformat.shapes import mentions_spatial
from kerasmig.analysis.interpreter.frames import Context
from kerasmig.analysis.names.resolution import Names
from kerasmig.rewrite.layout.axes import goes_last
from kerasmig.rewrite.layout.data import Fed, feed, is_feeding
from kerasmig.rewrite.layout.editing import CannotEdit, FileEdits, dims_of
from kerasmig.rewrite.layout.following import Follower, follow
from kerasmig.rewrite.layout.outside import kept_inputs, outside
from kerasmig.rewrite.layout.plan import Plan, Problem, Step
from kerasmig.rewrite.layout.result import Converted, Edge, Left, Source
from kerasmig.rewrite.layout.review import Review
from kerasmig.rewrite.layout.solving import Solution, solve
from kerasmig.text.source import Text
from kerasmig.text.tree import nodes, parents, walk

FUEL = 100_000
_KEPT = (
    "this input keeps the channels first, and so does its data: what comes before the first layer "
    "with the channels last needs them there"
)


def convert(
    sources: Sequence[Source],
    ambient: bool | None = None,
    load: Callable[[str], Names | None] = lambda name: None,
    with_data: bool = False,
) -> Converted:
    """Convert a program to channels last.

    Args:
        sources: its files, in the code of today.
        ambient: whether channels_first is set for the whole program; found out if left out.
        load: gives the names of another file of the program.
        with_data: whether inputs, and what prepares them, are turned, too.
    """
    if not any(mentions_spatial(s.tree) for s in sources):
        return Converted()
    first = _sets_first(sources) if ambient is None else ambient
    return _Conversion(sources, first, load, with_data).run()


def _sets_first(sources: Sequence[Source]) -> bool:
    """Whether a file sets channels_first for all that is made after."""
    for source in sources:
        for call in nodes(source.tree, ast.Call):
            name = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
            if name != "set_image_data_format":
                continue
            given = [*call.args, *(k.value for k in call.keywords)]
            if any(isinstance(v, ast.Constant) and v.value == "channels_first" for v in given):
                return True
    return False


class _Conversion:
    def __init__(
        self,
        sources: Sequence[Source],
        ambient: bool,
        load: Callable[[str], Names | None],
        with_data: bool,
    ) -> None:
        self._with_data = with_data
        self._sources = sources
        self._ambient = ambient
        self._contexts = [Context(s.module, s.tree, s.names, "") for s in sources]
        self._load = load
        self._facts = ProjectFacts(load=self._module)
        self._of: dict[int, Source] = {}
        self._parents: dict[ast.AST, ast.AST] = {}
        for source in sources:
            self._parents.update(parents(source.tree))
            for node in walk(source.tree):
                self._of[id(node)] = source

        self._review = Review(sources, self._of, self._parents)

    def _module(self, name: str) -> ModuleSource | None:
        names = self._load(name)
        return None if names is None else (names.tree, names)

    def _follow(self, plan: Plan) -> Follower:
        reading = "th" if self._ambient else "tf"
        return follow(self._contexts, self._facts, reading, plan, FUEL, self._parents)

    def run(self) -> Converted:
        """Solve, write down, and where that cannot be written, solve again without."""
        forbidden: list[Problem] = []
        for _ in range(8):
            solution = solve(partial(self._follow_without, tuple(forbidden)))
            if self._with_data:
                solution = outside(partial(self._follow_without, tuple(forbidden)), solution)
            try:
                return self._written(solution, forbidden)
            except _Unwritable as error:
                forbidden += error.problems
        return Converted(left=[self._review.left(p) for p in forbidden])

    def _follow_without(self, forbidden: Sequence[Problem], plan: Plan) -> Follower:
        return self._follow(self._with(plan, forbidden))

    def _with(self, plan: Plan, forbidden: Sequence[Problem]) -> Plan:
        if not forbidden:
            return plan
        first = self._follow(Plan())
        groups = first.trace.groups
        roots = {groups.find(id(n)) for p in forbidden for n in (p.node, *p.group)}
        found = {
            key for key in {*first.trace.nodes, *first.trace.layers} if groups.find(key) in roots
        }
        following = plan.copy()
        following.frozen = plan.frozen | frozenset(found)
        following.inputs = {k: s for k, s in plan.inputs.items() if k not in found}
        return following

    # -- writing -----------------------------------------------------------------------------------

    def _written(self, solution: Solution, forbidden: Sequence[Problem]) -> Converted:
        plan, run = solution.plan, solution.run
        files = {
            s.path: FileEdits(Text(s.text), s.tree, s.names, self._ambient) for s in self._sources
        }
        problems: list[Problem] = []
        result = Converted()
        self._layers(run, files, problems)
        self._edges(plan, run, files, problems, result)
        for read, now in run.reads.values():
            self._file(files, read).position(read, min(now))
        self._shapes_of_inputs(plan, run, files, problems)
        if problems:
            raise _Unwritable(problems)
        if plan.inputs:
            self._data(run, files, result)
        result.left = [self._review.left(p) for p in (*solution.left, *forbidden)]
        result.left += self._review.unseen(run)
        result.turned = self._review.turned(run)
        if result.turned:
            known = {id(problem.node) for problem in forbidden}
            reused = [p for p in self._review.reused(run) if id(p.node) not in known]
            if result.edges and reused:
                raise _Unwritable(reused)
            result.left += self._strays(run)
            places = {(left.path, left.line) for left in result.left}
            counted = self._review.counted(run, result)
            result.counted = [c for c in counted if (c.path, c.line) not in places]
            result.unseen = self._review.branches(run)
            if self._with_data:
                nodes_kept = kept_inputs(run).values()
                result.kept = [Left(self._of[id(n)].path, n.lineno, _KEPT) for n in nodes_kept]
        result.left = list(dict.fromkeys(result.left))
        for source in self._sources:
            edits = files[source.path].collected()
            if edits:
                result.texts[source.path] = files[source.path].text.apply(edits)
                compat = files[source.path].imports.compat
                if compat:
                    result.compat[source.path] = tuple(sorted(compat))
        return result

    def _file(self, files: dict[str, FileEdits], node: ast.AST) -> FileEdits:
        return files[self._of[id(node)].path]

    def _layers(self, run: Follower, files: dict[str, FileEdits], problems: list[Problem]) -> None:
        done: set[int] = set()
        for visit in run.visits:
            node = visit.layer.node
            if id(node) in done or not visit.changes:
                continue
            done.add(id(node))
            self._try(problems, node, lambda v=visit, n=node: self._change(files, n, v))
        for layer, changes, _ in run.merges:
            node = layer.node
            if id(node) in done or not changes:
                continue
            done.add(id(node))
            for change in changes:
                self._try(
                    problems,
                    node,
                    lambda n=node, c=change, m=layer: self._file(files, n).change(n, c, m),
                )

    def _change(self, files: dict[str, FileEdits], node: ast.Call, visit) -> None:  # type: ignore[no-untyped-def]
        for change in visit.changes:
            self._file(files, node).change(node, change, visit.layer)

    def _try(self, problems: list[Problem], node: ast.AST, action) -> None:  # type: ignore[no-untyped-def]
        try:
            action()
        except CannotEdit as error:
            problems.append(Problem(node, str(error), (node,)))

    def _edges(
        self,
        plan: Plan,
        run: Follower,
        files: dict[str, FileEdits],
        problems: list[Problem],
        result: Converted,
    ) -> None:
        ready: list[tuple[ast.expr, tuple[int, ...]]] = []
        for key, wrap in plan.wraps.items():
            used = run.used_wraps.get(key, set())
            if any(have != wrap.state and rank < 3 for have, rank in used):
                reason = "how many axes its tensor has cannot be told"
                problems.append(Problem(wrap.node, reason, (wrap.node,)))
                continue
            found = {dims_of(rank, have, wrap.state) for have, rank in used}
            found.discard(())
            if not found:
                continue
            if len(found) > 1:
                problems.append(
                    Problem(wrap.node, "its tensors are of several kinds", (wrap.node,))
                )
                continue
            dims = found.pop()
            if key not in run.seen:
                self._file(files, wrap.node).wrap(wrap.node, dims, True)
                self._note(result, wrap.node, dims)
                continue
            ready.append((wrap.node, dims))
        for path, edits in files.items():
            here = [(n, d) for n, d in ready if self._of[id(n)].path == path]
            for node, dims in edits.wrap_all(here):
                self._note(result, node, dims)
        steps: dict[int, Step] = {}
        for step in run.steps:
            steps.setdefault(id(step.node), step)
        elements = {id(e): e for e in run.elements.values()}
        for key, state in plan.inserts.items():
            if key not in steps:
                element = elements[key]
                found = {dims_of(rank, have, state) for have, rank in run.used_elements[key]}
                if len(found) > 1:
                    reason = "the layers of its list are used on tensors of both orders"
                    problems.append(Problem(element, reason, (element,)))
                    continue
                self._file(files, element).element(element, found.pop())
                continue
            step = steps[key]
            dims = dims_of(step.rank, step.have, state)
            self._try(
                problems,
                step.model.node,
                lambda s=step, d=dims: self._file(files, s.call).insert(
                    s.node, s.call, d, s.first, behind=False
                ),
            )
            self._note(result, step.node, dims)
        for key, state in plan.after.items():
            step = steps[key]
            dims = dims_of(step.made, step.gives, state)
            self._try(
                problems,
                step.model.node,
                lambda s=step, d=dims: self._file(files, s.call).insert(
                    s.node, s.call, d, False, behind=True
                ),
            )
            self._note(result, step.node, dims)
        self._tails(plan, run, files, problems, result)

    def _tails(
        self,
        plan: Plan,
        run: Follower,
        files: dict[str, FileEdits],
        problems: list[Problem],
        result: Converted,
    ) -> None:
        done: set[int] = set()
        for model in run.models:
            last = run.last_steps.get(id(model))
            if last is None or not last.gives:
                continue
            dims = dims_of(last.made if last.gives else 0, last.gives, 0)
            if id(model.node) in plan.closed:
                if id(model.node) not in done:
                    done.add(id(model.node))
                    self._file(files, model.node).list_end(model.node, dims)  # type: ignore[arg-type]
                    self._note(result, model.node, dims)
                continue
            for doing in last.stack:
                if plan.tails.get(id(doing.statement)) != id(model.node):
                    continue
                if id(doing.statement) in done:
                    break
                done.add(id(doing.statement))
                receiver = _name_of(model, doing.scope)
                if receiver is None and isinstance(last.call.func, ast.Attribute):
                    statement = self._parents.get(last.call)
                    if statement is doing.statement:
                        receiver = ast.unparse(last.call.func.value)
                if receiver is None:
                    problems.append(
                        Problem(model.node, "it has no name where it is complete", (model.node,))
                    )
                    break
                self._file(files, doing.statement).tail(doing.statement, receiver, dims)
                self._note(result, doing.statement, dims)

    def _note(self, result: Converted, node: ast.AST, dims: tuple[int, ...]) -> None:
        source = self._of[id(node)]
        why = "the channels go last here" if goes_last(dims) else "the order that the code means"
        line = getattr(node, "lineno", 1)
        result.edges.append(Edge(source.path, line, f"Permute({dims})", why))

    def _shapes_of_inputs(
        self, plan: Plan, run: Follower, files: dict[str, FileEdits], problems: list[Problem]
    ) -> None:
        for key, state in plan.inputs.items():
            node = run.trace.nodes.get(key)
            if isinstance(node, ast.Call):
                self._try(
                    problems,
                    node,
                    lambda n=node, s=state: self._file(files, n).input_shape(n, s),
                )

    def _data(self, run: Follower, files: dict[str, FileEdits], result: Converted) -> None:
        """What is fed to the models follows."""
        calls: dict[int, Fed | None] = {}
        nodes_of: dict[int, ast.Call] = {}
        unknown: dict[int, ast.Call] = {}
        for node, model, name in run.fed:
            if not is_feeding(name):
                nodes_of[id(node)] = node
                calls[id(node)] = Fed(node, name, (), ())
                continue
            takes, gives = run.states_of(model)
            if not takes and not model.sequential and _may_feed(node, frozenset([_owner(node)])):
                unknown[id(node)] = node
            fed = Fed(node, name, tuple(takes), tuple(gives))
            nodes_of[id(node)] = node
            known = calls.setdefault(id(node), fed)
            if known != fed:
                calls[id(node)] = None
        for path, edits in files.items():
            here = [key for key, node in nodes_of.items() if self._of[key].path == path]
            made = feed(edits, (f for key in here if (f := calls[key]) is not None))
            left = [(u.node, u.reason) for u in made.left]
            left += [(nodes_of[k], "models of several kinds") for k in here if calls[k] is None]
            left += [
                (node, "it cannot be told what this model takes")
                for key, node in unknown.items()
                if key in here
            ]
            models = _names_of_models(edits.names)
            left += [
                (call, "it cannot be told which model this is")
                for call in nodes(edits.names.tree, ast.Call)
                if id(call) not in nodes_of and _may_feed(call, models)
            ]
            left += [
                (call, "what this function is fed")
                for call in run.functions
                if self._of[id(call)].path == path
            ]
            for place, reason in left:
                message = f"{reason}: models take the channels last now; turn the data"
                result.unfed.append(Left(path, getattr(place, "lineno", 1), message))
            for place, what in made.made:
                result.data.append(Left(path, getattr(place, "lineno", 1), f"data: {what}"))

    def _strays(self, run: Follower) -> list[Left]:
        """Where the output of a layer is taken that cannot be told: it may be turned."""
        if not run.strays:
            return []
        group = tuple(layer.node for made in run.trace.layers.values() for layer in made)
        reason = "the output of a layer is taken here that cannot be told"
        raise _Unwritable([Problem(run.strays[0], reason, group)])


_ONLY_MODELS = ("train_on_batch", "test_on_batch", "predict_on_batch", "fit_generator")
_MODELS_TOO = ("fit", "evaluate", "predict")
_LIKE_A_MODEL = re.compile(r"model|net\b|network|generator|discriminator|encoder|decoder|cnn")


def _owner(call: ast.Call) -> str:
    """Whose method is called, as it is written."""
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def _names_of_models(names: Names) -> frozenset[str]:
    """What a file calls the models that it makes."""
    found: set[str] = set()
    for statement in nodes(names.tree, ast.Assign):
        if isinstance(statement.value, ast.Call):
            made = (names.keras_name(statement.value.func) or "").rpartition(".")[2]
            if made in ("Model", "Sequential"):
                found |= {ast.unparse(target) for target in statement.targets}
    return frozenset(found)


def _may_feed(call: ast.Call, models: frozenset[str]) -> bool:
    """Whether a call looks as if it fed a model; ``fit`` and ``predict`` others have as well."""
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr in _MODELS_TOO:
        receiver = _owner(call)
        return receiver in models or _LIKE_A_MODEL.search(receiver.lower()) is not None
    return call.func.attr in _ONLY_MODELS


class _Unwritable(Exception):
    """Parts of a plan that the text does not let us write down."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def _name_of(model: object, scope) -> str | None:  # type: ignore[no-untyped-def]
    """What a model is called in a scope."""
    from kerasmig.analysis.interpreter.values import Instance

    inner = scope
    while inner is not None:
        for name, value in inner.state.items():
            if value is model or (
                isinstance(value, Instance) and value.state.get("__model__") is model
            ):
                return str(name)
            if isinstance(value, Instance):
                for attribute, held in value.state.items():
                    if held is model:
                        return f"{name}.{attribute}"
        inner = inner.parent
    return None


__all__ = ["Converted", "Left", "Source", "convert"]
