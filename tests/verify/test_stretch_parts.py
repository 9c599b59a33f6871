"""The parts of a stretch that need no library: loops, comparing events, what is an entry, proofs."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kerasmig.finding import Applicability, FileResult, Finding, Proof, RunResult
from kerasmig.old_and_new import with_proofs
from kerasmig.report.model_text import conditions_sentence, counts_line, status_word
from kerasmig.report.summary import proof_sentence, summarize
from kerasmig.verify import VerifySettings
from kerasmig.verify.caller.entries import entries
from kerasmig.verify.messages import cause_of_error
from kerasmig.verify.program.recorder import ProgramStop, Recorder
from kerasmig.verify.result import Pair, Place, Status, StretchFigures, VerifyReport
from kerasmig.verify.stretch import loops
from kerasmig.verify.stretch.compare import Comparison, same_columns, same_figures
from kerasmig.verify.stretch.events import Event, Recorded, Stretch, Value, canonical_metric
from kerasmig.verify.stretch.evidence import around, cause_of
from kerasmig.verify.stretch.recording import Recording
from kerasmig.verify.stretch.run import FirstDifference


def run(text: str, **names: Any) -> dict[str, Any]:
    """A program with its loops bounded; `train` stands for training."""
    counts = loops.Counts()
    loops.install(counts)

    def train() -> int:
        counts.trained += 1
        return counts.trained

    space: dict[str, Any] = {"train": train, **names}
    exec(compile(loops.bounded(ast.parse(text)), "program.py", "exec"), space)
    return space


@pytest.mark.parametrize(
    "loop",
    [
        "for i in range(1000):\n    n += 1\n    train()",
        "while True:\n    n += 1\n    train()",
        "while n < 1000:\n    n += 1\n    if n == 1:\n        continue\n    train()",
        "def go():\n    global n\n    while True:\n        n += 1\n        train()\ngo()",
    ],
)
def test_a_loop_that_trains_ends_after_a_few_rounds(loop: str) -> None:
    space = run(f"n = 0\n{loop}\nafter = True\n")
    assert space["after"]
    assert loops.ROUNDS <= space["n"] <= loops.ROUNDS + 1


@pytest.mark.parametrize(
    "loop",
    [
        "for i in range(1000):\n    n += 1",
        "while n < 1000:\n    n += 1",
        "for i in range(10):\n    for j in range(100):\n        n += 1\nelse:\n    n += 0",
        "def draws():\n    while True:\n        yield 1\nfor one in draws():\n    n += one\n    if n == 1000:\n        break",
    ],
)
def test_other_loops_go_their_way(loop: str) -> None:
    assert run(f"n = 0\n{loop}\n")["n"] == 1000


def test_a_generator_goes_on_however_often_its_user_trains() -> None:
    text = (
        "def batches():\n    for i in range(50):\n        yield i\n"
        "g = batches()\nfound = []\n"
        "def pull():\n    train()\n    return next(g)\n"
        "found = [pull() for _ in range(20)]\n"
    )
    assert run(text)["found"] == list(range(20))


def events(*values: tuple[str, str, dict[str, Value]]) -> list[Event]:
    return [
        Event(kind, name, "a.py", line, given) for line, (kind, name, given) in enumerate(values, 1)
    ]


def compare(old: Sequence[Event], new: Sequence[Event], **arrays: Any) -> Stretch:
    sides = [{k[2:]: v for k, v in arrays.items() if k.startswith(s)} for s in ("a_", "b_")]
    return Comparison(Recorded(list(old)), Recorded(list(new)), *sides).run()


def number(value: float) -> dict[str, Value]:
    return {"loss": Value(number=value)}


def test_equal_events_match_and_are_counted() -> None:
    stretch = compare(
        events(("call", "fit", {}), ("step", "train", number(0.5)), ("result", "fit", {})),
        events(("call", "fit", {}), ("step", "train", number(0.50001)), ("result", "fit", {})),
    )
    assert stretch.difference is None
    assert (stretch.events, stretch.steps) == (3, 1)


def test_the_first_difference_has_both_lines_and_values() -> None:
    old = events(("step", "train", number(0.5)), ("step", "train", number(0.4)))
    new = events(("step", "train", number(0.5)), ("step", "train", number(0.6)))
    difference = compare(old, new).difference
    assert difference is not None
    assert (difference.old_line, difference.new_line) == (2, 2)
    assert "0.4 became 0.6" in difference.what
    assert not difference.small


def test_a_rounding_is_for_float64_to_decide() -> None:
    difference = compare(
        events(("step", "train", number(1.0))), events(("step", "train", number(1.01)))
    ).difference
    assert difference is not None
    assert difference.small


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ([1.0, 2.0, 3.0], [3.0, 1.0, 2.0], "the same values in another order"),
        ([1.0, 2.0, 4.0], [4.0, 2.0, 1.0], "the same values, mirrored along axis 0"),
        ([1.0, 2.0, 4.0], [0.0, 0.0, 0.0], "all of it is zero now"),
        ([1.0, 2.0, 4.0], [-1.0, 0.0, 2.0], "each value is 2 less than it was"),
        ([255.0, 51.0, 102.0], [1.0, 0.2, 0.4], "times what it was (1/255: scaled once more"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 9.0], "how the program prepares its data"),
    ],
)
def test_the_cause_is_told_from_the_values(old: Any, new: Any, cause: str) -> None:
    x = {"x": Value(array="x", shape=(3,))}
    difference = compare(
        events(("step", "train", x)), events(("step", "train", x)),
        a_x=np.array(old), b_x=np.array(new),
    ).difference  # fmt: skip
    assert difference is not None
    assert cause in difference.cause


PICTURES = np.arange(24.0).reshape((2, 3, 4)) ** 1.5


@pytest.mark.parametrize(
    ("new", "cause"),
    [
        (PICTURES[:, :, ::-1], "mirrored along axis 2"),
        (PICTURES[:, ::-1], "mirrored along axis 1"),
        (PICTURES[:, ::-1, ::-1], "mirrored along axis 1 and 2"),
        (PICTURES[[1, 0]], "mirrored along axis 0"),
        (PICTURES[:, :, [1, 2, 3, 0]], "in another order along axis 2"),
    ],
)
def test_how_values_have_moved_is_told(new: Any, cause: str) -> None:
    assert cause in cause_of(PICTURES.ravel(), new.ravel(), PICTURES.shape, new.shape)


def test_samples_in_another_order_are_told_from_mirrored_ones() -> None:
    old = np.arange(12.0).reshape((4, 3)) ** 1.5
    told = cause_of(old.ravel(), old[[2, 0, 3, 1]].ravel(), old.shape, old.shape)
    assert told == "the same samples in another order"


def test_a_sample_of_a_large_array_does_not_say_how_values_have_moved() -> None:
    old = np.arange(12.0)
    assert cause_of(old, old[::-1], (24,), (24,)) == "the same values in another order"


def test_the_values_shown_are_those_that_differ() -> None:
    old = np.arange(20.0)
    new = old.copy()
    new[9] = 0.5
    before, after = around(old, new)
    assert before == "[…, 9, 10, 11, 12, …]"
    assert after == "[…, 0.5, 10, 11, 12, …]"
    assert around(old[:3], new[:3]) == ("[0, 1, 2]", "[0, 1, 2]")
    assert around(np.array([0.4]), np.array([0.6])) == ("0.4", "0.6")


def test_weights_of_one_need_not_be_given() -> None:
    weight = {"weight": Value(array="w", shape=(3,))}
    old, new = events(("step", "train", weight)), events(("step", "train", {}))
    assert compare(old, new, a_w=np.ones(3)).difference is None
    found = compare(old, new, a_w=np.array([1.0, 2.0, 1.0])).difference
    assert found is not None
    assert found.cause == "class weights or sample weights"


def test_what_only_one_side_does_is_named() -> None:
    old = events(("call", "fit", {}), ("callback", "Watch.on_epoch_end", {}), ("result", "fit", {}))
    new = events(("call", "fit", {}), ("result", "fit", {}))
    difference = compare(old, new).difference
    assert difference is not None
    assert "Watch.on_epoch_end" in difference.what
    assert difference.old_line == 2


def test_an_exception_of_the_new_side_is_a_difference_and_one_of_the_old_side_an_end() -> None:
    error = {"error": Value(text="KeyError: 'acc' at a.py:9")}
    fine, failing = events(("call", "fit", {})), events(("exception", "exception", error))
    difference = compare(fine, failing).difference
    assert difference is not None
    assert "KeyError" in difference.what
    assert difference.cause == ""
    ended = compare(failing, fine)
    assert ended.difference is None
    assert "the old program fails" in ended.ended


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("acc 0.5 of [1, 2]", "accuracy 0.50001 of [1, 2]", True),
        ("loss 0.5", "loss 0.6", False),
        ("loss [0.5, 0.25, 3.0]", "loss [0.5, 0.25]", False),
        ("layer dense_1 has 3", "layer dense has 3", True),
        ("score 0.5", "score np.float64(0.5)", True),
        ("names ['loss', 'acc']", "names ['loss', 'accuracy']", True),
        ("names ['loss', 'acc']", "names ['loss', 'compile_metrics']", False),
        ("Convolution2D", "Conv2D", True),
        ("{'loss': 0.5, 'acc': 0.25}", "{'accuracy': 0.25, 'loss': 0.5}", True),
    ],
)
def test_output_is_compared_by_its_figures(old: str, new: str, same: bool) -> None:
    assert same_figures(old, new) is same


def test_metrics_have_one_name_on_both_sides() -> None:
    assert canonical_metric("val_acc") == canonical_metric("val_accuracy")
    assert canonical_metric("dense_1_mse") == canonical_metric("dense_mean_squared_error")
    assert canonical_metric("loss") != canonical_metric("val_loss")


def test_what_does_something_and_reaches_keras_is_an_entry() -> None:
    trees = {
        name: ast.parse(text)
        for name, text in {
            "nets/__init__.py": "",
            "nets/vgg.py": "import keras\n\ndef build():\n    return keras.models.Sequential()\n",
            "train.py": "from nets import vgg\nvgg.build().fit()\n",
            "main.py": "from nets import vgg\nif __name__ == '__main__':\n    vgg.build()\n",
            "plain.py": "print('no neural network')\n",
            "setup.py": "import keras\nprint()\n",
        }.items()
    }
    assert entries(trees, set(trees)) == ["train.py", "main.py"]
    assert entries(trees, {"nets/vgg.py", "main.py"}) == ["train.py", "main.py"]
    assert entries(trees, {"plain.py"}) == []


TEXT = "import keras\nm = f(\n    1,\n)\ndef g():\n    h()\n"


def proved(status: Status, lines: dict[str, int], events: int) -> list[str]:
    """The proofs of uses on lines 1, 3 and 6 of a program."""
    findings = tuple(Finding("KM201", "m", Applicability.ASSUMED, line, 0) for line in (1, 3, 6))
    run = RunResult((FileResult("src/a.py", TEXT, TEXT + " ", findings),))
    stretch = StretchFigures(events, 0, lines={"a.py": lines})
    pair = Pair(Place("a.py", 1, "a.py", "program"), "tf", status, stretch=stretch)
    after = with_proofs(run, VerifyReport((pair,)))
    assert proof_sentence(summarize(after))
    return [finding.proof for finding in after.files[0].findings]


def test_a_use_is_proven_if_something_equal_was_compared_after_it() -> None:
    lines = {"1": 0, "2": 1, "5": 1}
    assert proved(Status.MATCH, lines, 3) == [Proof.PROVEN, Proof.PROVEN, Proof.NOT_REACHED]
    assert proved(Status.MATCH, lines, 1) == [Proof.PROVEN, Proof.RAN, Proof.NOT_REACHED]
    assert proved(Status.MISMATCH, lines, 3) == [Proof.RAN, Proof.RAN, Proof.NOT_REACHED]


def test_an_assumed_change_that_is_proven_is_settled() -> None:
    finding = Finding("KM112", "m", Applicability.ASSUMED, 1, 0)
    assert not finding.settled
    assert finding._replace(proof=Proof.PROVEN.value).settled
    manual = finding._replace(applicability=Applicability.MANUAL, proof=Proof.PROVEN.value)
    assert not manual.settled


def matched(*conditions: str, setting: str = "accept") -> VerifyReport:
    pairs = tuple(
        Pair(Place("a.py", 1, f"a.py:{n}"), "th", Status.MATCH, conditions=given)
        for n, given in enumerate(((), conditions))
    )
    return VerifyReport(pairs, settings={"conditions": setting})


def test_a_match_under_a_condition_is_counted_apart() -> None:
    report = matched("X=1 is set")
    assert counts_line(report).startswith("1 match, 1 match if a condition holds")
    assert status_word(report.pairs[1]) == "match, if"
    assert conditions_sentence(report.pairs[1]) == "only if X=1 is set"
    assert conditions_sentence(report.pairs[0]) == ""


def test_what_a_condition_is_worth_is_configured() -> None:
    assert matched("X=1 is set").exit_code == 0
    assert matched("X=1 is set", setting="fail").exit_code == 1
    assert matched(setting="fail").exit_code == 0
    with pytest.raises(ValueError, match="conditions"):
        VerifySettings(conditions="perhaps")


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (
            "AttributeError: module 'keras' has no attribute 'abs'",
            "an API that Keras 3 does not have",
        ),
        ("AttributeError: module 'numpy' has no attribute 'float'", ""),
        ("SyntaxError: invalid syntax", ""),
        ("IndexError: list index out of range", ""),
        (
            "ValueError: The Conv2D op only supports NHWC",
            "channels_first does not run on this CPU without oneDNN",
        ),
        (
            "TypeError: f() got an unexpected keyword argument 'nb_epoch'",
            "an argument that is not there any more",
        ),
    ],
)
def test_a_cause_is_told_only_where_the_exception_tells_it(said: str, cause: str) -> None:
    assert cause_of_error(said) == cause


def test_a_column_more_of_the_learning_rate_is_no_difference() -> None:
    before = "epoch,acc,loss\n0,0.5,1.25\n1,0.75,1.0\n"
    after = "epoch,acc,learning_rate,loss\n0,0.5,0.01,1.25\n1,0.75,0.01,1.0\n"
    assert same_figures(*same_columns(before, after))
    assert not same_figures(*same_columns(before, after.replace("1.25", "1.5")))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("epoch,acc\n0,0.5\n", "epoch,acc,other\n0,0.5,1\n"),
        ("epoch,acc,loss\n0,0.5,1\n", "epoch,learning_rate,acc\n0,1,0.5\n"),
        ("0.5,1.5\n2,3\n", "0.5,1.5,4\n2,3,4\n"),
        ("words", "other words"),
    ],
)
def test_other_columns_are_compared_as_they_are(before: str, after: str) -> None:
    assert same_columns(before, after) == (before, after)


def told(*events: tuple[str, str, float]) -> Recorded:
    return Recorded(
        events=[
            Event(kind, name, "a.py", 3, {"value": Value(number=n)}) for kind, name, n in events
        ]
    )


def seen_until(old: Recorded, new: Recorded, tmp_path: Path) -> int:
    """How many events of the new program happen until it is ended."""
    old.arrays = str(tmp_path / "events.npz")
    np.savez(old.arrays)
    recording = Recording(Recorder(tmp_path), loops.Counts())
    first = FirstDifference(old, recording)
    for position, event in enumerate(new.events):
        try:
            first.seen(event)
        except ProgramStop:
            return position + 1
    return len(new.events)


def test_a_program_ends_a_little_after_its_first_difference(tmp_path: Path) -> None:
    same = [("result", "predict", float(n)) for n in range(60)]
    assert seen_until(told(*same), told(*same), tmp_path) == 60
    other = [*same[:10], ("result", "predict", -1.0), *same[11:]]
    assert seen_until(told(*same), told(*other), tmp_path) == 11
    # What is missing or comes in addition is told by what follows.
    longer = [*same[:10], ("call", "fit", 0.0), *same[10:]]
    assert 11 < seen_until(told(*same), told(*longer), tmp_path) < 40
    begun = [("begin", "weights", 0.0), *same]
    assert seen_until(told(*same), told(*begun), tmp_path) == 61


def test_what_fails_on_data_that_is_not_there_is_no_difference() -> None:
    old, new = told(("call", "fit", 1.0)), told()
    for said, differs in (("ValueError: no rows", False), ("AttributeError: no fit", True)):
        values = {"error": Value(text=said), "stand-in": Value(text="yes")}
        new.events = [Event("exception", "exception", "a.py", 3, values)]
        stretch = Comparison(old, new, {}, {}).run()
        assert (stretch.difference is not None) == differs
        assert bool(stretch.ended) != differs
