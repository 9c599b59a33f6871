"""Whole programs are told apart from models, and what kept one from being compared is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasmig.report.github import to_github
from kerasmig.report.html.page import to_html
from kerasmig.report.markdown import to_markdown
from kerasmig.report.model_text import counts_line, programs_line, status_counts
from kerasmig.verify import Pair, Place, Status, VerifyReport, VerifySettings
from kerasmig.verify.caller.plan import Plan
from kerasmig.verify.caller.session import Run, _Session
from kerasmig.verify.caller.stretches import quote_lines, stretch_pair, trained_by
from kerasmig.verify.protocol import Answer, Built, Failure, Program, Result, Task
from kerasmig.verify.stretch.events import Event, Recorded, Stretch, StretchDifference

MODEL = Pair(Place("a.py", 3, "a.py:net"), "tf", Status.MATCH)
RIGHT = Pair(Place("a.py", 1, "a.py", "program"), "tf", Status.MATCH)
WRONG = Pair(Place("b.py", 1, "b.py", "program"), "tf", Status.MISMATCH, "it is another one")
UNDER = Pair(Place("c.py", 1, "c.py", "program"), "th", Status.MATCH, conditions=("X is set",))


def test_programs_are_counted_apart_from_models() -> None:
    report = VerifyReport((MODEL, RIGHT, WRONG, UNDER))
    assert counts_line(report) == "1 match, 0 mismatch, 0 not verified"
    assert (
        programs_line(report) == "1 match, 1 match if a condition holds, 1 mismatch, 0 not verified"
    )
    assert status_counts(report)[Status.MISMATCH] == 0
    assert report.exit_code == 1


def test_without_programs_nothing_is_said_of_them() -> None:
    assert programs_line(VerifyReport((MODEL,))) == ""


def test_every_report_tells_of_programs() -> None:
    report = VerifyReport((MODEL, RIGHT, WRONG))
    said = "1 match, 1 mismatch, 0 not verified"
    for text in (to_github(None, report), to_markdown(None, report), to_html(None, report)):
        assert said in text


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (
            "time limit: stopped after 60 s of CPU time",
            "only its models are compared (time-limit in [tool.kerasmig.verify] gives it more)",
        ),
        ("memory limit: it took more than 900 MB", "memory-limit in [tool.kerasmig.verify]"),
        (
            "program limit: not begun after 900 s with other programs",
            "only its models are compared (program-limit in [tool.kerasmig.verify] gives it more)",
        ),
        ("the process was killed by SIGSEGV", "the process was killed by SIGSEGV"),
    ],
)
def test_what_stopped_a_program_is_said(trouble: str, words: str) -> None:
    pair = stretch_pair(Run(Program("a.py"), "tf", False, stretch=True, trouble={"old": trouble}))
    assert pair is not None and pair.status is Status.NOT_VERIFIED
    assert pair.reason.startswith(f"old side: {trouble}") and words in pair.reason
    assert ("only its models" in pair.reason) == ("limit" in trouble)


class Pool:
    """Takes the place of the workers: what is to be run next is told here."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def submit(self, task: Task, *, first: bool = False) -> None:
        self.tasks.append(task)


def test_no_program_is_begun_when_the_time_for_them_is_over(tmp_path: Path) -> None:
    plan = Plan(entries=[Program(f"{name}.py") for name in "abc"])
    settings = VerifySettings(level="program", program_limit=10, jobs=1)
    session = _Session(tmp_path, plan, {}, settings, None)
    pool = session.pool = Pool()  # type: ignore[assignment]
    session._to_begin.extend(session.runs)
    session._begin_stretch()
    assert [task.program.file for task in pool.tasks] == ["a.py"]
    session._answer(pool.tasks[0], Answer("1", done=False, reason="it ended", seconds=4))
    assert [task.program.file for task in pool.tasks] == ["a.py", "b.py"]
    session._answer(pool.tasks[1], Answer("2", done=False, reason="it ended", seconds=7))
    assert len(pool.tasks) == 2
    pair = stretch_pair(session.runs[2])
    assert pair is not None and pair.status is Status.NOT_VERIFIED
    assert "not begun after 11 s with other programs; only its models are compared" in pair.reason


def test_a_difference_says_what_is_written_on_both_lines() -> None:
    found = StretchDifference("loss: 1 became 2", 3, "a.py", 2, "b.py", 1)
    old = Result(recorded=Recorded(events=[Event("step", "train", "a.py", 2)]))
    new = Result(stretch=Stretch(difference=found))
    texts = {"old": ["import keras", "fit(nb_epoch=2)"], "new": ["fit(epochs=2)"]}
    quote_lines(new, lambda side, file, number: texts[side][number - 1])
    pair = stretch_pair(Run(Program("a.py"), "tf", False, stretch=True, old=old, new=new))
    assert pair is not None and pair.first_difference is not None
    assert pair.first_difference.old_source == "a.py:2: fit(nb_epoch=2)"
    assert pair.first_difference.new_source == "b.py:1: fit(epochs=2)"


def compared(kinds: dict[str, int], *, fails: bool) -> Pair:
    events = [Event("print", "print", "a.py", 1)]
    failed = [Failure("main", 9, "OSError: no such camera", "OSError")] if fails else []
    run = Run(
        Program("a.py"), "tf", False, stretch=True,
        old=Result(failures=failed, recorded=Recorded(events=events)),
        new=Result(stretch=Stretch(events=sum(kinds.values()), kinds=kinds)),
    )  # fmt: skip
    pair = stretch_pair(run)
    assert pair is not None
    return pair


def test_output_alone_of_programs_that_both_fail_proves_nothing() -> None:
    pair = compared({"print": 2}, fails=True)
    assert pair.status is Status.NOT_VERIFIED
    assert "no such camera" in pair.reason
    assert compared({"print": 2}, fails=False).status is Status.MATCH
    assert compared({"print": 2, "step": 4}, fails=True).status is Status.MATCH


def test_whole_programs_are_compared_where_they_are_asked_for() -> None:
    assert VerifySettings().level == "outputs"


def built(*methods: str, compiled: str = "sgd, mse") -> Built:
    return Built("main", "a.py", 3, None, "net", methods=[*methods], compiled=compiled)


@pytest.mark.parametrize(
    ("models", "stretch", "cut", "trained"),
    [
        ([built("fit")], Stretch(events=9, steps=4), 0, True),
        ([built("fit"), built(compiled="")], Stretch(events=9, steps=4), 0, True),
        ([built("fit"), built("predict")], Stretch(events=9, steps=4), 0, False),
        ([built("fit")], Stretch(events=9), 0, False),
        ([built("fit")], Stretch(events=9, steps=4, ended="time limit"), 0, False),
        ([built("fit")], Stretch(events=9, steps=4), 1, False),  # a loop was left early
        (
            [built("fit")],
            Stretch(events=9, steps=4, difference=StretchDifference("another loss", 3)),
            0,
            False,
        ),
    ],
)
def test_models_that_the_program_trains_equally_are_not_trained_once_more(
    models: list[Built], stretch: Stretch, cut: int, trained: bool
) -> None:
    run = Run(Program("a.py"), "tf", False, old=Result(models=models))
    whole = Run(
        Program("a.py"), "tf", False, stretch=True,
        old=Result(recorded=Recorded(cut=cut)), new=Result(stretch=stretch),
    )  # fmt: skip
    assert trained_by(run, [run, whole]) == trained
    assert not trained_by(run, [run])
    other = Run(Program("b.py"), "tf", False, stretch=True, old=whole.old, new=whole.new)
    assert not trained_by(run, [run, other])
