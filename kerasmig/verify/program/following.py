"""Running one program of the plan to get at its models. Runs in workers, in a forked child."""

from __future__ import annotations

import ast
import inspect
import sys
import traceback
import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kerasmig.analysis.names.lifted import lifted_package
from kerasmig.verify.caller import division
from kerasmig.verify.caller.plan import read_source
from kerasmig.verify.messages import MADE_UP, MAIN, one_line
from kerasmig.verify.program import command_line
from kerasmig.verify.program.arguments import ATTEMPTS, TOO_MANY, CannotInfer, fill, from_call_site
from kerasmig.verify.program.completeness import adds_layers, is_finished
from kerasmig.verify.program.inert import Inert
from kerasmig.verify.program.library import Side
from kerasmig.verify.program.recorder import COMPAT, Captured, ProgramStop, Recorder
from kerasmig.verify.protocol import Builder, BuilderCall, Failure, Program


@dataclass
class Outcome:
    """What running a program came to, models aside."""

    calls: list[BuilderCall] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    unreached: dict[str, str] = field(default_factory=dict)  # builder → reason
    stopped: int | None = None
    """The statement of the script, imports aside, after which it was not run further."""


class Runner:
    """Runs the file as ``__main__``, then builders that this did not reach.

    Args:
        program: the file, and what to do with it.
        copy: the folder of the program's copy.
        side: the instrumented library.
        recorder: gets the models.
        ordering: image ordering that inferred shapes follow.
    """

    def __init__(
        self, program: Program, copy: Path, side: Side, recorder: Recorder, ordering: str
    ) -> None:
        self.program = program
        self.copy = copy
        self.path = copy / program.file
        self.side = side
        self.recorder = recorder
        self.ordering = ordering
        self.outcome = Outcome()
        self.call_of_model: list[str] = []
        self.module = types.ModuleType("__main__")
        self._made_up: set[str] = set()
        self._position = 0
        self._transform: Callable[[ast.Module], ast.Module] = lambda tree: tree
        self.on_failure: Callable[[str, str, int, bool], None] = lambda *_: None
        """Told the kind, the message and the line of what fails, and whether it was data that is
        not there."""

    def run_script(self, transform: Callable[[ast.Module], ast.Module]) -> None:
        """Run the file as ``__main__`` and nothing else."""
        self._transform = transform
        self._run_main()
        self._label(MAIN)

    def run(self, replay: Sequence[BuilderCall] | None) -> Outcome:
        """Run everything; `replay`: the builder calls that the other side made."""
        self._run_main()
        self._label(MAIN)
        if replay is None:
            for builder in self.program.builders:
                if builder.explicit or not self._reached(builder):
                    self._try_builder(builder)
        else:
            for call in replay:
                self._replay(call)
        return self.outcome

    # The script

    def _run_main(self) -> None:
        try:
            text = read_source(self.path)
            tree = ast.parse(text, filename=str(self.path))
        except (SyntaxError, OSError, ValueError) as error:
            self._fail(MAIN, error)
            return
        if division.is_marked(text):
            tree = division.divided(tree)
        tree = self._transform(tree)
        module = self.module
        module.__file__ = str(self.path)
        package = self._package(tree)
        if package:
            module.__package__ = package
        sys.modules["__main__"] = module
        given = self.program.argv or command_line.words(tree)
        if given and not self.program.argv:
            self.recorder.note(f"{MADE_UP}command line arguments: {' '.join(given)}")
        sys.argv = [str(self.path), *given]
        sys.path[:0] = [str(self.path.parent), str(self.copy)]
        flags = 0
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                flags |= _future_flags(node)
        for statement in _flat(tree.body):
            code = compile(
                ast.Module([statement], []), str(self.path), "exec", flags, dont_inherit=True
            )
            self._position += not isinstance(statement, (ast.Import, ast.ImportFrom))
            made_up = self._reads_made_up(statement)
            try:
                exec(code, module.__dict__)
                if made_up:
                    self._made_up |= _bound_names(statement)
            except ProgramStop as stop:
                self._fail(MAIN, stop)
                self.outcome.stopped = self._position
                return
            except SystemExit:
                return
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    return
                self._fail(MAIN, error, stand_in=made_up)
                self._mark_incomplete(error, statement)
                if self._concerns_models(statement):
                    self.outcome.stopped = self._position
                    return
                self._stand_in(statement)

    def _package(self, tree: ast.Module) -> str:
        """The package that relative imports of the file are relative to."""
        levels = [n.level for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]
        parts = list(Path(self.program.file).parent.parts)
        if not levels:
            return ".".join(parts) if (self.path.parent / "__init__.py").exists() else ""
        if max(levels) > len(parts) or not self._resolves(tree, parts):
            return lifted_package(tree) or "keras"
        for depth in range(len(parts)):
            sys.path.insert(0, str(self.copy.joinpath(*parts[:depth])))
        return ".".join(parts)

    def _resolves(self, tree: ast.Module, parts: list[str]) -> bool:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level and node.module:
                base = self.copy.joinpath(*parts[: len(parts) - node.level + 1])
                target = base.joinpath(*node.module.split("."))
                if not (target.is_dir() or target.with_suffix(".py").exists()):
                    return False
        return True

    def _concerns_models(self, statement: ast.stmt) -> bool:
        """Whether a statement that failed has to do with models: then what follows is unsound."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                value = self.module.__dict__.get(node.id)
                if value is None or isinstance(value, Inert):
                    continue
                if self.side.belongs(value):
                    return True
                if isinstance(value, type) and getattr(value, "__module__", "").startswith("keras"):
                    return True
        return False

    def _stand_in(self, statement: ast.stmt) -> None:
        """Names that a failed statement would have bound get stand-ins, imports excepted."""
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
            return
        for name in _bound_names(statement):
            self.module.__dict__.setdefault(name, Inert.named(name))
            self._made_up.add(name)

    def _reads_made_up(self, statement: ast.stmt) -> bool:
        """Whether a statement reads a stand-in, or what an earlier one has made of a stand-in."""
        read = {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        return any(
            name in self._made_up or isinstance(self.module.__dict__.get(name), Inert)
            for name in read
        )

    # Builders

    def _reached(self, builder: Builder) -> bool:
        return any(
            self._is_from(captured, builder) and not captured.incomplete
            for captured in self.recorder.models
        )

    def _is_from(self, captured: Captured, builder: Builder) -> bool:
        """Whether a model was made in a builder, and not by what made its arguments."""
        lines = self._lines(builder)
        return any(
            frame.file == self.program.file and frame.line in lines for frame in captured.frames
        )

    def _lines(self, builder: Builder) -> set[int]:
        """Lines of the places that make models in a builder."""
        prefix = f"{self.program.file}:{builder.qualname}"
        lines: set[int] = set()
        for name, first, last in self.program.places:
            if name == prefix or name.startswith((prefix + ".", prefix + "#")):
                lines.update(range(first, last + 1))
        return lines

    def _try_builder(self, builder: Builder) -> None:
        reason = "not called by the script"
        attempts = [
            BuilderCall(builder, site=position, strict=strict)
            for strict in (True, False)
            for position in range(len(builder.calls))
        ]
        if not builder.explicit:
            attempts += [BuilderCall(builder, attempt=number) for number in range(ATTEMPTS)]
        reasons: list[str] = []
        half_way: tuple[BuilderCall, list[Captured], BaseException | None] | None = None
        for attempt in attempts:
            before, failures = len(self.recorder.models), len(self.outcome.failures)
            label = f"{builder.qualname}#{len(self.outcome.calls)}"
            call, error = self._call(replace(attempt, label=label))
            del self.outcome.failures[failures:]
            built = [m for m in self.recorder.models[before:] if not m.incomplete]
            if error is None and built:
                self._label(label)
                self.outcome.calls.append(call)
                return
            if half_way is None and any(self._is_from(m, builder) for m in built):
                half_way = (call, built, error)
            # What a failed attempt has left behind is none of the program's models, unless every
            # attempt fails: then what the first that got so far had built.
            for captured in self.recorder.models[before:]:
                captured.incomplete = captured.incomplete or f"{label}: {error}"
            self._label("failed attempt")
            if error is not None and str(error) not in reasons:
                reasons.append(str(error))
            if isinstance(error, ProgramStop):
                break
        if half_way is not None:
            call, built, error = half_way
            for captured in built:
                captured.incomplete = ""
                self.call_of_model[captured.order] = call.label
            self.outcome.calls.append(call)
            if error is not None:
                self._fail(call.label, error)  # the new side may fail there, too
            self.recorder.note(f"{builder.qualname} fails after it has built: {reasons[0]}")
            return
        if reasons:
            reason = _most_telling(reasons)
        self.outcome.unreached[builder.qualname] = reason

    def _replay(self, call: BuilderCall) -> None:
        _, error = self._call(call)
        if error is not None:
            self._fail(call.label, error)
        self._label(call.label)

    def _call(self, call: BuilderCall) -> tuple[BuilderCall, BaseException | None]:
        """Make one call of a builder: the call with the names of its arguments; what it raised."""
        try:
            function = self._callable(call.builder.qualname, call)
            arguments = self._arguments(function, call)
            call = replace(call, names=tuple(sorted(arguments)))
            function(**arguments)
        except (KeyboardInterrupt, SystemExit) as error:
            return call, CannotInfer(f"exits: {error!r}")
        except BaseException as error:
            self._mark_incomplete(error, None)
            return call, _described(error, self)
        return call, None

    def _callable(self, qualname: str, call: BuilderCall) -> Any:
        first, *rest = qualname.split(".")
        if first not in self.module.__dict__:
            raise CannotInfer(f"{first} is not defined: the file did not run that far")
        target = self.module.__dict__[first]
        for position, name in enumerate(rest):
            if isinstance(target, type):
                if name == "__init__":
                    return target
                static = isinstance(
                    inspect.getattr_static(target, name, None), (staticmethod, classmethod)
                )
                if not static:
                    inner = replace(
                        call, builder=replace(call.builder, calls=()), site=None, names=None
                    )
                    target = target(**self._arguments(target, inner))
            target = getattr(target, name)
            del position
        return target

    def _arguments(self, function: Any, call: BuilderCall) -> dict[str, Any]:
        given: dict[str, Any] = {}
        if call.site is not None and call.site < len(call.builder.calls):
            said = call.builder.calls[call.site]
            given = from_call_site(
                function,
                said.arguments,
                said.constants,
                self.module.__dict__,
                strict=call.strict,
            )
            # A call in the project may be spelt anew; on the new side the same are given.
            given = {k: v for k, v in given.items() if call.names is None or k in call.names}
            if any(isinstance(value, Inert) for value in given.values()):
                raise CannotInfer("its arguments come from data that is not there")
        make_input = self.side.make_input
        return fill(function, given, self.ordering, call.attempt, make_input, Inert.named)

    # Bookkeeping

    def _label(self, label: str) -> None:
        missing = len(self.recorder.models) - len(self.call_of_model)
        self.call_of_model.extend([label] * missing)

    def _fail(self, where: str, error: BaseException, *, stand_in: bool = False) -> None:
        line = 0
        entries = traceback.extract_tb(error.__traceback__)
        for entry in entries:
            if entry.filename == str(self.path):
                line = entry.lineno or 0
        stand_in = stand_in or _draws_data(entries, self.recorder.root)
        message, kind = str(_described(error, self)), type(error).__name__
        self.outcome.failures.append(Failure(where, line, message, kind, stand_in, self._position))
        self.on_failure(kind, message, line, stand_in)

    def _mark_incomplete(self, error: BaseException, statement: ast.stmt | None) -> None:
        """Models that were being built where the exception came from are not finished."""
        entries = [
            entry
            for entry in traceback.extract_tb(error.__traceback__)
            if entry.filename.startswith(self.recorder.root)
        ]
        running = {(entry.filename, entry.name): n for n, entry in enumerate(entries)}
        names = (
            {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)} if statement else set()
        )
        for captured in self.recorder.models:
            if captured.incomplete or not captured.frames or captured.methods:
                continue
            if type(captured.model).__name__ != "Sequential":
                continue
            frame = captured.frames[0]
            path = self.recorder.root + frame.file
            position = running.get((path, frame.function))
            if frame.function == "<module>":
                touched = any(self.module.__dict__.get(name) is captured.model for name in names)
            else:
                touched = position is not None
            if not touched:
                continue
            at = entries[position].lineno if position is not None else None
            deeper = [] if position is None else entries[position + 1 :]
            if at is not None and not adds_layers(entry.line or "" for entry in deeper):
                variable = model_variable(captured, self.copy)
                if is_finished(_parsed(path), frame.line, variable, at):
                    continue
            captured.incomplete = f"still being built when {_described(error, self)}"


def _described(error: BaseException, runner: Runner) -> BaseException:
    """An exception that says what happened in one line, with the user's line."""
    where = ""
    for entry in traceback.extract_tb(error.__traceback__):
        if entry.filename.startswith(runner.recorder.root):
            where = f" at {entry.filename[len(runner.recorder.root):]}:{entry.lineno}"
    text = one_line(error).removeprefix(f"{type(error).__name__}: ")
    if isinstance(error, ProgramStop):
        return type(error)(text)
    if isinstance(error, CannotInfer):
        return error
    if isinstance(error, IndexError) and "sys.argv" in _source_line(error, runner):
        text = 'needs a command line argument; name one: models = ["file.py ARGUMENT"]'
    return CannotInfer(f"{type(error).__name__}: {text}{where}" if text else type(error).__name__)


