"""One verification from plan to report, in the calling process, which never imports TensorFlow."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from kerasmig.disk.scratch import scratch_folder
from kerasmig.verify.caller.call_sites import CallSites
from kerasmig.verify.caller.executor import Executor, executor
from kerasmig.verify.caller.kept_results import KeptResults, Tree
from kerasmig.verify.caller.plan import Plan, make_plan, sites_of_tree
from kerasmig.verify.caller.pool import WorkerUnavailable
from kerasmig.verify.caller.stretches import quote_lines, trained_by
from kerasmig.verify.caller.summing_up import sum_up
from kerasmig.verify.caller.trees import copy_tree, python_files, too_wide
from kerasmig.verify.program import confinement
from kerasmig.verify.protocol import Answer, BuilderCall, Program, Result, Task, read
from kerasmig.verify.result import VerifyReport, to_jsonable
from kerasmig.verify.settings import VerifySettings

INSTALL = "install what verification takes: pip install 'kerasmig[verify]'"
_OTHER = {"th": "tf", "tf": "th"}
_FORMAT = {"th": "channels_first", "tf": "channels_last"}
FLOAT64_TOLERANCE = 1e-6
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
_SETS_ONEDNN = re.compile(
    rf"(?:environ(?:\.setdefault\(|\.update\(|\[)|putenv\()\s*\{{?\s*['\"]?{ONEDNN}"
)
NHWC = "NHWC"
"""What TensorFlow says of channels_first where it has no oneDNN."""


@dataclass
class Run:
    """One program under one ordering: what came of it on each side."""

    program: Program
    ordering: str
    agnostic: bool
    stretch: bool = False
    """Whether the program is let through a stretch; else its models are captured."""
    onednn: bool = False
    """Whether the new side ran where oneDNN was switched on."""
    conditions: list[str] = field(default_factory=list)
    """What the user would have to set for the new side to do what it did here."""
    old: Result | None = None
    new: Result | None = None
    other: Result | None = None  # the old side under the other ordering
    old64: Result | None = None
    new64: Result | None = None
    trouble: dict[str, str] = field(default_factory=dict)  # stage → why it has no result
    seconds: float = 0.0
    over: bool = False
    """Whether nothing more is to be run of a stretch."""
    kept: bool = False  # the results are those of an earlier verification


def run_verification(
    old: Path,
    new: Path,
    files: Sequence[str] | None,
    orderings: Mapping[str, Sequence[str]],
    settings: VerifySettings,
    progress: Callable[[str, int, int], None] | None,
    old_texts: Mapping[str, str],
    new_texts: Mapping[str, str],
) -> VerifyReport:
    """See `kerasmig.verify.verify_trees`."""
    started = time.monotonic()
    for path in (old, new):
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist")
        if path.is_dir() and too_wide(path):
            from kerasmig.verify import VerifyError

            raise VerifyError(
                f"{path} is a home or holds one, and is not copied: name the folder of the program"
            )
    with scratch_folder("kerasmig-verify-") as folder:
        name = old.name if old.is_file() else None
        copy_tree(old.resolve(), folder / "old", main_file=name)
        copy_tree(new.resolve(), folder / "new", main_file=name)
        for side, texts in (("old", old_texts), ("new", new_texts)):
            for file, text in texts.items():
                target = folder / side / file
                target.parent.mkdir(parents=True, exist_ok=True)  # all else in it may be too large
                target.write_text(text, encoding="utf-8")
        only = files if files is not None else ([name] if name else None)
        plan = make_plan(
            folder / "old",
            sorted({*python_files(folder / "old"), *old_texts}),
            only=only,
            models=settings.models,
            skip=settings.skip,
        )
        session = _Session(folder, plan, orderings, settings, progress)
        if session.runs:
            session.run()
        return sum_up(
            plan,
            session.runs,
            versions=session.versions,
            settings={
                key: value
                for key, value in to_jsonable(settings).items()
                if key not in ("cache_dir", "python", "env", "scheduler")  # they may be secret
            },
            tolerance=settings.tolerance,
            level=settings.level,
            seconds=time.monotonic() - started,
            confined=", ".join(sorted(session.confined)),
        )


class _Session:
    def __init__(
        self,
        folder: Path,
        plan: Plan,
        orderings: Mapping[str, Sequence[str]],
        settings: VerifySettings,
        progress: Callable[[str, int, int], None] | None,
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.progress = progress
        self.versions: dict[str, str] = {}
        self.confined: set[str] = set()
        self.runs: list[Run] = []
        self._trees: dict[str, Tree] = {}
        self._waiting: dict[str, list[Run]] = {}  # by file: for the end of its stretch
        self._to_begin: deque[Run] = deque()  # stretches
        self._count = 0
        self._done = 0
        for program in plan.programs:
            wanted = tuple(dict.fromkeys(orderings.get(program.file) or ("tf",)))
            for ordering in wanted:
                if ordering not in _OTHER:
                    raise ValueError(f"{program.file}: ordering {ordering!r} is neither th nor tf")
                self.runs.append(Run(program, ordering, agnostic=len(wanted) > 1))
        if settings.level == "program":
            for program in plan.entries:
                ordering = (orderings.get(program.file) or self._ordering(program, orderings))[0]
                self.runs.append(Run(program, ordering, agnostic=False, stretch=True))

    def _ordering(self, program: Program, orderings: Mapping[str, Sequence[str]]) -> Sequence[str]:
        """The ordering of a program that says nothing of it itself: that of what it reaches."""
        reached = {name for name, _ in self._tree("old").reach(program.file)}
        found = {tuple(orderings[name]) for name in reached if orderings.get(name)}
        return found.pop() if len(found) == 1 else ("tf",)

    def _tree(self, side: str) -> Tree:
        if side not in self._trees:
            self._trees[side] = Tree(self.folder / side)
        return self._trees[side]

    def _sets_onednn(self, program: Program) -> bool:
        """Whether the new program itself switches oneDNN on, before it imports TensorFlow."""
        tree = self._tree("new")
        return any(_SETS_ONEDNN.search(tree.text(name)) for name, _ in tree.reach(program.file))

    def run(self) -> None:
        from kerasmig.verify import VerifyError

        if self.settings.python is None and importlib.util.find_spec("tensorflow") is None:
            raise VerifyError(f"TensorFlow is not installed; {INSTALL}")
        if not (self.settings.trust or self.settings.scheduler or confinement.available()):
            raise VerifyError(confinement.ADVICE)
        from kerasmig.legacy.errors import LegacyError
        from kerasmig.legacy.install import ensure

        try:
            ensure()  # here, so that it is said here if it cannot be had
        except LegacyError as error:
            raise VerifyError(str(error)) from error
        settings = self.settings
        kept = None
        if settings.cache_dir is not None and settings.python is None:
            trees = (self.folder / "old", self.folder / "new")
            kept = KeptResults(settings.cache_dir, *trees, settings)
            for run in self.runs:
                self.versions |= kept.fill(run) or {}
        left = [run for run in self.runs if not run.kept]
        if not left:
            return
        self._done = len(self.runs) - len(left)
        with executor(settings, self.folder) as pool:
            pool.warm("old")
            pool.warm("new")
            self.pool: Executor = pool
            for run in left:
                run.onednn = self._sets_onednn(run.program)
                if run.stretch:
                    self._to_begin.append(run)
                else:
                    self._submit(run, "old")
            for _ in range(settings.job_count):
                self._begin_stretch()
            try:
                pool.run(self._answer)
            except WorkerUnavailable as error:
                raise VerifyError(f"verification cannot run: {error}; {INSTALL}") from error
            self.versions = dict(sorted(pool.versions.items()))
        if kept is not None:
            kept.keep(left, self.versions)

    def _submit(self, run: Run, stage: str) -> None:
        self._count += 1
        settings = self.settings
        side = "new" if stage.startswith("new") else "old"
        double = stage.endswith("64")
        task = Task(
            id=f"{self._count}",
            run=self.runs.index(run),
            stage=stage,
            side=side,
            program=run.program,
            tree=str(self.folder / side),
            folder=str(self.folder / "runs" / f"{self._count}"),
            ordering=_OTHER[run.ordering] if stage == "other" else run.ordering,
            data_format=_FORMAT[run.ordering] if run.agnostic else None,
            floatx="float64" if double else "float32",
            level=self._level(run, stage),
            mark_compiled=self._trains,
            seed=settings.seed,
            turned=settings.turned,
            tolerance=FLOAT64_TOLERANCE if double else settings.tolerance,
            time_limit=settings.time_limit,
            memory_limit=settings.megabytes,
            stubs=tuple(settings.stubs),
            read=tuple(settings.read),
            write=tuple(settings.write),
            trust=settings.trust,
            onednn=side == "new" and run.onednn,
        )
        if side == "new":
            before = run.old64 if double else run.old
            assert before is not None and run.old is not None
            replay = self._respelled(run.old.calls)
            task = replace(task, replay=tuple(replay), old_result=before.path)
        elif stage != "old":
            assert run.old is not None
            task = replace(task, replay=tuple(run.old.calls))
        # What continues a program goes first: its arrays can be deleted the sooner.
        self.pool.submit(task, first=stage != "old")

    @property
    def _trains(self) -> bool:
        return self.settings.level in ("training", "program")

    def _level(self, run: Run, stage: str) -> str:
        """Training is compared in float64 only."""
        if run.stretch:
            return "program"
        if stage == "other" or self.settings.level == "shapes":
            return "shapes"
        return "training" if stage.endswith("64") and self._trains else "outputs"

    @cached_property
    def _new_sites(self) -> CallSites:
        return sites_of_tree(self.folder / "new")

    def _respelled(self, calls: list[BuilderCall]) -> list[BuilderCall]:
        """The calls that reached models on the old side, in the new tree's spelling."""
        if all(call.site is None or call.builder.explicit for call in calls):
            return calls
        result = []
        for call in calls:
            builder = call.builder
            if not builder.explicit:
                new = self._new_sites.of(builder.qualname)
                if len(new) == len(builder.calls):
                    call = replace(call, builder=replace(builder, calls=tuple(new)))
            result.append(call)
        return result

    def _answer(self, task: Task, answer: Answer) -> None:
        run, stage = self.runs[task.run], task.stage
        run.seconds += answer.seconds
        result: Result | None = None
        path = Path(task.folder, "result.json")
        if answer.done:
            try:
                result = read(Result, path)
            except (OSError, ValueError, TypeError, KeyError) as error:
                run.trouble[stage] = f"the program spoilt its result: {type(error).__name__}"
        if result is not None:
            result.path = str(path)
            quote_lines(result, self._line)
            self.confined.add(result.confined or confinement.NOTHING)
            setattr(run, stage, result)
        elif stage not in run.trouble:
            run.trouble[stage] = answer.reason or _last_line(Path(task.folder))
        shutil.rmtree(path.parent / "copy", ignore_errors=True)
        if run.stretch:
            self._go_on(run, stage, result)
        elif stage == "old":
            self._done += 1
            if result is not None and any(not model.error for model in result.models):
                self._submit(run, "new")
                if not run.agnostic:
                    self._submit(run, "other")
            elif result is not None:
                self._forget(run)
        elif stage == "new" and self._wants_onednn(run, result):
            self._again_with_onednn(run)
        elif stage == "new":
            if result is not None and self._wants_float64(run, result):
                self._go_finer(run, result)
            self._forget(run)
        elif stage == "old64" and result is not None:
            self._submit(run, "new64")
        elif stage == "new64" and run.old64 is not None:
            self.pool.forget(Path(run.old64.path))
            shutil.rmtree(Path(run.old64.path).parent, ignore_errors=True)
        if self.progress is not None:
            self.progress(f"{run.program.file} ({stage})", self._done, len(self.runs))

    def _line(self, side: str, file: str, number: int) -> str:
        """What is written on a line of a tree."""
        lines = self._tree(side).text(file).splitlines()
        return lines[number - 1].strip()[:160] if 0 < number <= len(lines) else ""

    def _go_on(self, run: Run, stage: str, result: Result | None) -> None:
        """What follows a step of a stretch."""
        stretch = result.stretch if result is not None else None
        small = stretch is not None and stretch.difference is not None and stretch.difference.small
        recorded = result.recorded if result is not None else None
        self._done += stage == "old"
        if stage == "old" and recorded is not None and recorded.compares:
            self._submit(run, "new")
        elif stage == "new" and self._wants_onednn(run, result):
            self._again_with_onednn(run)
        elif stage == "new" and small:
            self._submit(run, "old64")
        elif stage == "old64" and result is not None:
            self._submit(run, "new64")
        else:
            self._end_stretch(run)
            self._begin_stretch()

    def _begin_stretch(self) -> None:
        """Begin with the next whole program, if the time for them is not over."""
        while self._to_begin:
            run = self._to_begin.popleft()
            used = sum(other.seconds for other in self.runs if other.stretch and not other.kept)
            if used < self.settings.program_limit:
                self._submit(run, "old")
                return
            run.trouble["old"] = f"program limit: not begun after {used:.0f} s with other programs"
            self._done += 1
            self._end_stretch(run)

    def _end_stretch(self, run: Run) -> None:
        run.over = True
        for waiting in self._waiting.pop(run.program.file, ()):
            if not trained_by(waiting, self.runs):
                self._submit(waiting, "old64")

    def _go_finer(self, run: Run, result: Result) -> None:
        """Run both sides in float64, unless the stretch of the program has trained the models."""
        decides = any((entry.comparison or {}).get("float64") for entry in result.compared)
        file = run.program.file
        stretch = next((r for r in self.runs if r.stretch and r.program.file == file), None)
        if not decides and stretch is not None and not (stretch.over or stretch.kept):
            self._waiting.setdefault(file, []).append(run)
        elif decides or not trained_by(run, self.runs):
            self._submit(run, "old64")

    def _wants_onednn(self, run: Run, result: Result | None) -> bool:
        """Whether the new side failed for want of oneDNN, which the user's machine may lack too."""
        if run.onednn or result is None:
            return False
        said = [failure.message for failure in result.failures]
        if result.stretch is not None and result.stretch.difference is not None:
            said.append(result.stretch.difference.what)
        for entry in result.compared:
            for difference in (entry.comparison or {}).get("differences", ()):
                said.append(str(difference["what"]))
            said.append(entry.not_verified)
        return any(NHWC in text for text in said)

    def _again_with_onednn(self, run: Run) -> None:
        run.onednn = True
        run.conditions.append(f"{ONEDNN}=1 is set before TensorFlow is imported")
        run.new = None
        self._submit(run, "new")

    def _wants_float64(self, run: Run, result: Result) -> bool:
        comparisons = [entry.comparison for entry in result.compared if entry.comparison]
        if self._trains and comparisons and run.old is not None:
            if any(model.compiled for model in run.old.models):
                return True
        return self.settings.level != "shapes" and any(c.get("float64") for c in comparisons)

    def _forget(self, run: Run) -> None:
        """Delete the arrays of a run."""
        if run.old is not None:
            self.pool.forget(Path(run.old.path))


def _last_line(folder: Path) -> str:
    """The last line that a program wrote, for one that died without a word of ours."""
    try:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(folder / "output.txt", flags), "rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 4000))
            lines = stream.read().decode("utf-8", "replace").strip().splitlines()
    except OSError:
        lines = []
    return (
        f"the process ended: {lines[-1][:300]}" if lines else "the process ended without a result"
    )