def _draws_data(entries: list[traceback.FrameSummary], root: str) -> bool:
    """Whether what failed is the program's own generator, drawn from by an adapter.

    Adapters draw a batch ahead of training; answered training on the other side draws none.
    """
    own = [entry.filename.endswith(COMPAT) for entry in entries if entry.filename.startswith(root)]
    return True in own and not own[-1]


def _source_line(error: BaseException, runner: Runner) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename.startswith(runner.recorder.root)]
    return (own[-1].line or "") if own else ""


def _most_telling(reasons: list[str]) -> str:
    """Why the builder itself failed, before why a call in the project could not be repeated."""
    own = [r for r in reasons if not r.startswith("argument ") and r != TOO_MANY]
    return own[0] if own else reasons[0]


def _bound_names(statement: ast.stmt) -> set[str]:
    """Names that a statement stores, in itself or in what it contains."""
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _flat(body: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
    """Top-level statements; those under ``if __name__ == '__main__'`` one by one."""
    for statement in body:
        if (
            isinstance(statement, ast.If)
            and not statement.orelse
            and isinstance(statement.test, ast.Compare)
            and isinstance(statement.test.left, ast.Name)
            and statement.test.left.id == "__name__"
            and any(
                isinstance(c, ast.Constant) and c.value == "__main__"
                for c in statement.test.comparators
            )
        ):
            yield from statement.body
        else:
            yield statement


def _future_flags(node: ast.ImportFrom) -> int:
    import __future__

    flags = 0
    for alias in node.names:
        feature = getattr(__future__, alias.name, None)
        flags |= getattr(feature, "compiler_flag", 0)
    return flags


def model_variable(captured: Captured, copy: Path) -> str | None:
    """The variable that a captured model was bound to where it was made, read from the source."""
    if not captured.frames:
        return None
    frame = captured.frames[0]
    path = str(copy / frame.file)
    try:
        tree = _parsed(path)
    except (OSError, SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and node.lineno <= frame.line <= (node.end_lineno or 0):
            target = node.targets[0]
            if isinstance(target, (ast.Name, ast.Attribute)):
                return ast.unparse(target)
    return None


_TREES: dict[str, ast.Module] = {}


def _parsed(path: str) -> ast.Module:
    if path not in _TREES:
        _TREES[path] = ast.parse(read_source(Path(path)))
    return _TREES[path]
